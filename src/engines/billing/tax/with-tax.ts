import type { Taxed } from '#shared/contract/billing/tax-facts.ts'
import { add, divide, type Exact, exactOf, exactText, roundHalfUp, scaled } from '../exact.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { taxOn } from '../rate.ts'

/** What of a line its tax decides. */
export type TaxedAmounts = Pick<GeneratedLine, 'amount' | 'exact' | 'tax' | 'taxRate' | 'taxBasis'>

/**
 * An amount that has its tax in it, apart: net = gross ÷ (1 + rate), half-up once, and what is left of it is the tax,
 * so that both together are what was asked for.
 * @param gross minor units
 * @param rate a fraction
 */
export function netOfGross(gross: bigint, rate: string): { readonly net: bigint; readonly tax: bigint } {
  const net = roundHalfUp(exactNet(gross, rate), 0)
  return { net, tax: gross - net }
}

function exactNet(gross: bigint, rate: string): Exact {
  return divide(scaled(gross), add(scaled(1n), exactOf(rate)))
}

/** What a price came to: with its tax where the tax is in it. */
export function priceAmount({
  amount,
  tax,
  taxBasis,
}: Pick<BilledItem, 'amount' | 'tax' | 'taxBasis'>): bigint {
  return taxBasis?.inclusive ? amount + tax : amount
}

/** Whether the price of an item has its tax in it: as it had when it was billed first. */
export function isInclusive(billed: BilledItem | undefined, taxed: Taxed): boolean {
  return (billed === undefined ? taxed.basis : billed.taxBasis)?.inclusive ?? false
}

/**
 * The tax of a line. Money is given back at the rate at which it was taken, and what brings an item back to
 * nothing gives back exactly the tax that was taken for it, whatever rounding did to its lines.
 * @param amount what the price came to, less what was billed for it
 * @param exact the same before it was rounded
 * @param places of the currency
 */
export function withTax(
  amount: bigint,
  exact: Exact,
  billed: BilledItem | undefined,
  taxed: Taxed,
  places: number,
): TaxedAmounts {
  if (billed !== undefined && amount === -priceAmount(billed)) {
    const { taxRate, taxBasis = null } = billed
    const net = -billed.amount
    const shown = taxBasis?.inclusive ? scaled(net, places) : exact
    return { amount: net, exact: exactText(shown), tax: -billed.tax, taxRate, taxBasis }
  }
  const own: Taxed =
    billed !== undefined && amount < 0n ? { rate: billed.taxRate, basis: billed.taxBasis ?? null } : taxed
  const { rate: taxRate, basis } = own
  if (!isInclusive(billed, taxed)) {
    const taxBasis = basis?.inclusive ? { ...basis, inclusive: false } : basis
    return { amount, exact: exactText(exact), tax: taxOn(amount, taxRate), taxRate, taxBasis }
  }
  const { net, tax } = netOfGross(amount, taxRate)
  // The price was rounded before its tax was taken out: what it was before is in its steps.
  const shown = exactText(divide(exactNet(amount, taxRate), scaled(10n ** BigInt(places))))
  return { amount: net, exact: shown, tax, taxRate, taxBasis: basis && { ...basis, inclusive: true } }
}
