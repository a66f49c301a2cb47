import type { NumberStyle } from '#renderer/state/layout.ts'
import { findCurrency } from '#shared/currencies.ts'
import { decimalText, groupDecimal, MINUS, rescale } from './decimal.ts'

/** An amount as it is shown: the figure, the currency code, and the whole truth for hover, focus and copy. */
export interface ShownAmount {
  readonly figure: string
  readonly code: string
  /** Every digit that is stored, without needless zeros. */
  readonly exact: string
  /** True when `figure` shows less than `exact`. */
  readonly rounded: boolean
  /** Places shown after the point, for alignment. */
  readonly places: number
}

/** Places of the minor unit. A code that ISO 4217 does not have (a unit of tokens, say) is shown with two. */
export function minorDigits(currency: string): number {
  return findCurrency(currency)?.minorDigits ?? 2
}

/** Places in which cost of this currency is stored. */
export function costScale(currency: string): number {
  return findCurrency(currency)?.costScale ?? 9
}

/** Billed money: an integer of minor units. Nothing is rounded. */
export function showMoney(minor: bigint, currency: string, style: NumberStyle): ShownAmount {
  const places = minorDigits(currency)
  const figure = groupDecimal(decimalText(minor, places), style)
  return { figure, code: currency, exact: figure, rounded: false, places }
}

/**
 * Cost: an int64 of 10^-9 (10^-6) of the currency's unit, shown in minor units unless `places` says more. What is not zero but would be shown as zero
 * is shown as smaller than the least amount, never as nothing.
 */
export function showCost(
  units: bigint,
  currency: string,
  style: NumberStyle,
  places: number = minorDigits(currency),
): ShownAmount {
  const scale = costScale(currency)
  const shown = rescale(units, scale, places)
  const exact = groupDecimal(withoutNeedlessZeros(decimalText(units, scale), minorDigits(currency)), style)
  const rounded =
    rescale(shown, places, Math.max(places, scale)) !== rescale(units, scale, Math.max(places, scale))
  if (shown === 0n && units !== 0n) {
    const least = groupDecimal(decimalText(1n, places), style)
    return { figure: units < 0n ? `>${MINUS}${least}` : `<${least}`, code: currency, exact, rounded, places }
  }
  return { figure: groupDecimal(decimalText(shown, places), style), code: currency, exact, rounded, places }
}

function withoutNeedlessZeros(decimal: string, keep: number): string {
  const point = decimal.indexOf('.')
  if (point === -1) return decimal
  let end = decimal.length
  while (end > point + 1 + keep && decimal[end - 1] === '0') end--
  return end === point + 1 ? decimal.slice(0, point) : decimal.slice(0, end)
}

/** Cost as a double, for the height of a bar. Never for adding up. */
export function costAsNumber(units: bigint, currency: string): number {
  return Number(units) / 10 ** costScale(currency)
}

/** Money as a double, for the height of a bar. Never for adding up. */
export function moneyAsNumber(minor: bigint, currency: string): number {
  return Number(minor) / 10 ** minorDigits(currency)
}
