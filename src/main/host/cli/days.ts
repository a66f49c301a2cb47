import { InvalidArgumentError } from 'commander'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

/** A day as an option gives it, such as 2026-11-01. Throws where it is none. */
export function dayOption(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError('A day is such as 2026-11-01.')
  return text
}

/** The first moment of a day in a zone, which is the customer's wherever something of theirs begins or ends. */
export function beginOfDay(day: string, zone: string): bigint {
  return BigInt(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
}
