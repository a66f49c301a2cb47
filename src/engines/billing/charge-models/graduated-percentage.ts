import {
  add,
  compare,
  divide,
  type Exact,
  exactOf,
  exactText,
  isZero,
  least,
  multiply,
  scaled,
  subtract,
  ZERO,
} from '../exact.ts'
import { aboveFree, allowanceText, type ChargeOf, type Priced, type PricePart } from './priced.ts'

const HUNDRED = scaled(100n)

/**
 * Each part of an amount at its own tier's percentage. Tiers and their flat fees are entered as in `graduated.ts`:
 * the end of a tier is inclusive.
 */
export function priceGraduatedPercentage(charge: ChargeOf<'graduated-percentage'>, quantity: Exact): Priced {
  const counted = aboveFree(quantity, charge.free ?? '0')
  const parts: PricePart[] = []
  const terms: string[] = []
  let exact = ZERO
  let above: string | null = null
  for (const [index, { upTo, percent, flat }] of charge.tiers.entries()) {
    const begin = above === null ? ZERO : exactOf(above)
    const entered = compare(counted, begin) > 0 || (index === 0 && charge.flatAtZero)
    if (!entered) break
    const held = subtract(upTo === null ? counted : least(counted, exactOf(upTo)), begin)
    const fee = exactOf(flat)
    const amount = add(divide(multiply(held, exactOf(percent)), HUNDRED), fee)
    const text = exactText(held)
    const hasFee = !isZero(fee)
    exact = add(exact, amount)
    terms.push(hasFee ? `${text} × ${percent}% + ${flat}` : `${text} × ${percent}%`)
    parts.push({
      tier: index + 1,
      ...{ above, upTo, quantity: text, unit: null, percent, flat: hasFee ? flat : null },
      amount: exactText(amount),
    })
    above = upTo
    if (upTo === null) break
  }
  const formula = allowanceText(quantity, charge.free) + (terms.length === 0 ? '0' : terms.join(' + '))
  return { exact, formula, parts }
}
