import { findCurrency } from '#shared/currencies.ts'

/** An integer of 10^-scale units as an exact decimal, without zeros at its end. */
export function exactDecimal(amount: bigint, scale: number): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const part = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`
}

/** The same for people: rounded half up to the currency's digits (2 without one), thousands apart. */
export function shownAmount(amount: bigint, scale: number, currency: string | null): string {
  const digits = (currency === null ? undefined : findCurrency(currency)?.minorDigits) ?? 2
  const drop = Math.max(0, scale - digits)
  const unit = 10n ** BigInt(drop)
  const size = amount < 0n ? -amount : amount
  const rounded = (size * 2n + unit) / (unit * 2n)
  const text = rounded.toString().padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = amount < 0n && rounded > 0n ? '-' : ''
  return digits === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits)}`
}

/** An instant as ISO 8601 to the second, UTC. */
export function instant(at: bigint | null): string {
  return at === null ? '' : new Date(Number(at)).toISOString().replace('.000', '')
}

/** The UTC day of an instant. */
export function day(at: bigint): string {
  return new Date(Number(at)).toISOString().slice(0, 10)
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
export function bytes(count: number | bigint): string {
  let value = Number(count)
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}
