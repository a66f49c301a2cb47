import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutPeriod, mostBuckets, previousPeriod } from './calendar.ts'
import { ceilAt, decimalText, floorAt, parseDecimal } from './decimal-text.ts'
import { columnsOfQuery, periodsOf, startExplore } from './explore.ts'
import type { Dimension, ExploreQuery, ExploreResult, ExploreRow, Filter } from './query.ts'
import { type Line, segmentsOf } from './testing/lines.ts'
import { tagKeys, tagValue, textSpace } from './text-space.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1)

function ask(lines: readonly Line[], query: ExploreQuery, lengths?: readonly number[]): ExploreResult {
  const space = textSpace()
  const segments = segmentsOf(space, lines, lengths)
  const run = startExplore(query, space)
  do for (const segment of segments) run.add(segment)
  while (run.again())
  return run.result()
}

const query: ExploreQuery = {
  measure: 'billed',
  by: ['service'],
  grain: 'none',
  zone: 'UTC',
  period: { from: START, to: START + 31 * DAY },
  filters: [],
  compare: 'none',
  top: 10,
}

const text = (...values: string[]) => fc.constantFrom(null, ...values)

/** Amounts of every width that is stored in another way, so that tests meet all of them. */
const amount = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt({ min: -5_000_000_000n, max: 900_000_000_000n }) },
  // A few of these in one group leave what a double adds up exactly.
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 51n), max: 2n ** 51n }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 2n ** 52n, -(2n ** 52n), 2n ** 62n, -(2n ** 62n), null) },
)

const line: fc.Arbitrary<Line> = fc.record({
  ChargePeriodStart: fc.oneof(
    fc.nat(80 * 24).map(hour => BigInt(START - 40 * DAY + hour * 3_600_000)),
    fc.nat(80 * DAY).map(ms => BigInt(START - 40 * DAY + ms)),
    fc.constantFrom(null, BigInt(START)),
  ),
  BillingCurrency: fc.constantFrom('USD', 'EUR'),
  ProviderName: text('AWS', 'Azure'),
  ServiceName: text('S3', 'EC2', 'Sql', 'Blob', 'Gpu'),
  ResourceId: text(...Array.from({ length: 9 }, (_, i) => `r${i}`)),
  Tags: text('{"team":"red"}', '{"team":"blue","x":1}', '{"x":2}', 'broken'),
  ConsumedUnit: text('GB', 'Hours'),
  BilledCost: amount,
  EffectiveCost: amount,
  ConsumedQuantity: amount,
})
const lines = fc.array(line, { maxLength: 60 })
const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 })

const dimension = fc.constantFrom<Dimension>(
  'provider',
  'service',
  'resource',
  'tag:team',
  'tag:x',
  'column:Absent',
)
const decimal = fc.integer({ min: -2, max: 600 }).map(n => `${n}.5`)
const filter = fc.oneof(
  fc.record({
    dimension,
    op: fc.constantFrom('is' as const, 'is-not' as const, 'contains' as const),
    values: fc.array(fc.constantFrom('S3', 'EC2', 's', 'r1', 'red', 'AWS', 'nowhere'), { maxLength: 3 }),
  }),
  fc.record({ dimension, op: fc.constantFrom('is-empty' as const, 'is-not-empty' as const) }),
  fc.record({
    measure: fc.constantFrom('billed' as const, 'quantity' as const, 'list' as const),
    min: fc.option(decimal),
    max: fc.option(decimal),
  }),
)

const anyQuery: fc.Arbitrary<ExploreQuery> = fc.record({
  measure: fc.constantFrom('billed', 'effective', 'quantity', 'list'),
  by: fc.oneof(fc.constant([] as const), fc.tuple(dimension), fc.tuple(dimension, dimension)),
  grain: fc.constantFrom('none', 'day', 'week', 'month', 'hour'),
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
  period: fc.tuple(fc.nat(60), fc.nat(45)).map(([start, days]) => ({
    from: START + (start - 30) * DAY,
    to: START + (start - 30 + days) * DAY,
  })),
  filters: fc.array(filter, { maxLength: 2 }),
  compare: fc.constantFrom('none', 'length', 'calendar'),
  top: fc.integer({ min: 0, max: 8 }),
})

