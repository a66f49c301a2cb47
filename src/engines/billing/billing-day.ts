import { Temporal } from 'temporal-polyfill'
import { zoned } from './calendar.ts'

/** The billing day of a month on a zone's calendar: its last day where the month is shorter. */
function dayIn(month: Temporal.PlainYearMonth, billingDay: number): Temporal.PlainDate {
  return month.toPlainDate({ day: Math.min(billingDay, month.daysInMonth) })
}

/**
 * The month that was last to be billed at an instant: the one before the month of the latest billing day.
 * @param billingDay from 1 to 31
 * @returns `2026-10`
 */
export function billsFor(billingDay: number, at: bigint, zone: string): string {
  const today = zoned(at, zone).toPlainDate()
  const month = today.toPlainYearMonth()
  const came = Temporal.PlainDate.compare(dayIn(month, billingDay), today) <= 0
  return month.subtract({ months: came ? 1 : 2 }).toString()
}

/** When the next billing day begins after an instant. */
export function nextBillingDay(billingDay: number, at: bigint, zone: string): bigint {
  const month = zoned(at, zone).toPlainDate().toPlainYearMonth()
  for (let months = 0; ; months++) {
    const begins = BigInt(dayIn(month.add({ months }), billingDay).toZonedDateTime(zone).epochMilliseconds)
    if (begins > at) return begins
  }
}
