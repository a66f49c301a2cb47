/**
 * Reads instants as bills write them: ISO 8601 with or without a zone or a time, dates as people in the US or in
 * Europe write them, and compact dates. The result is UTC milliseconds.
 */

/** Which of day and month comes first in `5/1/25`. ISO dates are understood in every style. */
export type DateStyle = 'iso' | 'month-first' | 'day-first'

export type InstantFault = 'instant-malformed' | 'instant-no-such-day' | 'instant-date-style'

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i
const compact = /^(\d{4})(\d{2})(\d{2})$/
const written =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*([AP]M)?)?$/i

const dayMs = 86_400_000
const minuteMs = 60_000

/** Days of the years 0001 to 9999 from the start of 1970, or null for a day that the calendar does not have. */
function dayNumber(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || year < 1) return null
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day > days ? null : Date.UTC(2000 + (year % 400), month - 1, day) / dayMs + cycles(year)
}

/** `Date.UTC` reads years below 100 as 19xx, so years are taken into one cycle of 400 and moved back. */
function cycles(year: number): number {
  return (Math.floor(year / 400) - 5) * 146_097
}

function timeOf(hour = '0', minute = '0', second = '0', fraction = '', half = ''): number | null {
  let h = Number(hour)
  if (half !== '') {
    if (h < 1 || h > 12) return null
    h = (h % 12) + (half.toUpperCase() === 'PM' ? 12 : 0)
  }
  const [m, s] = [Number(minute), Number(second)]
  if (h > 24 || m > 59 || s > 59 || (h === 24 && m + s > 0)) return null
  return ((h * 60 + m) * 60 + s) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function offsetOf(zone = ''): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -minutes : minutes) * minuteMs
}

function join(day: number | null, time: number | null, offset: number): number | InstantFault {
  return day === null || time === null ? 'instant-no-such-day' : day * dayMs + time - offset
}

/**
 * Reads an instant in UTC milliseconds, or says why not. A text without a zone is taken as UTC. A fraction
 * beyond milliseconds is cut off.
 */
export function readInstant(text: string, style: DateStyle): number | InstantFault {
  const trimmed = text.trim()
  const match = iso.exec(trimmed) ?? compact.exec(trimmed)
  if (match !== null) {
    const day = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]))
    return join(day, timeOf(match[4], match[5], match[6], match[7]), offsetOf(match[8]))
  }
  const parts = written.exec(trimmed)
  if (parts === null) return 'instant-malformed'
  if (style === 'iso') return 'instant-date-style'
  const [first, second] = [Number(parts[1]), Number(parts[2])]
  const [month, date] = style === 'month-first' ? [first, second] : [second, first]
  const shortYear = (parts[3] as string).length === 2
  const day = dayNumber(Number(parts[3]) + (shortYear ? 2000 : 0), month, date)
  return join(day, timeOf(parts[4], parts[5], parts[6], parts[7], parts[8]), 0)
}

/** Whether an instant as written names its zone. */
export function hasZone(text: string): boolean {
  const match = iso.exec(text.trim())
  return match?.[8] !== undefined
}

/** The two numbers at the front of a date such as `5/1/25`, or null for any other text. */
export function writtenDateParts(text: string): [number, number] | null {
  const parts = written.exec(text.trim())
  return parts === null ? null : [Number(parts[1]), Number(parts[2])]
}

/** What a mapping can do to an instant: the next day (an inclusive end made exclusive), or the bounds of its month. */
export type InstantShift = 'next-day' | 'month-start' | 'next-month-start'

export function shiftInstant(ms: number, shift: InstantShift): number {
  if (shift === 'next-day') return ms + dayMs
  const date = new Date(ms)
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + (shift === 'month-start' ? 0 : 1)
  return (dayNumber(Math.floor(months / 12), (months % 12) + 1, 1) as number) * dayMs
}
