import { Temporal } from 'temporal-polyfill'
import type { Span } from '#shared/contract/billing/values.ts'

const known = new Map<string, Span>()
const KEPT = 5_000

/** A calendar month in a zone: `2026-10` begins with its first day there and ends where the next month begins. */
export function monthIn(period: string, zone: string): Span {
  const key = `${period}/${zone}`
  const kept = known.get(key)
  if (kept) return kept
  const first = Temporal.PlainDate.from(`${period}-01`)
  const begin = (date: Temporal.PlainDate) => BigInt(date.toZonedDateTime(zone).epochMilliseconds)
  const span = { from: begin(first), to: begin(first.add({ months: 1 })) }
  if (known.size >= KEPT) known.clear()
  known.set(key, span)
  return span
}

/** The month so many months before or after another. */
export function shiftMonth(period: string, months: number): string {
  return Temporal.PlainYearMonth.from(period).add({ months }).toString()
}
