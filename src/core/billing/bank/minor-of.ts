import { exactOf, powerOfTen } from '#engines/billing/exact.ts'
import { findCurrency } from '#shared/currencies.ts'

/**
 * A decimal in a currency's unit as a count of its minor units. Null where it is none, where the currency is
 * unknown, and where it has more places than the currency: a bank does not book parts of a cent.
 */
export function minorOf(text: string, currency: string): bigint | null {
  const places = findCurrency(currency)?.minorDigits
  if (places === undefined || !/^[+-]?\d{1,15}(\.\d{1,12})?$/.test(text)) return null
  const { units, places: given } = exactOf(text.replace('+', ''))
  if (given <= places) return units * powerOfTen(places - given)
  const over = powerOfTen(given - places)
  return units % over === 0n ? units / over : null
}
