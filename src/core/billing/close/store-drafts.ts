import { type FlatRows, flatRows, insertFlat, joined, rowsOfFlat } from '#core/database/flat-rows.ts'
import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { noteHistory } from '../invoices/history.ts'
import { linesOf } from '../invoices/invoice-rows.ts'
import { taxBasisOf } from '../invoices/tax-text.ts'
import { foundNumbers } from '../tax/vat-doubts.ts'
import { type BuiltDraft, placed } from './build-draft.ts'
import { type ComposedLine, compose } from './compose.ts'
import type { Settled } from './drafting.ts'
import { earlierInvoices } from './facts.ts'

/** A draft on its way to the writer, which binds its lines as they are. */
export interface FlatDraft extends Omit<BuiltDraft, 'lines'> {
  readonly lines: FlatRows
}

export function flatDraft(draft: BuiltDraft): FlatDraft {
  return { ...draft, lines: flatRows(schema.invoice_lines, draft.lines) }
}

export interface StoredDrafts {
  readonly runId: string
  readonly period: string
  readonly drafts: readonly FlatDraft[]
  /** Customers all of whose drafts are among these. */
  readonly settled: readonly Settled[]
}

/**
 * Stores drafts. Where the customer's invoice of the month can still be changed the lines go there, otherwise
 * they are a draft of their own. The unique index on item and ordinal is the last fence against billing
 * something twice: what was rated on an older state fails there, with all of its write.
 * @returns the drafts whose lines went into an invoice that was there
 */
export async function storeDrafts(tx: Tx, data: StoredDrafts, now: bigint): Promise<Set<FlatDraft>> {
  const { runId, period, drafts, settled } = data
  const extended = new Set<FlatDraft>()
  if (drafts.length > 0) {
    const { requested_by: by } = await tx.db
      .selectFrom('close_runs')
      .select('requested_by')
      .where('id', '=', runId)
      .executeTakeFirstOrThrow()
    const open = await openInvoices(tx, drafts, period)
    const fresh: FlatDraft[] = []
    for (const draft of drafts) {
      const found = open.get(placeOf(draft.invoice))
      if (!found) {
        fresh.push(draft)
        continue
      }
      await extendInvoice(tx, found, draft)
      const what = { invoiceId: found.id, commandId: runId, by, at: now, note: null }
      // A close that was cut off and comes again to its own draft has said already that it made it.
      if (found.run_id !== runId) await noteHistory(tx, { ...what, command: 'billing.close.extend' })
      extended.add(draft)
    }
    await storeFresh(tx, fresh, now)
    const history = fresh.map(({ invoice }): Row<'invoice_history'> => {
      const what = { command_id: runId, number: 1n, command: 'billing.close.start' }
      return { invoice_id: invoice.id, ...what, by, at: now, note: null }
    })
    await insertRows(tx, 'invoice_history', schema.invoice_history, history)
  }
  await settle(tx, settled)
  return extended
}

/** Where lines of an invoice go: by customer, currency, and what it is kept apart for. */
function placeOf({
  customer_id,
  currency,
  apart,
}: Pick<Row<'invoices'>, 'customer_id' | 'currency' | 'apart'>) {
  return `${customer_id}/${currency}/${apart}`
}

/** Invoices of the month that can still be added to, by their place; the newest where there are more. */
async function openInvoices(tx: Tx, drafts: readonly FlatDraft[], period: string) {
  const rows = await tx.db
    .selectFrom('invoices')
    .selectAll()
    .where('customer_id', 'in', [...new Set(drafts.map(draft => draft.invoice.customer_id))])
    .where('period', '=', period)
    .where('state', 'in', ['draft', 'held'])
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return new Map(rows.map(row => [placeOf(row), row]))
}

