/** How long pieces of work took: counts per bucket, with the usual quantiles read off the buckets. */
export interface Histogram {
  record(milliseconds: number): void
  summary(): HistogramSummary
}

export interface HistogramSummary {
  readonly count: number
  readonly max: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
  /** Upper bounds in milliseconds with the number of values at most that large and above the bound before. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[]
}

/** Bounds grow by a fifth from 10 µs to about two minutes, so that a quantile is at most 20 % off. */
const BOUNDS = Array.from({ length: 90 }, (_, index) => 0.01 * 1.2 ** index)

/** A histogram with fixed memory. A quantile is the upper bound of its bucket, and never above the maximum. */
export function createHistogram(): Histogram {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0)
  let count = 0
  let max = 0

  function quantile(share: number): number {
    if (count === 0) return 0
    let left = Math.ceil(count * share)
    const index = counts.findIndex(bucket => (left -= bucket) <= 0)
    return Math.min(BOUNDS[index] ?? max, max)
  }

  return {
    record(milliseconds) {
      const value = Math.max(0, milliseconds)
      const index = BOUNDS.findIndex(bound => value <= bound)
      counts[index < 0 ? BOUNDS.length : index]!++
      count++
      max = Math.max(max, value)
    },
    summary: () => ({
      count,
      max,
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
      p999: quantile(0.999),
      buckets: counts.flatMap((bucket, index) =>
        bucket > 0 ? [{ upTo: BOUNDS[index] ?? max, count: bucket }] : [],
      ),
    }),
  }
}
