import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBundle, encodeBundle } from '../columns/bundle.ts'
import { CorruptColumnError } from '../columns/column.ts'
import { startExplore } from './explore.ts'
import { planExplore, ROLLED_DIMENSIONS } from './plan.ts'
import type { ExploreQuery, NamedDimension } from './query.ts'
import { rollUpBuilder } from './roll-up.ts'
import { rollUpColumns, rollUpSegment } from './roll-up-segment.ts'
import { columnsOf, type Line, segmentsOf } from './testing/lines.ts'
import { textSpace } from './text-space.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1)

const amount = fc.oneof(fc.bigInt({ min: -9n, max: 5_000_000_000_000n }), fc.constantFrom(null, 2n ** 61n))
const line: fc.Arbitrary<Line> = fc.record({
  ChargePeriodStart: fc.nat(60 * 24).map(hour => BigInt(START + hour * 3_600_000)),
  BillingCurrency: fc.constantFrom('USD', 'EUR', null),
  ProviderName: fc.constantFrom('AWS', 'Azure', null),
  ServiceName: fc.constantFrom('S3', 'EC2', 'Sql', null),
  BilledCost: amount,
  EffectiveCost: amount,
})

const query: ExploreQuery = {
  measure: 'billed',
  by: ['service'],
  grain: 'day',
  zone: 'UTC',
  period: { from: START, to: START + 31 * DAY },
  filters: [],
  compare: 'none',
  top: 3,
}

const dimension = fc.constantFrom(...ROLLED_DIMENSIONS)
const days = fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 40 }))

describe('roll-ups', () => {
  it('give the same answer as the lines', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 80 }),
        fc.constantFrom('billed' as const, 'effective' as const, 'list' as const),
        dimension,
        fc.constantFrom('none' as const, 'day' as const, 'week' as const, 'month' as const),
        fc.constantFrom('none' as const, 'length' as const, 'calendar' as const),
        days,
        (lines, measure, by, grain, compare, [first, count]) => {
          const asked: ExploreQuery = {
            ...query,
            ...{ measure, grain, compare },
            by: by === null ? [] : [by],
            period:
              count > 30
                ? { from: START, to: Date.UTC(2026, 4, 1) }
                : { from: START + first * DAY, to: START + (first + count) * DAY },
          }
          const plan = planExplore(asked, () => true)
          if (plan.source === 'segments') throw new Error('days of UTC are answered from roll-ups')
          const builder = rollUpBuilder()
          for (let at = 0; at < lines.length; at += 30) {
            const part = lines.slice(at, at + 30)
            builder.add(part.length, columnsOf(part))
          }
          const rows = builder.take().rows.filter(row => row.dimension === by && row.grain === plan.grain)
          const rolledSpace = textSpace()
          const bundle = encodeBundle(rollUpColumns(by, rows))
          const rolled = rollUpSegment(rolledSpace, decodeBundle(bundle))
          const space = textSpace()
          const segments = segmentsOf(space, lines)
          const answer = (asked: ExploreQuery, on: typeof space, from: typeof segments) => {
            const run = startExplore(asked, on)
            do for (const segment of from) run.add(segment)
            while (run.again())
            return run.result()
          }
          expect(answer(asked, rolledSpace, rows.length > 0 ? [rolled] : [])).toEqual(
            answer(asked, space, segments),
          )
        },
      ),
      { numRuns: 200 },
    )
  })

  it('have the scale of their currency, where the amounts fit it', () => {
    const spend = (BillingCurrency: string | null, BilledCost: bigint, day: number): Line => ({
      ...{ BillingCurrency, BilledCost, ChargePeriodStart: BigInt(START + day * DAY) },
    })
    const builder = rollUpBuilder()
    const lines = [
      spend('VND', 5_000n, 0),
      spend('VND', 1n, 1),
      spend('JPY', 2_000n, 0),
      spend('USD', 7n, 0),
      spend(null, 7n, 0),
    ]
    builder.add(lines.length, columnsOf(lines))
    const rows = builder.take().rows.filter(row => row.dimension === null)
    const shown = (grain: string, currency: string | null) =>
      rows.filter(row => row.grain === grain && row.currency === currency).map(row => [row.billed, row.scale])
    expect(shown('day', 'VND')).toEqual([
      [5n, 6],
      [1n, 9],
    ])
    expect(shown('month', 'VND')).toEqual([[5_001n, 9]])
    expect(shown('month', 'JPY')).toEqual([[2n, 6]])
    expect(shown('month', 'USD')).toEqual([[7n, 9]])
    expect(shown('month', null)).toEqual([[7n, 9]])
    expect(() => rollUpSegment(textSpace(), [])).toThrow(CorruptColumnError)
  })

  it('leave out a dimension with too many keys, and say so', () => {
    const lines: Line[] = ['a', 'b', 'c'].map(ServiceName => ({
      ...{ ChargePeriodStart: BigInt(START), BillingCurrency: 'USD', ProviderName: 'AWS', ServiceName },
      BilledCost: 1n,
    }))
    const builder = rollUpBuilder(2)
    builder.add(3, columnsOf(lines))
    builder.add(3, columnsOf(lines))
    const { rows, rolled } = builder.take()
    expect(rolled).not.toContain('service')
    expect(rows.filter(row => row.dimension === 'service')).toEqual([])
    expect(rows.filter(row => row.dimension === 'provider')).toEqual([
      expect.objectContaining({ grain: 'day', key: 'AWS', at: START, billed: 6n, lines: 6, currency: 'USD' }),
      expect.objectContaining({ grain: 'month', key: 'AWS', at: START, billed: 6n, lines: 6 }),
    ])
  })

  it('are refused when what was stored of them is damaged', () => {
    const whole = encodeBundle(rollUpColumns(null, []))
    expect(decodeBundle(whole).map(({ column }) => column.rows)).toEqual([0, 0, 0, 0, 0, 0, 0])
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeBundle(whole.slice(0, length))).toThrow(CorruptColumnError)
    }
  })

  it('need to know when a charge was', () => {
    expect(() => rollUpBuilder().add(1, new Map())).toThrow('without a time')
  })
})

