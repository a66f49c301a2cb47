/**
 * Exact decimals for the demo's bills: a price is an integer count of 10^-12 of the currency's unit, a
 * quantity an integer count of 10^-6 of its unit, so that their product is an exact count of 10^-18.
 */
export type Price = bigint
/** A quantity in 10^-6 of its unit; always a whole number, below 2^53. */
export type Micro = number
/** An amount in 10^-18 of the currency's unit. */
export type Amount = bigint

export const PRICE_PLACES = 12
export const QUANTITY_PLACES = 6
export const AMOUNT_PLACES = 18

/** Reads a plain decimal of at most 12 places. Throws a RangeError for anything else. */
export function priceOf(text: string): Price {
  const match = /^(\d+)(?:\.(\d{1,12}))?$/.exec(text)
  if (match === null) throw new RangeError(`not a price: ${text}`)
  return BigInt(match[1]! + (match[2] ?? '').padEnd(PRICE_PLACES, '0'))
}

/** A price times a factor in thousandths, rounded down to 10^-12, so that a discount is never too small. */
export function perMille(price: Price, factor: number): Price {
  return (price * BigInt(factor)) / 1000n
}

/** What a quantity costs at a price, exactly. */
export function amountOf(price: Price, quantity: Micro): Amount {
  return price * BigInt(quantity)
}

/** An integer of the given number of places as a plain decimal without trailing zeros. */
export function decimalText(value: bigint, places: number): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(places + 1, '0')
  let end = digits.length
  const point = end - places
  while (end > point && digits.charCodeAt(end - 1) === 48) end--
  const whole = digits.slice(0, point)
  const text = end === point ? whole : `${whole}.${digits.slice(point, end)}`
  return negative ? `-${text}` : text
}

/** An amount as a plain decimal. */
export function amountText(amount: Amount): string {
  return decimalText(amount, AMOUNT_PLACES)
}

/** A quantity as a plain decimal. */
export function quantityText(quantity: Micro): string {
  return decimalText(BigInt(quantity), QUANTITY_PLACES)
}

/** Reads a decimal as this module writes it, into 10^-18; what tests and totals use. */
export function amountFrom(text: string): Amount {
  const match = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(text)
  if (match === null) throw new RangeError(`not an amount: ${text}`)
  const value = BigInt(match[2]! + (match[3] ?? '').padEnd(AMOUNT_PLACES, '0'))
  return match[1] === '-' ? -value : value
}

/** An amount rounded half up (half away from zero when negative) to the currency's minor unit. */
export function toMinorUnit(amount: Amount, decimals: number): Amount {
  const unit = 10n ** BigInt(AMOUNT_PLACES - decimals)
  const half = unit / 2n
  return amount < 0n ? -((-amount + half) / unit) * unit : ((amount + half) / unit) * unit
}
