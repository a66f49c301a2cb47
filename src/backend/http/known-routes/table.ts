import { analyticsRoutes } from './analytics.ts'
import { billingApiRoutes } from './billing-api.ts'
import { finopsRoutes } from './finops.ts'
import { invoiceRoutes } from './invoices.ts'
import type { KnownRoute } from './known-route.ts'
import { paymentRoutes } from './payments.ts'
import { planRoutes } from './plans.ts'
import { quotaRoutes } from './quotas.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { usageRoutes } from './usage.ts'

/** The addresses of earlier systems that are answered. */
export const knownTable: readonly KnownRoute[] = [
  ...planRoutes,
  ...subscriptionRoutes,
  ...usageRoutes,
  ...quotaRoutes,
  ...invoiceRoutes,
  ...paymentRoutes,
  ...analyticsRoutes,
  ...billingApiRoutes,
  ...finopsRoutes,
]
