import { Temporal } from 'temporal-polyfill'
import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { addMoves, type MrrMoves, movesOf, ratesOf } from '#engines/billing/churn.ts'
import { recurringAt } from '#engines/billing/mrr.ts'
import { churn as leaf } from '#shared/contract/billing/churn.ts'
import { byCurrency } from '../by-currency.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { pricesOf } from './preview.ts'
import { loadSubscriptions, type StoredSubscription } from './subscription-rows.ts'

/** Subscriptions whose rows are read at a time. */
const AT_ONCE = 1000

interface MonthSpan {
  readonly month: string
  readonly from: bigint
  readonly to: bigint
}

/** Months that end with the one that runs, in the customer's zone or the workspace's. */
function monthsBefore(now: bigint, zone: string, count: number): MonthSpan[] {
  const today = Temporal.Instant.fromEpochMilliseconds(Number(now)).toZonedDateTimeISO(zone)
  const first = today
    .toPlainDate()
    .toPlainYearMonth()
    .subtract({ months: count - 1 })
  return Array.from({ length: count }, (_, index) => {
    const month = first.add({ months: index })
    const begin = (of: Temporal.PlainYearMonth) =>
      BigInt(of.toPlainDate({ day: 1 }).toZonedDateTime(zone).epochMilliseconds)
    const end = begin(month.add({ months: 1 }))
    return { month: month.toString(), from: begin(month), to: end > now ? now : end }
  })
}

export const analyseChurn = answer(leaf.analyse, async ({ reader, input, now }) => {
  const { customerId } = input
  const zone =
    customerId === undefined ? await workspaceZone(reader) : (await getCustomer(reader, customerId)).zone
  const months = monthsBefore(now, zone, input.months)
  /** By currency and month, the moves of each customer. */
  const moves = new Map<string, MrrMoves[][]>()
  for (const own of (await allOf(reader, customerId)).values()) {
    for (const [currency, mrr] of own.currencies) {
      const rows = moves.get(currency) ?? months.map(() => [])
      moves.set(currency, rows)
      // Looked at a moment before: what begins on the first of a month is new in it.
      for (const [index, { from, to }] of months.entries())
        rows[index]!.push(
          movesOf({ start: mrr(from - 1n), end: mrr(to - 1n), before: own.paidBefore(currency, from) }),
        )
    }
  }
  const currencies = [...moves].map(([currency, rows]) => ({
    currency,
    months: months.map((month, index) => {
      const sum = addMoves(rows[index]!)
      return { ...month, ...sum, ...ratesOf(sum) }
    }),
  }))
  return { customerId: customerId ?? null, currencies: currencies.sort(byCurrency) }
})

/** What recurs of a customer at an instant, by currency. */
interface Recurs {
  readonly currencies: ReadonlyMap<string, (at: bigint) => bigint>
  paidBefore(currency: string, at: bigint): boolean
}

async function allOf(reader: Reader, customerId: string | undefined): Promise<Map<string, Recurs>> {
  const stored: { readonly one: StoredSubscription; readonly mrr: (at: bigint) => bigint }[] = []
  for (let offset = 0; ; offset += AT_ONCE) {
    const of = customerId === undefined ? {} : { customerId }
    const page = await loadSubscriptions(reader, { ...of, offset, limit: AT_ONCE })
    // PostgreSQL has no empty list.
    const prices = page.length === 0 ? () => [] : await pricesOf(reader, page)
    for (const one of page)
      stored.push({ one, mrr: at => recurringAt(one, prices(one), one.currency, at).monthly })
    if (page.length < AT_ONCE) break
  }
  const byCustomer = Map.groupBy(stored, ({ one }) => one.customerId)
  return new Map([...byCustomer].map(([id, own]) => [id, recursOf(own)]))
}

function recursOf(
  own: readonly { readonly one: StoredSubscription; readonly mrr: (at: bigint) => bigint }[],
): Recurs {
  const grouped = Map.groupBy(own, ({ one }) => one.currency)
  const sum = (all: typeof own) => (at: bigint) => all.reduce((total, { mrr }) => total + mrr(at), 0n)
  return {
    currencies: new Map([...grouped].map(([currency, all]) => [currency, sum(all)])),
    // A phase that is paid for has an amount from its first moment on.
    paidBefore: (currency, at) =>
      grouped
        .get(currency)!
        .some(({ one, mrr }) =>
          one.phases.some(phase => phase.kind === 'active' && phase.from < at && mrr(phase.from) > 0n),
        ),
  }
}

async function workspaceZone(reader: Reader): Promise<string> {
  const { zone } = await reader.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  return zone
}
