import type { Services } from '#core/features.ts'
import { arrangementHandlers } from './arrangements/index.ts'
import { bankHandlers } from './bank/index.ts'
import { planHandlers } from './catalog/index.ts'
import { metricHandlers } from './catalog/metrics.ts'
import { proratePrice, ratePrice } from './catalog/rate-price.ts'
import { simulatePrice } from './catalog/simulate-price.ts'
import { churnHandlers } from './churn/churn.ts'
import { closeHandlers } from './close/index.ts'
import { contactHandlers, invoiceMailHandlers } from './contacts/index.ts'
import { contractHandlers } from './contracts/index.ts'
import { correctionHandlers, disputeHandlers, periodHandlers } from './corrections/index.ts'
import { couponHandlers } from './coupons/index.ts'
import { customerHandlers } from './customers/index.ts'
import { dunningHandlers } from './dunning/index.ts'
import { chooseEInvoice, getEInvoice, setReference } from './e-invoices/choice.ts'
import { eInvoiceState, invoiceEInvoice } from './e-invoices/serve-e-invoice.ts'
import { entityHandlers } from './entities/index.ts'
import { entitlementHandlers } from './entitlements/index.ts'
import { exchangeHandlers } from './exchange/index.ts'
import { invoicePdf, invoicePdfDone } from './invoices/document/pdf.ts'
import { invoiceHandlers } from './invoices/index.ts'
import { journalHandlers } from './journal/index.ts'
import { monthEndHandlers } from './month-end/index.ts'
import { oneOffHandlers } from './one-offs/index.ts'
import { overrideHandlers } from './overrides/index.ts'
import { methodHandlers } from './payment-methods/index.ts'
import { paymentHandlers } from './payments/index.ts'
import { providersOf } from './providers/payment-provider.ts'
import { quotaHandlers } from './quotas/index.ts'
import { refundHandlers } from './refunds/index.ts'
import { debitHandlers, mandateHandlers } from './sepa/index.ts'
import { automationHandlers } from './subscriptions/automation.ts'
import { subscriptionHandlers } from './subscriptions/index.ts'
import { taxHandlers } from './tax/index.ts'
import { usageHandlers } from './usage/index.ts'
import { walletHandlers } from './wallets/index.ts'

/** The handlers of billing, part by part. */
export function billingHandlers(services: Services) {
  const providers = providersOf(services)
  return {
    customer: customerHandlers(services),
    plan: planHandlers,
    price: { rate: ratePrice, prorate: proratePrice, simulate: simulatePrice },
    override: overrideHandlers,
    coupon: couponHandlers(services),
    contract: contractHandlers(services.environment),
    tax: taxHandlers(services),
    entity: entityHandlers(services),
    exchange: exchangeHandlers(services),
    oneOff: oneOffHandlers(services),
    wallet: walletHandlers,
    subscription: subscriptionHandlers(services.environment),
    metric: metricHandlers,
    invoice: {
      ...invoiceHandlers(services),
      pdf: invoicePdf(services.printer, services.environment, services.desk),
      pdfDone: invoicePdfDone,
      ...invoiceMailHandlers(services.environment),
      eInvoiceState: eInvoiceState(services.environment),
      eInvoice: invoiceEInvoice(services.printer, services.environment),
    },
    eInvoice: { get: getEInvoice(services.environment), choose: chooseEInvoice, setReference },
    journal: journalHandlers(services.environment),
    contact: contactHandlers(services.environment),
    correction: correctionHandlers(services),
    dispute: disputeHandlers,
    period: periodHandlers,
    monthEnd: monthEndHandlers(services),
    payment: paymentHandlers(services, providers),
    paymentMethod: methodHandlers(providers),
    refund: refundHandlers,
    mandate: mandateHandlers,
    debit: debitHandlers,
    dunning: dunningHandlers(services.environment),
    bank: bankHandlers(services.files),
    arrangement: arrangementHandlers(services),
    automation: automationHandlers(services.environment),
    churn: churnHandlers,
    close: closeHandlers(services),
    usage: usageHandlers(services),
    entitlement: entitlementHandlers(services.entitlements),
    quota: quotaHandlers,
  }
}
