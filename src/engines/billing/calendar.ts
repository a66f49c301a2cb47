import { Temporal } from 'temporal-polyfill'

/**
 * Days on the wall calendar of a zone. Calendar arithmetic is slow, and a close asks the same questions for
 * every customer, so that answers are kept; they depend on nothing but the question.
 */
const DAY = 86_400_000

/** A stretch of time in which a zone's clocks do not change. */
interface Stretch {
  readonly from: number
  readonly to: number
  /** Milliseconds ahead of UTC. */
  readonly offset: number
}

const stretches = new Map<string, Stretch[]>()
const dayStarts = new Map<string, bigint>()
const KEPT_DAYS = 20_000

/** Milliseconds by which the clocks of a zone are ahead of UTC. Throws a RangeError for an unknown zone. */
function offsetAt(at: number, zone: string): number {
  let known = stretches.get(zone)
  if (known === undefined) stretches.set(zone, (known = []))
  for (const stretch of known) if (at >= stretch.from && at < stretch.to) return stretch.offset
  const local = zoned(BigInt(at), zone)
  const next = local.getTimeZoneTransition('next')
  // The transition before the next one begins the stretch, also where this instant is exactly at it.
  const before =
    next === null
      ? local.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
      : next.getTimeZoneTransition('previous')
  const stretch = {
    from: before?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    to: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offset: local.offsetNanoseconds / 1e6,
  }
  known.push(stretch)
  return stretch.offset
}

/** An instant on the clocks of a zone. */
export function zoned(at: bigint, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
}

/** The local date of an instant, as days since 1970-01-01. */
export function localDay(at: bigint, zone: string): number {
  const time = Number(at)
  return Math.floor((time + offsetAt(time, zone)) / DAY)
}

/** When a local date begins: midnight, or the first instant after it where the clocks skip midnight. */
export function dayStart(day: number, zone: string): bigint {
  const key = `${zone}/${day}`
  const known = dayStarts.get(key)
  if (known !== undefined) return known
  const date = Temporal.PlainDate.from('1970-01-01').add({ days: day })
  const start = BigInt(date.toZonedDateTime(zone).epochMilliseconds)
  if (dayStarts.size >= KEPT_DAYS) dayStarts.clear()
  dayStarts.set(key, start)
  return start
}

/** The local midnight at or after an instant. */
export function nextMidnight(at: bigint, zone: string): bigint {
  const day = localDay(at, zone)
  const start = dayStart(day, zone)
  return start === at ? at : dayStart(day + 1, zone)
}

/** The local date after so many months, and at the end of a month that has no such day. */
export function addMonthsToDay(day: number, months: number): number {
  const date = Temporal.PlainDate.from('1970-01-01').add({ days: day }).add({ months })
  return Temporal.PlainDate.from('1970-01-01').until(date, { largestUnit: 'days' }).days
}
