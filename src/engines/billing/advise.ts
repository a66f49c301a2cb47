import type { Entitlement, Price } from '#shared/contract/billing/catalog.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { compare, type Exact, exactOf, scaled } from './exact.ts'
import { rate } from './rate.ts'

/** A plan that a customer could be on, with its prices in one currency. */
export interface PlanOffer {
  readonly planId: string
  readonly planVersionId: string
  readonly plan: string
  readonly prices: readonly Price[]
  readonly entitlements: readonly Entitlement[]
}

/** What a customer used in a closed period. */
export interface UsedPeriod {
  readonly period: Span
  /** Seats for fees. */
  readonly seats: bigint
  /** By metric: in its unit. */
  readonly used: ReadonlyMap<string, Exact>
}

export interface PlanCosts {
  readonly planId: string
  readonly planVersionId: string
  readonly plan: string
  readonly current: boolean
  /** Minor units, over all periods, before tax. */
  readonly fees: bigint
  readonly usage: bigint
  readonly total: bigint
  readonly stopped: number
  /** Keys of metrics whose hard limit would have stopped the customer. */
  readonly stoppedBy: readonly string[]
  readonly lost: readonly string[]
}

export interface PlanAdvice {
  /** The cheapest first. */
  readonly plans: readonly PlanCosts[]
  readonly recommended: string | null
  /** Minor units. */
  readonly saving: bigint
}

/**
 * What each plan would have cost for what a customer used, rated by its own prices: whole fees, usage and what goes over
 * the included. Recommended is the cheapest that is cheaper than the present one, would have stopped nothing, and takes
 * no feature away; where the present one itself would have stopped something, the cheapest that would not.
 * @param metricKeys of the metrics by id
 */
export function advise(
  offers: readonly PlanOffer[],
  currentVersionId: string,
  periods: readonly UsedPeriod[],
  metricKeys: ReadonlyMap<string, string>,
): PlanAdvice {
  const present = offers.find(one => one.planVersionId === currentVersionId)
  const features = new Set((present?.entitlements ?? []).flatMap(allowedFeature))
  const plans = offers
    .map(offer => costsOf(offer, periods, metricKeys, features, offer === present))
    .sort((a, b) => (a.total < b.total ? -1 : a.total > b.total ? 1 : a.plan < b.plan ? -1 : 1))
  const now = plans.find(one => one.current)
  const fitting = plans.filter(one => one.stopped === 0 && one.lost.length === 0)
  const best = fitting.find(one => !one.current)
  if (!now || !best) return { plans, recommended: null, saving: 0n }
  if (now.stopped === 0 && best.total >= now.total) return { plans, recommended: null, saving: 0n }
  return { plans, recommended: best.planId, saving: now.total - best.total }
}

function allowedFeature(entitlement: Entitlement): string[] {
  return entitlement.kind === 'boolean' && entitlement.allowed ? [entitlement.key] : []
}

function costsOf(
  { prices, entitlements, ...offer }: PlanOffer,
  periods: readonly UsedPeriod[],
  metricKeys: ReadonlyMap<string, string>,
  features: ReadonlySet<string>,
  current: boolean,
): PlanCosts {
  let [fees, usage, stopped] = [0n, 0n, 0]
  const stoppedBy = new Set<string>()
  for (const { seats, used } of periods) {
    for (const price of prices) {
      if (price.metricId === null) fees += rate({ terms: termsOf(price), quantity: scaled(seats) }).amount
      else usage += amountOf(price, used.get(price.metricId) ?? scaled(0n))
    }
    const over = [...used].flatMap(([metricId, quantity]) => {
      const key = metricKeys.get(metricId)
      return key !== undefined && isStopped(entitlements, key, quantity) ? [key] : []
    })
    if (over.length > 0) stopped++
    for (const key of over) stoppedBy.add(key)
  }
  const has = new Set(entitlements.flatMap(allowedFeature))
  return {
    ...offer,
    ...{ current, fees, usage, total: fees + usage, stopped },
    stoppedBy: [...stoppedBy].sort(),
    lost: [...features].filter(key => !has.has(key)).sort(),
  }
}

/** What a price makes of a quantity, in minor units. */
export function amountOf(price: Price, quantity: Exact): bigint {
  return rate({ terms: termsOf(price), quantity }).amount
}

/** Whether a quantity alone says what a price comes to: not where events are charged one by one, or apart by property. */
export function isRateable({
  charge,
  filters = [],
}: Pick<Price, 'charge'> & { readonly filters?: readonly unknown[] | undefined }): boolean {
  return filters.length === 0 && charge.model !== 'dynamic' && charge.model !== 'percentage'
}

function termsOf(price: Price) {
  return { ...price, discountPercent: '0' }
}

function isStopped(entitlements: readonly Entitlement[], key: string, quantity: Exact): boolean {
  return entitlements.some(
    one =>
      one.kind === 'metered' &&
      one.key === key &&
      one.enforcement === 'hard' &&
      one.limit !== null &&
      compare(quantity, exactOf(one.limit)) > 0,
  )
}
