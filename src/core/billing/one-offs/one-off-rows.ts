import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { decimalText } from '#engines/billing/exact.ts'
import { oneOffItem, oneOffLine, oneOffOfItem } from '#engines/billing/one-off.ts'
import type { OneOff as BilledOneOff } from '#shared/contract/billing/close-facts.ts'
import type { OneOff } from '#shared/contract/billing/one-offs.ts'
import { refuse } from '#shared/errors.ts'

export type OneOffRow = Row<'one_offs'>

/** As the engine makes a line of it. */
export function oneOffOf(row: OneOffRow): BilledOneOff {
  const { id, currency, name, unit, quantity, service_from: from, service_to: to } = row
  return {
    ...{ id, currency, name, unit, quantity, scale: Number(row.scale), unitPrice: row.unit_price },
    ...{ taxRate: row.tax_rate, service: from === null || to === null ? null : { from, to } },
    subscriptionId: row.subscription_id,
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getOneOff(session: Pick<Reader | Tx, 'db'>, id: string): Promise<OneOffRow> {
  const row = await (session.db as Reader['db'])
    .selectFrom('one_offs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'one-off', id })
  return row
}

/**
 * What customers are to be charged once and was on no invoice yet, for a month or one before. A line on an invoice
 * that was made void counts too: what was void is billed anew by its reissue or not at all.
 */
export async function pendingOneOffs(
  { db }: Reader,
  customerIds: readonly string[],
  period: string,
): Promise<Map<string, BilledOneOff[]>> {
  const rows = await db
    .selectFrom('one_offs')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .where('first_period', '<=', period)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const billed = new Set((await linesOfOneOffs(db, rows)).map(({ item }) => oneOffOfItem(item)))
  const pending = rows.filter(row => !billed.has(row.id))
  return new Map(
    [...Map.groupBy(pending, row => row.customer_id)].map(([id, own]) => [id, own.map(oneOffOf)]),
  )
}

/** Of an invoice that is asked about, what matters here. */
export interface Placed {
  readonly item: string
  readonly line_id: string
  readonly invoice_id: string
  readonly number: string | null
  readonly state: Row<'invoices'>['state']
  readonly period: string
}

/** Lines of one-off charges on invoices, the newest of each last. */
export async function linesOfOneOffs(
  db: Reader['db'],
  rows: readonly Pick<OneOffRow, 'id'>[],
): Promise<Placed[]> {
  if (rows.length === 0) return []
  return db
    .selectFrom('invoice_lines as line')
    .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
    .select([
      ...(['line.item', 'line.id as line_id', 'line.invoice_id'] as const),
      ...(['invoice.number', 'invoice.state', 'invoice.period'] as const),
    ])
    .where(
      'line.item',
      'in',
      rows.map(row => oneOffItem(row.id)),
    )
    .orderBy('line.ordinal')
    .execute()
}

const CHANGEABLE: ReadonlySet<string> = new Set(['draft', 'held'])

/** Whether an invoice can still be changed. */
export function isChangeable(state: Row<'invoices'>['state']): boolean {
  return CHANGEABLE.has(state)
}

/** What the rules of tax call them, by id; of the standard nothing is said. */
export async function categoriesOf(
  session: Pick<Reader | Tx, 'db'>,
  rows: readonly Pick<OneOffRow, 'id'>[],
): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map()
  const found = await (session.db as Reader['db'])
    .selectFrom('tax_categories')
    .selectAll()
    .where(
      'subject',
      'in',
      rows.map(row => `${SUBJECT}${row.id}`),
    )
    .execute()
  return new Map(found.map(({ subject, category }) => [subject.slice(SUBJECT.length), category]))
}

/** What stands before the id of a charge where its category is said. */
const SUBJECT = 'one-off/'

/** As the contract shows them. */
export async function shownOneOffs(
  session: Pick<Reader, 'db'> | Tx,
  rows: readonly OneOffRow[],
): Promise<OneOff[]> {
  const reader = reading(session as Tx)
  const person = await namesOf(reader)
  const categories = await categoriesOf(reader, rows)
  const places = new Map((await linesOfOneOffs(reader.db, rows)).map(one => [oneOffOfItem(one.item), one]))
  return rows.map(row => {
    const one = oneOffOf(row)
    const place = places.get(row.id)
    // The month matters to no amount: where nothing is said of the time, the line has that of its invoice.
    const { amount } = oneOffLine(one, '0', { from: 0n, to: 0n })
    return {
      ...{ id: row.id, customerId: row.customer_id, currency: row.currency, name: row.name, unit: row.unit },
      ...{ quantity: decimalText(row.quantity, Number(row.scale)), unitPrice: row.unit_price, amount },
      ...{ category: categories.get(row.id) ?? 'standard', subscriptionId: row.subscription_id },
      ...{ taxRate: row.tax_rate, service: one.service, firstPeriod: row.first_period, note: row.note },
      ...{ createdBy: person(row.created_by), createdAt: row.created_at },
      invoice: place
        ? { id: place.invoice_id, number: place.number, state: place.state, period: place.period }
        : null,
      open: place === undefined || isChangeable(place.state),
    }
  })
}
