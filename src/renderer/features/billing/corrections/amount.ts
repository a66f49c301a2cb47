import { minorDigits } from '#renderer/ui/format/money.ts'

/** Minor units of an amount as it was typed, `1234.5`; null for what is no amount of the currency. */
export function minorOf(text: string, currency: string): bigint | null {
  const places = minorDigits(currency)
  const match = /^(-?)(\d{1,15})(?:[.,](\d+))?$/.exec(text.trim())
  if (!match) return null
  const [, sign, whole, fraction = ''] = match
  if (fraction.length > places) return null
  const minor = BigInt(whole! + fraction.padEnd(places, '0'))
  return sign === '-' ? -minor : minor
}

/** An amount as it is typed: no grouping, a point, all places. */
export function typedOf(minor: bigint, currency: string): string {
  const places = minorDigits(currency)
  const sign = minor < 0n ? '-' : ''
  const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, '0')
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}
