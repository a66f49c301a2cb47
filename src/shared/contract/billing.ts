import { arrangements } from './billing/arrangements.ts'
import { automation } from './billing/automation.ts'
import { bank } from './billing/bank.ts'
import { metrics, plans } from './billing/catalog.ts'
import { churn } from './billing/churn.ts'
import { close } from './billing/close.ts'
import { contracts } from './billing/contracts.ts'
import { corrections, periods } from './billing/corrections.ts'
import { coupons } from './billing/coupons.ts'
import { customers } from './billing/customers.ts'
import { disputes } from './billing/disputes.ts'
import { dunning } from './billing/dunning.ts'
import { eInvoices, invoiceEInvoices } from './billing/e-invoices.ts'
import { entities } from './billing/entities.ts'
import { entitlements } from './billing/entitlements.ts'
import { exchange } from './billing/exchange.ts'
import { invoices } from './billing/invoices.ts'
import { journal } from './billing/journal.ts'
import { contacts, invoiceMails } from './billing/mails.ts'
import { migration } from './billing/migration.ts'
import { monthEnd } from './billing/month-end.ts'
import { oneOffs } from './billing/one-offs.ts'
import { overrides } from './billing/overrides.ts'
import { paymentDocuments } from './billing/payment-documents.ts'
import { paymentMethods } from './billing/payment-methods.ts'
import { payments } from './billing/payments.ts'
import { prices } from './billing/prices.ts'
import { prorate } from './billing/prorate.ts'
import { quotaScans, quotaTasks } from './billing/quota-scans.ts'
import { quotaMeters, quotas } from './billing/quotas.ts'
import { refunds } from './billing/refunds.ts'
import { debits, mandates } from './billing/sepa.ts'
import { simulate } from './billing/simulate.ts'
import { subscriptions } from './billing/subscriptions.ts'
import { tax } from './billing/tax.ts'
import { usage } from './billing/usage.ts'
import { wallets } from './billing/wallets.ts'

/**
 * From usage to an issued invoice. The names in the tree are the ids of the capabilities:
 * `billing.invoice.approve` is path, permission, log field and palette entry.
 */
export const billing = {
  customer: customers,
  plan: { ...plans, ...migration },
  price: { ...prices, ...prorate, ...simulate },
  override: overrides,
  coupon: coupons,
  contract: contracts,
  tax,
  entity: entities,
  exchange,
  oneOff: oneOffs,
  wallet: wallets,
  subscription: subscriptions,
  metric: metrics,
  invoice: { ...invoices, ...invoiceMails, ...invoiceEInvoices },
  eInvoice: eInvoices,
  journal,
  contact: contacts,
  correction: corrections,
  dispute: disputes,
  period: periods,
  monthEnd,
  payment: { ...payments, ...paymentDocuments },
  paymentMethod: paymentMethods,
  refund: refunds,
  mandate: mandates,
  debit: debits,
  dunning,
  bank,
  arrangement: arrangements,
  automation,
  churn,
  close,
  usage,
  entitlement: entitlements,
  quota: { ...quotas, ...quotaMeters, scan: quotaScans, task: quotaTasks },
}
