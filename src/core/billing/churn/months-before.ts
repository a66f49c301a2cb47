import { Temporal } from 'temporal-polyfill'
import type { Reader } from '#core/database/store.ts'

/** A month, or what of it is over. */
export interface MonthSpan {
  readonly month: string
  readonly from: bigint
  readonly to: bigint
}

/** When the month that runs is over, in a zone. */
export function endOfMonth(now: bigint, zone: string): bigint {
  return spanOf(monthOf(now, zone).add({ months: 1 }), zone).from
}

/** Months that end with the one that runs, in the customer's zone or the workspace's. */
export function monthsBefore(now: bigint, zone: string, count: number): MonthSpan[] {
  const first = monthOf(now, zone).subtract({ months: count - 1 })
  return Array.from({ length: count }, (_, index) => {
    const span = spanOf(first.add({ months: index }), zone)
    return { ...span, to: span.to > now ? now : span.to }
  })
}

/** One month; null where it has not begun. */
export function monthSpan(month: string, now: bigint, zone: string): MonthSpan | null {
  const span = spanOf(Temporal.PlainYearMonth.from(month), zone)
  if (span.from >= now) return null
  return { ...span, to: span.to > now ? now : span.to }
}

function monthOf(now: bigint, zone: string): Temporal.PlainYearMonth {
  const today = Temporal.Instant.fromEpochMilliseconds(Number(now)).toZonedDateTimeISO(zone)
  return today.toPlainDate().toPlainYearMonth()
}

function spanOf(month: Temporal.PlainYearMonth, zone: string): MonthSpan {
  const begin = (of: Temporal.PlainYearMonth) =>
    BigInt(of.toPlainDate({ day: 1 }).toZonedDateTime(zone).epochMilliseconds)
  return { month: month.toString(), from: begin(month), to: begin(month.add({ months: 1 })) }
}

/** In which zone the months of the workspace begin. */
export async function workspaceZone(reader: Reader): Promise<string> {
  const { zone } = await reader.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  return zone
}
