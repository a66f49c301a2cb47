import { Temporal } from 'temporal-polyfill'
import type { Row } from '#core/database/schema.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { failureOf } from '#engines/billing/payments/failure-codes.ts'
import { nextRefund, type RefundEvent } from '#engines/billing/refunds/refund.ts'
import type { ProviderOutcome } from '#shared/contract/billing/payment-methods.ts'
import { refunds as leaf, type RefundWay } from '#shared/contract/billing/refunds.ts'
import { refuse } from '#shared/errors.ts'
import { getRefund, showRefund } from './refund-rows.ts'
import { moveRefund, wayColumns } from './store-refund.ts'

/** The local day of the pay-out may be ahead of the clock by as much as zones are apart. */
const AHEAD = 14n * 3_600_000n

export const setRefundWay = handle(leaf.setWay, async ({ tx, input, undoWith }) => {
  const before = await getRefund(tx, input.refundId)
  if (before.state !== 'waiting') throw refuse('BILLING_REFUND_STATE', { state: before.state })
  if (input.way.kind === 'original' && before.source === 'balance')
    throw refuse('BILLING_REFUND_NEEDS_ACCOUNT', {})
  const after = wayColumns(input.way)
  await tx.db.updateTable('refunds').set(after).where('id', '=', before.id).execute()
  undoWith(leaf.setWay, { refundId: before.id, way: wayOf(before) }, [
    leaves('refunds', { id: before.id }, { ...after, state: 'waiting' }),
  ])
  return showRefund(tx, before.id)
})

function wayOf({ way, holder, iban, bic }: Row<'refunds'>): RefundWay {
  return way === 'original' ? { kind: 'original' } : { kind: 'bank-transfer', holder, iban, bic }
}

export const refundPaidOut = handle(leaf.paidOut, async call => {
  const { tx, input, now } = call
  const before = await getRefund(tx, input.refundId)
  const paidOn = input.paidOn ?? dayOf(now)
  if (paidOn > dayOf(now + AHEAD)) throw refuse('BILLING_REFUND_IN_FUTURE', { paidOn })
  const provider_ref = input.reference === '' ? before.provider_ref : input.reference
  await moveRefund(call, before, 'pay-out', { paid_on: paidOn, provider_ref })
  return showRefund(tx, before.id)
})

export const failRefund = handle(leaf.fail, async call => {
  const { tx, input } = call
  const before = await getRefund(tx, input.refundId)
  await failed(call, before, input.code, input.text)
  return showRefund(tx, before.id)
})

export const cancelRefund = handle(leaf.cancel, async call => {
  const { tx, input } = call
  const before = await getRefund(tx, input.refundId)
  await moveRefund(call, before, 'cancel')
  return showRefund(tx, before.id)
})

/** What a provider told already, or what cannot follow any more, changes nothing. */
export const refundTold = handle(leaf.told, async call => {
  const { tx, input } = call
  const before = await getRefund(tx, input.refundId)
  const { outcome } = input
  const event = eventOf(before, outcome)
  const provider_ref = before.provider_ref ?? outcome.ref
  await tx.db.updateTable('refunds').set({ provider_ref }).where('id', '=', before.id).execute()
  if (event === null || nextRefund(before, event) === null) return showRefund(tx, before.id)
  if (outcome.state === 'succeeded')
    await moveRefund(call, before, event, { provider_ref, paid_on: dayOf(outcome.at) })
  else if (outcome.state === 'failed' || outcome.state === 'returned')
    await failed(call, { ...before, provider_ref }, outcome.code, outcome.text)
  return showRefund(tx, before.id)
})

/**
 * A failure that is told after the success is one of an earlier try: only `returned` is money that came back. That it
 * is on its way is known: it was sent when the provider was asked.
 */
function eventOf(refund: Row<'refunds'>, { state }: ProviderOutcome): RefundEvent | null {
  if (state === 'succeeded') return 'pay-out'
  if (state === 'failed') return refund.state === 'done' ? null : 'fail'
  return state === 'returned' ? 'fail' : null
}

function failed(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt'>,
  refund: Row<'refunds'>,
  code: string,
  text: string,
): Promise<void> {
  return moveRefund(call, refund, 'fail', {
    ...{ provider_ref: refund.provider_ref, failure: failureOf(code).code },
    failure_text: text === '' ? code : text,
  })
}

/** The day of an instant in UTC, as `2026-11-21`. */
function dayOf(at: bigint): string {
  return Temporal.Instant.fromEpochMilliseconds(Number(at)).toString().slice(0, 10)
}
