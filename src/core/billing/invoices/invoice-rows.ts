import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { decimalText } from '#engines/billing/exact.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Doubt, InvoiceLine, InvoiceRow } from '#shared/contract/billing/invoices.ts'
import { refuse } from '#shared/errors.ts'
import { shownBasis } from './tax-text.ts'

/** An invoice as a list shows it: its row, its customer's name, and what became of its document. */
export function invoiceRows(reader: Pick<Reader, 'db'>) {
  return reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
    .leftJoin('effects as effect', 'effect.id', 'invoice.effect_id')
    .select([
      'invoice.id',
      'invoice.customer_id',
      'customer.name as customer',
      'customer.key as customer_key',
      'invoice.plan',
      'invoice.kind',
      'invoice.state',
      'invoice.number',
      'invoice.period',
      'invoice.currency',
      'invoice.net',
      'invoice.tax',
      'invoice.total',
      'invoice.previous_total',
      'invoice.lines',
      'invoice.doubts',
      'invoice.assignee',
      'invoice.note',
      'invoice.approved_by',
      'invoice.approved_at',
      'invoice.issued_at',
      'invoice.due_at',
      'invoice.document_id',
      'invoice.effect_id',
      'effect.state as effect_state',
      'invoice.digest',
    ])
}

type Selected = Awaited<ReturnType<ReturnType<typeof invoiceRows>['execute']>>[number]

/** Rows as the contract shows them. */
export async function shownRows(
  reader: Pick<Reader, 'db'>,
  rows: readonly Selected[],
): Promise<InvoiceRow[]> {
  const comments = await commentCounts(
    reader,
    rows.map(row => row.id),
  )
  const doubts = doubtsReader()
  return rows.map(row => ({
    id: row.id,
    customerId: row.customer_id,
    customer: row.customer,
    customerKey: row.customer_key,
    plan: row.plan,
    kind: row.kind,
    state: row.state,
    number: row.number,
    period: row.period,
    currency: row.currency,
    net: row.net,
    tax: row.tax,
    total: row.total,
    previous: row.previous_total,
    change: row.previous_total === null ? null : row.total - row.previous_total,
    lines: Number(row.lines),
    doubts: doubts(row.doubts),
    assignee: row.assignee,
    note: row.note,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    issuedAt: row.issued_at,
    dueAt: row.due_at,
    pdf: documentState(row),
    comments: comments.get(row.id) ?? 0,
    digest: row.digest,
  }))
}

/** Reads stored doubts; of thousands of drafts many say the same, which is read once. */
function doubtsReader(): (text: string) => Doubt[] {
  const known = new Map<string, Doubt[]>([['[]', []]])
  return text => {
    let doubts = known.get(text)
    if (!doubts) known.set(text, (doubts = fromCanonical<Doubt[]>(text)))
    return doubts
  }
}

/** On a desk the effect is the authority's: there a document that is not there yet is waited for. */
function documentState(row: Selected): InvoiceRow['pdf'] {
  if (row.document_id !== null) return 'ready'
  if (row.effect_id === null) return 'none'
  return row.effect_state === 'failed' ? 'failed' : 'waiting'
}

/** More ids than this are not named one by one: comments on all invoices are counted instead. */
const NAMED = 500

async function commentCounts(
  reader: Pick<Reader, 'db'>,
  ids: readonly string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  let query = reader.db
    .selectFrom('comments')
    .select(eb => ['row_id', eb.fn.countAll<bigint>().as('count')])
    .where('entity', '=', 'invoice')
    .groupBy('row_id')
  if (ids.length <= NAMED) query = query.where('row_id', 'in', ids)
  return new Map((await query.execute()).map(row => [row.row_id, Number(row.count)]))
}

/** One invoice, of which is known that it is there, as a list shows it. */
export async function shownInvoice(session: Tx | Reader, id: string): Promise<InvoiceRow> {
  const reader = reading(session as Tx)
  const row = await invoiceRows(reader).where('invoice.id', '=', id).executeTakeFirstOrThrow()
  return (await shownRows(reader, [row]))[0]!
}

/** The whole row of an invoice. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getInvoice(session: Tx | Reader, id: string): Promise<Row<'invoices'>> {
  const row = await reading(session as Tx)
    .db.selectFrom('invoices')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'invoice', id })
  return row
}

/** Lines that one invoice can hold: their place is the end of their id. */
const MOST_LINES = 0xffff

/**
 * The id of a line: the invoice's with the line's place at its end. The lines of an invoice stand side by side
 * in the database, which writes and reads them together.
 */
export function lineId(invoiceId: string, position: number): string {
  if (position > MOST_LINES) throw new RangeError(`an invoice of more than ${MOST_LINES} lines`)
  return invoiceId.slice(0, -4) + position.toString(16).padStart(4, '0')
}

/** The lines of an invoice in their order. */
export async function linesOf(session: Tx | Reader, invoiceId: string): Promise<Row<'invoice_lines'>[]> {
  return reading(session as Tx)
    .db.selectFrom('invoice_lines')
    .selectAll()
    .where('id', '>=', lineId(invoiceId, 0))
    .where('id', '<=', lineId(invoiceId, MOST_LINES))
    .where('invoice_id', '=', invoiceId)
    .orderBy('id')
    .execute()
}

/** A line as the contract shows it. */
export function lineOf(row: Row<'invoice_lines'>): InvoiceLine {
  return {
    id: row.id,
    position: Number(row.position),
    kind: row.kind,
    priceId: row.price_id,
    priceKey: row.price_key,
    name: row.name,
    metricId: row.metric_id,
    unit: row.unit === '' ? null : row.unit,
    quantity: decimalText(row.quantity, Number(row.scale)),
    service: { from: row.service_from, to: row.service_to },
    exact: row.exact,
    amount: row.amount,
    tax: row.tax,
    taxRate: row.tax_rate,
    taxBasis: shownBasis(row),
  }
}
