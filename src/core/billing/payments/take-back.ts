import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { failureOf } from '#engines/billing/payments/failure-codes.ts'
import { payments as leaf } from '#shared/contract/billing/payments.ts'
import { noteFailure } from './failures.ts'
import { settledBy } from './settle.ts'

/**
 * A payment that came was taken back by the payer or a bank: what it settled is asked for again, and counts as a
 * payment that failed.
 * @param why `code` as the bank or the provider says it, and what it says besides
 */
export async function takeBack(
  call: Pick<CommandCall<unknown>, 'tx' | 'now' | 'run'>,
  payment: Pick<Row<'payments'>, 'id'>,
  why: { readonly code: string; readonly text: string },
): Promise<void> {
  const { tx, now, run } = call
  const failure = failureOf(why.code).code
  const settled = [...(await settledBy(tx, payment.id)).keys()]
  await run(leaf.reverse, { paymentId: payment.id, reason: why.text || why.code })
  await tx.db
    .updateTable('payments')
    .set({ failure, failure_text: why.code })
    .where('id', '=', payment.id)
    .execute()
  await noteFailure(tx, { id: payment.id, failure }, settled, now)
}
