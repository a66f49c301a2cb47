import { exactText, moneyText, scaled } from '../exact.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { placesOf } from '../rate.ts'

/**
 * A line that gives money back, with what credit notes gave back of the item already: nobody gets the same money
 * twice. What an item comes to and what was billed for it do not change by a credit note, so nothing that was
 * credited is billed again either. No line where nothing is left to be given back.
 */
export function givenOnce(line: GeneratedLine, billed: BilledItem | undefined): GeneratedLine | null {
  const credited = billed?.credited
  if (!billed || !credited || line.amount >= 0n) return line
  const left = billed.amount - credited.amount
  if (left <= 0n) return null
  if (-line.amount < left) return line
  const amount = -left
  const places = placesOf(billed.currency)
  const exact = exactText(scaled(amount, places))
  const text = moneyText(amount, places)
  return {
    ...line,
    amount,
    exact,
    // The rest of an item gives back the rest of its tax.
    tax: credited.tax - billed.tax,
    taxRate: billed.taxRate,
    ...(billed.taxBasis === undefined ? {} : { taxBasis: billed.taxBasis }),
    steps: [...line.steps, { step: 'maximum', limit: moneyText(left, places), applied: true, amount: text }],
  }
}
