import { type Exact, exactOf, exactText, multiply } from '../exact.ts'
import { aboveFree, type ChargeOf, type Priced } from './priced.ts'

/** Each unit above the free ones at one price: `(quantity − free) × unit`. */
export function priceStandard(charge: ChargeOf<'standard'>, quantity: Exact): Priced {
  const counted = aboveFree(quantity, charge.free)
  const exact = multiply(exactOf(charge.unit), counted)
  const text = exactText(counted)
  const hasFree = charge.free !== '0'
  return {
    exact,
    formula: hasFree
      ? `max(0, ${exactText(quantity)} − ${charge.free}) × ${charge.unit}`
      : `${text} × ${charge.unit}`,
    parts: [
      {
        tier: null,
        above: hasFree ? charge.free : null,
        upTo: null,
        quantity: text,
        unit: charge.unit,
        flat: null,
        amount: exactText(exact),
      },
    ],
  }
}
