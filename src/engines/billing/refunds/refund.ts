import type { Transfer } from '../corrections/accounts.ts'

/** Where the money of a refund comes from. */
export type RefundSource = 'payment' | 'balance' | 'credit-note'
export type RefundState = 'waiting' | 'sent' | 'done' | 'failed' | 'cancelled'
/** `send`: it is on its way; `fail`: it could not be paid out, or came back afterwards. */
export type RefundEvent = 'send' | 'pay-out' | 'fail' | 'cancel'

/** What follows from an event. */
export interface RefundStep {
  readonly state: RefundState
  readonly transfers: readonly Transfer[]
  /** The payment that it is of has the amount again. */
  readonly toPayment: boolean
}

/**
 * What is booked when a refund is decided: the amount is owed to the customer, and is in no other place any more. A
 * credit note booked it already. Of a payment it is money that came and belongs to no invoice.
 */
export function askedTransfers(source: RefundSource, amount: bigint): Transfer[] {
  if (source === 'credit-note') return []
  return [{ amount, debit: source === 'payment' ? 'cash' : 'balance', credit: 'refundable' }]
}

const NEXT: Readonly<Record<RefundState, Partial<Record<RefundEvent, RefundState>>>> = {
  waiting: { send: 'sent', 'pay-out': 'done', fail: 'failed', cancel: 'cancelled' },
  sent: { 'pay-out': 'done', fail: 'failed' },
  done: { fail: 'failed' },
  failed: {},
  cancelled: {},
}

/**
 * What an event does to a refund; null where it cannot happen. What was not paid out is the customer's: on the
 * balance after a failure, and where it was after a cancellation, unless a credit note gave it.
 * @param amount minor units, more than zero
 */
export function nextRefund(
  refund: { readonly state: RefundState; readonly source: RefundSource; readonly amount: bigint },
  event: RefundEvent,
): RefundStep | null {
  const { state: before, source, amount } = refund
  const state = NEXT[before][event]
  if (state === undefined) return null
  const toPayment = event === 'cancel' && source === 'payment'
  const transfers: Transfer[] = []
  if (event === 'pay-out') transfers.push({ amount, debit: 'refundable', credit: 'cash' })
  if (before === 'done') transfers.push({ amount, debit: 'cash', credit: 'refundable' })
  if (event === 'fail' || event === 'cancel')
    transfers.push({ amount, debit: 'refundable', credit: toPayment ? 'cash' : 'balance' })
  return { state, transfers, toPayment }
}
