import type { Services } from '#core/features.ts'
import { askPayment } from '../payment-methods/ask-provider.ts'
import type { PaymentProviders } from '../providers/payment-provider.ts'
import { allocatePayment, releasePayment, reversePayment } from './change-payment.ts'
import { sendReceipt, sendStatement } from './documents/send-documents.ts'
import { paymentReceipt, statementPdf } from './documents/serve-documents.ts'
import { listPayments, proposeAllocation, settlementsOfInvoice, showPayment } from './list-payments.ts'
import { listOpenInvoices, showAging } from './open-invoices.ts'
import { confirmPayment, failPayment, recordPayment, requestPayment } from './record-payment.ts'
import { showStatement } from './statement.ts'
import { paymentTold } from './told.ts'

/** Money that came, or is asked for, and what it settles. */
export function paymentHandlers(
  { printer, environment }: Pick<Services, 'printer' | 'environment'>,
  providers: PaymentProviders,
) {
  return {
    list: listPayments,
    get: showPayment,
    open: listOpenInvoices,
    aging: showAging,
    propose: proposeAllocation,
    record: recordPayment,
    request: requestPayment,
    confirm: confirmPayment,
    fail: failPayment,
    allocate: allocatePayment,
    release: releasePayment,
    reverse: reversePayment,
    ask: askPayment(providers),
    told: paymentTold,
    statement: showStatement,
    settlementsOf: settlementsOfInvoice,
    receipt: paymentReceipt(printer, environment),
    statementPdf: statementPdf(printer, environment),
    sendReceipt: sendReceipt(environment),
    sendStatement: sendStatement(environment),
  }
}
