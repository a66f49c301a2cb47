import { handle } from '#core/runtime/handlers.ts'
import { paymentDeed } from '#engines/billing/payments/outcome.ts'
import { payments as leaf } from '#shared/contract/billing/payments.ts'
import { getPayment, paymentDetail } from './payment-rows.ts'
import { takeBack } from './take-back.ts'

/** What a provider told already, or what is overtaken, changes nothing but when it was told. */
export const paymentTold = handle(leaf.told, async call => {
  const { tx, input, now, run } = call
  const { paymentId, outcome } = input
  const before = await getPayment(tx, paymentId)
  const deed = paymentDeed(before.state, outcome.state)
  if (outcome.ref !== null && before.provider_ref === null)
    await tx.db
      .updateTable('payments')
      .set({ provider_ref: outcome.ref })
      .where('id', '=', paymentId)
      .execute()
  const waits = outcome.state === 'needs-action' && deed === 'note'
  await tx.db
    .updateTable('provider_payments')
    .set({
      action: waits ? outcome.action : null,
      action_url: waits ? outcome.url : null,
      told_at: now,
    })
    .where('payment_id', '=', paymentId)
    .execute()
  if (deed === 'settle' && outcome.state === 'succeeded')
    await run(leaf.confirm, { paymentId, receivedAt: outcome.at })
  if ('code' in outcome) {
    const { code, text } = outcome
    if (deed === 'fail') await run(leaf.fail, { paymentId, code, text })
    if (deed === 'take-back') await takeBack(call, before, { code, text })
  }
  return paymentDetail(tx, paymentId)
})
