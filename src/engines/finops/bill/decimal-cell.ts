/**
 * Reads decimal numbers exactly from the bytes of a cell: a mantissa and a count of decimal places, without
 * trailing zeros. Ordinary numbers (up to 15 digits) make no string and no bigint.
 */

/** How numbers are written in a file. `plain` is `-1234.5` or `1.2345E3`, as FOCUS asks. */
export type NumberStyle = 'plain' | 'grouped' | 'decimal-comma'

export type NumberFault =
  | 'number-malformed'
  | 'number-thousands-separator'
  | 'number-decimal-comma'
  | 'number-currency-sign'
  | 'number-out-of-range'

/** The result of a read, reused: valid until the next. `big` is set, and `mantissa` NaN, where it exceeds 2^53. */
export type DecimalCell = {
  mantissa: number
  big: bigint | null
  scale: number
  fault: NumberFault | null
}

/** Numbers with more places than this, or with an exponent beyond it, are refused. */
export const maxPlaces = 100

export function createDecimalCell(): DecimalCell {
  return { mantissa: 0, big: null, scale: 0, fault: null }
}

const powers = Array.from({ length: 16 }, (_, n) => 10 ** n)

/** 10 to the power of `n`, exact, for 0 ≤ n. */
export function tenTo(n: number): bigint {
  return 10n ** BigInt(n)
}

/** Reads a plain number. Spaces around it are allowed, nothing else is. False where it is no number. */
export function readDecimal(out: DecimalCell, bytes: Uint8Array, start: number, end: number): boolean {
  let first = start
  let stop = end
  while (first < stop && bytes[first] === 32) first++
  while (stop > first && bytes[stop - 1] === 32) stop--
  let p = first
  const negative = bytes[p] === 45
  if (negative || bytes[p] === 43) p++
  const from = p
  let value = 0
  let digits = 0
  let scale = 0
  let c = -1
  for (; p < stop; p++) {
    c = (bytes[p] as number) - 48
    if (c < 0 || c > 9) break
    value = value * 10 + c
    if (value !== 0) digits++
    if (digits > 15) return readUnusual(out, bytes, first, stop)
  }
  let seen = p - from
  if (p < stop && c === -2) {
    const point = p++
    let zeros = 0
    for (; p < stop; p++) {
      c = (bytes[p] as number) - 48
      if (c < 0 || c > 9) break
      if (c === 0) {
        zeros++
      } else {
        const step = zeros + 1
        digits = value === 0 ? 1 : digits + step
        if (digits > 15) return readUnusual(out, bytes, first, stop)
        value = value === 0 ? c : value * (powers[step] as number) + c
        scale += step
        zeros = 0
      }
    }
    seen += p - point - 1
  }
  if (p < stop || seen === 0 || scale > maxPlaces) return readUnusual(out, bytes, first, stop)
  out.mantissa = negative && value !== 0 ? -value : value
  out.big = null
  out.scale = scale
  out.fault = null
  return true
}

const number = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

const decoder = new TextDecoder()

/** The long way, for many digits and exponents, and to say what is wrong. */
function readUnusual(out: DecimalCell, bytes: Uint8Array, start: number, end: number): boolean {
  return readDecimalText(out, decoder.decode(bytes.subarray(start, Math.min(end, start + 1000))))
}

/** Reads a plain number from text, exactly. */
export function readDecimalText(out: DecimalCell, text: string): boolean {
  const match = number.exec(text)
  const whole = match?.[2] ?? ''
  const fraction = (match?.[3] ?? '').replace(/0+$/, '')
  if (match === null || (whole === '' && (match[3] ?? '') === '')) return fail(out, faultOf(text))
  const exponent = Number(match[4] ?? 0)
  let digits = (whole + fraction).replace(/^0+/, '')
  let scale = fraction.length - exponent
  const zeros = /0*$/.exec(digits)?.[0].length ?? 0
  const spare = Math.min(zeros, Math.max(scale, 0))
  digits = digits.slice(0, digits.length - spare)
  scale -= spare
  if (digits === '') scale = 0
  if (scale > maxPlaces || digits.length - scale > maxPlaces) return fail(out, 'number-out-of-range')
  if (scale < 0) {
    digits += '0'.repeat(-scale)
    scale = 0
  }
  const size = BigInt(digits)
  const value = match[1] === '-' ? -size : size
  const small = Number(value)
  const exact = Number.isSafeInteger(small)
  out.mantissa = exact ? small : Number.NaN
  out.big = exact ? null : value
  out.scale = scale
  out.fault = null
  return true
}

function fail(out: DecimalCell, fault: NumberFault): boolean {
  out.mantissa = Number.NaN
  out.big = null
  out.scale = 0
  out.fault = fault
  return false
}

function faultOf(text: string): NumberFault {
  if (/^[+-]?\d+,\d+$/.test(text) && !/^[+-]?[1-9]\d{0,2},\d{3}$/.test(text)) return 'number-decimal-comma'
  if (/^[+-]?\d{1,3}([ ,.'\u00a0\u202f]\d{3})+([.,]\d*)?$/.test(text)) return 'number-thousands-separator'
  if (/^[-+(]*\p{Sc}/u.test(text) || /\p{Sc}\)?$/u.test(text)) return 'number-currency-sign'
  return 'number-malformed'
}

const grouped = /^([+-]?|\()\p{Sc}?\s*([+-]?)(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?\s*\p{Sc}?(\)?)$/u
const commaDecimal =
  /^([+-]?|\()\p{Sc}?\s*([+-]?)(\d{1,3}(?:[.\u00a0\u202f ]\d{3})+|\d*)(,\d*)?([eE][+-]?\d+)?\s*\p{Sc}?(\)?)$/u

/**
 * Rewrites a number of another style as a plain one, or returns null where it is not of that style.
 * `grouped`: `$1,234.50`, `(12.00)`. `decimal-comma`: `1.234,50`, `1 234,50 €`.
 */
export function plainNumber(text: string, style: NumberStyle): string | null {
  const trimmed = text.trim()
  if (style === 'plain') return trimmed
  const match = (style === 'grouped' ? grouped : commaDecimal).exec(trimmed)
  if (match === null) return null
  const [, before = '', inner = '', whole = '', fraction = '', exponent = '', close = ''] = match
  const bracketed = before === '('
  if (bracketed !== (close === ')') || (inner !== '' && before !== '')) return null
  const sign = bracketed || before === '-' || inner === '-' ? '-' : ''
  return sign + whole.replace(/\D/g, '') + fraction.replace(',', '.') + exponent
}

/** Reads a number of any style from text. */
export function readStyledDecimal(out: DecimalCell, text: string, style: NumberStyle): boolean {
  const plain = plainNumber(text, style)
  if (plain === null) return fail(out, 'number-malformed')
  return readDecimalText(out, plain)
}

/** A decimal as text, without trailing zeros or exponent: (12340n, 3) is `12.34`. */
export function decimalText(mantissa: bigint, scale: number): string {
  const sign = mantissa < 0n ? '-' : ''
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return sign + whole + (fraction === '' ? '' : `.${fraction}`)
}
