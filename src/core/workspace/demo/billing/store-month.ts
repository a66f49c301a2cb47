import type { BuiltDraft } from '#core/billing/close/build-draft.ts'
import { titleOf } from '#core/billing/close/compose.ts'
import type { Settled } from '#core/billing/close/drafting.ts'
import { settle } from '#core/billing/close/store-drafts.ts'
import { entityRows } from '#core/billing/entities/entity-rows.ts'
import { seriesOf, takeNumber } from '#core/billing/invoices/numbers.ts'
import { type Row, schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { CloseReport } from '#shared/contract/billing/close.ts'
import { idFromCommand } from '#shared/ids.ts'
import { settlementRows } from './past-settlements.ts'
import { storeMonthEnd } from './store-month-end.ts'
import { documentSettings } from './store-subscriptions.ts'

/** A close that the demo says was done. */
export interface PastRun {
  readonly runId: string
  readonly period: string
  readonly by: string
  readonly at: bigint
}

/** A draft with all that became of it since, but for its number. */
export interface PastInvoice {
  readonly draft: BuiltDraft
  readonly state: 'issued' | 'paid' | 'uncollectible'
  readonly approvedBy: string
  readonly approvedAt: bigint
  readonly issuedAt: bigint
  readonly dueAt: bigint
  /** When it was paid, or given up; null where it is open, or asks for nothing. */
  readonly settledAt: bigint | null
  /** JSON. */
  readonly parties: string
  /** The legal entity that bills; null where the settings do. */
  readonly sellerId: string | null
}

export interface PastInvoices {
  readonly run: PastRun
  readonly invoices: readonly PastInvoice[]
  /** Customers all of whose invoices of the month are among these. */
  readonly settled: readonly Settled[]
}

/** Begins a close of the past; false where an attempt before this one came to its end. */
export async function beginMonth(tx: Tx, run: PastRun, { jobId }: JobFacts): Promise<boolean> {
  const row = await tx.db
    .selectFrom('close_runs')
    .select('report')
    .where('id', '=', run.runId)
    .executeTakeFirst()
  if (row) return row.report === null
  await tx.db
    .insertInto('close_runs')
    .values({
      ...{ id: run.runId, job_id: jobId, period: run.period, dry_run: 0n, state: 'running' },
      ...{ requested_by: run.by, started_at: run.at, finished_at: null, report: null },
    })
    .execute()
  return true
}

/** Stores invoices as issued: each takes the next number of its series, as at an issue. */
export async function storeMonth(tx: Tx, { run, invoices, settled }: PastInvoices): Promise<void> {
  const settings = await documentSettings(tx)
  const entities = new Map((await entityRows(tx)).map(row => [row.id, row]))
  const rows: Row<'invoices'>[] = []
  const history: Row<'invoice_history'>[] = []
  for (const { draft, state, approvedBy, approvedAt, issuedAt, dueAt, parties, sellerId } of invoices) {
    const { id, kind, plan, period } = draft.invoice
    const seller = sellerId === null ? undefined : entities.get(sellerId)
    const own = seller ? { invoice: seller.invoice_prefix, creditNote: seller.credit_note_prefix } : null
    const number = await takeNumber(tx, seriesOf(kind, settings, issuedAt, own))
    rows.push({
      ...draft.invoice,
      ...{ state, number, title: titleOf(draft.customer, plan, period, number) },
      ...{ approved_by: approvedBy, approved_at: approvedAt, issued_at: issuedAt, due_at: dueAt, parties },
      ...{ reviewed_at: issuedAt, created_at: run.at },
    })
    const happened = [
      [run.runId, 'billing.close.start', run.by, run.at, null],
      [idFromCommand(id, 1), 'billing.invoice.approve', approvedBy, approvedAt, null],
      [idFromCommand(id, 2), 'billing.invoice.issue', run.by, issuedAt, number],
    ] as const
    for (const [index, [command_id, command, by, at, note]] of happened.entries())
      history.push({ invoice_id: id, command_id, number: BigInt(index + 1), command, by, at, note })
  }
  const settlements = settlementRows(run, invoices, rows)
  history.push(...settlements.history)
  const drafts = invoices.map(one => one.draft)
  const summaries = drafts.map(({ invoice, summary }): Row<'invoice_summaries'> => {
    const { id, customer_id, currency, period, plan, total, apart } = invoice
    return { customer_id, currency, period, invoice_id: id, plan, total, apart, summary }
  })
  await insertRows(tx, 'invoices', schema.invoices, rows)
  const lines = drafts.flatMap(draft => draft.lines)
  await insertRows(tx, 'invoice_lines', schema.invoice_lines, lines)
  await insertRows(tx, 'invoice_summaries', schema.invoice_summaries, summaries)
  await insertRows(tx, 'invoice_history', schema.invoice_history, history)
  await insertRows(tx, 'payments', schema.payments, settlements.payments)
  await insertRows(tx, 'write_offs', schema.write_offs, settlements.writeOffs)
  await insertRows(tx, 'balance_transfers', schema.balance_transfers, settlements.transfers)
  await insertRows(tx, 'settlements', schema.settlements, settlements.settlements)
  await settle(tx, settled)
}

/** Ends a close of the past. */
export async function endMonth(
  tx: Tx,
  { run, report, at }: { run: PastRun; report: CloseReport; at: bigint },
  { jobId }: JobFacts,
): Promise<void> {
  await storeMonthEnd(tx, run, at, jobId)
  await tx.db
    .updateTable('close_runs')
    .set({ state: 'done', finished_at: at, report: canonicalJson(report) })
    .where('id', '=', run.runId)
    .execute()
}