/** The same question answered line by line, in bigints. */
function naive(all: readonly Line[], asked: ExploreQuery): Map<string, { amounts: bigint[]; lines: number }> {
  const periods = periodsOf(asked).toReversed()
  const buckets = periods.flatMap(period => cutPeriod(period, asked.grain, asked.zone))
  const current = cutPeriod(asked.period, asked.grain, asked.zone).length
  const found = new Map<string, { amounts: bigint[]; lines: number }>()
  for (const one of all) {
    const at = Number(one.ChargePeriodStart)
    const bucket = buckets.findIndex(({ from, to }) => from <= at && at < to)
    if (bucket < 0 || !asked.filters.every(condition => passes(one, condition))) continue
    const keys = asked.by.map(wanted => valueIn(one, wanted))
    const unit = asked.measure === 'quantity' ? one.ConsumedUnit : null
    const name = JSON.stringify([one.BillingCurrency, unit, ...keys])
    const entry = found.get(name) ?? { amounts: buckets.map(() => 0n), lines: 0 }
    entry.amounts[bucket]! += (one[column(asked.measure)] as bigint | null | undefined) ?? 0n
    if (bucket < current) entry.lines++
    found.set(name, entry)
  }
  return found
}

function column(measure: ExploreQuery['measure']): string {
  return (
    { billed: 'BilledCost', effective: 'EffectiveCost', quantity: 'ConsumedQuantity' }[measure as 'billed'] ??
    ''
  )
}

function valueIn(one: Line, wanted: Dimension): string | null {
  if (wanted.startsWith('tag:')) return tagValue((one.Tags as string | null) ?? '', wanted.slice(4))
  const named = { provider: 'ProviderName', service: 'ServiceName', resource: 'ResourceId' }[
    wanted as 'provider'
  ]
  return (one[named ?? 'Absent'] as string | null | undefined) ?? null
}

function passes(one: Line, condition: Filter): boolean {
  if ('measure' in condition) {
    const value = (one[column(condition.measure)] as bigint | null | undefined) ?? null
    if (value === null) return false
    const places = condition.measure === 'quantity' ? 3 : 9
    const bound = (limit: string) => {
      const { units, scale } = parseDecimal(limit)
      return units * 10n ** BigInt(places - scale)
    }
    return (
      (condition.min === null || value >= bound(condition.min)) &&
      (condition.max === null || value <= bound(condition.max))
    )
  }
  const value = valueIn(one, condition.dimension)
  if (!('values' in condition)) return (value === null) === (condition.op === 'is-empty')
  if (condition.op === 'contains') {
    return value !== null && condition.values.some(part => value.toLowerCase().includes(part.toLowerCase()))
  }
  return condition.values.includes(value ?? '\0') === (condition.op === 'is')
}

/** The amounts of a row in the places that the lines of the test are written in. */
function inPlaces(row: ExploreRow, measure: ExploreQuery['measure']): bigint[] {
  const places = measure === 'quantity' ? 3 : 9
  return [...row.amounts, ...(row.previous ?? [])].map(cell => cell * 10n ** BigInt(places - row.scale))
}

function add(sums: readonly bigint[], more: readonly bigint[]): bigint[] {
  return more.map((cell, i) => cell + (sums[i] ?? 0n))
}

