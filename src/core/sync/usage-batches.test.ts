import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pack } from '#core/billing/usage/packed.ts'
import { event, record, storedUsage, usageWorld } from '#core/billing/usage/testing/usage-kit.ts'
import { eventsOfDay, everyEventsPart, slicesOf } from '#core/billing/usage/usage-content.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Reader } from '#core/database/store.ts'
import { DAY } from '#core/database/usage-days.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import { runQuery } from '#core/runtime/query-runner.ts'
import { contract } from '#shared/contract/index.ts'
import {
  DATABASES,
  type TestClock,
  type TestCore,
  testClock,
  testCore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { type TestDesk, testDesk, testServerOver } from '#test/kit/sync-kit.ts'
import { createBulk } from './bulk.ts'
import { createContentReader } from './content-reader.ts'
import { keptHere, missingOf } from './kept.ts'
import type { SyncServer } from './protocol.ts'
import { publishUsage } from './usage-batches.ts'

describe.each(DATABASES)('usage beside the feed of a server on %s', database => {
  let t: TestCore
  let desk: TestDesk
  let server: SyncServer
  let world: Awaited<ReturnType<typeof usageWorld>>
  beforeEach(async () => {
    t = await testCore(database)
    world = await usageWorld(t)
    await t.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
    })
    await prepareWorkspace(t.store, WORKSPACE, 'server', t.clock.now())
    server = (await testServerOver(t.store, t.clock as TestClock, async () => {})).for('desk', 100)
    await t.store.write(WORKSPACE, 'person', async tx => {
      // Behind the commands that made the world.
      await tx.db.updateTable('workspace_state').set({ version: 1000n }).execute()
    })
    desk = await testDesk('desk', testClock())
  })
  afterEach(async () => {
    await desk.close()
    await t.close()
  })

  const publish = () =>
    publishUsage(t.store, WORKSPACE, createContentReader(t.store, WORKSPACE), t.clock.now())
  const bulk = (over: Pick<SyncServer, 'batch'> = server) =>
    createBulk({
      ...{ store: desk.store, workspace: WORKSPACE, server: over },
      now: t.clock.now,
      committed: () => {},
    })
  const round = () => desk.client(server).round()
  const onDesk = () => ({ store: desk.store, workspace: WORKSPACE })
  const today = () => t.clock.now() - (t.clock.now() % DAY)
  const at = (days: number, minutes = 0) => today() - BigInt(days) * DAY + BigInt(minutes) * 60_000n
  const span = () => ({ from: at(30), to: at(-1) })
  const batches = (of: TestDesk | TestCore = t) =>
    of.store.read(WORKSPACE, ({ db }) =>
      db
        .selectFrom('batches')
        .select(['id', 'kind', 'source', 'rows', 'parts'])
        .orderBy('source')
        .orderBy('kind', 'desc')
        .execute(),
    )
  const missing = (kind: 'usage.sums' | 'usage.events') =>
    desk.store.read(WORKSPACE, reader => missingOf(reader, { kind, ...span() }))
  /** Publishes until nothing is left, as the publisher does. */
  const publishAll = async () => {
    while ((await publish()).more);
  }

  it('roll-ups come to every desk, events where they are wanted, and both are what the server has', async () => {
    await record(
      t,
      event(t, 'a', { at: at(2, 10), quantity: '3' }),
      event(t, 'b', { at: at(2, 12), quantity: '4', customer: 'globex' }),
      event(t, 'c', { at: at(1, 30), metric: 'seats', quantity: '7', properties: { team: 'α "β"' } }),
      event(t, 'd', { at: at(1, 31), metric: 'gb', quantity: '1.5', properties: { region: 'eu' } }),
    )
    expect(await publish()).toMatchObject({ more: true })
    expect((await batches()).map(row => row.kind)).toEqual(['usage.sums', 'usage.sums'])
    expect(await publish()).toMatchObject({ more: false })
    expect((await batches()).map(row => row.kind)).toEqual([
      ...['usage.sums', 'usage.events'],
      ...['usage.sums', 'usage.events'],
    ])
    expect((await publish()).changed.size).toBe(0)
    await round()
    expect(await bulk().fetch()).toEqual({ fetched: 2, left: 0 })
    const there = await storedUsage(t)
    expect(await storedUsage(onDesk())).toEqual({ events: [], buckets: there.buckets })
    expect(await missing('usage.sums')).toEqual({ batches: 0, bytes: 0n, wanted: false })
    expect(await missing('usage.events')).toMatchObject({ batches: 2, wanted: false })
    await bulk().want({ kind: 'usage.events', ...span() })
    expect(await missing('usage.events')).toMatchObject({ batches: 2, wanted: true })
    expect(await bulk().fetch()).toEqual({ fetched: 2, left: 0 })
    expect(await storedUsage(onDesk())).toEqual(there)
    const kept = await desk.store.read(WORKSPACE, keptHere)
    expect(kept.every(row => row.here === row.batches && row.bytesHere === row.bytes)).toBe(true)
    expect(await t.store.read(WORKSPACE, keptHere)).toEqual([])
  })

  it('what comes in later replaces the batches of its day; the desk keeps what it had until then', async () => {
    await record(t, event(t, 'a', { at: at(1, 10) }))
    await publishAll()
    await round()
    await bulk().want({ kind: 'usage.events', ...span() })
    await bulk().fetch()
    const before = await batches()
    await record(t, event(t, 'b', { at: at(1, 11) }), event(t, 'c', { at: at(1, 700), metric: 'peak' }))
    await publishAll()
    const after = await batches()
    expect(after.map(row => [row.kind, row.source])).toEqual(before.map(row => [row.kind, row.source]))
    expect(after.filter(row => before.some(one => one.id === row.id))).toEqual([])
    await round()
    const away = { batch: () => Promise.reject(new Error('the line is cut')) }
    expect(await bulk(away).fetch()).toEqual({ fetched: 0, left: 2 })
    expect((await storedUsage(onDesk())).events).toHaveLength(1)
    expect(await missing('usage.events')).toMatchObject({ batches: 0 })
    expect(await bulk().fetch()).toEqual({ fetched: 2, left: 0 })
    expect(await storedUsage(onDesk())).toEqual(await storedUsage(t))
    const here = await desk.store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('batches_here').select('id').orderBy('id').execute(),
    )
    expect(here.map(row => row.id)).toEqual(after.map(row => row.id).sort())
  })

  it('the same usage again is the same batch', async () => {
    await record(t, event(t, 'a', { at: at(1, 10) }))
    await publishAll()
    const before = await batches()
    await t.store.write(WORKSPACE, 'job', async tx => {
      await tx.db.updateTable('usage_days').set({ marks: 9n }).execute()
    })
    await publishAll()
    expect(await batches()).toEqual(before)
  })

  it('events of a day wait until it is quiet, and what comes in between is not half published', async () => {
    await record(t, event(t, 'a', { at: at(0, 1) }))
    await publish()
    await record(t, event(t, 'b', { at: at(0, 2) }))
    expect((await batches()).map(row => row.kind)).toEqual(['usage.sums'])
    await publish()
    expect((await batches()).map(row => [row.kind, row.rows])).toEqual([['usage.sums', 2n]])
    const write = t.store.write
    let late = 0
    const meanwhile: typeof t.store = {
      ...t.store,
      write: async (...given) => {
        // Something comes in after the events were read, before their batch is stored.
        if (late++ === 0) await record(t, event(t, 'c', { at: at(0, 3) }))
        return write(...given)
      },
    }
    await publishUsage(meanwhile, WORKSPACE, createContentReader(t.store, WORKSPACE), t.clock.now())
    expect((await batches()).map(row => row.kind)).toEqual(['usage.sums'])
    await publishAll()
    expect((await batches()).find(row => row.kind === 'usage.events')?.rows).toBe(3n)
  })

  it('parts of many events are the same by their number as one after the other', async () => {
    for (let from = 0; from < 4600; from += 920)
      await record(
        t,
        ...Array.from({ length: 920 }, (_, n) => event(t, `e${from + n}`, { at: at(2, (from + n) % 700) })),
      )
    const parts: { text: string; rows: number }[] = []
    const read = <T>(work: (reader: Reader) => Promise<T>) => t.store.read(WORKSPACE, work)
    for await (const part of everyEventsPart(read, at(2))) parts.push(part)
    expect(parts.map(part => part.rows)).toEqual([4000, 600])
    for (const [number, part] of parts.entries())
      expect(await read(reader => eventsOfDay(reader, at(2), number))).toEqual(part)
    expect(await read(reader => eventsOfDay(reader, at(2), 2))).toBeNull()
  })

  it('what an import keeps aside is in the roll-ups already', async () => {
    await record(
      t,
      event(t, 'a', { at: at(1, 10), metric: 'seats', quantity: '5' }),
      event(t, 'b', { at: at(1, 10), quantity: '2' }),
    )
    const whole = await storedUsage(t)
    // As an import leaves it between two of its writes: half in the buckets, half aside.
    await t.store.write(WORKSPACE, 'job', async tx => {
      const rows = await tx.db.selectFrom('usage_buckets').selectAll().execute()
      const aside = rows.map(row => ({
        ...{ series: row.series, at: row.at, events: row.events, sum: row.sum, max: row.max },
        ...{ latest: row.latest, latestAt: row.latest_at, latestId: row.latest_id },
      }))
      const { sums, latestIds } = pack(aside.sort((a, b) => Number(a.series - b.series)))
      await tx.db.insertInto('usage_pending').values({ seq: 1n, sums, latest_ids: latestIds }).execute()
      await tx.db.deleteFrom('usage_buckets').where('latest_id', '=', '').execute()
    })
    await publishAll()
    await round()
    await bulk().fetch()
    const buckets = (await storedUsage(onDesk())).buckets
    const seats = whole.buckets.find(row => row.series.includes('seats'))!
    expect(buckets.find(row => row.series.includes('calls'))).toEqual(
      whole.buckets.find(row => row.series.includes('calls')),
    )
    expect(buckets.find(row => row.series.includes('seats'))).toEqual({
      ...seats,
      ...{ events: 2n, sum: 10n },
    })
  })

  it('many days come a few at a time, the newest first; a desk without a wish has those of three months', async () => {
    const days = Array.from({ length: 12 }, (_, n) => n * 20)
    await record(t, ...days.map(n => event(t, `e${n}`, { at: at(n + 1, 5) })))
    await publish()
    expect((await batches()).map(row => row.source)).toEqual(
      days
        .slice(0, 10)
        .map(n => String(at(n + 1)))
        .sort(),
    )
    await publishAll()
    expect(await batches()).toHaveLength(24)
    await round()
    expect(await bulk().fetch()).toEqual({ fetched: 5, left: 0 })
    await bulk().want({ kind: 'usage.sums', from: at(300), to: at(0) })
    expect(await bulk().fetch()).toEqual({ fetched: 7, left: 0 })
    expect((await storedUsage(onDesk())).buckets).toEqual((await storedUsage(t)).buckets)
  })

  it('is let go where the server does not have the day any more', async () => {
    await record(t, event(t, 'a', { at: at(1, 10) }), event(t, 'b', { at: at(3, 10) }))
    await publishAll()
    await round()
    await bulk().want({ kind: 'usage.events', ...span() })
    await bulk().fetch()
    await t.store.write(WORKSPACE, 'person', async tx => {
      await tx.db
        .updateTable('workspace_state')
        .set(eb => ({ version: eb('version', '+', 1n) }))
        .execute()
      await tx.db
        .deleteFrom('batches')
        .where('source', '=', String(at(1)))
        .execute()
    })
    await round()
    await bulk().fetch()
    expect((await storedUsage(onDesk())).events.map(row => row.id)).toEqual(['b'])
    expect((await storedUsage(onDesk())).buckets).toHaveLength(1)
  })

  it('nothing that is no part of usage is stored, and a part that is gone is left', async () => {
    await record(t, event(t, 'a', { at: at(1, 10) }))
    await publishAll()
    await round()
    await t.store.write(WORKSPACE, 'job', async tx => {
      await tx.db.deleteFrom('batch_parts').execute()
    })
    expect(await bulk().fetch()).toEqual({ fetched: 0, left: 1 })
    const other = JSON.stringify({ table: 'people', columns: [], rows: 0, cells: '[]' })
    expect(() => [...slicesOf(other)]).toThrow('no table of usage')
  })

  it('a desk answers what the server answers of a customer without asking it', async () => {
    await record(
      t,
      event(t, 'a', { at: at(2, 10), quantity: '3' }),
      event(t, 'b', { at: at(1, 11), quantity: '4' }),
    )
    await publishAll()
    await round()
    await bulk().want({ kind: 'usage.events', ...span() })
    await bulk().fetch()
    const asked = { customerId: world.customers.acme!, metricId: world.metrics.calls!, ...span() }
    for (const leaf of [contract.billing.usage.events, contract.billing.usage.series] as const) {
      const { id } = capabilityOf(leaf)
      const input = { ...asked, grain: 'day', after: null, limit: 10 }
      const handler = t.core.handlers.get(id) as Parameters<typeof runQuery>[2]
      const here = await runQuery(desk.store, WORKSPACE, handler, input, SYSTEM, t.clock.now())
      expect(here.value).toEqual(await t.core.callById(id, input, t.admin))
    }
  })
})

const SYSTEM = { person: null, device: 'core', assurance: 'system', system: true } as const
