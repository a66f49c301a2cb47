import { exactOf, powerOfTen } from '#engines/billing/exact.ts'
import { findCurrency } from '#shared/currencies.ts'

/**
 * What a person typed as an amount, in minor units; undefined where it is none, or has more places than the
 * currency. A comma is a point where it stands before one or two digits at the end.
 */
export function minorFromText(text: string, currency: string): bigint | undefined {
  const places = findCurrency(currency)?.minorDigits
  const plain = text
    .trim()
    .replace(/[\s'\u00a0\u202f]/g, '')
    .replace(/,(?=\d{1,2}$)/, '.')
    .replaceAll(',', '')
  if (places === undefined || !/^\d{1,15}(\.\d{1,4})?$/.test(plain)) return undefined
  const { units, places: given } = exactOf(plain)
  return given > places ? undefined : units * powerOfTen(places - given)
}

/** An amount as a person would type it. */
export function textFromMinor(minor: bigint, currency: string): string {
  const places = findCurrency(currency)?.minorDigits ?? 2
  if (places === 0) return minor.toString()
  const digits = minor.toString().padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}
