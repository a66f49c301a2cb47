import type { SplitUsage } from '#shared/contract/billing/close-facts.ts'
import type { Charge, PriceFilter } from '#shared/contract/billing/prices.ts'
import { needsEvents } from './charge-models/measured.ts'

/** One of the charges of a price: a filter's, or with the name null the price's own, for all other events. */
export interface NamedCharge {
  readonly name: string | null
  readonly charge: Charge
}

/** The charges of a price in the order of its filters, the one for all other events last. */
export function chargesOf(price: {
  readonly charge: Charge
  readonly filters?: readonly PriceFilter[] | undefined
}): NamedCharge[] {
  const { charge, filters = [] } = price
  return [...filters.map(({ name, charge: own }) => ({ name, charge: own })), { name: null, charge }]
}

/**
 * Which charge an event has, by the order of `chargesOf`: that of the filter of which each property has one of the
 * values, otherwise the last. Filters do not overlap (`overlaps`), so that no order among them matters.
 */
export function chargeOfEvent(
  filters: readonly Pick<PriceFilter, 'values'>[],
  properties: Readonly<Record<string, string>>,
): number {
  const found = filters.findIndex(filter =>
    Object.entries(filter.values).every(
      ([name, values]) => Object.hasOwn(properties, name) && values.includes(properties[name]!),
    ),
  )
  return found < 0 ? filters.length : found
}

/**
 * By what charges the usage of a price has to be looked up, in the order of `chargesOf`; null where its sum is
 * enough.
 */
export function splitOf(price: {
  readonly charge: Charge
  readonly filters?: readonly PriceFilter[] | undefined
}): SplitUsage[] | null {
  const { charge, filters = [] } = price
  if (filters.length === 0 && !needsEvents(charge)) return null
  return [...filters.map(({ values, charge: own }) => ({ values, charge: own })), { values: null, charge }]
}

/** Whether some event could fit both filters: no property that both name tells them apart. */
export function overlaps(a: PriceFilter, b: PriceFilter): boolean {
  return Object.entries(a.values).every(([name, values]) => {
    const others = Object.hasOwn(b.values, name) ? b.values[name]! : null
    return others === null || values.some(value => others.includes(value))
  })
}
