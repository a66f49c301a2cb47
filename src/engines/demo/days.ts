/** A calendar month as text, `YYYY-MM`. */
export type Month = string

/** A calendar day as a count of days since 1970-01-01. */
export type Day = number

/** Parses `YYYY-MM` into a count of months since year 0. Throws a RangeError for anything else. */
export function monthNumber(month: Month): number {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month)
  if (match === null) throw new RangeError(`not a month: ${month}`)
  return Number(match[1]) * 12 + Number(match[2]) - 1
}

/** The month that is `offset` months after the given one (before it, when negative). */
export function monthPlus(month: Month, offset: number): Month {
  const number = monthNumber(month) + offset
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${pad(1 + (number % 12))}`
}

/** The first day of a month. */
export function firstDay(month: Month): Day {
  const number = monthNumber(month)
  return dayOf(Math.floor(number / 12), 1 + (number % 12), 1)
}

/**
 * The day number of a Gregorian date, by the days-from-civil method (years begin in March, so that the leap
 * day is the last day of a year).
 */
export function dayOf(year: number, month: number, day: number): Day {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date of a day as `YYYY-MM-DD`; the inverse of `dayOf`. */
export function isoDay(day: Day): string {
  const z = day + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(dayOfYear - Math.floor((153 * mp + 2) / 5) + 1)}`
}

/** The start of a day as a FOCUS instant, `YYYY-MM-DDT00:00:00Z`. */
export function instantOf(day: Day): string {
  return `${isoDay(day)}T00:00:00Z`
}

/** The day of the week, Monday = 0 … Sunday = 6 (1970-01-01 was a Thursday). */
export function weekday(day: Day): number {
  return (((day + 3) % 7) + 7) % 7
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
