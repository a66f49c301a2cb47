import { Temporal } from 'temporal-polyfill'
import { addDays, isTargetDay } from '../sepa/target-days.ts'

/** The bank publishes around 16:00 in Frankfurt; half an hour later it is late. */
const PUBLISHED_BY = Temporal.PlainTime.from('16:30')
const FRANKFURT = 'Europe/Berlin'
/** How far the file of the last ninety days reaches back. */
export const QUARTER_DAYS = 90

/**
 * The newest day whose reference rates the European Central Bank should have published: a day of TARGET, in the
 * afternoon of that day (ECB, framework for the euro foreign exchange reference rates).
 * @param now milliseconds since the epoch
 */
export function publishedDay(now: bigint): string {
  const there = Temporal.Instant.fromEpochMilliseconds(Number(now)).toZonedDateTimeISO(FRANKFURT)
  let day = there.toPlainDate().toString()
  if (Temporal.PlainTime.compare(there.toPlainTime(), PUBLISHED_BY) < 0) day = addDays(day, -1)
  while (!isTargetDay(day)) day = addDays(day, -1)
  return day
}

/** The first day that the file of the last ninety days is asked for. */
export function quarterBefore(day: string): string {
  return addDays(day, -QUARTER_DAYS)
}

/**
 * Days of which rates should be there and are not, the oldest first: days of TARGET from the first that is there, or
 * the first that is asked for, until the newest that should be published.
 * @param there days of which there are rates of the bank
 */
export function missingDays(there: ReadonlySet<string>, until: string): string[] {
  const from = quarterBefore(until)
  const first = [...there].filter(day => day >= from).sort()[0]
  if (first === undefined) return [until]
  const missing: string[] = []
  for (let day = first; day <= until; day = addDays(day, 1))
    if (isTargetDay(day) && !there.has(day)) missing.push(day)
  return missing
}