describe('the plan', () => {
  const source = (change: Partial<ExploreQuery>, rolled = true) =>
    planExplore({ ...query, ...change }, () => rolled)
  const service: NamedDimension = 'service'

  it('takes months where every edge is one, else days, else the lines', () => {
    const month = { from: START, to: Date.UTC(2026, 3, 1) }
    expect(source({ grain: 'month', period: month })).toEqual({
      source: 'roll-ups',
      grain: 'month',
      dimension: service,
    })
    expect(source({ grain: 'none', period: month, by: [] })).toEqual({
      ...{ source: 'roll-ups', grain: 'month', dimension: null },
    })
    expect(source({ grain: 'day' })).toEqual({ source: 'roll-ups', grain: 'day', dimension: service })
    expect(source({ grain: 'month', period: month, compare: 'length' })).toMatchObject({ grain: 'day' })
    expect(source({ grain: 'month', period: month, compare: 'calendar' })).toMatchObject({ grain: 'month' })
    expect(source({ grain: 'hour' })).toEqual({ source: 'segments' })
    expect(source({ zone: 'Europe/Berlin' })).toEqual({ source: 'segments' })
  })

  it('takes the lines for what is not kept', () => {
    for (const change of [
      { measure: 'quantity' },
      { by: ['service', 'region'] },
      { by: ['resource'] },
      { filters: [{ dimension: 'service', op: 'is-empty' }] },
    ] satisfies Partial<ExploreQuery>[]) {
      expect(source(change)).toEqual({ source: 'segments' })
    }
    expect(source({}, false)).toEqual({ source: 'segments' })
  })
})