async function storeFresh(tx: Tx, drafts: readonly FlatDraft[], now: bigint): Promise<void> {
  if (drafts.length === 0) return
  const invoices = drafts.map(({ invoice }) => ({ ...invoice, created_at: now }))
  await insertRows(tx, 'invoices', schema.invoices, invoices)
  await insertFlat(tx, 'invoice_lines', schema.invoice_lines, joined(drafts.map(draft => draft.lines)))
  const summaries = drafts.map(({ invoice, summary }): Row<'invoice_summaries'> => {
    const { id, customer_id, currency, period, plan, total, apart } = invoice
    return { customer_id, currency, period, invoice_id: id, plan, total, apart, summary }
  })
  await insertRows(tx, 'invoice_summaries', schema.invoice_summaries, summaries)
}

/** Adds lines to an invoice that nobody approved yet. */
async function extendInvoice(tx: Tx, invoice: Row<'invoices'>, draft: FlatDraft): Promise<void> {
  const before = await linesOf(tx, invoice.id)
  const next = Math.max(-1, ...before.map(line => Number(line.position))) + 1
  const lines = rowsOfFlat(schema.invoice_lines, draft.lines)
  const added = lines.map((line, index) => ({ ...line, ...placed(invoice.id, next + index) }))
  await insertRows(tx, 'invoice_lines', schema.invoice_lines, added)
  await recompose(tx, invoice, { customer: draft.customer, plan: draft.invoice.plan }, [...before, ...added])
}

/** Makes what follows from the lines of an open invoice anew: totals, digest, doubts, and what is searched for. */
export async function recompose(
  tx: Tx,
  invoice: Row<'invoices'>,
  { customer, plan }: { readonly customer: string; readonly plan: string },
  lines: readonly Row<'invoice_lines'>[],
): Promise<void> {
  const { id, customer_id, currency, period, apart } = invoice
  const history = await earlierInvoices(reading(tx), [customer_id], period)
  const found = await foundNumbers(tx, customer_id)
  const { summary, doubts, ...composed } = compose({
    ...{ invoiceId: id, customerId: customer_id, customer, period, currency },
    span: { from: invoice.period_from, to: invoice.period_to },
    plan,
    lines: lines.map(composedLine),
    earlier: (history.get(customer_id) ?? []).filter(one => one.currency === currency && one.apart === apart),
    reviewed: invoice.reviewed_at !== null,
    confirmed: new Set([...found].flatMap(([number, state]) => (state === 'valid' ? [number] : []))),
  })
  await tx.db
    .updateTable('invoices')
    .set({ ...composed, doubts: canonicalJson(doubts) })
    .where('id', '=', id)
    .execute()
  await tx.db
    .updateTable('invoice_summaries')
    .set({ plan: composed.plan, total: composed.total, summary })
    .where('customer_id', '=', customer_id)
    .where('currency', '=', currency)
    .where('period', '=', period)
    .where('invoice_id', '=', id)
    .execute()
}

/** A stored line as an invoice is composed of it. */
export function composedLine(row: Row<'invoice_lines'>): ComposedLine {
  return {
    item: row.item,
    ordinal: Number(row.ordinal),
    kind: row.kind,
    priceId: row.price_id,
    priceKey: row.price_key,
    name: row.name,
    unit: row.unit,
    service: { from: row.service_from, to: row.service_to },
    quantity: row.quantity,
    scale: Number(row.scale),
    exact: row.exact,
    amount: row.amount,
    taxRate: row.tax_rate,
    tax: row.tax,
    taxBasis: taxBasisOf(row.tax_basis),
  }
}

/**
 * Takes note that customers are billed: nothing of them has to be looked at again, unless something came in
 * since they were read, or a later month was closed.
 */
export async function settle(tx: Tx, settled: readonly Settled[]): Promise<void> {
  // Nearly all of them have the same marks, and the end of the month in a few zones.
  const alike = Map.groupBy(settled, ({ marks, until }) => `${marks}/${until}`)
  for (const some of alike.values()) {
    const { marks, until } = some[0]!
    await tx.db
      .updateTable('billing_accounts')
      .set({ rerate_from: null })
      .where(
        'customer_id',
        'in',
        some.map(one => one.customerId),
      )
      .where('rerate_from', 'is not', null)
      .where('marks', '=', marks)
      .where('closed_until', '<=', until)
      .execute()
  }
}
