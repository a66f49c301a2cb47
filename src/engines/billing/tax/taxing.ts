import type { OneOff } from '#shared/contract/billing/close-facts.ts'
import type { BuyerFacts, Taxed, TaxWorld } from '#shared/contract/billing/tax-facts.ts'
import { zoned } from '../calendar.ts'
import type { DueItem } from '../model.ts'
import { decideTax, plainRate } from './decide-tax.ts'

/** A customer whose lines are taxed. */
export interface TaxedCustomer {
  /** Null: the workspace has no rules. */
  readonly world: TaxWorld | null
  readonly buyer?: BuyerFacts | undefined
  /** The customer's own rate, where one was agreed. */
  readonly taxRate: string | null
  /** The workspace's. */
  readonly defaultRate: string
  readonly zone: string
}

/** The rates of a customer's lines, each with its reason. */
export interface Taxing {
  /** @param planId of the item's price */
  item(item: DueItem, planId: string | null): Taxed
  /** @param until the end of the month that bills it */
  oneOff(oneOff: OneOff, until: bigint): Taxed
  /** Of what a contract itself asks for. @param until the end of its service */
  agreed(until: bigint): Taxed
}

/**
 * The rates of a customer. Without rules they are what they were before there were any: the customer's own rate, else
 * the workspace's. A rate that was agreed for the customer comes before all rules.
 */
export function taxingOf({ world, buyer, taxRate, defaultRate, zone }: TaxedCustomer): Taxing {
  if (world === null || !buyer) {
    const same: Taxed = { rate: taxRate ?? defaultRate, basis: null }
    return { item: () => same, oneOff: () => same, agreed: () => same }
  }
  // Most lines of a customer are alike, and a day costs a calendar.
  const known = new Map<string, Taxed>()
  const decided = (category: string, until: bigint): Taxed => {
    if (taxRate !== null) return plainRate(taxRate, 'customer', category, buyer.country)
    const key = `${category} ${until}`
    const before = known.get(key)
    if (before) return before
    const taxed = decideTax({ world, buyer, category, day: lastDay(until, zone), defaultRate })
    known.set(key, taxed)
    return taxed
  }
  const { categories } = world
  return {
    item: ({ terms: { price }, service }, planId) =>
      decided(categoryOf(categories, planId, price.key, price.metricId), service.to),
    oneOff: (oneOff, until) =>
      decided(categories[`one-off/${oneOff.id}`] ?? 'standard', oneOff.service?.to ?? until),
    agreed: until => decided('standard', until),
  }
}

/** What is sold by a price: what is said of the price, else of its metric. */
export function categoryOf(
  categories: TaxWorld['categories'],
  planId: string | null,
  priceKey: string,
  metricId: string | null,
): string {
  return (
    categories[`price/${planId}/${priceKey}`] ??
    (metricId === null ? undefined : categories[`metric/${metricId}`]) ??
    'standard'
  )
}

/** The last day of a stretch of time that ends at an instant. */
export function lastDay(until: bigint, zone: string): string {
  return zoned(until - 1n, zone)
    .toPlainDate()
    .toString()
}
