import type { z } from 'zod'
import type { Entitlement, PriceInput } from '#shared/contract/billing/catalog.ts'
import type { Charge, PriceTerms } from '#shared/contract/billing/prices.ts'
import { findCurrency } from '#shared/currencies.ts'
import { compare, exactOf, isZero } from './exact.ts'

/** What is wrong with a price or a plan. The interface has the words. */
export type PriceFault =
  | 'currency-unknown'
  /** A charge on usage that names no metric, or a fee that names one. */
  | 'metric-missing'
  | 'metric-on-fee'
  | 'metric-unknown'
  | 'metric-inactive'
  /** Nobody can know before a period what will be used in it. */
  | 'usage-in-advance'
  /** A tier ends at or before the end of the one below it; the first one at zero. */
  | 'tiers-not-ascending'
  /** A tier without an end stands before another, or the last one has an end. */
  | 'tier-end-missing'
  | 'last-tier-ends'
  | 'package-empty'
  | 'minimum-over-maximum'
  | 'discount-over-100'
  /** Two prices of one currency, or two entitlements, with the same key. */
  | 'key-twice'

export interface PriceProblem {
  /** Where, as members and positions: `prices.2.charge.tiers.1.upTo`. */
  readonly path: string
  readonly reason: PriceFault
}

export type PriceDraft = Omit<z.infer<typeof PriceInput>, 'metricId'> & {
  readonly metricId: string | null
}
/** The metrics that a price may name, by id. */
export type KnownMetrics = ReadonlyMap<string, { readonly key: string; readonly active: boolean }>

/** What makes no sense in a price as the engine rates it; empty where it can be rated. */
export function checkTerms(
  terms: Pick<PriceTerms, 'currency' | 'charge' | 'minimum' | 'maximum'> &
    Partial<Pick<PriceTerms, 'discountPercent'>>,
): PriceProblem[] {
  const problems: PriceProblem[] = []
  const say = (path: string, reason: PriceFault) => problems.push({ path, reason })
  if (findCurrency(terms.currency) === undefined) say('currency', 'currency-unknown')
  checkCharge(terms.charge, say)
  const { minimum, maximum, discountPercent = '0' } = terms
  if (minimum !== null && maximum !== null && compare(exactOf(minimum), exactOf(maximum)) > 0)
    say('minimum', 'minimum-over-maximum')
  if (compare(exactOf(discountPercent), exactOf('100')) > 0) say('discountPercent', 'discount-over-100')
  return problems
}

function checkCharge(charge: Charge, say: (path: string, reason: PriceFault) => void): void {
  if (charge.model === 'package' && isZero(exactOf(charge.size))) say('charge.size', 'package-empty')
  if (charge.model !== 'graduated' && charge.model !== 'volume') return
  let below = exactOf('0')
  for (const [index, { upTo }] of charge.tiers.entries()) {
    const path = `charge.tiers.${index}.upTo`
    const last = index === charge.tiers.length - 1
    if (upTo === null) {
      if (!last) say(path, 'tier-end-missing')
      continue
    }
    if (last) say(path, 'last-tier-ends')
    const end = exactOf(upTo)
    if (compare(end, below) <= 0) say(path, 'tiers-not-ascending')
    below = end
  }
}

/** What makes no sense in a price of a plan; empty where it is fine. */
export function checkPrice(price: PriceDraft, metrics: KnownMetrics): PriceProblem[] {
  const problems = checkTerms(price)
  const isFee = price.charge.model === 'flat'
  if (price.metricId === null) {
    if (!isFee) problems.push({ path: 'metricId', reason: 'metric-missing' })
  } else if (isFee) {
    problems.push({ path: 'metricId', reason: 'metric-on-fee' })
  } else {
    const metric = metrics.get(price.metricId)
    if (metric === undefined) problems.push({ path: 'metricId', reason: 'metric-unknown' })
    else if (!metric.active) problems.push({ path: 'metricId', reason: 'metric-inactive' })
  }
  if (!isFee && price.due === 'advance') problems.push({ path: 'due', reason: 'usage-in-advance' })
  return problems
}

/** What makes no sense in a version of a plan: its prices, keys that stand twice, allowances of unknown metrics. */
export function checkPlan(
  plan: { readonly prices: readonly PriceDraft[]; readonly entitlements: readonly Entitlement[] },
  metrics: KnownMetrics,
): PriceProblem[] {
  const problems: PriceProblem[] = []
  const seen = new Set<string>()
  const once = (key: string, path: string) => {
    if (seen.has(key)) problems.push({ path, reason: 'key-twice' })
    seen.add(key)
  }
  for (const [index, price] of plan.prices.entries()) {
    once(`price ${price.currency} ${price.key}`, `prices.${index}.key`)
    for (const { path, reason } of checkPrice(price, metrics))
      problems.push({ path: `prices.${index}.${path}`, reason })
  }
  const keys = new Set([...metrics.values()].map(metric => metric.key))
  for (const [index, entitlement] of plan.entitlements.entries()) {
    once(`entitlement ${entitlement.key}`, `entitlements.${index}.key`)
    if (entitlement.kind === 'metered' && !keys.has(entitlement.key))
      problems.push({ path: `entitlements.${index}.key`, reason: 'metric-unknown' })
  }
  return problems
}

/**
 * The first price of a plan that is not there in each of the plan's currencies, and the currency that it lacks:
 * who pays in that one would have it for nothing. Null where none is missing.
 */
export function missingCurrency(
  prices: readonly Pick<PriceDraft, 'key' | 'name' | 'currency'>[],
): { readonly price: string; readonly currency: string } | null {
  const currencies = [...new Set(prices.map(price => price.currency))]
  for (const [, same] of Map.groupBy(prices, price => price.key)) {
    const lacked = currencies.find(currency => !same.some(price => price.currency === currency))
    if (lacked !== undefined) return { price: same[0]!.name, currency: lacked }
  }
  return null
}
