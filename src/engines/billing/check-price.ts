import type { z } from 'zod'
import type { Entitlement, PriceInput } from '#shared/contract/billing/catalog.ts'
import type { Charge, PriceTerms } from '#shared/contract/billing/prices.ts'
import type { Interval } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { compare, exactOf, isZero } from './exact.ts'
import { overlaps } from './price-filters.ts'

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
  | 'percent-over-100'
  | 'floor-over-100'
  /** One event would cost at least more than it costs at most. */
  | 'event-minimum-over-maximum'
  /** A minimum that is made up on its own, and no minimum. */
  | 'true-up-without-minimum'
  /** A minimum of a period of its own that raises the amount itself, or whose periods cut those of the price. */
  | 'minimum-interval-without-true-up'
  | 'interval-not-within'
  /** Filters: on a fee, with a fee as their charge, naming no property, a name twice, fitting the same events. */
  | 'filter-on-fee'
  | 'filter-charge-fee'
  | 'filter-empty'
  | 'filter-name-twice'
  | 'filters-overlap'
  /** A filter by a property by which the metric does not keep usage apart. */
  | 'filter-property-not-kept'
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
export type KnownMetrics = ReadonlyMap<
  string,
  { readonly key: string; readonly active: boolean; readonly groupBy?: readonly string[] }
>

/** What makes no sense in a price as the engine rates it; empty where it can be rated. */
export function checkTerms(
  terms: Pick<PriceTerms, 'currency' | 'charge' | 'minimum' | 'maximum'> &
    Partial<Pick<PriceTerms, 'discountPercent' | 'filters' | 'trueUp'>>,
): PriceProblem[] {
  const problems: PriceProblem[] = []
  const say = (path: string, reason: PriceFault) => problems.push({ path, reason })
  if (findCurrency(terms.currency) === undefined) say('currency', 'currency-unknown')
  checkCharge(terms.charge, 'charge', say)
  checkFilters(terms, say)
  if (terms.trueUp && terms.minimum === null) say('trueUp', 'true-up-without-minimum')
  const { minimum, maximum, discountPercent = '0' } = terms
  if (minimum !== null && maximum !== null && compare(exactOf(minimum), exactOf(maximum)) > 0)
    say('minimum', 'minimum-over-maximum')
  if (compare(exactOf(discountPercent), exactOf('100')) > 0) say('discountPercent', 'discount-over-100')
  return problems
}

type Say = (path: string, reason: PriceFault) => void
const HUNDRED = exactOf('100')

function checkCharge(charge: Charge, path: string, say: Say): void {
  switch (charge.model) {
    case 'package':
      if (isZero(exactOf(charge.size))) say(`${path}.size`, 'package-empty')
      return
    case 'percentage': {
      const { percent, minimumPerEvent: least, maximumPerEvent: most } = charge
      if (isOver(percent)) say(`${path}.percent`, 'percent-over-100')
      if (least !== null && most !== null && compare(exactOf(least), exactOf(most)) > 0)
        say(`${path}.minimumPerEvent`, 'event-minimum-over-maximum')
      return
    }
    case 'graduated-percentage':
      for (const [index, { percent }] of charge.tiers.entries())
        if (isOver(percent)) say(`${path}.tiers.${index}.percent`, 'percent-over-100')
      checkTiers(charge.tiers, path, say)
      return
    case 'graduated':
    case 'volume':
      checkTiers(charge.tiers, path, say)
      return
    // What these hold is right by their schema alone.
    case 'flat':
    case 'standard':
    case 'dynamic':
  }
}

function isOver(percent: string): boolean {
  return compare(exactOf(percent), HUNDRED) > 0
}

function checkTiers(tiers: readonly { readonly upTo: string | null }[], at: string, say: Say): void {
  let below = exactOf('0')
  for (const [index, { upTo }] of tiers.entries()) {
    const path = `${at}.tiers.${index}.upTo`
    const last = index === tiers.length - 1
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

function checkFilters({ charge, filters = [] }: Pick<PriceTerms, 'charge' | 'filters'>, say: Say): void {
  if (charge.model === 'flat' && filters.length > 0) say('filters', 'filter-on-fee')
  for (const [index, filter] of filters.entries()) {
    const path = `filters.${index}`
    if (Object.keys(filter.values).length === 0) say(`${path}.values`, 'filter-empty')
    if (filter.charge.model === 'flat') say(`${path}.charge`, 'filter-charge-fee')
    checkCharge(filter.charge, `${path}.charge`, say)
    const before = filters.slice(0, index)
    if (before.some(({ name }) => name === filter.name)) say(`${path}.name`, 'filter-name-twice')
    if (before.some(other => overlaps(other, filter))) say(`${path}.values`, 'filters-overlap')
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
    else {
      if (!metric.active) problems.push({ path: 'metricId', reason: 'metric-inactive' })
      for (const [index, { values }] of (price.filters ?? []).entries())
        if (Object.keys(values).some(name => !metric.groupBy?.includes(name)))
          problems.push({ path: `filters.${index}.values`, reason: 'filter-property-not-kept' })
    }
  }
  if (!isFee && price.due === 'advance') problems.push({ path: 'due', reason: 'usage-in-advance' })
  if (price.minimumInterval !== undefined && !price.trueUp)
    problems.push({ path: 'minimumInterval', reason: 'minimum-interval-without-true-up' })
  if (!holdsWhole(price.minimumInterval, price.interval))
    problems.push({ path: 'minimumInterval', reason: 'interval-not-within' })
  if (isOver(price.floorPercent ?? '0')) problems.push({ path: 'floorPercent', reason: 'floor-over-100' })
  return problems
}

/** Whether periods of an interval hold whole periods of another: weeks lie across months. */
function holdsWhole(outer: Interval | undefined, inner: Interval | undefined): boolean {
  if (outer === undefined || inner === undefined || outer === inner) return true
  const order: readonly Interval[] = ['month', 'quarter', 'year']
  return order.includes(inner) && order.indexOf(outer) > order.indexOf(inner)
}

/** What makes no sense in a version of a plan: its prices, keys that stand twice, allowances of unknown metrics. */
export function checkPlan(
  plan: {
    readonly prices: readonly PriceDraft[]
    readonly entitlements: readonly Entitlement[]
    readonly interval?: Interval | undefined
  },
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
    if (price.interval === undefined && !holdsWhole(price.minimumInterval, plan.interval))
      problems.push({ path: `prices.${index}.minimumInterval`, reason: 'interval-not-within' })
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
