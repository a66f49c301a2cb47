import { ceiling, divide, type Exact, exactOf, exactText, multiply, scaled } from '../exact.ts'
import { aboveFree, type ChargeOf, type Priced } from './priced.ts'

/** Whole packages above the free units: `⌈(quantity − free) ÷ size⌉ × amount`. One that is begun is paid whole. */
export function pricePackage(charge: ChargeOf<'package'>, quantity: Exact): Priced {
  const packages = ceiling(divide(aboveFree(quantity, charge.free), exactOf(charge.size)))
  const exact = multiply(scaled(packages), exactOf(charge.amount))
  const hasFree = charge.free !== '0'
  const used = exactText(quantity)
  return {
    exact,
    formula: hasFree
      ? `⌈max(0, ${used} − ${charge.free}) ÷ ${charge.size}⌉ × ${charge.amount}`
      : `⌈${used} ÷ ${charge.size}⌉ × ${charge.amount}`,
    parts: [
      {
        tier: null,
        above: hasFree ? charge.free : null,
        upTo: null,
        quantity: packages.toString(),
        unit: charge.amount,
        flat: null,
        amount: exactText(exact),
      },
    ],
  }
}
