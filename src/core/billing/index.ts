import { planHandlers } from './catalog/index.ts'
import { metricHandlers } from './catalog/metrics.ts'
import { customerHandlers } from './customers/index.ts'
import { subscriptionHandlers } from './subscriptions/index.ts'
import { usageHandlers } from './usage/index.ts'

/** The handlers of billing, part by part. */
export function billingHandlers() {
  return {
    customer: customerHandlers,
    plan: planHandlers,
    subscription: subscriptionHandlers,
    metric: metricHandlers,
    usage: usageHandlers(),
  }
}
