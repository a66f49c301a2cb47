import type { Charge, PriceFilter, PriceTerms } from '#shared/contract/billing/prices.ts'
import { measurer } from './charge-models/measured.ts'
import { add, compare, divide, type Exact, exactOf, exactText, multiply, scaled, ZERO } from './exact.ts'
import { chargeOfEvent, chargesOf } from './price-filters.ts'
import { type RatedPart, rate } from './rate.ts'

/** Where a price comes to less than its floor: at what quantity, and what both come to there. */
export interface BelowFloor {
  readonly quantity: string
  readonly list: string
  readonly own: string
}

const HUNDRED = scaled(100n)

/**
 * Whether a price of one customer alone comes to less than so many per cent of the list price, for any usage:
 * looked at where either price bends (ends of tiers, allowances, packages), just above, and far beyond; for each
 * kind of event that a filter of either sets apart. Null where it does not. A price that leaves its amount to the
 * events cannot be compared with one that does not: then it is below, at a quantity of 1.
 * @param floorPercent from 0 to 100
 */
export function belowFloor(list: PriceTerms, own: PriceTerms, floorPercent: string): BelowFloor | null {
  const share = divide(exactOf(floorPercent), HUNDRED)
  const all = [...(list.filters ?? []), ...(own.filters ?? [])]
  const kinds = [...all.map(sampleOf), {}]
  for (const properties of kinds) {
    const [a, b] = [chargeFor(list, properties), chargeFor(own, properties)]
    if (!comparable(a, b)) return { quantity: '1', list: '', own: '' }
    for (const quantity of probes(a, b)) {
      const [theirs, ours] = [amountOf(list, properties, quantity), amountOf(own, properties, quantity)]
      if (compare(ours, multiply(theirs, share)) < 0)
        return { quantity: exactText(quantity), list: exactText(theirs), own: exactText(ours) }
    }
  }
  return null
}

/** An event that fits a filter. */
function sampleOf({ values }: PriceFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, [first]]) => [name, first!]))
}

function chargeFor(terms: PriceTerms, properties: Readonly<Record<string, string>>): Charge {
  return chargesOf(terms)[chargeOfEvent(terms.filters ?? [], properties)]!.charge
}

function comparable(a: Charge, b: Charge): boolean {
  if (a.model !== 'dynamic' && b.model !== 'dynamic') return true
  return a.model === 'dynamic' && b.model === 'dynamic' && a.property === b.property && a.per === b.per
}

/** What one event of a quantity comes to, before rounding. */
function amountOf(terms: PriceTerms, properties: Readonly<Record<string, string>>, quantity: Exact): Exact {
  const at = chargeOfEvent(terms.filters ?? [], properties)
  const parts = chargesOf(terms).map(({ charge }, index): RatedPart => {
    if (index !== at) return { quantity: ZERO, events: 0 }
    if (charge.model === 'dynamic')
      return { quantity, events: 1, measured: { model: 'dynamic', amount: exactText(quantity), unpriced: 0 } }
    const meter = measurer(charge)
    meter?.take({ quantity, properties })
    return { quantity, events: 1, measured: meter?.result() }
  })
  return rate({ terms: { ...terms, trueUp: false }, quantity, parts }).exact
}

/** Quantities at which either charge bends or jumps, just above them, and far beyond. */
function probes(...charges: readonly Charge[]): Exact[] {
  const bends = charges.flatMap(bendsOf).map(exactOf)
  const most = bends.reduce((a, b) => (compare(a, b) > 0 ? a : b), scaled(1n))
  const little = scaled(1n, 6)
  return [
    ...[ZERO, little, scaled(1n), ...bends],
    ...bends.map(bend => add(bend, little)),
    ...[multiply(most, scaled(10n)), multiply(most, scaled(100_000n))],
  ]
}

function bendsOf(charge: Charge): string[] {
  switch (charge.model) {
    case 'flat':
      return []
    case 'standard':
      return [charge.free]
    case 'package':
      return [charge.free, charge.size, exactText(add(exactOf(charge.free), exactOf(charge.size)))]
    case 'percentage':
      return charge.freeAmount === null ? [] : [charge.freeAmount]
    case 'dynamic':
      return charge.free === undefined ? [] : [charge.free]
    case 'graduated':
    case 'volume':
    case 'graduated-percentage': {
      const free = exactOf(charge.free ?? '0')
      const ends = charge.tiers.flatMap(({ upTo }) =>
        upTo === null ? [] : [exactText(add(free, exactOf(upTo)))],
      )
      return charge.free === undefined ? ends : [charge.free, ...ends]
    }
  }
}
