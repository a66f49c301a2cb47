import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountSums, balanceOf, type Transfer } from '../corrections/accounts.ts'
import {
  askedTransfers,
  nextRefund,
  type RefundEvent,
  type RefundSource,
  type RefundState,
} from './refund.ts'

const sources = ['payment', 'balance', 'credit-note'] as const

/** A refund of 100.00 after events; those that cannot happen change nothing. */
function lived(source: RefundSource, amount: bigint, events: readonly RefundEvent[]) {
  const booked: Transfer[] =
    source === 'credit-note'
      ? [{ amount, debit: 'credited', credit: 'refundable' }]
      : [...askedTransfers(source, amount)]
  let state: RefundState = 'waiting'
  let onPayment = 0n
  for (const event of events) {
    const step = nextRefund({ state, source, amount }, event)
    if (!step) continue
    state = step.state
    booked.push(...step.transfers)
    if (step.toPayment) onPayment += amount
  }
  return { state, booked, onPayment }
}

test('where the money of 100.00 is, by how it went', () => {
  const sums = (source: RefundSource, ...events: RefundEvent[]) => {
    const { state, booked, onPayment } = lived(source, 10_000n, events)
    const of = accountSums(booked)
    return [state, balanceOf(booked), of.get('refundable') ?? 0n, of.get('cash') ?? 0n, onPayment]
  }
  // Of a payment: the cash came with it, and leaves.
  expect(sums('payment', 'pay-out')).toEqual(['done', 0n, 0n, 0n, 0n])
  expect(sums('payment', 'fail')).toEqual(['failed', 10_000n, 0n, 10_000n, 0n])
  expect(sums('payment', 'cancel')).toEqual(['cancelled', 0n, 0n, 0n, 10_000n])
  expect(sums('balance', 'send', 'pay-out')).toEqual(['done', -10_000n, 0n, -10_000n, 0n])
  expect(sums('balance', 'send', 'fail')).toEqual(['failed', 0n, 0n, 0n, 0n])
  expect(sums('balance', 'send', 'cancel')).toEqual(['sent', -10_000n, -10_000n, 0n, 0n])
  // It came back a week later.
  expect(sums('balance', 'pay-out', 'fail')).toEqual(['failed', 0n, 0n, 0n, 0n])
  expect(sums('credit-note', 'pay-out')).toEqual(['done', 0n, 0n, -10_000n, 0n])
  expect(sums('credit-note', 'cancel')).toEqual(['cancelled', 10_000n, 0n, 0n, 0n])
})

test('whatever happens, a refund is owed, paid out, or the customer’s again, and only once', () => {
  const events = fc.array(fc.constantFrom<RefundEvent>('send', 'pay-out', 'fail', 'cancel'), { maxLength: 8 })
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.bigInt(1n, 10n ** 15n), events, (source, amount, given) => {
      const { state, booked, onPayment } = lived(source, amount, given)
      const sums = accountSums(booked)
      const owed = -(sums.get('refundable') ?? 0n)
      const paidOut = -(sums.get('cash') ?? 0n) + (source === 'payment' ? amount : 0n) - onPayment
      const back = balanceOf(booked) + (source === 'balance' ? amount : 0n) + onPayment
      expect(owed + (state === 'done' ? paidOut : 0n) + back).toBe(amount)
      expect(owed).toBe(state === 'waiting' || state === 'sent' ? amount : 0n)
      expect(back).toBe(state === 'failed' || state === 'cancelled' ? amount : 0n)
      expect([...sums.values()].reduce((sum, one) => sum + one, 0n)).toBe(0n)
    }),
  )
})