describe('explore', () => {
  it('adds up to what a walk over the lines adds up to, whatever is asked', () => {
    fc.assert(
      fc.property(lines, lengths, anyQuery, (all, cuts, asked) => {
        const expected = naive(all, asked)
        const result = ask(all, asked, cuts)
        const totals = new Map<string, bigint[]>()
        for (const [name, { amounts }] of expected) {
          const key = JSON.stringify(JSON.parse(name).slice(0, 2))
          totals.set(key, add(totals.get(key) ?? [], amounts))
        }
        const seen = new Map<string, bigint[]>()
        for (const row of result.rows) {
          const key = JSON.stringify([row.currency, row.unit])
          seen.set(key, add(seen.get(key) ?? [], inPlaces(row, asked.measure)))
          expect(row.total).toBe(row.amounts.reduce((a, b) => a + b, 0n))
          if (row.keys === null) continue
          const match = expected.get(JSON.stringify([row.currency, row.unit, ...row.keys]))
          expect(inPlaces(row, asked.measure)).toEqual(match?.amounts)
          expect(row.lines).toBe(match?.lines)
        }
        expect(seen).toEqual(totals)
        expect(result.rows.reduce((sum, row) => sum + row.merged, 0)).toBe(expected.size)
        expect(
          new Map(
            result.totals.map(row => [
              JSON.stringify([row.currency, row.unit]),
              inPlaces(row, asked.measure),
            ]),
          ),
        ).toEqual(totals)
      }),
      { numRuns: 400 },
    )
  })

  it('gives the same answer however the lines are cut into segments', () => {
    fc.assert(
      fc.property(lines, lengths, anyQuery, (all, cuts, asked) => {
        expect(ask(all, asked, cuts)).toEqual(ask(all, asked))
      }),
    )
  })

  it('shows the largest rows first and the rest as one', () => {
    const spend = (ServiceName: string, dollars: bigint): Line => ({
      ChargePeriodStart: BigInt(START),
      BillingCurrency: 'USD',
      ServiceName,
      BilledCost: dollars * 1_000_000_000n,
    })
    const result = ask([spend('a', 1n), spend('b', -9n), spend('c', 5n), spend('d', 5n), spend('e', 2n)], {
      ...query,
      top: 3,
    })
    expect(result.rows.map(row => [row.keys?.[0], decimalText(row.total, row.scale), row.merged])).toEqual([
      ['b', '-9.000000000', 1],
      ['c', '5.000000000', 1],
      ['d', '5.000000000', 1],
      [undefined, '3.000000000', 2],
    ])
    expect(result.totals.map(row => [row.total, row.lines, row.merged])).toEqual([[4_000_000_000n, 5, 5]])
  })

  it('never adds currencies, nor quantities of different units', () => {
    const one = (BillingCurrency: string | null, ConsumedUnit: string | null): Line => ({
      ...{ ChargePeriodStart: BigInt(START), BillingCurrency, ConsumedUnit },
      ...{ BilledCost: 7n, ConsumedQuantity: 2500n },
    })
    const all = [one('USD', 'GB'), one('JPY', 'GB'), one('USD', 'Hours'), one('USD', null), one(null, 'GB')]
    expect(ask(all, { ...query, by: [] }).rows.map(row => [row.currency, row.unit, row.total])).toEqual([
      [null, null, 7n],
      ['JPY', null, 7n],
      ['USD', null, 21n],
    ])
    const quantities = ask(all, { ...query, by: [], measure: 'quantity' }).rows
    expect(quantities.map(row => [row.currency, row.unit, row.total, row.scale])).toEqual([
      [null, 'GB', 25n, 1],
      ['JPY', 'GB', 25n, 1],
      ['USD', null, 25n, 1],
      ['USD', 'GB', 25n, 1],
      ['USD', 'Hours', 25n, 1],
    ])
  })

  it('gives costs at the scale of their currency', () => {
    const one = (BillingCurrency: string): Line => ({
      ...{ ChargePeriodStart: BigInt(START), BillingCurrency, BilledCost: 3_000n },
    })
    const result = ask([one('VND'), one('USD'), one('XXQ')], { ...query, by: [], compare: 'length' })
    expect(result.rows.map(row => [row.currency, row.total, row.scale, row.previousTotal])).toEqual([
      ['USD', 3_000n, 9, 0n],
      ['VND', 3n, 6, 0n],
      ['XXQ', 3_000n, 9, 0n],
    ])
  })

  /** So many texts that cells of group and bucket do not fit a plain array. */
  const many = (rows: number, services: number): Line[] =>
    Array.from({ length: rows }, (_, i) => ({
      ChargePeriodStart: BigInt(START + (i % 31) * DAY),
      BillingCurrency: i % 3 ? 'USD' : 'EUR',
      ResourceId: `resource ${i}`,
      ServiceName: `service ${i % services}`,
      BilledCost: BigInt((i * 7919) % 100_003) * 1_000n,
    }))

  it('finds the largest of very many groups first, then adds them up by bucket', () => {
    const all = many(70_000, 50)
    for (const by of [['resource'], ['resource', 'service']] as const) {
      const asked = { ...query, by, grain: 'day', top: 20, compare: 'length' } as const
      const expected = naive(all, asked)
      const result = ask(all, asked)
      const top = [...expected]
        .map(([name, { amounts }]) => ({ name, total: amounts.reduce((a, b) => a + b, 0n) }))
        .filter(({ name }) => name.includes('USD'))
        .sort((a, b) => Number(b.total - a.total) || (a.name < b.name ? -1 : 1))
      const dollars = result.rows.filter(row => row.currency === 'USD')
      expect(dollars.slice(0, 20).map(row => row.total)).toEqual(top.slice(0, 20).map(({ total }) => total))
      for (const row of result.rows.filter(({ keys }) => keys !== null)) {
        const match = expected.get(JSON.stringify([row.currency, null, ...row.keys!]))
        expect([...row.amounts, ...row.previous!]).toEqual(match?.amounts)
      }
      const sum = [...expected.values()].flatMap(({ amounts }) => amounts).reduce((a, b) => a + b, 0n)
      expect(result.rows.reduce((total, row) => total + row.total, 0n)).toBe(sum)
      expect(dollars.at(-1)?.merged).toBe(top.length - 20)
      expect(result.rows.reduce((count, row) => count + row.lines, 0)).toBe(all.length)
    }
  })

  it('numbers only pairs that occur where two dimensions would not fit', () => {
    const all = many(9_000, 9_000)
    const asked = { ...query, by: ['resource', 'service'], top: 9_000 } as const
    const result = ask(all, asked)
    expect(result.rows.length).toBe(9_000)
    const expected = naive(all, asked)
    for (const row of result.rows) {
      expect(row.amounts).toEqual(expected.get(JSON.stringify([row.currency, null, ...row.keys!]))?.amounts)
    }
  })

  it('names the columns that it reads', () => {
    expect(
      columnsOfQuery({
        ...query,
        measure: 'quantity',
        by: ['tag:team', 'column:SkuId'],
        filters: [
          { dimension: 'customer', op: 'is-empty' },
          { measure: 'list', min: '1', max: null },
        ],
      }),
    ).toEqual({
      texts: ['BillingCurrency', 'ConsumedUnit', 'Tags', 'SkuId', 'Customer'],
      integers: ['ChargePeriodStart', 'ConsumedQuantity', 'ListCost'],
    })
  })
})

