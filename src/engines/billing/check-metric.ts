import type { Metric } from '#shared/contract/billing/catalog.ts'

/** What makes no sense in what a metric measures. The interface has the words. */
export type MetricFault = 'property-missing' | 'property-not-counted' | 'carries-not' | 'places-over-scale'

const CARRIED: ReadonlySet<Metric['aggregation']> = new Set(['sum', 'max', 'min', 'latest'])

/** The first thing that makes no sense in what a metric measures, with its place; null where it is fine. */
export function checkMetric({
  aggregation,
  property,
  carries,
  rounding,
  scale,
}: Pick<Metric, 'aggregation' | 'property' | 'carries' | 'rounding' | 'scale'>): {
  readonly path: string
  readonly reason: MetricFault
} | null {
  const counts = aggregation === 'unique-count'
  if (counts && property === null) return { path: 'property', reason: 'property-missing' }
  if (!counts && property !== null) return { path: 'property', reason: 'property-not-counted' }
  if (carries && !CARRIED.has(aggregation)) return { path: 'carries', reason: 'carries-not' }
  if (rounding !== null && rounding.places > scale)
    return { path: 'rounding.places', reason: 'places-over-scale' }
  return null
}
