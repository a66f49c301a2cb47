import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareIds,
  type MeasuredEvent,
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
