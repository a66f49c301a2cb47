import type { Period, PeriodPreset } from '#renderer/state/filters.ts'

/** Calendar days, half open: `start` belongs to the period, `end` is the day after its last. */
export interface DayRange {
  readonly start: string
  readonly end: string
}

const DAY_MS = 86_400_000

function dayNumber(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return Math.round(Date.UTC(year, month - 1, date) / DAY_MS)
}

function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10)
}

/** The day some days after (or before) a day. */
export function addDays(day: string, days: number): string {
  return dayText(dayNumber(day) + days)
}

/** The first day of the month some months after the month of a day. */
export function firstOfMonth(day: string, months = 0): string {
  const [year = 0, month = 1] = day.split('-').map(Number)
  const count = year * 12 + (month - 1) + months
  return `${Math.floor(count / 12)
    .toString()
    .padStart(4, '0')}-${((count % 12) + 1).toString().padStart(2, '0')}-01`
}

function presetRange(preset: PeriodPreset, today: string): DayRange {
  const tomorrow = addDays(today, 1)
  const month = firstOfMonth(today)
  const year = today.slice(0, 4)
  switch (preset) {
    case 'this-month':
      return { start: month, end: firstOfMonth(today, 1) }
    case 'last-month':
      return { start: firstOfMonth(today, -1), end: month }
    case 'last-30-days':
      return { start: addDays(tomorrow, -30), end: tomorrow }
    case 'last-90-days':
      return { start: addDays(tomorrow, -90), end: tomorrow }
    case 'last-6-months':
      return { start: firstOfMonth(today, -5), end: firstOfMonth(today, 1) }
    case 'last-12-months':
      return { start: firstOfMonth(today, -11), end: firstOfMonth(today, 1) }
    case 'this-year':
      return { start: `${year}-01-01`, end: `${Number(year) + 1}-01-01` }
    case 'last-year':
      return { start: `${Number(year) - 1}-01-01`, end: `${year}-01-01` }
    case 'all':
      return { start: '1970-01-01', end: '2100-01-01' }
  }
}

/** The days of a period, seen from a day (`YYYY-MM-DD`, of the workspace's zone). Months are whole months. */
export function periodRange(period: Period, today: string): DayRange {
  if (period.kind === 'preset') return presetRange(period.preset, today)
  return { start: period.first, end: addDays(period.last, 1) }
}

/** The period of equal kind just before: whole months before whole months, else as many days. */
export function previousRange(range: DayRange): DayRange {
  const months =
    range.start.endsWith('-01') && range.end.endsWith('-01')
      ? monthNumber(range.end) - monthNumber(range.start)
      : 0
  if (months > 0) return { start: firstOfMonth(range.start, -months), end: range.start }
  return { start: addDays(range.start, dayNumber(range.start) - dayNumber(range.end)), end: range.start }
}

function monthNumber(day: string): number {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return year * 12 + month
}

/** A period as text for an address: a preset's name, or `first..last`. */
export function periodToText(period: Period): string {
  return period.kind === 'preset' ? period.preset : `${period.first}..${period.last}`
}

/** Reads `periodToText`; null for anything else. */
export function periodFromText(text: string, presets: readonly PeriodPreset[]): Period | null {
  const preset = presets.find(name => name === text)
  if (preset) return { kind: 'preset', preset }
  const match = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/.exec(text)
  if (!match?.[1] || !match[2] || !isDay(match[1]) || !isDay(match[2]) || match[1] > match[2]) return null
  return { kind: 'days', first: match[1], last: match[2] }
}

/** True for a day that the calendar has. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dayText(dayNumber(text)) === text
}
