import type { DateStyle } from '#renderer/state/layout.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

interface Parts {
  readonly year: string
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The parts of an instant on the calendar of a zone. An unknown zone is read as UTC. */
function partsIn(at: number, zone: string): Parts {
  let formatter = formatters.get(zone)
  if (!formatter) {
    const options: Intl.DateTimeFormatOptions = {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      calendar: 'iso8601',
    }
    try {
      formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
    } catch {
      formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
    }
    formatters.set(zone, formatter)
  }
  const found = Object.fromEntries(formatter.formatToParts(at).map(part => [part.type, part.value]))
  return {
    year: found.year!.padStart(4, '0'),
    month: found.month!,
    day: found.day!,
    hour: found.hour!,
    minute: found.minute!,
    second: found.second!,
  }
}

/** A calendar day `YYYY-MM-DD` in the person's style. */
export function formatDay(day: string, style: DateStyle): string {
  const [year, month, date] = day.split('-')
  const name = MONTHS[Number(month) - 1]
  if (!year || !name || !date) return day
  if (style === 'iso') return day
  return style === 'day-month' ? `${Number(date)} ${name} ${year}` : `${name} ${Number(date)}, ${year}`
}

/** A month `YYYY-MM` in the person's style. */
export function formatMonth(month: string, style: DateStyle): string {
  const [year, number] = month.split('-')
  const name = MONTHS[Number(number) - 1]
  if (!year || !name || style === 'iso') return month
  return `${name} ${year}`
}

/** The calendar day of an instant in a zone, `YYYY-MM-DD`. */
export function dayOf(at: number, zone: string): string {
  const { year, month, day } = partsIn(at, zone)
  return `${year}-${month}-${day}`
}

export type InstantDetail = 'day' | 'minute' | 'second'

/** An instant on the calendar of a zone, in the person's style, without the zone's name. */
export function formatInstant(
  at: number,
  zone: string,
  style: DateStyle,
  detail: InstantDetail = 'minute',
): string {
  const parts = partsIn(at, zone)
  const day = formatDay(`${parts.year}-${parts.month}-${parts.day}`, style)
  if (detail === 'day') return day
  return `${day} ${parts.hour}:${parts.minute}${detail === 'second' ? `:${parts.second}` : ''}`
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>()

/** Making one costs far more than using it. */
function relativeFormat(language: string): Intl.RelativeTimeFormat {
  let format = relativeFormats.get(language)
  if (!format) {
    format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
    relativeFormats.set(language, format)
  }
  return format
}

/** An instant as seen from now: `5 minutes ago`, `in 2 days`; null within 45 seconds, which is `just now`. */
export function relativeTo(at: number, now: number, language: string): string | null {
  const distance = at - now
  const size = Math.abs(distance)
  if (size < 45_000) return null
  const relative = relativeFormat(language)
  if (size < 45 * MINUTE)
    return relative.format(Math.sign(distance) * Math.max(1, Math.round(size / MINUTE)), 'minute')
  if (size < 22 * HOUR)
    return relative.format(Math.sign(distance) * Math.max(1, Math.round(size / HOUR)), 'hour')
  if (size < 26 * DAY)
    return relative.format(Math.sign(distance) * Math.max(1, Math.round(size / DAY)), 'day')
  if (size < 320 * DAY)
    return relative.format(Math.sign(distance) * Math.max(1, Math.round(size / (30.44 * DAY))), 'month')
  return relative.format(Math.sign(distance) * Math.max(1, Math.round(size / (365.25 * DAY))), 'year')
}

/** A length of time in its two largest units: `1 h 05 min`, `850 ms`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.abs(milliseconds)
  const sign = milliseconds < 0 ? '−' : ''
  if (ms < 1) return `${sign}${Math.round(ms * 1000)} µs`
  if (ms < 1000) return `${sign}${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
  if (ms < MINUTE) return `${sign}${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`
  if (ms < HOUR) return `${sign}${Math.floor(ms / MINUTE)} min ${pad(Math.floor((ms % MINUTE) / 1000))} s`
  if (ms < DAY) return `${sign}${Math.floor(ms / HOUR)} h ${pad(Math.floor((ms % HOUR) / MINUTE))} min`
  return `${sign}${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

function pad(value: number): string {
  return value.toString().padStart(2, '0')
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size in bytes, in powers of a thousand: `1.2 MB`. */
export function formatBytes(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1000
    unit++
  }
  const places = unit === 0 || size >= 100 ? 0 : 1
  return `${size.toFixed(places)} ${BYTE_UNITS[unit]}`
}
