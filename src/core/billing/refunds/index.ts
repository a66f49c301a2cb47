import { cancelRefund, failRefund, refundPaidOut, refundTold, setRefundWay } from './change-refund.ts'
import { getRefundShown, listRefunds } from './list-refunds.ts'
import {
  balanceRefundKind,
  makeRefund,
  paymentRefundKind,
  requestRefund,
  showRefundLimit,
} from './request-refund.ts'

/** What of refunds other people can be asked to allow. */
export const refundKinds = [paymentRefundKind, balanceRefundKind]

/** Money that goes back to customers. */
export const refundHandlers = {
  list: listRefunds,
  get: getRefundShown,
  limit: showRefundLimit,
  request: requestRefund,
  make: makeRefund,
  setWay: setRefundWay,
  paidOut: refundPaidOut,
  fail: failRefund,
  cancel: cancelRefund,
  told: refundTold,
}
