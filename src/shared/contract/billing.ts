import { metrics, plans } from './billing/catalog.ts'
import { close } from './billing/close.ts'
import { customers } from './billing/customers.ts'
import { entitlements } from './billing/entitlements.ts'
import { invoices } from './billing/invoices.ts'
import { prices } from './billing/prices.ts'
import { subscriptions } from './billing/subscriptions.ts'
import { usage } from './billing/usage.ts'

/**
 * From usage to an issued invoice. The names in the tree are the ids of the capabilities:
 * `billing.invoice.approve` is path, permission, log field and palette entry.
 */
export const billing = {
  customer: customers,
  plan: plans,
  price: prices,
  subscription: subscriptions,
  metric: metrics,
  invoice: invoices,
  close,
  usage,
  entitlement: entitlements,
}
