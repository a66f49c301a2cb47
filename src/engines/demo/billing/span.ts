import { dayStart } from '#engines/billing/calendar.ts'
import type { DemoCompany } from '../company.ts'
import { type Day, firstDay, type Month, monthPlus } from '../days.ts'

/** How many months of subscriptions, usage and invoices there are; the last of them waits to be closed. */
export const BILLED_MONTHS = 18
/** Months before the open one from whose first day the second version of the price list holds. */
const PRICE_CHANGE = 8

/** The months that the demo's company bills. */
export interface BillingSpan {
  /** The last month that is over and not closed. */
  readonly open: Month
  /** The months before it, oldest first. */
  readonly closed: readonly Month[]
  /** What lies before was billed elsewhere. */
  readonly start: Day
  /** The first day of the open month. */
  readonly openDay: Day
  readonly priceChange: Day
  /** The first day that there is no usage of. */
  readonly until: Day
}

/** The months billed, for a company whose bills end in a month that is over or still running. */
export function billingSpan({ span }: Pick<DemoCompany, 'span'>): BillingSpan {
  const over = span.until >= span.end
  const open = over ? span.endMonth : monthPlus(span.endMonth, -1)
  const first = monthPlus(open, 1 - BILLED_MONTHS)
  return {
    open,
    closed: Array.from({ length: BILLED_MONTHS - 1 }, (_, index) => monthPlus(first, index)),
    start: firstDay(first),
    openDay: firstDay(open),
    priceChange: firstDay(monthPlus(open, -PRICE_CHANGE)),
    until: span.until,
  }
}

/** Milliseconds of an hour. */
const HOUR = 3_600_000

/** An instant of a local date, in milliseconds since the epoch: so many hours after it begins. */
export function instantAt(day: Day, zone: string, hours = 0): bigint {
  return dayStart(day, zone) + BigInt(Math.round(hours * HOUR))
}
