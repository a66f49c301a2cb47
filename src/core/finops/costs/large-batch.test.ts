import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Reader, Store } from '#core/database/store.ts'
import type { ExploreQuery } from '#engines/finops/explore/query.ts'
import { testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { columnCache } from './column-cache.ts'
import { exploreCosts } from './explore-costs.ts'
import { listLines } from './list-lines.ts'
import { scanLines } from './scan-lines.ts'
import { publish, type TestLine } from './testing/stage-lines.ts'
import { freshness, listDimensions, listValues } from './values.ts'

const START = Date.UTC(2026, 2, 1)
const LINES = 6_000
const period = { from: START, to: START + 31 * 86_400_000 }

describe('a batch of more than a page', () => {
  const cache = columnCache(1 << 20)
  let store: Store
  let remove: () => Promise<void>
  const ask = <T>(work: (reader: Reader) => Promise<T>) => store.read(WORKSPACE, work)

  beforeAll(async () => {
    const clock = testClock()
    const made = await testStore('sqlite', clock)
    store = made.store
    remove = made.remove
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  })
  afterAll(async () => {
    await store.close()
    await remove()
  })

  it('is not there at first, and a workspace without costs says so', async () => {
    expect(await ask(freshness)).toEqual({ from: null, to: null, lines: 0n, currencies: [], sources: [] })
    expect((await ask(listDimensions)).every(({ used }) => !used)).toBe(true)
    const query: ExploreQuery = {
      ...{ measure: 'billed', by: ['column:Any'], grain: 'none', zone: 'UTC' },
      ...{ period, filters: [], compare: 'none', top: 5 },
    }
    const nothing = await ask(reader => exploreCosts(reader, cache, query))
    expect([nothing.rows, nothing.totals]).toEqual([[], []])
    const scan = await ask(reader =>
      scanLines(reader, cache, { period, filters: [], columns: undefined, cursor: undefined }),
    )
    expect(scan).toEqual({ columns: [], rows: [], next: null, done: 0, total: 0 })
  })

  it('is walked over page by page, and listed from its middle; a line without a time is in no period', async () => {
    const lines = Array.from(
      { length: LINES },
      (_, i): TestLine => ({
        ChargePeriodStart: i === 17 ? null : BigInt(START + i * 60_000),
        ...{ BillingCurrency: 'USD', ProviderName: 'AWS', ServiceName: `s${i % 4}`, BilledCost: BigInt(i) },
      }),
    )
    await publish(store, WORKSPACE, { id: 'b-1', importId: 'i-1', lines })

    const sizes: number[] = []
    let cursor: string | undefined
    do {
      const page = await ask(reader =>
        scanLines(reader, cache, { period, filters: [], columns: ['BilledCost'], cursor }),
      )
      sizes.push(page.rows.length)
      cursor = page.next ?? undefined
    } while (cursor)
    expect(sizes).toEqual([5_000, LINES - 5_001])

    const sort = { column: 'BilledCost', descending: false }
    const deep = await ask(reader =>
      listLines(reader, cache, { period, filters: [], sort, offset: 5_500, limit: 2 }, ['BilledCost']),
    )
    expect(deep).toMatchObject({ count: LINES - 1, lines: [{ id: 'b-1/0/5501' }, { id: 'b-1/0/5502' }] })
    const values = await ask(reader => listValues(reader, cache, 'service', period, '', 1))
    expect(values).toEqual([{ value: 's0', lines: LINES / 4 }])
  })
})
