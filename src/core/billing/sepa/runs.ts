import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { payments } from '#shared/contract/billing/payments.ts'
import { debits as leaf } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'
import { beginOfDay } from '../payments/begin-of-day.ts'
import { getPayment } from '../payments/payment-rows.ts'
import { takeBack } from '../payments/take-back.ts'
import { settlementDay } from './mandate-rows.ts'
import { debitRun, getRun, shownRuns } from './run-rows.ts'

export const listDebits = answer(leaf.list, async ({ reader }) => {
  const rows = await reader.db
    .selectFrom('debit_runs')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return { runs: await shownRuns(reader, rows) }
})

export const showDebits = answer(leaf.get, ({ reader, input }) => debitRun(reader, input.runId))

export const debitFile = answer(leaf.file, async ({ reader, input }) => {
  const { file_name: fileName, file: xml, digest } = await getRun(reader, input.runId)
  return { fileName, xml, digest }
})

export const handInDebits = handle(leaf.handIn, async ({ tx, input }) => {
  const run = await inState(tx, input.runId, 'open')
  await tx.db.updateTable('debit_runs').set({ state: 'handed-in' }).where('id', '=', run.id).execute()
  return debitRun(tx, run.id)
})

/** The payments that are still waited for came, on the day of the run. */
export const collectDebits = handle(leaf.collect, async ({ tx, input, receivedAt, run: runCommand }) => {
  const run = await inState(tx, input.runId, 'handed-in')
  const { collect_on: collectOn } = run
  if (collectOn > settlementDay(receivedAt)) throw refuse('BILLING_DEBIT_TOO_EARLY', { collectOn })
  // West of the banks the day may not have begun in the workspace's zone when it can be said that the money came.
  const began = await beginOfDay(tx, collectOn)
  const cameAt = began < receivedAt ? began : receivedAt
  for (const paymentId of await pendingOf(tx, run.id))
    await runCommand(payments.confirm, { paymentId, receivedAt: cameAt })
  return debitRun(tx, run.id)
})

/** One that was not booked fails; one that was is taken back. What it was for is asked for again. */
export const debitReturned = handle(leaf.returned, async call => {
  const { tx, input, run } = call
  const item = await tx.db
    .selectFrom('debit_items')
    .selectAll()
    .where('id', '=', input.itemId)
    .executeTakeFirst()
  if (!item) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'debit-item', id: input.itemId })
  await inState(tx, item.run_id, 'handed-in')
  const payment = await getPayment(tx, item.payment_id)
  const { code, text } = input
  if (payment.state === 'pending') await run(payments.fail, { paymentId: payment.id, code, text })
  else if (payment.state === 'succeeded') await takeBack(call, payment, { code, text })
  else throw refuse('BILLING_DEBIT_STATE', { state: 'returned' })
  return debitRun(tx, item.run_id)
})

export const cancelDebits = handle(leaf.cancel, async ({ tx, input, run: runCommand }) => {
  const run = await inState(tx, input.runId, 'open')
  for (const paymentId of await pendingOf(tx, run.id))
    await runCommand(payments.reverse, { paymentId, reason: `${run.message_id} called off` })
  await tx.db.updateTable('debit_runs').set({ state: 'cancelled' }).where('id', '=', run.id).execute()
  return debitRun(tx, run.id)
})

async function inState(tx: Tx, runId: string, state: Row<'debit_runs'>['state']): Promise<Row<'debit_runs'>> {
  const run = await getRun(tx, runId)
  if (run.state !== state) throw refuse('BILLING_DEBIT_STATE', { state: run.state })
  return run
}

async function pendingOf(tx: Tx, runId: string): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('debit_items as item')
    .innerJoin('payments as payment', 'payment.id', 'item.payment_id')
    .select('payment.id')
    .where('item.run_id', '=', runId)
    .where('payment.state', '=', 'pending')
    .orderBy('item.end_to_end_id')
    .execute()
  return rows.map(row => row.id)
}
