import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { payments as leaf } from '#shared/contract/billing/payments.ts'
import { refuse } from '#shared/errors.ts'
import { getPayment, leftOf, paymentDetail } from './payment-rows.ts'
import { settledBy, settleInvoice } from './settle.ts'
import { usePayment } from './use-payment.ts'

export const allocatePayment = handle(leaf.allocate, async call => {
  const { tx, input } = call
  const before = succeeded(await getPayment(tx, input.paymentId))
  await usePayment(call, before, input.allocations)
  const [only, ...others] = input.allocations
  if (only && others.length === 0) {
    const settles = await settledBy(tx, before.id)
    // What was settled of it before stays: only what this command added can be taken back as a whole.
    if (settles.get(only.invoiceId) === only.amount)
      call.undoWith(leaf.release, { paymentId: before.id, invoiceId: only.invoiceId }, [
        leaves(
          'payments',
          { id: before.id },
          { state: 'succeeded', allocated: before.allocated + only.amount },
        ),
      ])
  }
  return paymentDetail(tx, before.id)
})

export const releasePayment = handle(leaf.release, async call => {
  const { tx, input, undoWith } = call
  const before = succeeded(await getPayment(tx, input.paymentId))
  const amount = (await settledBy(tx, before.id)).get(input.invoiceId)
  if (amount === undefined) throw refuse('BILLING_NOT_ALLOCATED', { invoiceId: input.invoiceId })
  await unsettle(call, before, input.invoiceId, amount)
  const allocated = before.allocated - amount
  await tx.db.updateTable('payments').set({ allocated }).where('id', '=', before.id).execute()
  undoWith(leaf.allocate, { paymentId: before.id, allocations: [{ invoiceId: input.invoiceId, amount }] }, [
    leaves('payments', { id: before.id }, { state: 'succeeded', allocated }),
  ])
  return paymentDetail(tx, before.id)
})

/** Everything that it settled is asked for again; the row stays, with the reason. */
export const reversePayment = handle(leaf.reverse, async call => {
  const { tx, input } = call
  const before = await getPayment(tx, input.paymentId)
  if (before.state === 'reversed') throw refuse('BILLING_PAYMENT_STATE', { state: before.state })
  if (before.refunded > 0n) throw refuse('BILLING_PAYMENT_REFUNDED', { refunded: before.refunded })
  for (const [invoiceId, amount] of await settledBy(tx, before.id))
    await unsettle(call, before, invoiceId, amount)
  await tx.db
    .updateTable('payments')
    .set({ state: 'reversed', allocated: 0n, note: input.reason })
    .where('id', '=', before.id)
    .execute()
  return paymentDetail(tx, before.id)
})

export const refundPayment = handle(leaf.refund, async call => {
  const { tx, input, ids, now, actor, undoWith } = call
  const before = succeeded(await getPayment(tx, input.paymentId))
  const left = leftOf(before)
  if (input.amount > left) throw refuse('BILLING_REFUND_OVER_PAYMENT', { left, asked: input.amount })
  const id = ids.next()
  await tx.db
    .insertInto('refunds')
    .values({
      ...{ id, payment_id: before.id, customer_id: before.customer_id, currency: before.currency },
      ...{ amount: input.amount, reason: input.reason, state: 'waiting', provider_ref: null },
      ...{ created_by: byWhom(actor), created_at: now, done_at: null },
    })
    .execute()
  const refunded = before.refunded + input.amount
  await tx.db.updateTable('payments').set({ refunded }).where('id', '=', before.id).execute()
  undoWith(leaf.refundDone, { refundId: id, done: false }, [leaves('refunds', { id }, { state: 'waiting' })])
  return paymentDetail(tx, before.id)
})

export const refundDone = handle(leaf.refundDone, async ({ tx, input, now }) => {
  const { refundId, done } = input
  const refund = await tx.db.selectFrom('refunds').selectAll().where('id', '=', refundId).executeTakeFirst()
  if (!refund) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'refund', id: refundId })
  if (refund.state !== 'waiting') throw refuse('BILLING_REFUND_STATE', { state: refund.state })
  await tx.db
    .updateTable('refunds')
    .set({ state: done ? 'done' : 'failed', done_at: now })
    .where('id', '=', refundId)
    .execute()
  if (!done) {
    const payment = await getPayment(tx, refund.payment_id)
    const refunded = payment.refunded - refund.amount
    await tx.db.updateTable('payments').set({ refunded }).where('id', '=', payment.id).execute()
  }
  return paymentDetail(tx, refund.payment_id)
})

function unsettle(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'commandId'>,
  payment: Row<'payments'>,
  invoiceId: string,
  amount: bigint,
): Promise<void> {
  return settleInvoice(call, {
    ...{ invoiceId, customerId: payment.customer_id, kind: 'payment', sourceId: payment.id },
    amount: -amount,
  })
}

function succeeded(row: Row<'payments'>): Row<'payments'> {
  if (row.state !== 'succeeded') throw refuse('BILLING_PAYMENT_STATE', { state: row.state })
  return row
}
