import type { BucketRow, EventColumns } from '#core/database/usage-rows.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'

/**
 * Whether one id comes after another in the order of the databases, which compare bytes of UTF-8: code units of
 * UTF-16 have another order beyond U+FFFF.
 */
function idAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0
}

/**
 * Sums events by series and quarter of an hour.
 * @param keepsLatest whether the metric of a series asks for its latest value
 * @param without places of events that do not count
 */
export function rollUp(
  events: EventColumns,
  keepsLatest: (series: bigint) => boolean,
  without: ReadonlySet<number>,
): BucketRow[] {
  const { ids, series, quantities, at } = events
  const bySeries = new Map<bigint, Map<bigint, BucketRow>>()
  const all: BucketRow[] = []
  for (let i = 0; i < ids.length; i++) {
    if (without.has(i)) continue
    const number = series[i] as bigint
    const instant = at[i] as bigint
    const quantity = quantities[i] as bigint
    const begin = instant - (((instant % QUARTER_HOUR) + QUARTER_HOUR) % QUARTER_HOUR)
    let buckets = bySeries.get(number)
    if (!buckets) bySeries.set(number, (buckets = new Map()))
    const bucket = buckets.get(begin)
    const latest = keepsLatest(number)
    if (!bucket) {
      const fresh: BucketRow = {
        ...{ series: number, at: begin, events: 1n, sum: quantity, max: quantity },
        latest: latest ? quantity : 0n,
        latestAt: latest ? instant : 0n,
        latestId: latest ? (ids[i] as string) : '',
      }
      buckets.set(begin, fresh)
      all.push(fresh)
      continue
    }
    bucket.events += 1n
    bucket.sum += quantity
    if (quantity > bucket.max) bucket.max = quantity
    if (!latest) continue
    const later =
      instant > bucket.latestAt || (instant === bucket.latestAt && idAfter(ids[i] as string, bucket.latestId))
    if (later) Object.assign(bucket, { latest: quantity, latestAt: instant, latestId: ids[i] })
  }
  // In the order of their key: neighbours lie on the same page.
  return all.sort(byKey)
}

/** The order of the buckets' key. */
export function byKey(a: BucketRow, b: BucketRow): number {
  if (a.series !== b.series) return a.series < b.series ? -1 : 1
  if (a.at === b.at) return 0
  return a.at < b.at ? -1 : 1
}
