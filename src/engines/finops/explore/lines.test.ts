import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstInOrder } from './best.ts'
import { type LinesQuery, startLines } from './lines.ts'
import { type Line, segmentsOf } from './testing/lines.ts'
import { textSpace } from './text-space.ts'
import { startValues } from './values.ts'

const START = Date.UTC(2026, 2, 1)
const HOUR = 3_600_000
const period = { from: START, to: START + 1000 * HOUR }

const text = (...values: string[]) => fc.constantFrom(null, ...values)
const line: fc.Arbitrary<Line> = fc.record({
  ChargePeriodStart: fc.integer({ min: -20, max: 400 }).map(hour => BigInt(START + hour * HOUR)),
  // Every line has one: a bill without is refused.
  BillingCurrency: fc.constantFrom('EUR', 'JPY', 'USD'),
  ServiceName: text('S3', 'EC2', 'Sql'),
  Tags: text('{"team":"red"}', '{"team":"blue"}'),
  BilledCost: fc.oneof(
    fc.bigInt({ min: -3n, max: 3n }),
    fc.constantFrom(null, 2n ** 60n, -(2n ** 60n), 10n ** 12n),
  ),
})

function list(lines: readonly Line[], query: LinesQuery, lengths: readonly number[]) {
  const space = textSpace()
  const segments = segmentsOf(space, lines, lengths)
  const starts: number[] = []
  segments.reduce((sum, { rows }, i) => {
    starts[i] = sum
    return sum + rows
  }, 0)
  const run = startLines(query, space)
  for (const [i, segment] of [...segments.entries()].reverse()) run.add(segment, i)
  while (run.again()) for (const [i, segment] of segments.entries()) run.add(segment, i)
  const { places, count } = run.result()
  return { rows: places.map(({ segment, row }) => starts[segment]! + row), count }
}

/** Rows in order: nulls last either way, equal ones as they came. */
function sorted(lines: readonly Line[], { sort, filters, period: { from, to } }: LinesQuery): number[] {
  const wanted = filters.length > 0 ? 'S3' : null
  return lines
    .map((one, row) => ({ one, row }))
    .filter(({ one }) => Number(one.ChargePeriodStart) >= from && Number(one.ChargePeriodStart) < to)
    .filter(({ one }) => wanted === null || one.ServiceName === wanted)
    .sort((a, b) => {
      const [left, right] = [a.one[sort.column] ?? null, b.one[sort.column] ?? null]
      const [one, other] = sort.apart ? [a.one[sort.apart]!, b.one[sort.apart]!] : ['', '']
      if (left !== null && right !== null && one !== other) return one < other ? -1 : 1
      if (left === right) return a.row - b.row
      if (left === null || right === null) return left === null ? 1 : -1
      return left < right === sort.descending ? 1 : -1
    })
    .map(({ row }) => row)
}

const query: LinesQuery = {
  period,
  filters: [],
  sort: { column: 'BilledCost', descending: true },
  offset: 0,
  limit: 10,
}

describe('lines', () => {
  it('come sorted by any column, page by page', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 80 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('BilledCost', 'ChargePeriodStart', 'ServiceName', 'Absent'),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.nat(40),
        (lines, lengths, column, descending, apart, filtered, offset) => {
          const asked: LinesQuery = {
            ...query,
            sort: { column, descending, ...(apart ? { apart: 'BillingCurrency' } : {}) },
            filters: filtered ? [{ dimension: 'service', op: 'is', values: ['S3'] }] : [],
            offset,
          }
          const expected = sorted(lines, asked)
          expect(list(lines, asked, lengths)).toEqual({
            rows: expected.slice(offset, offset + 10),
            count: expected.length,
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('that come to nothing are alike, beside what is too large for a number and without it', () => {
    const of = (BilledCost: bigint): Line => ({
      ...{ ChargePeriodStart: BigInt(START), BillingCurrency: 'EUR', ServiceName: null, BilledCost },
    })
    const lines = [of(2n ** 60n), of(0n), of(0n)]
    expect(list(lines, query, [2])).toEqual({ rows: [0, 1, 2], count: 3 })
  })

  it('are found by counting when the page lies deep', () => {
    const lines: Line[] = Array.from({ length: 20_000 }, (_, i) => ({
      ChargePeriodStart: BigInt(START + (i % 900) * HOUR),
      ServiceName: `service ${i % 7}`,
      BillingCurrency: ['USD', 'EUR', 'JPY'][i % 3]!,
      BilledCost: i % 11 === 0 ? null : BigInt((i * 7919) % 1009) * (i % 2 ? 1_000_000_007n : -3n),
    }))
    for (const column of ['BilledCost', 'ChargePeriodStart', 'ServiceName']) {
      for (const offset of [5_001, 12_345, 19_990, 19_999]) {
        const apart = offset > 12_345 ? 'BillingCurrency' : undefined
        const asked = { ...query, sort: { column, descending: offset % 2 === 0, apart }, offset }
        const expected = sorted(lines, asked)
        expect(list(lines, asked, [7_000])).toEqual({
          rows: expected.slice(offset, offset + 10),
          count: 20_000,
        })
      }
    }
    expect(list(lines, { ...query, offset: 20_000 }, [7_000])).toEqual({ rows: [], count: 20_000 })
  })
})

describe('the first in order', () => {
  it('are those that sorting would put first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.nat(10), (values, count) => {
        const before = (a: number, b: number) => (values[a] === values[b] ? a < b : values[a]! < values[b]!)
        const all = values.map((_, i) => i).sort((a, b) => (before(a, b) ? -1 : 1))
        expect(firstInOrder(values.length, count, before)).toEqual(all.slice(0, count))
      }),
    )
  })
})

describe('values', () => {
  const lines: Line[] = [
    ...['S3', 'EC2', 'S3', null, 'Sql', 'Sql', 'S3'].map(ServiceName => ({ ServiceName })),
    { ServiceName: 'Late', at: 5000n },
  ].map((one, i) => ({
    ChargePeriodStart: BigInt(START) + (one.ServiceName === 'Late' ? BigInt(2000 * HOUR) : BigInt(i)),
    ServiceName: one.ServiceName,
    Tags: i % 2 ? '{"team":"red"}' : null,
  }))

  const values = (
    dimension: 'service' | 'tag:team' | 'column:Absent',
    within = true,
    search = '',
    limit = 10,
  ) => {
    const space = textSpace()
    const segments = segmentsOf(space, lines, [4])
    const run = startValues(dimension, within ? period : null, space)
    for (const segment of segments) run.add(segment)
    return run.result(search, limit).map(({ value, lines: count }) => [value, count])
  }

  it('are counted, the most frequent first', () => {
    expect(values('service')).toEqual([
      ['S3', 3],
      ['Sql', 2],
      [null, 1],
      ['EC2', 1],
    ])
    expect(values('service', false)).toContainEqual(['Late', 1])
    expect(values('tag:team')).toEqual([
      [null, 4],
      ['red', 3],
    ])
    expect(values('column:Absent')).toEqual([[null, 7]])
  })

  it('are searched without regard to case, and limited', () => {
    expect(values('service', true, 's')).toEqual([
      ['S3', 3],
      ['Sql', 2],
    ])
    expect(values('service', true, 'S', 1)).toEqual([['S3', 3]])
  })
})
