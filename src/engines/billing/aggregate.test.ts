import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  areaOf,
  compareIds,
  keepsLevels,
  type Measure,
  type MeasuredEvent,
  measure,
  mergeAll,
  mergeRollUps,
  rollUp,
  rollUpOf,
  usageOf,
} from './aggregate.ts'

const events: MeasuredEvent[] = [
  { id: 'a', quantity: 500n, at: 10n },
  { id: 'c', quantity: 1200n, at: 30n },
  { id: 'b', quantity: -100n, at: 30n },
]

describe('aggregation', () => {
  test('count, sum, max, latest, in units of the scale', () => {
    const of = (aggregation: 'count' | 'sum' | 'max' | 'latest') =>
      usageOf({ aggregation, scale: 2 }, rollUp(events)).quantity
    expect(of('count')).toBe(300n)
    expect(of('sum')).toBe(1600n)
    expect(of('max')).toBe(1200n)
    // At the same instant the larger id is the later one.
    expect(of('latest')).toBe(1200n)
    expect(usageOf({ aggregation: 'sum', scale: 2 }, rollUp(events)).events).toBe(3)
  })

  test('no events are nothing', () => {
    for (const aggregation of ['count', 'sum', 'max', 'latest'] as const)
      expect(usageOf({ aggregation, scale: 0 }, rollUp([]))).toEqual({ quantity: 0n, events: 0 })
    expect(mergeAll([])).toBeNull()
  })

  test('a maximum of negative quantities is negative', () => {
    expect(
      usageOf({ aggregation: 'max', scale: 0 }, rollUp([{ id: 'x', quantity: -5n, at: 1n }])).quantity,
    ).toBe(-5n)
  })

  test('min, average, unique count and weighted sum, rounded as the metric says', () => {
    const span = { from: 0n, to: 100n }
    const of = (metric: Omit<Measure, 'scale'>, all = events) =>
      measure({ scale: 2, ...metric }, all, span).quantity
    expect(of({ aggregation: 'min' })).toBe(-100n)
    // 16.00 / 3 = 5.333…
    expect(of({ aggregation: 'average' })).toBe(533n)
    expect(of({ aggregation: 'average', rounding: { mode: 'ceil', places: 2 } })).toBe(534n)
    expect(of({ aggregation: 'average', rounding: { mode: 'ceil', places: 0 } })).toBe(600n)
    expect(of({ aggregation: 'average', rounding: { mode: 'floor', places: 1 } })).toBe(530n)
    expect(of({ aggregation: 'average', rounding: { mode: 'round', places: 0 } })).toBe(500n)
    const negative = [{ id: 'a', quantity: -150n, at: 1n }]
    expect(of({ aggregation: 'sum', rounding: { mode: 'ceil', places: 0 } }, negative)).toBe(-100n)
    expect(of({ aggregation: 'sum', rounding: { mode: 'floor', places: 0 } }, negative)).toBe(-200n)
    const named = ['x', 'y', 'x', undefined].map((value, i) => ({ id: `${i}`, quantity: 1n, at: 1n, value }))
    expect(measure({ aggregation: 'unique-count', scale: 0 }, named, null).quantity).toBe(2n)
    // 5 for 20 of 100, and of what was said at 30 the one with the later id, 12, for 70.
    expect(of({ aggregation: 'weighted-sum' })).toBe(100n + 840n)
    expect(measure({ aggregation: 'weighted-sum', scale: 2 }, events, null).quantity).toBe(0n)
  })

  test('what carries over was there before; a sum goes on from it', () => {
    const early = { id: 'e', quantity: 700n, at: -5n }
    const span = { from: 0n, to: 100n }
    const of = (aggregation: Measure['aggregation'], all: readonly MeasuredEvent[], carries = true) =>
      measure({ aggregation, scale: 2, carries }, all, span)
    expect(of('latest', [early])).toEqual({ quantity: 700n, events: 0 })
    expect(of('latest', [early], false)).toEqual({ quantity: 0n, events: 0 })
    expect(of('max', [early, events[0]!]).quantity).toBe(700n)
    expect(of('min', [early, events[1]!]).quantity).toBe(700n)
    expect(of('min', []).quantity).toBe(0n)
    expect(of('sum', [early, events[0]!]).quantity).toBe(1200n)
    expect(of('weighted-sum', [early], false).quantity).toBe(700n)
    expect(keepsLevels({ aggregation: 'weighted-sum' })).toBe(true)
    expect(keepsLevels({ aggregation: 'sum', carries: true })).toBe(false)
  })

  test('areas of the parts of a span add up to that of the whole', () => {
    const levels = fc.array(fc.tuple(fc.bigInt(0n, 100n), fc.bigInt(-50n, 900n)), { maxLength: 12 })
    fc.assert(
      fc.property(levels, fc.bigInt(0n, 100n), fc.bigInt(-9n, 9n), (given, cut, before) => {
        const all = [...new Map(given)]
          .map(([at, level]) => ({ at, level }))
          .sort((a, b) => Number(a.at - b.at))
        const area = (from: bigint, to: bigint) => {
          const earlier = all.filter(one => one.at < from).at(-1)?.level ?? before
          return areaOf(
            earlier,
            all.filter(one => one.at >= from && one.at < to),
            { from, to },
          )
        }
        expect(area(0n, cut) + area(cut, 100n)).toBe(area(0n, 100n))
      }),
    )
  })

  test('ids are in the order of their bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
        expect(Math.sign(compareIds(a, b))).toBe(bytes)
      }),
    )
    expect(compareIds('\u{1F600}', '\uFF5E')).toBeGreaterThan(0)
    expect(compareIds('\uFF5E', '\u{1F600}')).toBeLessThan(0)
  })

  test('events rolled up in any parts and any order come to the same', () => {
    const any = fc.uniqueArray(
      fc.record({
        id: fc.string({ maxLength: 4 }),
        quantity: fc.bigInt(-1000n, 10n ** 12n),
        at: fc.bigInt(0n, 20n),
      }),
      { selector: event => event.id, minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 7 }), (all, parts) => {
        const buckets = Array.from({ length: parts }, (_, part) =>
          rollUp(all.filter((_, index) => index % parts === part)),
        ).filter(bucket => bucket !== null)
        const whole = rollUp(all)
        expect(mergeAll(buckets)).toEqual(whole)
        expect(mergeAll(buckets.reverse())).toEqual(whole)
        expect(mergeRollUps(whole!, rollUpOf({ id: 'z', quantity: 1n, at: 99n })).latestId).toBe('z')
      }),
    )
  })
})
