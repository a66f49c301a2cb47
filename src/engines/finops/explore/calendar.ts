import { Temporal } from 'temporal-polyfill'
import type { Compare, Grain, Period } from './query.ts'

const HOUR = 3_600_000

/**
 * Cuts a period into the hours, days, weeks (from Monday) or months of a zone. The first and the last bucket
 * end where the period does. Throws a RangeError for a zone that does not exist.
 */
export function cutPeriod(period: Period, grain: Grain, zone: string): Period[] {
  const { from, to } = period
  if (from >= to) return []
  const buckets: Period[] = []
  let start = from
  const next = grain === 'none' ? () => to : grain === 'hour' ? hours(from, zone) : days(from, grain, zone)
  while (start < to) {
    const end = Math.min(next(), to)
    if (end > start) buckets.push({ from: start, to: end })
    start = end
  }
  return buckets
}

/** How long the shortest whole bucket of each grain is, in milliseconds, where clocks go forward by one hour. */
const SHORTEST = { hour: HOUR, day: 23 * HOUR, week: 167 * HOUR, month: (28 * 24 - 1) * HOUR } as const

/** How many buckets `cutPeriod` makes at most, found without making them. */
export function mostBuckets({ from, to }: Period, grain: Grain): number {
  return grain === 'none' ? 1 : Math.ceil((to - from) / SHORTEST[grain]) + 1
}

/** The beginnings of the local hours after `from`, one by one. */
function hours(from: number, zone: string): () => number {
  let at = floorHour(from, zone)
  let change = nextChange(at, zone)
  return () => {
    if (at + HOUR < change) at += HOUR
    else {
      const next = floorHour(at + HOUR, zone)
      at = next > at ? next : at + HOUR
      change = nextChange(at, zone)
    }
    return at
  }
}

/** When the clocks of the zone change next; in between, an hour is an hour. */
function nextChange(at: number, zone: string): number {
  return local(at, zone).getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY
}

/** The beginning of the hour on the wall clock of the zone, at the offset in force then. */
function floorHour(at: number, zone: string): number {
  const offset = local(at, zone).offsetNanoseconds / 1e6
  return Math.floor((at + offset) / HOUR) * HOUR - offset
}

/** The beginnings of the days, weeks or months after `from`, one by one, each counted from the first. */
function days(from: number, grain: 'day' | 'week' | 'month', zone: string): () => number {
  const date = local(from, zone).toPlainDate()
  const first = grain === 'month' ? date.with({ day: 1 }) : grain === 'week' ? monday(date) : date
  let count = 0
  return () => {
    count++
    const step = grain === 'month' ? { months: count } : grain === 'week' ? { weeks: count } : { days: count }
    return first.add(step).toZonedDateTime(zone).epochMilliseconds
  }
}

function monday(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.subtract({ days: date.dayOfWeek - 1 })
}

function local(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
}

/**
 * The period that another is compared with. `length`: the same length, right before. `calendar`: whole months
 * are compared with as many months before, whole days with as many days, in the zone; other periods by length.
 */
export function previousPeriod(period: Period, compare: Exclude<Compare, 'none'>, zone: string): Period {
  const { from, to } = period
  if (compare === 'calendar') {
    const start = local(from, zone)
    const end = local(to, zone)
    if (isMidnight(start) && isMidnight(end)) {
      const wholeMonths = start.day === 1 && end.day === 1
      const unit = wholeMonths ? 'months' : 'days'
      const count = start.toPlainDate().until(end.toPlainDate(), { largestUnit: unit })[unit]
      const before = start.toPlainDate().subtract({ [unit]: count })
      return { from: before.toZonedDateTime(zone).epochMilliseconds, to: from }
    }
  }
  return { from: from - (to - from), to: from }
}

function isMidnight(at: Temporal.ZonedDateTime): boolean {
  return at.startOfDay().epochMilliseconds === at.epochMilliseconds
}