describe('sums beyond what a double holds', () => {
  const spend = (BilledCost: bigint, day = 0): Line => ({
    ChargePeriodStart: BigInt(START + day * DAY),
    ...{ BillingCurrency: 'USD', ServiceName: 'S3', BilledCost },
  })

  it('are carried over exactly, segment by segment', () => {
    const all = Array.from({ length: 400 }, (_, i) => spend(2n ** 47n + BigInt(i), i % 3))
    const [row] = ask(all, { ...query, grain: 'day' }, [40]).rows
    expect(row!.total).toBe(400n * 2n ** 47n + (399n * 400n) / 2n)
    const [owing] = ask(
      all.map(one => ({ ...one, BilledCost: -one.BilledCost! })) as Line[],
      query,
      [40],
    ).rows
    expect(owing!.total).toBe(-row!.total)
  })

  it('are exact in every width that amounts are stored in', () => {
    for (const bits of [3n, 12n, 20n, 36n, 45n, 50n]) {
      const all = Array.from({ length: 90 }, (_, i) => ({
        ...spend((1n << bits) - BigInt(i * i), i % 3),
        ServiceName: `s${i % 4}`,
      }))
      for (const grain of ['none', 'day'] as const) {
        const asked = { ...query, grain }
        const expected = naive(all, asked)
        for (const row of ask(all, asked, [50]).rows) {
          expect(row.amounts).toEqual(
            expected.get(JSON.stringify([row.currency, null, ...row.keys!]))?.amounts,
          )
        }
      }
    }
  })

  it('are exact where one value needs more than 64 bits, with either sign', () => {
    for (const sign of [1n, -1n]) {
      const all = [spend(sign * 2n ** 80n), spend(sign * (2n ** 33n + 1n), 1), spend(-sign, 2)]
      expect(ask(all, query).rows[0]!.total).toBe(sign * (2n ** 80n + 2n ** 33n))
      expect(ask(all, { ...query, grain: 'day' }).rows[0]!.amounts.slice(0, 3)).toEqual(
        all.map(one => one.BilledCost),
      )
    }
  })
})

