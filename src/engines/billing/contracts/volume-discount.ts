import type { ContractFacts, VolumeDiscount } from '#shared/contract/billing/contract-facts.ts'
import {
  add,
  compare,
  divide,
  type Exact,
  exactOf,
  exactText,
  isZero,
  least,
  moneyText,
  multiply,
  roundHalfUp,
  scaled,
  subtract,
  ZERO,
} from '../exact.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { placesOf, taxOn } from '../rate.ts'
import { spread } from '../spread.ts'
import { type DiscountKind, discountLine, takenBack } from '../take-back.ts'
import { ofVolume, volumeItem, volumeItems } from './contract-item.ts'
import { withinContract } from './ramp.ts'

const HUNDRED = scaled(100n)

/**
 * What part of a measure is taken off: by `whole` the percentage of the tier that it reaches, by `graduated` each part
 * that of its own tier, over the measure. `upTo` is inclusive. From 0 to 1; what is nothing has nothing taken off.
 */
export function volumeShare({ mode, tiers }: Pick<VolumeDiscount, 'mode' | 'tiers'>, measure: Exact): Exact {
  if (compare(measure, ZERO) <= 0) return ZERO
  if (mode === 'whole') {
    const tier = tiers.find(({ upTo }) => upTo === null || compare(measure, exactOf(upTo)) <= 0)
    return tier ? divide(exactOf(tier.percent), HUNDRED) : ZERO
  }
  let sum = ZERO
  let above = ZERO
  for (const { upTo, percent } of tiers) {
    const end = upTo === null ? measure : least(exactOf(upTo), measure)
    if (compare(end, above) <= 0) break
    sum = add(sum, multiply(subtract(end, above), divide(exactOf(percent), HUNDRED)))
    above = end
  }
  return divide(sum, measure)
}

/** A line, and what of it nothing was taken off yet. */
export interface OpenLine {
  readonly line: GeneratedLine
  left: bigint
  leftTax: bigint
}

/**
 * The lines that a contract's volume discounts add to an invoice: each a share of the lines that it is for, spread over
 * them by largest remainder, with the tax rate of the line that it is taken off. What is measured is all that the
 * month's invoices have of them, whichever invoice it is on; what was taken off in the month already is left out, so
 * that usage which comes later lifts all of the month into the next tier. No line comes below zero.
 * @param open is lessened by what is taken off
 */
export function volumeLines(
  contract: ContractFacts,
  open: readonly OpenLine[],
  billed: ReadonlyMap<string, BilledItem>,
  planOf: (priceId: string) => string | null,
): GeneratedLine[] {
  const places = placesOf(contract.currency)
  const lines: GeneratedLine[] = []
  for (const [place, discount] of contract.terms.volume.entries()) {
    const fits = (one: { subscriptionId: string; metricId: string | null; priceId: string; from: bigint }) =>
      (contract.subscriptionId === null || contract.subscriptionId === one.subscriptionId) &&
      withinContract(contract, { from: one.from, to: one.from + 1n }) !== null &&
      (discount.metricIds === null || (one.metricId !== null && discount.metricIds.includes(one.metricId))) &&
      (discount.planIds === null || discount.planIds.includes(planOf(one.priceId) ?? ''))
    const fitting = open.filter(({ line }) => fits({ ...line, from: line.service.from }))
    const taking = fitting.filter(({ left }) => left > 0n)
    if (taking.length === 0) continue
    const prefix = volumeItems(contract.id, place)
    const taken = contract.invoiced
      .filter(one => one.item.startsWith(prefix))
      .reduce((sum, one) => sum - one.amount, 0n)
    const before = contract.invoiced.filter(one => one.amount > 0n && CHARGES.has(one.kind) && fits(one))
    const all = [...before, ...fitting.map(({ line }) => line)]
    const spent = all.reduce((sum, { amount }) => sum + amount, 0n)
    const measure =
      discount.basis === 'spend'
        ? scaled(spent, places)
        : all.reduce((sum, { quantity, scale }) => add(sum, scaled(quantity, scale)), ZERO)
    const share = volumeShare(discount, measure)
    const off = roundHalfUp(multiply(scaled(spent), share), 0) - taken
    const most = taking.reduce((sum, { left }) => sum + left, 0n)
    const used = off < most ? off : most
    if (used <= 0n) continue
    const parts = spread(
      used,
      taking.map(({ left }) => left),
    )
    for (const [at, one] of taking.entries()) {
      const part = parts[at]!
      if (part === 0n) continue
      const tax = part === one.left ? one.leftTax : taxOn(part, one.line.taxRate)
      const item = volumeItem(contract.id, place, one.line.item)
      const step = {
        ...{ step: 'volume' as const, contract: contract.number, name: discount.name },
        ...{ basis: discount.basis, mode: discount.mode, measure: exactText(measure) },
        ...{ percent: exactText(multiply(share, HUNDRED)), spent: moneyText(spent, places) },
        ...{ taken: isZero(scaled(taken)) ? null : moneyText(taken, places) },
        ...{ from: moneyText(one.left, places), amount: moneyText(-part, places) },
      }
      const words = { priceKey: `${VOLUME_KEY}${contract.number}`, title: discount.name }
      const ordinal = billed.get(item)?.lines ?? 0
      lines.push(discountLine(one.line, { item, ordinal, ...words, off: part, tax, step }, places))
      one.left -= part
      one.leftTax -= tax
    }
  }
  return lines
}

/** Lines that a plan asks money for. */
export const CHARGES: ReadonlySet<string> = new Set(['fee', 'usage', 'adjustment'])

/** What stands before the contract's number in the key of such a line. */
const VOLUME_KEY = 'contract.'

const VOLUME: DiscountKind = {
  of: item => ofVolume(item)?.of ?? null,
  title: ({ name }) => name.split(': ')[0]!,
  step: ({ priceKey }, given, amount) => ({
    ...{ step: 'volume-back', contract: priceKey.slice(VOLUME_KEY.length), given, amount },
  }),
}

/** What lines that give money back take back of the volume discounts of their items. */
export function volumeBack(
  lines: readonly GeneratedLine[],
  billed: ReadonlyMap<string, BilledItem>,
  currency: string,
): GeneratedLine[] {
  return takenBack(lines, billed, placesOf(currency), VOLUME)
}
