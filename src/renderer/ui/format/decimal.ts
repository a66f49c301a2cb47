import type { NumberStyle } from '#renderer/state/layout.ts'

interface Signs {
  readonly group: string
  readonly point: string
}

/** Thin and narrow blanks do not break a line. */
const SIGNS: Readonly<Record<NumberStyle, Signs>> = {
  'comma-point': { group: ',', point: '.' },
  'point-comma': { group: '.', point: ',' },
  'space-comma': { group: '\u202f', point: ',' },
  'apostrophe-point': { group: '’', point: '.' },
}

/** A minus of the width of a plus, as figures in a column have it. */
export const MINUS = '−'

/**
 * `units` of 10^-scale as decimal text without grouping, exact: `decimalText(-1050n, 2)` is `-10.50`.
 * Trailing zeros stay.
 */
export function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const sign = units < 0n ? '-' : ''
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(digits.length - scale)}`
}

/** `units` of 10^-from in units of 10^-to, rounded half away from zero where places are lost. */
export function rescale(units: bigint, from: number, to: number): bigint {
  if (to >= from) return units * 10n ** BigInt(to - from)
  const divisor = 10n ** BigInt(from - to)
  const magnitude = units < 0n ? -units : units
  const rounded = (magnitude + divisor / 2n) / divisor
  return units < 0n ? -rounded : rounded
}

/** Decimal text (`-1234.5`) with the person's signs: `−1,234.5`. Text that is not a number comes back as it is. */
export function groupDecimal(text: string, style: NumberStyle): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return text
  const [, minus, whole = '', fraction] = match
  const { group, point } = SIGNS[style]
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return `${minus ? MINUS : ''}${grouped}${fraction === undefined ? '' : `${point}${fraction}`}`
}

/** A double with a fixed number of places, in the person's signs. For statistics; money is never a double. */
export function formatNumber(value: number, places: number, style: NumberStyle): string {
  if (!Number.isFinite(value)) return '–'
  const fixed = Math.abs(value) < 1e21 ? value.toFixed(places) : BigInt(Math.round(value)).toString()
  return groupDecimal(Number(fixed) === 0 ? fixed.replace('-', '') : fixed, style)
}

const STEPS = [
  { at: 1e12, sign: 'T' },
  { at: 1e9, sign: 'B' },
  { at: 1e6, sign: 'M' },
  { at: 1e3, sign: 'k' },
] as const

/** A double in three or four figures for axes and tiles: `1.25M`, `830`, `0.4`. */
export function formatShort(value: number, style: NumberStyle): string {
  const size = Math.abs(value)
  for (const { at, sign } of STEPS) {
    if (size >= at * 0.9995) {
      const scaled = value / at
      const places = Math.abs(scaled) < 9.995 ? 2 : Math.abs(scaled) < 99.95 ? 1 : 0
      return `${trimZeros(formatNumber(scaled, places, style), SIGNS[style].point)}${sign}`
    }
  }
  const places = size === 0 || size >= 100 ? 0 : size >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(size)))
  return trimZeros(formatNumber(value, places, style), SIGNS[style].point)
}

function trimZeros(text: string, point: string): string {
  if (!text.includes(point)) return text
  const trimmed = text.replace(/0+$/, '')
  return trimmed.endsWith(point) ? trimmed.slice(0, -point.length) : trimmed
}

/** The sign that separates whole and fraction in this style. */
export function pointOf(style: NumberStyle): string {
  return SIGNS[style].point
}
