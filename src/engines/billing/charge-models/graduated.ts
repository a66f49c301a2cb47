import {
  add,
  compare,
  type Exact,
  exactOf,
  exactText,
  isZero,
  least,
  multiply,
  subtract,
  ZERO,
} from '../exact.ts'
import { aboveFree, allowanceText, type ChargeOf, type Priced, type PricePart } from './priced.ts'

/**
 * Each part of the quantity at its own tier's price. A tier holds what is above the end of the one before and
 * up to its own end, inclusive: what lies between 100 and 101 belongs to the tier above 100. Its flat fee is due
 * once when the tier is entered, the first one's also at zero where the price says so.
 */
export function priceGraduated(charge: ChargeOf<'graduated'>, quantity: Exact): Priced {
  const counted = aboveFree(quantity, charge.free ?? '0')
  const parts: PricePart[] = []
  const terms: string[] = []
  let exact = ZERO
  let above: string | null = null
  for (const [index, { upTo, unit, flat }] of charge.tiers.entries()) {
    const begin = above === null ? ZERO : exactOf(above)
    const entered = compare(counted, begin) > 0 || (index === 0 && charge.flatAtZero)
    if (!entered) break
    const held = subtract(upTo === null ? counted : least(counted, exactOf(upTo)), begin)
    const fee = exactOf(flat)
    const amount = add(multiply(held, exactOf(unit)), fee)
    const text = exactText(held)
    const hasFee = !isZero(fee)
    exact = add(exact, amount)
    terms.push(hasFee ? `${text} × ${unit} + ${flat}` : `${text} × ${unit}`)
    parts.push({
      tier: index + 1,
      above,
      upTo,
      quantity: text,
      unit,
      flat: hasFee ? flat : null,
      amount: exactText(amount),
    })
    above = upTo
    if (upTo === null) break
  }
  const formula = allowanceText(quantity, charge.free) + (terms.length === 0 ? '0' : terms.join(' + '))
  return { exact, formula, parts }
}
