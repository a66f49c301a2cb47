import { Temporal } from 'temporal-polyfill'

/**
 * Easter Sunday of a year in the Gregorian calendar, by the method of Meeus, Jones and Butcher.
 * @returns a local date
 */
export function easterOf(year: number): Temporal.PlainDate {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return Temporal.PlainDate.from({ year, month: Math.floor(n / 31), day: (n % 31) + 1 })
}

/**
 * Whether banks of the euro area settle on a day: the calendar of TARGET is closed at weekends, on New Year's Day,
 * Good Friday, Easter Monday, 1 May, 25 and 26 December (ECB, long-term calendar of 2000).
 * @param day a local date such as `2026-12-24`
 */
export function isTargetDay(day: string): boolean {
  const date = Temporal.PlainDate.from(day)
  if (date.dayOfWeek > 5) return false
  if (['01-01', '05-01', '12-25', '12-26'].includes(day.slice(5))) return false
  const fromEaster = easterOf(date.year).until(date).days
  return fromEaster !== -2 && fromEaster !== 1
}

/** The day itself, or the next on which banks settle. */
export function targetDayFrom(day: string): string {
  let date = day
  while (!isTargetDay(date)) date = addDays(date, 1)
  return date
}

/** The day so many days of settlement after a day; that of 0 is the next one on or after it. */
export function addTargetDays(day: string, count: number): string {
  let date = targetDayFrom(day)
  for (let left = count; left > 0; left--) date = targetDayFrom(addDays(date, 1))
  return date
}

/** The day so many days of the calendar after a day, or before it. */
export function addDays(day: string, count: number): string {
  return Temporal.PlainDate.from(day).add({ days: count }).toString()
}
