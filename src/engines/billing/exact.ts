/**
 * An exact number: `units / (10^places × over)`. Decimals have `over` 1, so that sums and products of decimals
 * need no common divisor; a quotient such as a proportion has its divisor in `over`. Two of them may be equal
 * with different parts: compare with `compare`, never with `===`.
 */
export interface Exact {
  readonly units: bigint
  readonly places: number
  /** Always positive. */
  readonly over: bigint
}

const TEN: bigint[] = [1n]
for (let i = 1; i <= 64; i++) TEN.push(TEN[i - 1]! * 10n)

/** Ten to the power of a number that is not negative. */
export function powerOfTen(places: number): bigint {
  return TEN[places] ?? 10n ** BigInt(places)
}

export const ZERO: Exact = { units: 0n, places: 0, over: 1n }

/** An integer of `places` decimal places: `scaled(1250n, 2)` is 12.5. */
export function scaled(units: bigint, places = 0): Exact {
  return { units, places, over: 1n }
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/** Reads a plain decimal such as `-12.5`. Throws a RangeError for anything else. */
export function exactOf(text: string): Exact {
  const point = text.indexOf('.')
  if (!DECIMAL.test(text)) throw new RangeError(`not a decimal: ${text}`)
  if (point < 0) return { units: BigInt(text), places: 0, over: 1n }
  return {
    units: BigInt(text.slice(0, point) + text.slice(point + 1)),
    places: text.length - point - 1,
    over: 1n,
  }
}

export function add(a: Exact, b: Exact): Exact {
  if (a.units === 0n) return b
  if (b.units === 0n) return a
  const places = a.places > b.places ? a.places : b.places
  const left = a.places === places ? a.units : a.units * powerOfTen(places - a.places)
  const right = b.places === places ? b.units : b.units * powerOfTen(places - b.places)
  if (a.over === b.over) return { units: left + right, places, over: a.over }
  return { units: left * b.over + right * a.over, places, over: a.over * b.over }
}

export function negate(a: Exact): Exact {
  return { units: -a.units, places: a.places, over: a.over }
}

export function subtract(a: Exact, b: Exact): Exact {
  return add(a, negate(b))
}

export function multiply(a: Exact, b: Exact): Exact {
  return {
    units: a.units * b.units,
    places: a.places + b.places,
    over: a.over === 1n ? b.over : b.over === 1n ? a.over : a.over * b.over,
  }
}

/** Throws a RangeError for a divisor of zero. */
export function divide(a: Exact, b: Exact): Exact {
  if (b.units === 0n) throw new RangeError('division by zero')
  const sign = b.units < 0n ? -1n : 1n
  return {
    units: sign * a.units * b.over * powerOfTen(b.places),
    places: a.places,
    over: a.over * sign * b.units,
  }
}

/** Negative where `a` is less than `b`, 0 where they are equal, positive where it is more. */
export function compare(a: Exact, b: Exact): -1 | 0 | 1 {
  let left = a.units
  let right = b.units
  if (a.places > b.places) right *= powerOfTen(a.places - b.places)
  else if (b.places > a.places) left *= powerOfTen(b.places - a.places)
  if (a.over !== b.over) {
    left *= b.over
    right *= a.over
  }
  return left < right ? -1 : left > right ? 1 : 0
}

export function isZero(a: Exact): boolean {
  return a.units === 0n
}

/** The smaller of two, and the first where they are equal. */
export function least(a: Exact, b: Exact): Exact {
  return compare(b, a) < 0 ? b : a
}

/**
 * A count of 10^-places, rounded half-up; the half of a negative number goes away from zero, so that
 * `roundHalfUp(-x) = -roundHalfUp(x)`.
 */
export function roundHalfUp(a: Exact, places: number): bigint {
  const shift = places - a.places
  if (shift >= 0 && a.over === 1n) return a.units * powerOfTen(shift)
  const units = shift > 0 ? a.units * powerOfTen(shift) : a.units
  const divisor = shift < 0 ? a.over * powerOfTen(-shift) : a.over
  const twice = 2n * divisor
  return units < 0n ? -((-2n * units + divisor) / twice) : (2n * units + divisor) / twice
}

/** The least whole number that is not smaller. */
export function ceiling(a: Exact): bigint {
  const divisor = a.over * powerOfTen(a.places)
  const whole = a.units / divisor
  return a.units > 0n && whole * divisor !== a.units ? whole + 1n : whole
}

/** A decimal without trailing zeros where it ends, otherwise a reduced fraction `a/b`. */
export function exactText(a: Exact): string {
  if (a.over === 1n) return decimalText(a.units, a.places)
  let over = a.over
  let units = a.units
  let places = a.places
  const common = divisorOf(units < 0n ? -units : units, over)
  units /= common
  over /= common
  // What is left of twos and fives makes the decimal longer; any other factor has no end.
  for (; over % 10n === 0n; places++) over /= 10n
  for (; over % 2n === 0n; places++, units *= 5n) over /= 2n
  for (; over % 5n === 0n; places++, units *= 2n) over /= 5n
  if (over === 1n) return decimalText(units, places)
  const divisor = over * powerOfTen(places)
  const rest = divisorOf(units < 0n ? -units : units, divisor)
  return `${units / rest}/${divisor / rest}`
}

/** Reads what `exactText` writes. Throws a RangeError for anything else. */
export function exactFromText(text: string): Exact {
  const slash = text.indexOf('/')
  return slash < 0 ? exactOf(text) : divide(exactOf(text.slice(0, slash)), exactOf(text.slice(slash + 1)))
}

/** An integer of so many places as a plain decimal without trailing zeros. */
export function decimalText(units: bigint, places: number): string {
  if (places === 0) return units.toString()
  if (units === 0n) return '0'
  const negative = units < 0n
  const digits = (negative ? -units : units).toString().padStart(places + 1, '0')
  const point = digits.length - places
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === 48) end--
  const text =
    end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`
  return negative ? `-${text}` : text
}

/** Minor units in the currency's unit, with all its places: 1230 of two places is `12.30`. */
export function moneyText(minor: bigint, places: number): string {
  if (places === 0) return minor.toString()
  const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, '0')
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

function divisorOf(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? 1n : a
}

const INT64_MAX = 2n ** 63n - 1n

/** Whether a count can be stored: an int64. */
export function isStorable(value: bigint): boolean {
  return value <= INT64_MAX && value >= -INT64_MAX - 1n
}
