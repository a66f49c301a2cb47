import { bucketSpans } from './explore.ts'
import type { Dimension, ExploreQuery, Period } from './query.ts'

/** The dimensions for which sums by day and month are kept; null is the total. */
export const ROLLED_DIMENSIONS = [
  null,
  'provider',
  'service',
  'account',
  'region',
  'charge-category',
  'department',
  'project',
  'customer',
] as const satisfies readonly (Dimension | null)[]

export type RolledDimension = (typeof ROLLED_DIMENSIONS)[number]

/** How a query is answered: from sums by UTC day or month, or from the lines themselves. */
export type ExplorePlan =
  | { readonly source: 'roll-ups'; readonly grain: 'day' | 'month'; readonly dimension: RolledDimension }
  | { readonly source: 'segments' }

const DAY = 86_400_000

/**
 * Chooses the cheapest source that gives the exact answer. Roll-ups serve costs by at most one fixed dimension
 * without filters, when every bucket begins and ends with a UTC day. `rolled` says whether all batches concerned
 * keep a dimension.
 */
export function planExplore(
  query: ExploreQuery,
  rolled: (dimension: RolledDimension) => boolean,
): ExplorePlan {
  const [dimension = null, second] = query.by
  const fixed = ROLLED_DIMENSIONS.find(known => known === dimension)
  const plain = query.measure !== 'quantity' && query.filters.length === 0 && second === undefined
  if (!plain || fixed === undefined || !rolled(fixed)) return { source: 'segments' }
  const { current, previous } = bucketSpans(query)
  const spans = [...current, ...(previous ?? [])]
  if (spans.every(span => edges(span).every(isMonthStart))) {
    return { source: 'roll-ups', grain: 'month', dimension: fixed }
  }
  if (spans.every(span => edges(span).every(edge => edge % DAY === 0))) {
    return { source: 'roll-ups', grain: 'day', dimension: fixed }
  }
  return { source: 'segments' }
}

function edges({ from, to }: Period): number[] {
  return [from, to]
}

function isMonthStart(at: number): boolean {
  return at % DAY === 0 && new Date(at).getUTCDate() === 1
}
