import { describe, expect, it } from 'vitest'
import { CorruptColumnError } from '#engines/finops/columns/column.ts'
import { type BatchColumn, createStaging } from './staging.ts'
import { readColumn, readSums } from './stored-columns.ts'
import { incoming, TEST_COLUMNS, type TestLine } from './testing/stage-lines.ts'

const START = Date.UTC(2026, 2, 1)

function line(i: number, more: TestLine = {}): TestLine {
  return {
    ChargePeriodStart: BigInt(START + i * 3_600_000),
    ...{
      BillingCurrency: i % 2 ? 'USD' : 'EUR',
      ProviderName: 'AWS',
      ServiceName: `s${i % 3}`,
      BilledCost: BigInt(i),
    },
    ...more,
  }
}

describe('staging', () => {
  it('knows what came in: lines, time, currencies, keys of tags', () => {
    const staging = createStaging(TEST_COLUMNS)
    const tags = ['{"team":"a","env":"b"}', '{"owner":1}', 'broken', '[1]', '{"team":"c"}', null]
    staging.add(incoming([line(5), line(1), ...tags.map((Tags, i) => line(i + 2, { Tags }))], TEST_COLUMNS))
    const [facts] = staging.end()
    expect(facts).toMatchObject({
      ...{ batch: 0, lines: 8, segments: 1, currencies: ['EUR', 'USD'], tagKeys: ['env', 'owner', 'team'] },
      firstCharge: START + 3_600_000,
      lastCharge: START + 7 * 3_600_000,
      rolled: expect.arrayContaining(['total', 'service', 'customer']),
    })
    expect(facts!.rollUps.every(({ grain }) => grain === 'month')).toBe(true)
    expect(facts!.sums.map(({ dimension, grain }) => `${dimension} ${grain}`)).toContain('service day')
  })

  it('keeps a thousand keys of tags and no more', () => {
    const staging = createStaging(TEST_COLUMNS)
    const rows = Array.from({ length: 1100 }, (_, i) => line(1, { Tags: `{"key ${i}":1}` }))
    staging.add(incoming(rows, TEST_COLUMNS))
    expect(staging.end()[0]!.tagKeys).toHaveLength(1000)
  })

  it('hands over columns in parts that are quickly stored', () => {
    const columns: BatchColumn[] = [
      ...TEST_COLUMNS.slice(0, 3),
      ...['a', 'b', 'c'].map(name => ({ name, kind: 'text', known: false }) as const),
    ]
    const noise = (i: number, seed: number) =>
      Array.from({ length: 8 }, (_, k) => ((i + 1) * seed * (k + 7) * 48271) % 2147483647).join('')
    const rows = Array.from({ length: 8_000 }, (_, i) =>
      line(i % 700, { a: noise(i, 3), b: noise(i, 5), c: noise(i, 11) }),
    )
    const staging = createStaging(columns)
    staging.add(incoming(rows, columns))
    expect(staging.drain()).toEqual([])
    staging.end()
    const parts = staging.drain()
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.flatMap(part => part.columns.map(({ name }) => name))).toEqual(
      columns.map(({ name }) => name),
    )
    expect(staging.drain()).toEqual([])
  })

  it('gives the same lines the same digest, and other lines another', () => {
    const digest = (rows: TestLine[]) => {
      const staging = createStaging(TEST_COLUMNS)
      staging.add(incoming(rows, TEST_COLUMNS))
      return staging.end()[0]!.digest
    }
    expect(digest([line(1), line(2)])).toBe(digest([line(1), line(2)]))
    expect(digest([line(1), line(2)])).not.toBe(digest([line(1), line(3)]))
  })

  it('takes a bill without currency and tags', () => {
    const columns = TEST_COLUMNS.filter(({ name }) => !['BillingCurrency', 'Tags'].includes(name))
    const staging = createStaging(columns)
    staging.add(incoming([line(1)], columns))
    expect(staging.end()[0]).toMatchObject({ currencies: [], tagKeys: [], lines: 1 })
  })
})

describe('stored columns', () => {
  it('that are damaged say so', () => {
    const staging = createStaging(TEST_COLUMNS)
    staging.add(
      incoming(
        Array.from({ length: 5000 }, (_, i) => line(i)),
        TEST_COLUMNS,
      ),
    )
    const [facts] = staging.end()
    const columns = staging.drain().flatMap(part => part.columns)
    for (const { data, kind } of columns) expect(readColumn(data).kind).toBe(kind)
    for (const bytes of [new Uint8Array(0), new Uint8Array(40), columns[0]!.data.slice(0, 30)]) {
      expect(() => readColumn(bytes)).toThrow(CorruptColumnError)
      expect(() => readSums(bytes)).toThrow(CorruptColumnError)
    }
    expect(readSums(facts!.sums[0]!.data)[0]!.column.rows).toBe(facts!.sums[0]!.rows)
  })

  it('keep no range where it does not fit the database', () => {
    const staging = createStaging([
      { name: 'ChargePeriodStart', kind: 'instant', known: true },
      { name: 'Price', kind: 'decimal', known: true },
    ])
    const scales = new Uint8Array([0, 25])
    staging.add({
      ...{ rows: 2, batches: new Int32Array(2), onlyBatch: 0 },
      columns: [
        { kind: 'instant', ms: Float64Array.of(START, START) },
        { kind: 'decimal', mantissas: Float64Array.of(1, 1), scales, big: new Map() },
      ],
    })
    staging.end()
    expect(staging.drain()[0]!.columns.map(({ min }) => min)).toEqual([BigInt(START), 1n])
    expect(staging.drain()).toEqual([])
  })
})
