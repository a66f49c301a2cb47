import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exactOf, scaled } from './exact.ts'
import {
  DEFAULT_THRESHOLDS,
  type HardLimit,
  kindOfThreshold,
  limitUnits,
  percentOf,
  refusedByLimit,
  thresholdsReached,
} from './quota.ts'

const reached = (used: string, limit: string | null, all = DEFAULT_THRESHOLDS) =>
  thresholdsReached(exactOf(used), limit === null ? null : exactOf(limit), all)

describe('thresholds', () => {
  test('are reached exactly at their part of the limit', () => {
    expect(reached('79.999', '100')).toEqual([])
    expect(reached('80', '100')).toEqual([80])
    expect(reached('100', '100')).toEqual([80, 90, 100])
    expect(reached('150', '100', [120, 50])).toEqual([50, 120])
    expect(reached('5', null)).toEqual([])
    expect(reached('0', '0')).toEqual([])
    expect(reached('0.1', '0')).toEqual([80, 90, 100])
    const kind = (threshold: number, used: bigint, stops = false) =>
      kindOfThreshold(threshold, scaled(used), scaled(10n), stops)
    expect([kind(99, 50n), kind(100, 10n), kind(100, 11n), kind(100, 10n, true)]).toEqual([
      ...['warning', 'warning', 'breach', 'breach'],
    ])
    expect([kind(120, 12n), kind(120, 13n)]).toEqual(['warning', 'breach'])
  })

  test('percent is rounded down, and there is none without a limit', () => {
    expect(percentOf(exactOf('79.99'), exactOf('100'))).toBe(79)
    expect(percentOf(exactOf('3'), exactOf('9'))).toBe(33)
    expect(percentOf(exactOf('-1'), exactOf('3'))).toBe(-34)
    expect(percentOf(exactOf('1'), null)).toBeNull()
    expect(percentOf(exactOf('1'), exactOf('0'))).toBeNull()
    expect(limitUnits(exactOf('1.2345'), 2)).toBe(123n)
  })

  test('are reached one after the other as usage grows, and stay so', () => {
    const bigs = fc.array(fc.bigInt(0n, 10_000n), { maxLength: 10 })
    fc.assert(
      fc.property(bigs, fc.bigInt(0n, 5000n), (all, limit) => {
        let before: number[] = []
        for (const used of all.sort((a, b) => Number(a - b))) {
          const now = thresholdsReached(scaled(used), scaled(limit), [100, 10, 80])
          expect(now.slice(0, before.length)).toEqual(before)
          before = now
        }
      }),
    )
  })
})

describe('a hard limit', () => {
  const sum: HardLimit = { aggregation: 'sum', scale: 0, addsUp: true, limit: 10n }

  test('refuses what leads over it, takes what still fits, and never refuses a correction', () => {
    expect(refusedByLimit(sum, 10n, [3n])).toEqual([])
    // 8 was there: 3 is too much, 2 fits, 1 no longer does, and a correction makes room for the last.
    expect(refusedByLimit(sum, 8n + 3n + 2n + 1n - 4n + 4n, [3n, 2n, 1n, -4n, 4n])).toEqual([0, 2])
    expect(refusedByLimit(sum, 15n, [-3n])).toEqual([])
    expect(refusedByLimit({ ...sum, aggregation: 'count', scale: 1, limit: 20n }, 30n, [1n, 1n])).toEqual([1])
    expect(refusedByLimit({ ...sum, aggregation: 'max' }, 12n, [4n, 12n])).toEqual([1])
    expect(refusedByLimit({ ...sum, aggregation: 'unique-count', addsUp: false }, 12n, [1n, 1n])).toEqual([
      0, 1,
    ])
    expect(refusedByLimit({ ...sum, addsUp: false }, 12n, [1n, -1n])).toEqual([0])
  })

  test('keeps the sum of what is taken at or below it, wherever it was below before', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n), fc.array(fc.bigInt(-5n, 9n), { maxLength: 12 }), (before, units) => {
        const after = units.reduce((all, one) => all + one, before)
        const refused = new Set(refusedByLimit(sum, after, units))
        const taken = units.reduce((all, one, i) => (refused.has(i) ? all : all + one), before)
        expect(taken).toBeLessThanOrEqual(10n)
        for (const i of refused) expect(units[i]!).toBeGreaterThan(0n)
      }),
    )
  })
})
