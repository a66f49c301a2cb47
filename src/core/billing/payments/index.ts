import {
  allocatePayment,
  refundDone,
  refundPayment,
  releasePayment,
  reversePayment,
} from './change-payment.ts'
import { listPayments, proposeAllocation, settlementsOfInvoice, showPayment } from './list-payments.ts'
import { listOpenInvoices, showAging } from './open-invoices.ts'
import { confirmPayment, failPayment, recordPayment, requestPayment } from './record-payment.ts'
import { showStatement } from './statement.ts'

export const paymentHandlers = {
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
  refund: refundPayment,
  refundDone,
  statement: showStatement,
  settlementsOf: settlementsOfInvoice,
}
