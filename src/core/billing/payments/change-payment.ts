import type { Row } from '#core/database/schema.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { payments as leaf } from '#shared/contract/billing/payments.ts'
import { refuse } from '#shared/errors.ts'
import { WITHDRAW_EFFECT } from '../providers/carriers.ts'
import { isCarried } from '../providers/payment-provider.ts'
import { getPayment, paymentDetail } from './payment-rows.ts'
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
  if (before.state === 'pending') await withdraw(call, before)
  return paymentDetail(tx, before.id)
})

/** A provider that was asked for it is told that it is not wanted any more. */
async function withdraw(
  { effect }: Pick<CommandCall<unknown>, 'effect'>,
  { provider, provider_ref: ref }: Row<'payments'>,
): Promise<void> {
  if (isCarried(provider) && ref !== null) await effect(WITHDRAW_EFFECT, { provider, ref })
}

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
