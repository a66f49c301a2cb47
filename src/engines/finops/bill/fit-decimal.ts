/** Arithmetic on decimals beside the ordinary path. */
import { type DecimalCell, tenTo } from './decimal-cell.ts'

const int64Max = 2n ** 63n - 1n
/** Decimal places that quantities and prices keep. */
export const maxScale = 18

function set(out: DecimalCell, value: bigint, scale: number): void {
  const small = Number(value)
  const exact = Number.isSafeInteger(small)
  out.mantissa = exact ? small : Number.NaN
  out.big = exact ? null : value
  out.scale = scale
}

const integerOf = (cell: DecimalCell) => cell.big ?? BigInt(cell.mantissa)

/** Adds (or takes away) a decimal, exactly. */
export function addDecimals(out: DecimalCell, term: DecimalCell, minus: boolean): void {
  const scale = Math.max(out.scale, term.scale)
  const a = integerOf(out) * tenTo(scale - out.scale)
  const b = integerOf(term) * tenTo(scale - term.scale)
  set(out, minus ? a - b : a + b, scale)
}

/**
 * Makes a quantity or price fit an int64 with at most 18 places, by rounding half up (half away from zero) at the
 * last place that fits.
 */
export function fitDecimal(cell: DecimalCell): 'exact' | 'rounded' | 'too-large' {
  const value = integerOf(cell)
  for (let scale = Math.min(cell.scale, maxScale); scale >= 0; scale--) {
    const unit = tenTo(cell.scale - scale)
    const size = value < 0n ? -value : value
    const rounded = (size * 2n + unit) / (unit * 2n)
    if (rounded <= int64Max) {
      const exact = rounded * unit === size
      set(cell, value < 0n ? -rounded : rounded, scale)
      return exact ? 'exact' : 'rounded'
    }
  }
  return 'too-large'
}
