import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { idsOfText } from '#core/workspace/search.ts'
import { type InvoiceFilter, type InvoiceState, invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { invoiceRows, shownRows } from './invoice-rows.ts'

/** States in which somebody still has to decide something. */
export const OPEN_STATES = ['draft', 'held', 'approved'] as const satisfies readonly InvoiceState[]

/** Invoices under some words that are looked at, at most. */
const MOST_FOUND = 20_000

/** Narrows a query over `invoices as invoice`. */
async function narrowed<Q>(reader: Reader, query: Q, filter: InvoiceFilter): Promise<Q> {
  // The queries differ in what they select; all of them stand on the same table under the same name.
  type Narrowed = ReturnType<typeof invoiceRows>
  let narrow = query as unknown as Narrowed
  if (filter.period !== undefined) narrow = narrow.where('invoice.period', '=', filter.period)
  if (filter.states !== undefined)
    narrow = narrow.where('invoice.state', 'in', someOf(filter.states) as InvoiceState[])
  if (filter.customerId !== undefined) narrow = narrow.where('invoice.customer_id', '=', filter.customerId)
  if (filter.assignee !== undefined) narrow = narrow.where('invoice.assignee', '=', filter.assignee)
  if (filter.plans !== undefined) narrow = narrow.where('invoice.plan', 'in', someOf(filter.plans))
  if (filter.currencies !== undefined)
    narrow = narrow.where('invoice.currency', 'in', someOf(filter.currencies))
  if (filter.doubts === 'doubtful') narrow = narrow.where('invoice.doubt_weight', '>', 0n)
  if (filter.doubts === 'clean') narrow = narrow.where('invoice.doubt_weight', '=', 0n)
  if (filter.search.trim() !== '') {
    const ids = await idsOfText(reader, 'invoice', filter.search, MOST_FOUND)
    narrow = narrow.where('invoice.id', 'in', someOf(ids))
  }
  return narrow as unknown as Q
}

/** PostgreSQL has no empty list, and no invoice has an empty text where this is used: none is found. */
function someOf(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [''] : values
}

const SORTS = {
  doubt: 'invoice.doubt_weight',
  customer: 'customer.name',
  total: 'invoice.total',
  state: 'invoice.state',
  number: 'invoice.number',
  period: 'invoice.period',
  assignee: 'invoice.assignee',
} as const

export const listInvoices = answer(leaf.list, async ({ reader, input }) => {
  const { filter, sort, offset, limit } = input
  const direction = sort.descending ? 'desc' : 'asc'
  const all = await narrowed(reader, invoiceRows(reader), filter)
  const sorted =
    sort.by === 'change'
      ? all.orderBy(
          eb => eb('invoice.total', '-', eb.ref('invoice.previous_total')),
          order => order[direction]().nullsLast(),
        )
      : all.orderBy(SORTS[sort.by], order => order[direction]().nullsLast())
  const rows = await sorted
    .orderBy('invoice.period', 'desc')
    .orderBy('customer.name')
    .orderBy('invoice.id')
    .offset(offset)
    .limit(limit)
    .execute()
  // A page that is not full says itself how many there are.
  const whole = rows.length < limit && (rows.length > 0 || offset === 0)
  const count = whole ? offset + rows.length : await countOf(reader, filter)
  return { invoices: await shownRows(reader, rows), count }
})

async function countOf(reader: Reader, filter: InvoiceFilter): Promise<number> {
  const query = reader.db.selectFrom('invoices as invoice').select(eb => eb.fn.countAll<bigint>().as('count'))
  const { count } = await (await narrowed(reader, query, filter)).executeTakeFirstOrThrow()
  return Number(count)
}

export const invoiceSummary = answer(leaf.summary, async ({ reader, input }) => {
  const grouped = reader.db
    .selectFrom('invoices as invoice')
    .select(eb => [
      'invoice.state',
      'invoice.currency',
      'invoice.plan',
      eb.case().when('invoice.doubt_weight', '>', 0n).then(eb.lit(1)).else(eb.lit(0)).end().as('doubtful'),
      eb.fn.countAll<bigint>().as('count'),
      eb.fn.sum<bigint | string>('invoice.total').as('total'),
    ])
    .groupBy(['invoice.state', 'invoice.currency', 'invoice.plan', 'doubtful'])
  const rows = await (await narrowed(reader, grouped, input.filter)).execute()
  const states = new Map<InvoiceState, number>()
  const totals = new Map<string, { count: number; total: bigint }>()
  const plans = new Map<string, number>()
  const doubts = { doubtful: 0, clean: 0 }
  for (const { state, currency, plan, doubtful, count, total } of rows) {
    states.set(state, (states.get(state) ?? 0) + Number(count))
    const sum = totals.get(currency) ?? { count: 0, total: 0n }
    totals.set(currency, { count: sum.count + Number(count), total: sum.total + BigInt(total) })
    plans.set(plan, (plans.get(plan) ?? 0) + Number(count))
    doubts[Number(doubtful) === 1 ? 'doubtful' : 'clean'] += Number(count)
  }
  return {
    ...doubts,
    states: [...states].map(([state, count]) => ({ state, count })),
    totals: [...totals.keys()].sort().map(currency => ({ currency, ...totals.get(currency)! })),
    plans: [...plans.keys()].sort().map(plan => ({ plan, count: plans.get(plan)! })),
  }
})

export const invoicePeriods = answer(leaf.periods, async ({ reader }) => {
  const rows = await reader.db
    .selectFrom('invoices')
    .select(eb => [
      'period',
      eb.fn.countAll<bigint>().as('invoices'),
      eb.fn
        .sum<bigint | number>(
          eb.case().when('state', 'in', OPEN_STATES).then(eb.lit(1)).else(eb.lit(0)).end(),
        )
        .as('open'),
    ])
    .groupBy('period')
    .orderBy('period', 'desc')
    .execute()
  return {
    periods: rows.map(row => ({
      period: row.period,
      invoices: Number(row.invoices),
      open: Number(row.open),
    })),
  }
})
