import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHistogram } from './histogram.ts'

describe('a histogram of times', () => {
  it('is empty at first', () => {
    expect(createHistogram().summary()).toEqual({
      count: 0,
      max: 0,
      p50: 0,
      p95: 0,
      p99: 0,
      p999: 0,
      buckets: [],
    })
  })

  it('has each quantile at most a fifth above the exact one, and never above the maximum', () => {
    const times = fc.array(fc.double({ min: 0.01, max: 100_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(times, values => {
        const histogram = createHistogram()
        for (const value of values) histogram.record(value)
        const { count, max, p50, p95, p99, p999, buckets } = histogram.summary()
        const sorted = [...values].sort((a, b) => a - b)
        expect(count).toBe(values.length)
        expect(max).toBe(sorted.at(-1))
        for (const [share, found] of [
          [0.5, p50],
          [0.95, p95],
          [0.99, p99],
          [0.999, p999],
        ] as const) {
          const exact = sorted[Math.ceil(values.length * share) - 1]!
          expect(found).toBeGreaterThanOrEqual(exact * 0.9999999)
          expect(found).toBeLessThanOrEqual(Math.min(exact * 1.2000001, max))
        }
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count)
      }),
    )
  })

  it('takes what is below its first and above its last bucket', () => {
    const histogram = createHistogram()
    for (const value of [-1, 0, 1e9, 2e9]) histogram.record(value)
    const { p50, p999, max, buckets } = histogram.summary()
    expect(p50).toBe(0.01)
    expect([p999, max]).toEqual([2e9, 2e9])
    expect(buckets).toEqual([
      { upTo: 0.01, count: 2 },
      { upTo: 2e9, count: 2 },
    ])
  })
})
