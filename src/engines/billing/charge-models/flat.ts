import { type Exact, exactOf, exactText, multiply } from '../exact.ts'
import { aboveFree, type ChargeOf, type Priced } from './priced.ts'

/** A fee for each seat: `amount × seats`. */
export function priceFlat(charge: ChargeOf<'flat'>, seats: Exact): Priced {
  const counted = aboveFree(seats, '0')
  const exact = multiply(exactOf(charge.amount), counted)
  const quantity = exactText(counted)
  const amount = exactText(exact)
  return {
    exact,
    formula: quantity === '1' ? charge.amount : `${quantity} × ${charge.amount}`,
    parts: [{ tier: null, above: null, upTo: null, quantity, unit: charge.amount, flat: null, amount }],
  }
}
