import type { BucketRow, EventColumns } from '#core/database/usage-rows.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import type { Keepings } from './keeping.ts'

/**
 * Whether one id comes after another in the order of the databases, which compare bytes of UTF-8: code units of
 * UTF-16 have another order beyond U+FFFF.
 */
export function idAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0
}

const QUARTER = Number(QUARTER_HOUR)
/** Quarters of an hour that a key tells apart: those of four centuries, half of them before 1970. */
const QUARTERS = 2 ** 24

/** The key of a bucket as one number, in the order of the buckets: for up to five hundred million series. */
export function keyOf(series: bigint, at: bigint): number {
  return Number(series) * QUARTERS + Math.floor(Number(at) / QUARTER) + QUARTERS / 2
}

/** Buckets in the order of their keys. */
export function byKey(buckets: ReadonlyMap<number, BucketRow>): BucketRow[] {
  return [...buckets].sort((a, b) => a[0] - b[0]).map(([, bucket]) => bucket)
}

/**
 * Sums events by series and quarter of an hour, in the order of the buckets: neighbours lie on the same page.
 * @param keepings what the metrics of some series ask for
 * @param without places of events that do not count
 */
export function rollUp(events: EventColumns, keepings: Keepings, without: ReadonlySet<number>): BucketRow[] {
  const { ids, series, quantities, at } = events
  const buckets = new Map<number, BucketRow>()
  const plain = keepings.size === 0
  for (let i = 0; i < ids.length; i++) {
    if (without.has(i)) continue
    const number = series[i] as bigint
    const instant = at[i] as bigint
    const quantity = quantities[i] as bigint
    const key = keyOf(number, instant)
    const bucket = buckets.get(key)
    const keeping = plain ? undefined : keepings.get(number)
    const latest = keeping?.latest ?? false
    const max = keeping?.smallest ? -quantity : quantity
    if (!bucket) {
      const begin = BigInt(Math.floor(Number(instant) / QUARTER) * QUARTER)
      buckets.set(key, {
        ...{ series: number, at: begin, events: 1n, sum: quantity, max },
        latest: latest ? quantity : 0n,
        latestAt: latest ? instant : 0n,
        latestId: latest ? (ids[i] as string) : '',
      })
      continue
    }
    bucket.events += 1n
    bucket.sum += quantity
    if (max > bucket.max) bucket.max = max
    if (!latest) continue
    const later =
      instant > bucket.latestAt || (instant === bucket.latestAt && idAfter(ids[i] as string, bucket.latestId))
    if (later) Object.assign(bucket, { latest: quantity, latestAt: instant, latestId: ids[i] })
  }
  return byKey(buckets)
}
