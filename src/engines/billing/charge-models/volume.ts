import { add, compare, type Exact, exactOf, exactText, isZero, multiply } from '../exact.ts'
import { aboveFree, allowanceText, type ChargeOf, type Priced } from './priced.ts'

/**
 * The whole quantity at the price of the tier that it reaches, with that tier's flat fee. The end of a tier is
 * inclusive. At zero nothing is due, but the first tier's flat fee where the price says so.
 */
export function priceVolume(charge: ChargeOf<'volume'>, quantity: Exact): Priced {
  const counted = aboveFree(quantity, charge.free ?? '0')
  if (isZero(counted) && !charge.flatAtZero) return { exact: counted, formula: '0', parts: [] }
  const found = charge.tiers.findIndex(({ upTo }) => upTo === null || compare(counted, exactOf(upTo)) <= 0)
  // The last tier has no end, so that one is always found; where a caller left it out, the last one goes on.
  const index = found < 0 ? charge.tiers.length - 1 : found
  const { upTo, unit, flat } = charge.tiers[index]!
  const fee = exactOf(flat)
  const exact = add(multiply(counted, exactOf(unit)), fee)
  const text = exactText(counted)
  const hasFee = !isZero(fee)
  return {
    exact,
    formula:
      allowanceText(quantity, charge.free) + (hasFee ? `${text} × ${unit} + ${flat}` : `${text} × ${unit}`),
    parts: [
      {
        tier: index + 1,
        above: index === 0 ? null : charge.tiers[index - 1]!.upTo,
        upTo,
        quantity: text,
        unit,
        flat: hasFee ? flat : null,
        amount: exactText(exact),
      },
    ],
  }
}
