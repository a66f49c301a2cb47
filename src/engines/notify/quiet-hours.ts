import { Temporal } from 'temporal-polyfill'

/** When a person does not want to be disturbed, on the clocks of their zone. */
export interface QuietHours {
  /** Minutes since midnight; where the end is not after the beginning it is the next day's. */
  readonly from: number
  readonly until: number
  /** ISO days of the week on which they begin, 1 is Monday. */
  readonly days: readonly number[]
}

/**
 * When the quiet hours end that an instant is in.
 * @param at milliseconds since the epoch
 * @returns the first instant that is no longer quiet; null where it is not quiet
 */
export function quietUntil(quiet: QuietHours, at: bigint, zone: string): bigint | null {
  const local = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
  let end: bigint | null = null
  // One that began today, and one that began yesterday and is not over.
  for (const back of [0, 1]) {
    const day = local.toPlainDate().subtract({ days: back })
    if (!quiet.days.includes(day.dayOfWeek)) continue
    const over = quiet.until > quiet.from ? day : day.add({ days: 1 })
    const begins = instantOf(day, quiet.from, zone)
    const ends = instantOf(over, quiet.until, zone)
    if (at >= begins && at < ends && (end === null || ends > end)) end = ends
  }
  return end
}

/** The next time that clocks of a zone show so many minutes since midnight, after an instant. */
export function nextAt(minutes: number, after: bigint, zone: string): bigint {
  const today = Temporal.Instant.fromEpochMilliseconds(Number(after)).toZonedDateTimeISO(zone).toPlainDate()
  const at = instantOf(today, minutes, zone)
  return at > after ? at : instantOf(today.add({ days: 1 }), minutes, zone)
}

/** Where the clocks skip a time it is the first one after it. */
function instantOf(day: Temporal.PlainDate, minutes: number, zone: string): bigint {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
  return BigInt(day.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds)
}
