import type { Reader } from '#core/database/store.ts'
import { LISTED, ownerKey } from '../usage/kept-values.ts'
import { anyPending, readPending } from '../usage/pending.ts'

const DAY = 86_400_000n

interface Owned {
  readonly customerId: string
  readonly metricId: string
}

/** Events and the sum of their quantities on each UTC day, the first one beginning at `from`. */
export interface Days {
  readonly sums: number[]
  readonly events: number[]
}

/**
 * What customers used day by day, by `ownerKey`: for statistics, so as doubles.
 * @param from a beginning of a UTC day
 * @param to a later one
 */
export async function dailyUsage(
  reader: Reader,
  wanted: readonly Owned[],
  from: bigint,
  to: bigint,
): Promise<Map<string, Days>> {
  const found = new Map<string, Days>()
  const length = Number((to - from) / DAY)
  const add = (key: string, at: bigint, sum: bigint, events: bigint) => {
    let days = found.get(key)
    if (!days) {
      days = { sums: new Array(length).fill(0), events: new Array(length).fill(0) }
      found.set(key, days)
    }
    const day = Number((at - from) / DAY)
    days.sums[day]! += Number(sum)
    days.events[day]! += Number(events)
  }
  const keys = new Set(wanted.map(ownerKey))
  const customers = [...new Set(wanted.map(one => one.customerId))]
  const metrics = [...new Set(wanted.map(one => one.metricId))]
  const pending = await anyPending(reader)
  for (let start = 0; start < customers.length; start += LISTED) {
    const some = customers.slice(start, start + LISTED)
    const rows = await reader.db
      .selectFrom('usage_series as series')
      .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
      .select(eb => [
        ...(['series.customer_id', 'series.metric_id'] as const),
        // As a literal: PostgreSQL takes two parameters for two expressions.
        eb('bucket.at', '-', eb('bucket.at', '%', eb.lit(86_400_000) as never)).as('day'),
        eb.cast<bigint>(eb.fn.sum('bucket.sum'), 'bigint').as('sum'),
        eb.cast<bigint>(eb.fn.sum('bucket.events'), 'bigint').as('events'),
      ])
      .where('series.customer_id', 'in', some)
      .where('series.metric_id', 'in', metrics)
      .where('bucket.at', '>=', from)
      .where('bucket.at', '<', to)
      .groupBy(eb => [
        'series.customer_id',
        'series.metric_id',
        eb('bucket.at', '-', eb('bucket.at', '%', eb.lit(86_400_000) as never)),
      ])
      .execute()
    for (const { customer_id: customerId, metric_id: metricId, day, sum, events } of rows) {
      const key = ownerKey({ customerId, metricId })
      if (keys.has(key)) add(key, BigInt(day), sum, events)
    }
    if (pending) {
      const owners = await ownersOf(reader, some)
      for (const row of await readPending(reader, new Set(owners.keys()))) {
        const key = owners.get(row.series)!
        if (keys.has(key) && row.at >= from && row.at < to)
          add(key, row.at - (row.at % DAY), row.sum, row.events)
      }
    }
  }
  return found
}

/** Series of customers with the keys of their owners. */
async function ownersOf(reader: Reader, customers: readonly string[]): Promise<Map<bigint, string>> {
  const rows = await reader.db
    .selectFrom('usage_series')
    .select(['number', 'customer_id', 'metric_id'])
    .where('customer_id', 'in', customers)
    .execute()
  return new Map(
    rows.map(row => [row.number, ownerKey({ customerId: row.customer_id, metricId: row.metric_id })]),
  )
}
