import { Temporal } from 'temporal-polyfill'
import type { DunningHours } from '#shared/contract/billing/dunning.ts'
import { localDay } from '../calendar.ts'

/** 1970-01-01 was a Thursday; 1 is Monday. */
const weekdayOf = (day: number) => ((((day + 3) % 7) + 7) % 7) + 1

const known = new Map<string, bigint>()
const MOST_KNOWN = 20_000

/** When the clocks of a zone show a time of a local date; after the gap where they skip it. Answers are kept. */
function timeOn(day: number, time: string, zone: string): bigint {
  const key = `${zone}/${day}/${time}`
  const before = known.get(key)
  if (before !== undefined) return before
  if (known.size >= MOST_KNOWN) known.clear()
  const at = computed(day, time, zone)
  known.set(key, at)
  return at
}

function computed(day: number, time: string, zone: string): bigint {
  const date = Temporal.PlainDate.from('1970-01-01').add({ days: day })
  return BigInt(date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds)
}

/**
 * The first moment at or after an instant at which a customer may be written to.
 * @param hours with at least one weekday, and `from` before `to`
 * @param zone of the customer
 */
export function withinHours(at: bigint, hours: DunningHours, zone: string): bigint {
  for (let day = localDay(at, zone); ; day++) {
    if (!hours.weekdays.includes(weekdayOf(day))) continue
    const from = timeOn(day, hours.from, zone)
    if (at <= from) return from
    if (at < timeOn(day, hours.to, zone)) return at
  }
}
