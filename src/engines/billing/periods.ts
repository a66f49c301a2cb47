import { Temporal } from 'temporal-polyfill'
import type { Alignment, Interval, Span } from '#shared/contract/billing/values.ts'
import { zoned } from './calendar.ts'

/** What decides where billing periods begin. */
export interface PeriodTerms {
  readonly interval: Interval
  readonly alignment: Alignment
  readonly anchorAt: bigint
  readonly zone: string
}

/** A billing period, and how many intervals after the anchor it begins: its name, which no change of zone moves. */
export interface BillingPeriod extends Span {
  readonly number: number
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const
/** A Monday and the first day of a quarter and of a year, from which the calendar's periods are counted. */
const CALENDAR_MONTHS = Temporal.PlainDateTime.from('2000-01-01')
const CALENDAR_WEEKS = Temporal.PlainDateTime.from('2000-01-03')
const DAYS_A_WEEK = 7

const boundaries = new Map<string, bigint>()
const KEPT = 50_000

/**
 * The billing periods that overlap `[from, to)`, in order, each `[from, to)`. The n-th begins n intervals after
 * the anchor on the wall clock of the zone, never after the one before: an anchor on 31 January gives 28
 * February and 31 March. A time that the clocks skip becomes the first after it.
 * With alignment `calendar` weeks begin on Monday, the others on the first of a month, of a quarter or of a
 * year; with `anniversary` they begin at the anchor. Periods reach back before the anchor as well.
 */
export function billingPeriods(terms: PeriodTerms, from: bigint, to: bigint): BillingPeriod[] {
  if (from >= to) return []
  const periods: BillingPeriod[] = []
  let number = periodNumber(terms, from)
  let begin = boundary(terms, number)
  while (begin < to) {
    const end = boundary(terms, number + 1)
    periods.push({ number, from: begin, to: end })
    begin = end
    number++
  }
  return periods
}

/** The billing period that an instant falls into. */
export function billingPeriodAt(terms: PeriodTerms, at: bigint): BillingPeriod {
  const number = periodNumber(terms, at)
  return { number, from: boundary(terms, number), to: boundary(terms, number + 1) }
}

/** How many intervals after the anchor the period begins that an instant falls into. */
function periodNumber(terms: PeriodTerms, at: bigint): number {
  const origin = originOf(terms)
  const local = zoned(at, terms.zone)
  let number =
    terms.interval === 'week'
      ? Math.floor(
          origin.toPlainDate().until(local.toPlainDate(), { largestUnit: 'days' }).days / DAYS_A_WEEK,
        )
      : Math.floor(((local.year - origin.year) * 12 + local.month - origin.month) / MONTHS[terms.interval])
  // Counted by dates, so that it may be one too many: before the day or the hour at which the period begins.
  while (boundary(terms, number) > at) number--
  return number
}

function originOf({ alignment, anchorAt, interval, zone }: PeriodTerms): Temporal.PlainDateTime {
  if (alignment === 'anniversary') return zoned(anchorAt, zone).toPlainDateTime()
  return interval === 'week' ? CALENDAR_WEEKS : CALENDAR_MONTHS
}

function boundary(terms: PeriodTerms, number: number): bigint {
  const { alignment, anchorAt, interval, zone } = terms
  const key = `${zone}/${interval}/${alignment === 'calendar' ? '' : anchorAt}/${number}`
  const known = boundaries.get(key)
  if (known !== undefined) return known
  const length = interval === 'week' ? { weeks: number } : { months: number * MONTHS[interval] }
  const at = BigInt(originOf(terms).add(length).toZonedDateTime(zone).epochMilliseconds)
  if (boundaries.size >= KEPT) boundaries.clear()
  boundaries.set(key, at)
  return at
}
