import type { Lifeline } from '#shared/contract/billing/subscription-life.ts'
import type { Interval } from '#shared/contract/billing/values.ts'
import { add, divide, type Exact, exactOf, multiply, roundHalfUp, scaled, ZERO } from './exact.ts'
import type { PlanPrice } from './model.ts'
import { phaseAt } from './phases.ts'
import { placesOf } from './rate.ts'
import { cadenceAt } from './strands.ts'

/** Months in an interval; a week is 12/52 of a month, as MRR counts it. */
const MONTHS: Readonly<Record<Exclude<Interval, 'week'>, bigint>> = { month: 1n, quarter: 3n, year: 12n }

/** What recurs of a subscription at an instant, in minor units of its currency. */
export interface Recurring {
  /** Fees of a whole period of its own rhythm; add-ons of other rhythms are not in it. */
  readonly perPeriod: bigint
  readonly interval: Interval
  /** All fees by the month: a quarter is three, a year twelve, a week 12/52 of one. Nothing in a trial or a pause. */
  readonly monthly: bigint
}

/**
 * The fees that come again and again as things stand at an instant. Usage is not among them: it is what it will be.
 * Rounded half-up, once each.
 * @param prices of the plan versions of its phases and add-ons, in its currency
 */
export function recurringAt(
  life: Pick<Lifeline, 'phases' | 'cadences' | 'addOns'>,
  prices: readonly PlanPrice[],
  currency: string,
  at: bigint,
): Recurring {
  const phase = phaseAt(life.phases, at)
  const { interval } = cadenceAt(life.cadences, at)
  if (!phase) return { perPeriod: 0n, interval, monthly: 0n }
  const own = fees(prices, phase.planVersionId, null, phase.quantity)
  let period = own
  let month = monthly(own, interval)
  for (const addOn of life.addOns) {
    const now = addOn.stretches.find(one => one.from <= at && (one.to === null || at < one.to))
    if (!now) continue
    const fee = fees(prices, addOn.planVersionId, addOn.priceId, now.quantity)
    if (addOn.interval === interval) period = add(period, fee)
    month = add(month, monthly(fee, addOn.interval))
  }
  const places = placesOf(currency)
  const counts = phase.kind === 'active' ? month : ZERO
  return { perPeriod: roundHalfUp(period, places), interval, monthly: roundHalfUp(counts, places) }
}

export type Direction = 'upgrade' | 'downgrade' | 'longer' | 'shorter' | 'same'

/**
 * Which way a change of terms goes. Between intervals no price decides: a month costs more by the day than a year, and
 * is no upgrade of it. Within one the recurring fees do.
 */
export function directionOf(before: Recurring, after: Recurring): Direction {
  if (before.interval !== after.interval)
    return length(after.interval) > length(before.interval) ? 'longer' : 'shorter'
  if (after.monthly === before.monthly) return 'same'
  return after.monthly > before.monthly ? 'upgrade' : 'downgrade'
}

function fees(
  prices: readonly PlanPrice[],
  planVersionId: string,
  priceId: string | null,
  quantity: bigint,
): Exact {
  let sum = ZERO
  for (const { price, planVersionId: version } of prices) {
    if (version !== planVersionId || price.charge.model !== 'flat') continue
    if (priceId !== null && price.id !== priceId) continue
    sum = add(sum, multiply(exactOf(price.charge.amount), scaled(quantity)))
  }
  return sum
}

function monthly(fee: Exact, interval: Interval): Exact {
  if (interval === 'week') return divide(multiply(fee, scaled(52n)), scaled(12n))
  return divide(fee, scaled(MONTHS[interval]))
}

function length(interval: Interval): number {
  return interval === 'week' ? 0.25 : Number(MONTHS[interval])
}
