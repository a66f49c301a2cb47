import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { payments as leaf } from '#shared/contract/billing/payments.ts'
import { refuse } from '#shared/errors.ts'
import { byCurrency } from '../by-currency.ts'
import { getCustomer } from '../customers/customer-rows.ts'

/** Something that changes what a customer owes. */
export interface StatementEntry {
  readonly at: bigint
  readonly kind: 'invoice' | 'credit-note' | 'payment' | 'refund' | 'write-off' | 'void' | 'wallet'
  readonly text: string
  readonly rowId: string
  readonly currency: string
  /** What the customer owes more by it, in minor units. */
  readonly amount: bigint
}

/**
 * What a customer was asked for and paid between two instants, by currency, with the balance before and after.
 * A payment that was reversed is none; a refund counts when it was decided.
 */
export const showStatement = answer(leaf.statement, async ({ reader, input }) => {
  const { name } = await getCustomer(reader, input.customerId)
  return { customer: name, currencies: await statementOf(reader, input) }
})

/**
 * The statement of a customer between two instants: by currency the balance before, each entry with the balance
 * that it led to, and the balance after.
 * @throws Refusal `BILLING_SPAN_INVERTED`
 */
export async function statementOf(
  reader: Pick<Reader, 'db'>,
  { customerId, from, to }: { readonly customerId: string; readonly from: bigint; readonly to: bigint },
) {
  if (to < from) throw refuse('BILLING_SPAN_INVERTED', { from, to })
  const all = (await entriesOf(reader, customerId)).filter(({ at }) => at < to)
  const currencies = [...Map.groupBy(all, entry => entry.currency)].map(([currency, entries]) => {
    const opening = entries.filter(({ at }) => at < from).reduce((sum, { amount }) => sum + amount, 0n)
    let balance = opening
    const shown = entries
      .filter(({ at }) => at >= from)
      .map(({ currency: _, ...entry }) => ({ ...entry, balance: (balance += entry.amount) }))
    return { currency, opening, closing: balance, entries: shown }
  })
  return currencies.sort(byCurrency)
}

/** Everything that ever changed what a customer owes, in the order in which it happened. */
export async function entriesOf(reader: Pick<Reader, 'db'>, customerId: string): Promise<StatementEntry[]> {
  const entries = [
    ...(await invoiced(reader, customerId)),
    ...(await paid(reader, customerId)),
    ...(await settledWith(reader, customerId, 'write-off')),
    ...(await settledWith(reader, customerId, 'wallet')),
  ]
  return entries.sort((a, b) => Number(a.at - b.at) || order(a.rowId, b.rowId))
}

/** What is of one row stays in the order in which it was read. */
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function invoiced(reader: Pick<Reader, 'db'>, customerId: string): Promise<StatementEntry[]> {
  const rows = await reader.db
    .selectFrom('invoices')
    .select(['id', 'number', 'kind', 'state', 'currency', 'total', 'issued_at', 'reviewed_at'])
    .where('customer_id', '=', customerId)
    .where('number', 'is not', null)
    .where('issued_at', 'is not', null)
    .execute()
  return rows.flatMap(row => {
    const common = { rowId: row.id, text: row.number!, currency: row.currency }
    const issued = { ...common, at: row.issued_at!, kind: row.kind, amount: row.total }
    // A void keeps its number, and what it asked for is taken back.
    if (row.state !== 'void') return [issued]
    return [issued, { ...common, at: row.reviewed_at!, kind: 'void' as const, amount: -row.total }]
  })
}

async function paid(reader: Pick<Reader, 'db'>, customerId: string): Promise<StatementEntry[]> {
  const payments = await reader.db
    .selectFrom('payments')
    .select(['id', 'reference', 'method', 'currency', 'amount', 'received_at'])
    .where('customer_id', '=', customerId)
    .where('received_at', 'is not', null)
    .where('state', '=', 'succeeded')
    .execute()
  const refunds = await reader.db
    .selectFrom('refunds')
    .select(['id', 'reason', 'currency', 'amount', 'created_at'])
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['waiting', 'sent', 'done'])
    .execute()
  return [
    ...payments.map(row => ({
      ...{ at: row.received_at!, kind: 'payment' as const, text: row.reference || row.method },
      ...{ rowId: row.id, currency: row.currency, amount: -row.amount },
    })),
    ...refunds.map(row => ({
      ...{ at: row.created_at, kind: 'refund' as const, text: row.reason },
      ...{ rowId: row.id, currency: row.currency, amount: row.amount },
    })),
  ]
}

/** What was given up of invoices, or paid from wallets, and what of that was taken back. */
async function settledWith(
  reader: Pick<Reader, 'db'>,
  customerId: string,
  kind: 'write-off' | 'wallet',
): Promise<StatementEntry[]> {
  const rows = await reader.db
    .selectFrom('settlements as settlement')
    .innerJoin('invoices as invoice', 'invoice.id', 'settlement.invoice_id')
    .select([
      'settlement.source_id',
      'settlement.invoice_id',
      'settlement.at',
      'settlement.amount',
      'invoice.number',
      'invoice.currency',
    ])
    .where('settlement.customer_id', '=', customerId)
    .where('settlement.kind', '=', kind)
    .execute()
  return rows.map(row => ({
    ...{ at: row.at, kind, text: row.number! },
    // Of a wallet the invoice is what leads on.
    rowId: kind === 'wallet' ? row.invoice_id : row.source_id,
    ...{ currency: row.currency, amount: -row.amount },
  }))
}
