import type { Aggregation } from '#shared/contract/billing/catalog.ts'
import { ceiling, compare, divide, type Exact, multiply, negate, powerOfTen, scaled } from './exact.ts'

/** Percent of a limit at which somebody is told, where nothing else is said. */
export const DEFAULT_THRESHOLDS: readonly number[] = [80, 90, 100]
/** From here on a threshold is a breach and no warning. */
export const BREACH = 100

/**
 * Which thresholds usage has reached, in percent of a limit, from the lowest. Exactly at a threshold it is reached;
 * of a limit of zero each is, as soon as anything was used.
 */
export function thresholdsReached(used: Exact, limit: Exact | null, thresholds: readonly number[]): number[] {
  if (limit === null || compare(used, scaled(0n)) <= 0) return []
  const hundredfold = multiply(used, scaled(100n))
  return thresholds
    .filter(percent => compare(hundredfold, multiply(limit, scaled(BigInt(percent)))) >= 0)
    .sort((a, b) => a - b)
}

/** Usage in whole percent of a limit, rounded down; null where there is no limit, or one of zero. */
export function percentOf(used: Exact, limit: Exact | null): number | null {
  if (limit === null || limit.units === 0n) return null
  return Number(-ceiling(negate(divide(multiply(used, scaled(100n)), limit))))
}

/**
 * What a threshold means that is reached: below the limit a warning; at the limit a breach once usage is above, or where
 * a hard limit of what is used up leaves nothing. Two of two users are no breach, and the third one is.
 * @param stops whether the limit refuses what comes next
 */
export function kindOfThreshold(
  threshold: number,
  used: Exact,
  limit: Exact,
  stops: boolean,
): 'warning' | 'breach' {
  if (threshold < BREACH) return 'warning'
  const above = compare(multiply(used, scaled(100n)), multiply(limit, scaled(BigInt(threshold)))) > 0
  return above || stops ? 'breach' : 'warning'
}

/** A limit in units of a metric's scale: what is above it in these units is above it. */
export function limitUnits(limit: Exact, scale: number): bigint {
  return -ceiling(negate(multiply(limit, scaled(powerOfTen(scale)))))
}

/** How a hard limit counts. */
export interface HardLimit {
  readonly aggregation: Aggregation
  readonly scale: number
  /** Whether the quantity of a period is that of its events added up. */
  readonly addsUp: boolean
  /** In units of the scale. */
  readonly limit: bigint
}

/**
 * Which of the events that came last a hard limit refuses, by their places: each that would lead over the limit, in
 * their order; one that still fits behind one that does not is taken. What lowers usage is never refused.
 * @param after the quantity of the period with all of them, in units of the scale
 * @param units of each event
 */
export function refusedByLimit(
  { aggregation, scale, addsUp, limit }: HardLimit,
  after: bigint,
  units: readonly bigint[],
): number[] {
  if (after <= limit) return []
  const places = units.map((_, place) => place)
  if (aggregation === 'max' || aggregation === 'latest') return places.filter(i => units[i]! > limit)
  if (!addsUp || (aggregation !== 'sum' && aggregation !== 'count')) return places.filter(i => units[i]! > 0n)
  const each = aggregation === 'count' ? units.map(() => powerOfTen(scale)) : units
  let running = after - each.reduce((sum, one) => sum + one, 0n)
  return places.filter(i => {
    const next = running + each[i]!
    if (each[i]! > 0n && next > limit) return true
    running = next
    return false
  })
}
