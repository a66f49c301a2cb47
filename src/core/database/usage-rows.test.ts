import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATABASES, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { makeMonths } from './partitions.ts'
import type { Store, Tx } from './store.ts'
import { addToBuckets, type EventColumns, findEvents, insertEvents } from './usage-rows.ts'

const AT = BigInt(Date.UTC(2026, 9, 3))

/** Events of these ids, whose quantities are their places. */
function eventsOf(ids: readonly string[]): EventColumns {
  const column = (value: (i: number) => bigint) => BigInt64Array.from(ids, (_, i) => value(i))
  return {
    ids,
    ...{ series: column(() => 1n), quantities: column(i => BigInt(i)), at: column(() => AT) },
    properties: ids.map(() => ''),
  }
}

describe.each(DATABASES)('rows of usage on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  beforeEach(async () => {
    ;({ store, remove } = await testStore(database, testClock()))
    await write(tx => makeMonths(tx, ['usage_events', 'usage_buckets'], [AT]))
  })
  afterEach(async () => {
    await store.close()
    await remove()
  })
  const write = <T>(work: (tx: Tx) => Promise<T>) => store.write(WORKSPACE, 'job', work)

  it('events whose ids are known, or come twice, are told and change nothing', async () => {
    const ids = Array.from({ length: 123 }, (_, i) => `e${i}`)
    expect(await write(tx => insertEvents(tx, eventsOf(ids), 1n))).toEqual([])
    // A few whole groups of a statement, with known ones in each of them.
    const more = Array.from({ length: 123 }, (_, i) => (i % 50 === 3 || i === 122 ? `e${i}` : `f${i}`))
    more[7] = 'f6'
    const left = await write(tx => insertEvents(tx, eventsOf(more), 2n))
    expect([...left].sort((a, b) => a - b)).toEqual([3, 7, 53, 103, 122])
    const found = await store.read(WORKSPACE, reader => findEvents(reader, ['e3', 'f6', 'f7', 'f121']))
    expect([...found.keys()].sort()).toEqual(['e3', 'f121', 'f6'])
    expect(found.get('e3')).toMatchObject({ quantity: 3n, batch: 1n })
    expect(found.get('f6')).toMatchObject({ quantity: 6n, batch: 2n })
  })

  // PostgreSQL is given columns, in which there is no such thing.
  it.runIf(database === 'sqlite')(
    'what is not taken is no known id: it is thrown, and nothing is inserted',
    async () => {
      const ids = Array.from({ length: 101 }, (_, i) => `e${i}`)
      const broken = { ...eventsOf(ids), properties: ids.map((_, i) => (i === 60 ? (null as never) : '')) }
      await expect(write(tx => insertEvents(tx, broken, 1n))).rejects.toThrow(/null/i)
      expect((await store.read(WORKSPACE, reader => findEvents(reader, ids))).size).toBe(0)
    },
  )

  it('roll-ups add up, keep the largest, and the latest where one is asked for', async () => {
    const none = { latest: 0n, latestAt: 0n, latestId: '' }
    const plain = { series: 1n, at: AT, events: 1n, sum: 5n, max: 5n, ...none }
    const latest = {
      series: 2n,
      at: AT,
      events: 2n,
      sum: 7n,
      max: 4n,
      latest: 3n,
      latestAt: AT + 9n,
      latestId: 'b',
    }
    await write(tx => addToBuckets(tx, [plain, latest]))
    const earlier = { ...latest, max: 9n, latest: 8n, latestId: 'a' }
    await write(tx => addToBuckets(tx, [{ ...plain, sum: -2n, max: -2n }, earlier]))
    const rows = await store.read(WORKSPACE, ({ db }) =>
      db
        .selectFrom('usage_buckets')
        .select(['series', 'events', 'sum', 'max', 'latest', 'latest_id'])
        .orderBy('series')
        .execute(),
    )
    expect(rows).toEqual([
      { series: 1n, events: 2n, sum: 3n, max: 5n, latest: 0n, latest_id: '' },
      { series: 2n, events: 4n, sum: 14n, max: 9n, latest: 3n, latest_id: 'b' },
    ])
  })
})
