import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { compare, exactOf } from '#engines/billing/exact.ts'
import type { KnownRate } from '#engines/billing/exchange/find-rate.ts'

export type RateRow = Row<'exchange_rates'>

/** A rate that was offered while another was there, which was kept. */
export interface DifferingRate {
  readonly offered: KnownRate
  readonly kept: Pick<RateRow, 'rate' | 'source'>
}

export interface TakenRates {
  readonly added: number
  /** Were there already, those with another rate among them. */
  readonly there: number
  readonly differing: readonly DifferingRate[]
}

const keyOf = ({ base, quote, day }: Pick<KnownRate, 'base' | 'quote' | 'day'>) => `${base}/${quote}/${day}`

/** Adds rates. What is there of a pair and a day stays, because amounts were converted by it. */
export async function takeRates(
  tx: Tx,
  rates: readonly KnownRate[],
  by: string | null,
  now: bigint,
): Promise<TakenRates> {
  if (rates.length === 0) return { added: 0, there: 0, differing: [] }
  const days = rates.map(one => one.day).sort()
  const rows = await tx.db
    .selectFrom('exchange_rates')
    .select(['base', 'quote', 'day', 'rate', 'source'])
    .where('day', '>=', days[0]!)
    .where('day', '<=', days.at(-1)!)
    .execute()
  const known = new Map<string, Pick<RateRow, 'rate' | 'source'>>(rows.map(row => [keyOf(row), row]))
  const fresh: RateRow[] = []
  const differing: DifferingRate[] = []
  let there = 0
  for (const one of rates) {
    const before = known.get(keyOf(one))
    if (before) {
      there += 1
      if (compare(exactOf(before.rate), exactOf(one.rate)) !== 0)
        differing.push({ offered: one, kept: { rate: before.rate, source: before.source } })
      continue
    }
    const row = { ...one, added_by: by, added_at: now }
    known.set(keyOf(one), row)
    fresh.push(row)
  }
  await insertRows(tx, 'exchange_rates', schema.exchange_rates, fresh)
  return { added: fresh.length, there, differing }
}

const DAY = 86_400_000

/** Rates of a day and of so many days before it. */
export async function ratesUntil(db: Reader['db'], day: string, within: number): Promise<KnownRate[]> {
  const first = new Date(Date.parse(day) - within * DAY).toISOString().slice(0, 10)
  return db
    .selectFrom('exchange_rates')
    .select(['base', 'quote', 'day', 'rate', 'source'])
    .where('day', '<=', day)
    .where('day', '>=', first)
    .execute()
}
