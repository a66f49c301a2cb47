import { answer } from '#core/runtime/handlers.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import {
  cancelSubscription,
  changeSubscription,
  pauseSubscription,
  restoreSubscription,
  resumeSubscription,
  startSubscription,
} from './change-subscription.ts'
import { loadSubscriptions, shownAt } from './subscription-rows.ts'

const listSubscriptions = answer(leaf.list, async ({ reader, input, now }) => ({
  subscriptions: await shownAt(reader, await loadSubscriptions(reader, input), now),
}))

export const subscriptionHandlers = {
  list: listSubscriptions,
  start: startSubscription,
  change: changeSubscription,
  pause: pauseSubscription,
  resume: resumeSubscription,
  cancel: cancelSubscription,
  restore: restoreSubscription,
}
