import type { ProrationMode } from '#shared/contract/billing/prices.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { addMonthsToDay, localDay } from './calendar.ts'
import { type Exact, scaled } from './exact.ts'

/** What part of a period a service is: `used` of `whole`, in seconds (to the millisecond) or in days. */
export interface Proportion {
  readonly used: Exact
  readonly whole: Exact
  readonly unit: 'second' | 'day'
}

/** In a month of 30 days, no day counts beyond the thirtieth. */
const MONTH = 30
/** Days in a month, on average over 400 years. */
const AVERAGE_MONTH = 30.436875

/**
 * What part of its billing period a service is.
 *
 * - `second`: elapsed time. An hour that the clocks repeat counts, one that they skip does not.
 * - `day`: local dates. A date that was begun counts; the period has the dates from the one on which it begins
 *   to the one before it ends.
 * - `day-30`: dates as in `day`, but each month of the period has thirty: the 31st is free, and the end of a
 *   shorter month counts up to thirty. A week has seven.
 * - `none`: a part costs nothing. `full`: a part costs as much as the whole.
 *
 * The whole is always the whole period, also where the subscription began midway; a service that is the whole
 * period is all of it in every mode.
 * @param service within the period
 */
export function proportion(mode: ProrationMode, period: Span, service: Span, zone: string): Proportion {
  const partial = service.from > period.from || service.to < period.to
  if (mode === 'day' || mode === 'day-30') {
    const count = mode === 'day' ? (days: number) => days : thirties(period, zone)
    const first = localDay(period.from, zone)
    const end = localDay(period.to, zone)
    // A period within one date has that date.
    const whole = count(Math.max(end - first, 1))
    if (!partial) return days(whole, whole)
    const begun = Math.min(localDay(service.to - 1n, zone) + 1, Math.max(end, first + 1))
    const from = Math.min(localDay(service.from, zone), begun)
    return days(service.to <= service.from ? 0 : count(begun - first) - count(from - first), whole)
  }
  const whole = scaled(period.to - period.from, 3)
  if (!partial || mode === 'full') return { used: whole, whole, unit: 'second' }
  const used = mode === 'none' || service.to <= service.from ? 0n : service.to - service.from
  return { used: scaled(used, 3), whole, unit: 'second' }
}

function days(used: number, whole: number): Proportion {
  return { used: scaled(BigInt(used)), whole: scaled(BigInt(whole)), unit: 'day' }
}

/**
 * How many days of thirty-day months have begun after so many calendar days of a period: it rises day by day to
 * thirty and stays there until the month is over, so that parts of a period always add up to the whole.
 */
function thirties(period: Span, zone: string): (calendarDays: number) => number {
  const first = localDay(period.from, zone)
  const length = localDay(period.to, zone) - first
  const months = Math.round(length / AVERAGE_MONTH)
  if (months === 0) return elapsed => elapsed
  const ends = Array.from({ length: months }, (_, index) =>
    index === months - 1 ? length : addMonthsToDay(first, index + 1) - first,
  )
  return elapsed => {
    const over = ends.findIndex(end => elapsed < end)
    if (over < 0) return months * MONTH
    const begin = over === 0 ? 0 : ends[over - 1]!
    return over * MONTH + Math.min(elapsed - begin, MONTH)
  }
}