describe('tags', () => {
  it('have keys where they are JSON objects', () => {
    expect(tagKeys('{"team":"red","size":3}')).toEqual(['team', 'size'])
    for (const tags of ['[1]', '7', 'null', '{"broken']) expect(tagKeys(tags)).toEqual([])
  })

  it('are read from JSON objects, and are null elsewhere', () => {
    expect(tagValue('{"team":"red","size":3,"none":null,"empty":""}', 'team')).toBe('red')
    expect(tagValue('{"size":3}', 'size')).toBe('3')
    for (const tags of ['{"a":null}', '{"a":""}', '{}', '7', 'null', 'broken'])
      expect(tagValue(tags, 'a')).toBeNull()
    expect(tagValue('{}', 'toString')).toBeNull()
  })
})

describe('calendar', () => {
  const at = (text: string) => Date.parse(text)
  const starts = (from: string, to: string, grain: 'hour' | 'day' | 'week' | 'month', zone: string) =>
    cutPeriod({ from: at(from), to: at(to) }, grain, zone).map(({ from: start }) =>
      new Date(start).toISOString(),
    )

  it('cuts months from the first of the month on, at midnight of the zone', () => {
    expect(starts('2026-01-31T12:00:00Z', '2026-04-02T00:00:00Z', 'month', 'Europe/Berlin')).toEqual([
      '2026-01-31T12:00:00.000Z',
      '2026-01-31T23:00:00.000Z',
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ])
  })

  it('says how many buckets there are at most, without making them', () => {
    const grains = fc.constantFrom(...(['hour', 'day', 'week', 'month', 'none'] as const))
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns')
    fc.assert(
      fc.property(
        fc.nat(700 * DAY),
        fc.integer({ min: 1, max: 40 * DAY }),
        grains,
        zones,
        (after, length, grain, zone) => {
          const from = START - 350 * DAY + after
          const period = { from, to: from + length }
          const buckets = cutPeriod(period, grain, zone).length
          expect(buckets).toBeLessThanOrEqual(mostBuckets(period, grain))
          expect(mostBuckets(period, grain)).toBeLessThanOrEqual(buckets * 1.2 + 2)
        },
      ),
      { numRuns: 200 },
    )
    expect(
      mostBuckets({ from: at('0001-01-01T00:00:00Z'), to: at('9999-01-01T00:00:00Z') }, 'hour'),
    ).toBeGreaterThan(8e7)
  })

  it('begins weeks on Monday', () => {
    expect(starts('2026-03-04T00:00:00Z', '2026-03-17T00:00:00Z', 'week', 'UTC')).toEqual([
      '2026-03-04T00:00:00.000Z',
      '2026-03-09T00:00:00.000Z',
      '2026-03-16T00:00:00.000Z',
    ])
  })

  it('knows days of 23 and 25 hours', () => {
    const hours = (from: string, to: string) =>
      cutPeriod({ from: at(from), to: at(to) }, 'day', 'Europe/Berlin').map(
        day => (day.to - day.from) / 3_600_000,
      )
    expect(hours('2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z')).toEqual([24, 23, 24])
    expect(hours('2026-10-23T22:00:00Z', '2026-10-26T23:00:00Z')).toEqual([24, 25, 24])
  })

  it('cuts hours on the wall clock, also where it is half an hour off and where it jumps by half an hour', () => {
    expect(starts('2026-03-01T00:00:00Z', '2026-03-01T02:00:00Z', 'hour', 'Asia/Kolkata')).toEqual([
      '2026-03-01T00:00:00.000Z',
      '2026-03-01T00:30:00.000Z',
      '2026-03-01T01:30:00.000Z',
    ])
    const jumps = cutPeriod(
      { from: at('2026-04-04T12:00:00Z'), to: at('2026-04-04T18:00:00Z') },
      'hour',
      'Australia/Lord_Howe',
    )
    expect(jumps[0]?.from).toBe(at('2026-04-04T12:00:00Z'))
    expect(jumps.every((hour, i) => i === 0 || hour.from === jumps[i - 1]!.to)).toBe(true)
    expect(jumps.at(-1)?.to).toBe(at('2026-04-04T18:00:00Z'))
    const back = cutPeriod(
      { from: at('2026-10-03T12:00:00Z'), to: at('2026-10-03T18:00:00Z') },
      'hour',
      'Australia/Lord_Howe',
    )
    expect(back.every(hour => hour.to > hour.from && hour.to - hour.from <= 3_600_000)).toBe(true)
  })

  it('has no bucket in an empty period', () => {
    expect(cutPeriod({ from: 5, to: 5 }, 'day', 'UTC')).toEqual([])
  })

  it('refuses a zone that does not exist', () => {
    expect(() => cutPeriod({ from: 0, to: DAY }, 'day', 'Nowhere/Town')).toThrow(RangeError)
  })

  it('compares by length, by months, or by days', () => {
    const previous = (from: string, to: string, compare: 'length' | 'calendar', zone = 'UTC') => {
      const before = previousPeriod({ from: at(from), to: at(to) }, compare, zone)
      return [new Date(before.from).toISOString(), new Date(before.to).toISOString()]
    }
    const march = ['2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'] as const
    expect(previous(...march, 'length')).toEqual(['2026-01-29T00:00:00.000Z', march[0]])
    expect(previous(...march, 'calendar')).toEqual(['2026-02-01T00:00:00.000Z', march[0]])
    expect(previous('2026-03-03T00:00:00Z', '2026-03-05T00:00:00Z', 'calendar')[0]).toBe(
      '2026-03-01T00:00:00.000Z',
    )
    expect(previous('2026-03-03T01:00:00Z', '2026-03-05T00:00:00Z', 'calendar')[0]).toBe(
      '2026-03-01T02:00:00.000Z',
    )
    // Over the change to summer time, three days are 71 hours; the three days before have 72.
    expect(previous('2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', 'calendar', 'Europe/Berlin')[0]).toBe(
      '2026-03-24T23:00:00.000Z',
    )
  })
})

describe('decimals', () => {
  it('are rounded up and down to a scale', () => {
    const at = (text: string, scale: number) => [
      floorAt(parseDecimal(text), scale),
      ceilAt(parseDecimal(text), scale),
    ]
    expect(at('1.25', 1)).toEqual([12n, 13n])
    expect(at('-1.25', 1)).toEqual([-13n, -12n])
    expect(at('1.20', 1)).toEqual([12n, 12n])
    expect(at('-1.2', 3)).toEqual([-1200n, -1200n])
  })

  it('are read and written exactly', () => {
    for (const value of ['0', '-12.50', '0.000000001', '-0.5', '123456789012345678901234567890.1']) {
      const { units, scale } = parseDecimal(value)
      expect(decimalText(units, scale)).toBe(value)
    }
    for (const value of ['', '1e3', '.5', '1,5', '+1', 'x'])
      expect(() => parseDecimal(value)).toThrow(RangeError)
  })
})
