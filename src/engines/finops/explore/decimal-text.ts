/** An exact decimal: `units · 10^-scale`. */
export interface Decimal {
  readonly units: bigint
  readonly scale: number
}

/** Reads `-12.50`. Throws a RangeError for what is not a plain decimal number. */
export function parseDecimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (!match) throw new RangeError(`Not a decimal number: ${text}`)
  const [, sign, whole = '', fraction = ''] = match
  const units = BigInt(whole + fraction)
  return { units: sign ? -units : units, scale: fraction.length }
}

/** The smallest integer at `scale` that is not below the decimal. */
export function ceilAt(decimal: Decimal, scale: number): bigint {
  return -floorAt({ units: -decimal.units, scale: decimal.scale }, scale)
}

/** The largest integer at `scale` that is not above the decimal. */
export function floorAt({ units, scale: own }: Decimal, scale: number): bigint {
  if (scale >= own) return units * 10n ** BigInt(scale - own)
  const divisor = 10n ** BigInt(own - scale)
  const quotient = units / divisor
  return units < 0n && quotient * divisor !== units ? quotient - 1n : quotient
}

/** Writes `units · 10^-scale` with exactly `scale` decimal places. */
export function decimalText(units: bigint, scale: number): string {
  const negative = units < 0n
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = scale > 0 ? `.${digits.slice(digits.length - scale)}` : ''
  return `${negative ? '-' : ''}${whole}${fraction}`
}
