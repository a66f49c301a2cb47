import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Reader, Store } from '#core/database/store.ts'
import type { ExploreQuery } from '#engines/finops/explore/query.ts'
import { DATABASES, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { discardStaged, moveBatches, overlapping } from './batches.ts'
import { type ColumnCache, columnCache } from './column-cache.ts'
import { exploreCosts } from './explore-costs.ts'
import { listLines, showLine } from './list-lines.ts'
import { scanLines } from './scan-lines.ts'
import { publish, stage, TEST_COLUMNS, type TestLine } from './testing/stage-lines.ts'
import { freshness, listDimensions, listValues } from './values.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1)
const period = { from: START, to: START + 31 * DAY }

function line(day: number, service: string | null, cost: bigint, more: TestLine = {}): TestLine {
  return {
    ChargePeriodStart: BigInt(START + day * DAY + 3_600_000),
    BillingCurrency: 'USD',
    ProviderName: 'AWS',
    ServiceName: service,
    ResourceId: `r-${day}`,
    Tags: day % 2 ? '{"team":"red"}' : null,
    ConsumedUnit: 'GB',
    BilledCost: cost * 1_000_000_000n,
    EffectiveCost: cost * 1_000_000_000n,
    ConsumedQuantity: cost * 1500n,
    x_Note: `note ${day}`,
    ...more,
  }
}

const query: ExploreQuery = {
  measure: 'billed',
  by: ['service'],
  grain: 'none',
  zone: 'UTC',
  period,
  filters: [],
  compare: 'none',
  top: 10,
}

const MARCH = {
  id: 'b-1',
  importId: 'i-1',
  lines: [line(0, 'S3', 1n), line(1, 'EC2', 5n), line(2, 'S3', 2n)],
}
const AZURE = {
  id: 'b-2',
  importId: 'i-2',
  source: 'Azure',
  columns: TEST_COLUMNS.filter(({ name }) => name !== 'ResourceId' && name !== 'x_Note'),
  lines: [line(3, 'Sql', 7n, { ProviderName: 'Azure', BillingCurrency: 'EUR' }), line(4, null, -1n)],
}
/** Before the period: it only counts where something is compared. */
const FEBRUARY = { id: 'b-3', importId: 'i-3', lines: [line(-5, 'S3', 9n), line(-4, 'Old', 4n)] }

describe.each(DATABASES)('costs on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  let cache: ColumnCache
  const ask = <T>(work: (reader: Reader) => Promise<T>) => store.read(WORKSPACE, work)
  const explore = (change: Partial<ExploreQuery> = {}, from = cache) =>
    ask(reader => exploreCosts(reader, from, { ...query, ...change }))
  const sums = async (change: Partial<ExploreQuery> = {}, from = cache) =>
    (await explore(change, from)).rows.map(row => [
      ...(row.keys ?? ['rest']),
      row.currency,
      Number(row.total / 10n ** BigInt(row.scale)),
    ])

  beforeAll(async () => {
    const clock = testClock()
    const made = await testStore(database, clock)
    store = made.store
    remove = made.remove
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
    cache = columnCache(1 << 20)
    await publish(store, WORKSPACE, MARCH, AZURE, FEBRUARY)
  })
  afterAll(async () => {
    await store.close()
    await remove()
  })

  it('adds up lines by a dimension, from sums by month where they serve', async () => {
    const result = await explore()
    expect(result.source).toBe('roll-ups')
    expect(result.buckets).toEqual([period])
    expect(await sums()).toEqual([
      ['Sql', 'EUR', 7],
      ['EC2', 'USD', 5],
      ['S3', 'USD', 3],
      [null, 'USD', -1],
    ])
    expect(await sums({ top: 1, grain: 'day' })).toEqual([
      ['Sql', 'EUR', 7],
      ['EC2', 'USD', 5],
      ['rest', 'USD', 2],
    ])
  })

  it('gives the same answer from the lines', async () => {
    for (const by of [[], ['service'], ['provider'], ['customer']] as const) {
      for (const compare of ['none', 'length', 'calendar'] as const) {
        const rolled = await explore({ by, compare, grain: 'day' })
        // A filter that every line passes leaves no roll-up to answer from.
        const filters = [{ dimension: 'user', op: 'is-empty' }] as const
        const scanned = await explore({ by, compare, grain: 'day', filters })
        expect(rolled.source).toBe('roll-ups')
        expect(scanned).toEqual({ ...rolled, source: 'segments' })
      }
    }
  })

  it('filters, groups by two dimensions and by tags, and leaves out what a bill does not have', async () => {
    expect(await sums({ by: ['provider', 'tag:team'] })).toEqual([
      ['Azure', 'red', 'EUR', 7],
      ['AWS', 'red', 'USD', 5],
      ['AWS', null, 'USD', 2],
    ])
    expect(await sums({ by: ['resource'] })).toEqual([
      [null, 'EUR', 7],
      ['r-1', 'USD', 5],
      ['r-2', 'USD', 2],
      [null, 'USD', -1],
      ['r-0', 'USD', 1],
    ])
    expect(await sums({ filters: [{ measure: 'billed', min: '2', max: null }] })).toEqual([
      ['Sql', 'EUR', 7],
      ['EC2', 'USD', 5],
      ['S3', 'USD', 2],
    ])
    const quantity = await explore({ measure: 'quantity', by: [] })
    expect(quantity.rows.map(row => [row.currency, row.unit, row.total, row.scale])).toEqual([
      ['EUR', 'GB', 105n, 1],
      ['USD', 'GB', 105n, 1],
    ])
  })

  it('refuses more hours than an answer has columns, at once, and answers a year of them', async () => {
    const refused = { code: 'FINOPS_TOO_MANY_BUCKETS', data: { grain: 'hour', most: 9000 } }
    const hours = (days: number) =>
      explore({ grain: 'hour', period: { from: START, to: START + days * DAY } })
    await expect(hours(375)).rejects.toMatchObject(refused)
    await expect(hours(3_000_000)).rejects.toMatchObject(refused)
    const year = await hours(366)
    expect(year.buckets).toHaveLength(8784)
    expect(await hours(31)).toMatchObject({
      totals: year.totals.map(({ total, lines }) => ({ total, lines })),
    })
  })

  it('refuses to group, filter or sort by a column that no bill has, and shows it empty', async () => {
    const refused = { code: 'FINOPS_UNKNOWN_COLUMN', data: { column: 'Nowhere' } }
    await expect(explore({ by: ['column:Nowhere'] })).rejects.toMatchObject(refused)
    await expect(
      explore({ filters: [{ dimension: 'column:Nowhere', op: 'is-empty' }] }),
    ).rejects.toMatchObject(refused)
    const list = (columns?: string[], column = 'BilledCost') =>
      ask(reader =>
        listLines(
          reader,
          cache,
          { period, filters: [], sort: { column, descending: true }, offset: 0, limit: 5 },
          columns,
        ),
      )
    const shown = await list(['Nowhere'])
    expect(shown.lines.map(line => line.values)).toEqual(shown.lines.map(() => ({ Nowhere: null })))
    expect(shown.count).toBeGreaterThan(0)
    await expect(list(undefined, 'Nowhere')).rejects.toMatchObject(refused)
    const scan = await ask(reader =>
      scanLines(reader, cache, { period, filters: [], columns: ['Nowhere'], cursor: undefined }),
    )
    expect(scan.rows.map(row => row[0])).toEqual(scan.rows.map(() => null))
  })

  it('answers the same with a cache that holds next to nothing', async () => {
    const small = columnCache(1)
    for (const change of [{ by: ['tag:team'] }, { by: ['resource', 'service'] }] as const) {
      expect(await sums(change, small)).toEqual(await sums(change))
      expect(await sums(change, small)).toEqual(await sums(change))
    }
    expect(cache.bytes()).toBeGreaterThan(small.bytes())
  })

  it('lists lines, sorted and paged, with their cells', async () => {
    const list = (change: object, columns?: string[]) =>
      ask(reader =>
        listLines(
          reader,
          cache,
          {
            period,
            filters: [],
            sort: { column: 'BilledCost', descending: true },
            offset: 0,
            limit: 2,
            ...change,
          },
          columns,
        ),
      )
    const page = await list({ limit: 3 }, ['ServiceName', 'BilledCost', 'ResourceId'])
    expect(page).toEqual({
      count: 5,
      lines: [
        { id: 'b-2/0/0', values: { ServiceName: 'Sql', BilledCost: '7', ResourceId: null } },
        { id: 'b-1/0/1', values: { ServiceName: 'EC2', BilledCost: '5', ResourceId: 'r-1' } },
        { id: 'b-1/0/2', values: { ServiceName: 'S3', BilledCost: '2', ResourceId: 'r-2' } },
      ],
    })
    const byName = await list({ sort: { column: 'ServiceName', descending: false }, offset: 3 })
    expect(byName.lines.map(({ values }) => values.ServiceName)).toEqual(['Sql', null])
    const byTime = await list({ sort: { column: 'ChargePeriodStart', descending: true } })
    expect(byTime.lines.map(({ id }) => id)).toEqual(['b-2/0/1', 'b-2/0/0'])
    const filtered = await list({ filters: [{ dimension: 'tag:team', op: 'is', values: ['red'] }] })
    expect(filtered.lines.map(({ values }) => values.ChargePeriodStart)).toEqual([
      '2026-03-04T01:00:00.000Z',
      '2026-03-02T01:00:00.000Z',
    ])
  })

  it('shows one line with every column of its file', async () => {
    const shown = await ask(reader => showLine(reader, 'b-1/0/1'))
    expect(shown).toMatchObject({ id: 'b-1/0/1', importId: 'i-1', fileName: 'i-1.csv' })
    expect(shown.columns.map(({ name }) => name)).toEqual(TEST_COLUMNS.map(({ name }) => name))
    expect(shown.columns).toContainEqual({ name: 'x_Note', value: 'note 1', known: false })
    expect(shown.columns).toContainEqual({ name: 'ConsumedQuantity', value: '7.5', known: true })
    for (const id of ['b-1/0/3', 'b-1/7/0', 'b-9/0/0', 'b-1/x/0', 'b-1']) {
      await expect(ask(reader => showLine(reader, id))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    }
  })

  it('walks over all lines in the order of the store', async () => {
    const rows: (string | null)[][] = []
    let cursor: string | undefined
    do {
      const page = await ask(reader =>
        scanLines(reader, cache, { period, filters: [], columns: ['ServiceName', 'BilledCost'], cursor }),
      )
      rows.push(...page.rows)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(rows).toEqual([
      ['S3', '1'],
      ['EC2', '5'],
      ['S3', '2'],
      ['Sql', '7'],
      [null, '-1'],
    ])
    const all = await ask(reader =>
      scanLines(reader, cache, {
        ...{ period, columns: undefined, cursor: undefined },
        filters: [{ dimension: 'service', op: 'is', values: ['Sql'] }],
      }),
    )
    expect(all.columns.find(({ name }) => name === 'BilledCost')?.kind).toBe('number')
    expect(all.columns).toHaveLength(TEST_COLUMNS.length)
    expect(all).toMatchObject({
      rows: [expect.arrayContaining(['Sql', 'EUR'])],
      next: null,
      done: 2,
      total: 2,
    })
  })

  it('suggests values and dimensions', async () => {
    const values = (dimension: 'service' | 'tag:team', within: typeof period | null, search = '') =>
      ask(reader => listValues(reader, cache, dimension, within, search, 10))
    expect(await values('service', period)).toEqual([
      { value: 'S3', lines: 2 },
      { value: null, lines: 1 },
      { value: 'EC2', lines: 1 },
      { value: 'Sql', lines: 1 },
    ])
    expect(await values('service', null, 's')).toEqual([
      { value: 'S3', lines: 3 },
      { value: 'Sql', lines: 1 },
    ])
    expect(await values('tag:team', period)).toEqual([
      { value: null, lines: 3 },
      { value: 'red', lines: 2 },
    ])
    const dimensions = await ask(listDimensions)
    expect(dimensions).toContainEqual({ id: 'service', column: 'ServiceName', used: true })
    expect(dimensions).toContainEqual({ id: 'customer', column: 'Customer', used: false })
    expect(dimensions).toContainEqual({ id: 'tag:team', column: 'Tags', used: true })
    expect(dimensions).toContainEqual({ id: 'column:x_Note', column: 'x_Note', used: true })
    expect(dimensions.map(({ id }) => id)).not.toContain('column:ServiceName')
  })

  it('says what is there', async () => {
    const fresh = await ask(freshness)
    expect(fresh).toMatchObject({ lines: 7n, currencies: ['EUR', 'USD'] })
    expect(fresh.from).toBe(BigInt(START - 5 * DAY + 3_600_000))
    expect(
      fresh.sources.map(({ source, importId, lines, publishedAt }) => [source, importId, lines, publishedAt]),
    ).toEqual([
      ['AWS', 'i-1', 3n, 77n],
      ['AWS', 'i-3', 2n, 77n],
      ['Azure', 'i-2', 2n, 77n],
    ])
  })

  it('sees a publication and its undoing, and forgets exactly what is gone', async () => {
    const before = await sums({ by: ['tag:team'] })
    const facts = await stage(store, WORKSPACE, { id: 'b-4', importId: 'i-4', lines: [line(6, 'S3', 100n)] })
    expect(facts.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(await sums({ by: ['tag:team'] })).toEqual(before)
    await store.write(WORKSPACE, 'person', tx => moveBatches(tx, ['b-1'], 'published', 'superseded'))
    await publish(store, WORKSPACE, { id: 'b-5', importId: 'i-5', lines: [line(6, 'Gpu', 100n)] })
    expect(await sums()).toEqual([
      ['Sql', 'EUR', 7],
      ['Gpu', 'USD', 100],
      [null, 'USD', -1],
    ])
    await store.write(WORKSPACE, 'person', tx => moveBatches(tx, ['b-5'], 'published', 'undone'))
    await store.write(WORKSPACE, 'person', tx => moveBatches(tx, ['b-1'], 'superseded', 'published'))
    expect(await store.write(WORKSPACE, 'person', tx => moveBatches(tx, [], 'undone', 'published'))).toBe(0)
    expect(
      await store.write(WORKSPACE, 'person', tx => moveBatches(tx, ['b-1'], 'undone', 'published')),
    ).toBe(0)
    expect(await sums({ by: ['tag:team'] })).toEqual(before)
    expect(await sums({ by: ['tag:team'] }, columnCache(1))).toEqual(before)
  })

  it('starts anew when the texts of what is gone take too much room', async () => {
    const small = columnCache(1)
    await publish(store, WORKSPACE, { id: 'b-6', importId: 'i-6', lines: [line(6, 'Short', 1n)] })
    expect(await sums({ by: ['resource'] }, small)).toContainEqual(['r-6', 'USD', 1])
    await store.write(WORKSPACE, 'person', tx => moveBatches(tx, ['b-6'], 'published', 'undone'))
    expect(await sums({ by: ['resource'] }, small)).toEqual(await sums({ by: ['resource'] }))
  })

  it('removes in small steps what was staged and never published', async () => {
    const discard = () => store.write(WORKSPACE, 'job', tx => discardStaged(tx, 'i-4', 4))
    const steps = []
    while (await discard()) steps.push(true)
    expect(steps.length).toBe(Math.floor(TEST_COLUMNS.length / 4))
    for (const table of ['cost_segments', 'cost_rollups'] as const) {
      const left = await ask(reader =>
        reader.db.selectFrom(table).select('batch').where('batch', '=', 'b-4').execute(),
      )
      expect(left).toEqual([])
    }
    expect(await sums()).toHaveLength(4)
  })

  it('finds the published batches that a new one overlaps', async () => {
    const find = (source: string, account: string | null, from: bigint) =>
      ask(reader => overlapping(reader, { source, account, period: { from, to: from + 5n } }))
    expect((await find('AWS', '1234', 5n)).map(({ id }) => id)).toEqual(['b-1', 'b-3'])
    expect(await find('AWS', '1234', 10n)).toEqual([])
    expect(await find('AWS', null, 5n)).toEqual([])
    expect(await find('GCP', '1234', 5n)).toEqual([])
  })
})
