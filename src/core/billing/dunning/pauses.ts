import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { handle } from '#core/runtime/handlers.ts'
import { dunning as leaf } from '#shared/contract/billing/dunning.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { openInvoicesOf } from '../payments/settle.ts'

type Pause = Row<'dunning_pauses'>

/** One pause for each customer, and for each invoice: another one takes its place, and undoing puts it back. */
export const pauseDunning = handle(leaf.pause, async ({ tx, input, actor, ids, now, undoWith }) => {
  const { customerId, invoiceId, until, reason } = input
  await getCustomer(tx, customerId)
  if (until !== null && until <= now) throw refuse('BILLING_DUNNING_PAUSE_PAST', { until })
  if (invoiceId !== null && !(await openInvoicesOf(tx, customerId)).some(({ id }) => id === invoiceId))
    throw refuse('BILLING_INVOICE_NOT_OPEN', { invoiceId })
  const before = await tx.db
    .selectFrom('dunning_pauses')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('invoice_id', '=', invoiceId ?? '')
    .executeTakeFirst()
  const row: Pause = {
    ...{ id: before?.id ?? ids.next(), customer_id: customerId, invoice_id: invoiceId ?? '' },
    ...{ until, reason, created_by: actor?.id ?? null, created_at: now },
  }
  await put(tx, row.id, row)
  undoWith(leaf.restorePause, { pauseId: row.id, pause: before ?? null }, asLeft(row.id, row))
  return { pauseId: row.id }
})

export const resumeDunning = handle(leaf.resume, async ({ tx, input: { pauseId }, undoWith }) => {
  const before = await find(tx, pauseId)
  if (!before) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'dunning-pause', id: pauseId })
  await put(tx, pauseId, null)
  undoWith(leaf.restorePause, { pauseId, pause: before }, asLeft(pauseId, null))
  return { pauseId }
})

export const restorePause = handle(leaf.restorePause, async ({ tx, input, undoWith }) => {
  const { pauseId } = input
  const before = await find(tx, pauseId)
  // Only undoing runs it, with a row that a command of ours wrote.
  const pause = input.pause as Pause | null
  await put(tx, pauseId, pause)
  undoWith(leaf.restorePause, { pauseId, pause: before }, asLeft(pauseId, pause))
  return { pauseId }
})

async function find(tx: Tx, id: string): Promise<Pause | null> {
  const row = await tx.db.selectFrom('dunning_pauses').selectAll().where('id', '=', id).executeTakeFirst()
  return row ?? null
}

async function put(tx: Tx, id: string, row: Pause | null): Promise<void> {
  await tx.db.deleteFrom('dunning_pauses').where('id', '=', id).execute()
  if (row) await insertRows(tx, 'dunning_pauses', schema.dunning_pauses, [row])
}

function asLeft(id: string, row: Pause | null): Expectation[] {
  if (!row) return [leaves('dunning_pauses', { id }, null)]
  const { id: _, ...holds } = row
  return [leaves('dunning_pauses', { id }, holds)]
}
