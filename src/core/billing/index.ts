import type { Services } from '#core/features.ts'
import { planHandlers } from './catalog/index.ts'
import { metricHandlers } from './catalog/metrics.ts'
import { ratePrice } from './catalog/rate-price.ts'
import { closeHandlers } from './close/index.ts'
import { customerHandlers } from './customers/index.ts'
import { entitlementHandlers } from './entitlements/index.ts'
import { invoicePdf, invoicePdfDone } from './invoices/document/pdf.ts'
import { invoiceHandlers } from './invoices/index.ts'
import { subscriptionHandlers } from './subscriptions/index.ts'
import { usageHandlers } from './usage/index.ts'

/** The handlers of billing, part by part. */
export function billingHandlers(services: Services) {
  return {
    customer: customerHandlers(services.files),
    plan: planHandlers,
    price: { rate: ratePrice },
    subscription: subscriptionHandlers,
    metric: metricHandlers,
    invoice: {
      ...invoiceHandlers(services),
      pdf: invoicePdf(services.printer, services.environment, services.desk),
      pdfDone: invoicePdfDone,
    },
    close: closeHandlers(services),
    usage: usageHandlers(services),
    entitlement: entitlementHandlers(services.entitlements),
  }
}
