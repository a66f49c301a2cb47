import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { columnCache } from '#core/finops/costs/column-cache.ts'
import { exploreCosts } from '#core/finops/costs/explore-costs.ts'
import { listLines } from '#core/finops/costs/list-lines.ts'
import { type ImportKit, importKit } from '#core/finops/imports/testing/import-kit.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { DATABASES, type TestClock, testClock, WORKSPACE } from '#test/kit/core-kit.ts'
import { type TestDesk, testDesk, testServerOver } from '#test/kit/sync-kit.ts'
import { publishBatches } from './batches.ts'
import { createBulk } from './bulk.ts'
import { createContentReader } from './content-reader.ts'
import { missingOf } from './kept.ts'
import type { SyncServer } from './protocol.ts'

const HEAD =
  'BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName\n'
const line = (cost: string, service: string) =>
  `${cost},USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,AWS,${service}\n`

/** What the tables of cost lines hold, without the batches' own rows. */
const contentOf = (store: Store) =>
  store.read(WORKSPACE, async ({ db }) => ({
    rollups: await db
      .selectFrom('cost_rollups')
      .selectAll()
      .orderBy('batch')
      .orderBy('dimension')
      .orderBy('grain')
      .orderBy('at')
      .orderBy('key')
      .execute(),
    sums: await db
      .selectFrom('cost_sums')
      .selectAll()
      .orderBy('batch')
      .orderBy('dimension')
      .orderBy('grain')
      .execute(),
    segments: await db
      .selectFrom('cost_segments')
      .selectAll()
      .orderBy('batch')
      .orderBy('name')
      .orderBy('segment')
      .execute(),
  }))

describe.each(DATABASES)('bulk content of a server on %s', database => {
  let kit: ImportKit
  let desk: TestDesk
  let server: SyncServer
  beforeEach(async () => {
    kit = await importKit(database)
    await kit.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
    })
    await prepareWorkspace(kit.store, WORKSPACE, 'server', kit.clock.now())
    server = (await testServerOver(kit.store, kit.clock as TestClock, async () => {})).for('desk', 100)
    desk = await testDesk('desk', testClock())
  })
  afterEach(async () => {
    await desk.close()
    await kit.close()
  })

  const bring = async (name: string, ...lines: string[]) => {
    kit.file(name, HEAD + lines.join(''))
    return kit.bring(name)
  }
  const publish = () =>
    publishBatches(kit.store, WORKSPACE, createContentReader(kit.store, WORKSPACE), kit.clock.now())
  const bulk = (over: Pick<SyncServer, 'batch'> = server) =>
    createBulk({
      ...{ store: desk.store, workspace: WORKSPACE, server: over },
      now: kit.clock.now,
      committed: () => {},
    })
  const round = () => desk.client(server).round()
  const october = { from: BigInt(Date.UTC(2026, 9)), to: BigInt(Date.UTC(2026, 10)) }
  const missing = () =>
    desk.store.read(WORKSPACE, reader => missingOf(reader, { kind: 'cost.lines', ...october }))

  it('is named by the feed; sums come to every desk, lines where they are wanted', async () => {
    await bring('october.csv', line('1.25', 'EC2'), line('2.50', 'S3'))
    expect(await publish()).toContain('batches')
    expect((await publish()).size).toBe(0)
    await round()
    expect(await bulk().fetch()).toEqual({ fetched: 1, left: 0 })
    const there = await contentOf(kit.store)
    expect(there.rollups.length).toBeGreaterThan(0)
    expect(canonicalJson(await contentOf(desk.store))).toBe(canonicalJson({ ...there, segments: [] }))
    expect(await missing()).toMatchObject({ batches: 1, wanted: false })
    await bulk().want({ kind: 'cost.lines', ...october })
    expect(await missing()).toMatchObject({ batches: 1, wanted: true })
    expect(await bulk().fetch()).toEqual({ fetched: 1, left: 0 })
    expect(await missing()).toEqual({ batches: 0, bytes: 0n, wanted: false })
    expect(canonicalJson(await contentOf(desk.store))).toBe(canonicalJson(there))
    expect(await bulk().fetch()).toEqual({ fetched: 0, left: 0 })
  })

  it('is let go when its import is undone, and what is altered on its way is not taken', async () => {
    const { importId } = await bring('october.csv', line('1.25', 'EC2'))
    await publish()
    await round()
    const altered = {
      async batch(request: { id: string; part: number }) {
        const part = await server.batch(request)
        return (
          part && {
            ...part,
            bytes: new TextEncoder().encode(new TextDecoder().decode(part.bytes).replace('1', '9')),
          }
        )
      },
    }
    expect(await bulk(altered).fetch()).toEqual({ fetched: 0, left: 1 })
    expect((await contentOf(desk.store)).rollups).toEqual([])
    const away = { batch: () => Promise.reject(new Error('the line is cut')) }
    expect(await bulk(away).fetch()).toEqual({ fetched: 0, left: 1 })
    expect(await bulk().fetch()).toEqual({ fetched: 1, left: 0 })
    await kit.store.write(WORKSPACE, 'person', async tx => {
      await tx.db
        .updateTable('cost_batches')
        .set({ state: 'undone' })
        .where('import_id', '=', importId)
        .execute()
    })
    await publish()
    await round()
    await bulk().fetch()
    expect((await contentOf(desk.store)).rollups).toEqual([])
    expect(await server.batch({ id: importId, part: 0 })).toBeNull()
  })

  it('is wanted once, by whole days, also what comes later', async () => {
    const span = { kind: 'cost.lines' as const, from: october.from + 1n, to: october.to - 1n }
    await bulk().want(span)
    await bulk().want({ kind: 'cost.lines', ...october })
    const wanted = await desk.store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('bulk_wants').select(['kind', 'period_from', 'period_to']).execute(),
    )
    expect(wanted).toEqual([{ kind: 'cost.lines', period_from: october.from, period_to: october.to }])
    await bring('october.csv', line('1.25', 'EC2'))
    await publish()
    await round()
    expect(await bulk().fetch()).toEqual({ fetched: 2, left: 0 })
    expect(await missing()).toEqual({ batches: 0, bytes: 0n, wanted: false })
  })

  it('is asked for by the explorer where it is not here, and answers once it is', async () => {
    await bring('october.csv', line('1.25', 'EC2'), line('2.50', 'S3'))
    await publish()
    await round()
    const cache = columnCache(1_000_000)
    const period = { from: Number(october.from), to: Number(october.to) }
    const sums = () =>
      desk.store.read(WORKSPACE, reader =>
        exploreCosts(reader, cache, {
          ...{ measure: 'billed', by: [], grain: 'month', zone: 'UTC', compare: 'none', top: 5 },
          ...{ period, filters: [] },
        }),
      )
    const lines = () =>
      desk.store.read(WORKSPACE, reader =>
        listLines(reader, cache, {
          ...{ period, filters: [], sort: { column: 'BilledCost', descending: true }, offset: 0, limit: 9 },
        }),
      )
    const away = (kind: string) => ({ code: 'SYNC_NOT_HERE', data: { kind, ...october } })
    await expect(sums()).rejects.toMatchObject(away('cost.sums'))
    await bulk().fetch()
    expect((await sums()).totals[0]!.total).toBe(3_750_000_000n)
    await expect(lines()).rejects.toMatchObject(away('cost.lines'))
    await bulk().want({ kind: 'cost.lines', ...october })
    // Cut off between two parts: some columns are here and others are not.
    await desk.store.write(WORKSPACE, 'job', async tx => {
      await tx.db
        .updateTable('batches')
        .set(eb => ({ parts: eb('parts', '+', 1n) }))
        .where('kind', '=', 'cost.lines')
        .execute()
    })
    expect(await bulk().fetch()).toEqual({ fetched: 0, left: 1 })
    await expect(lines()).rejects.toMatchObject(away('cost.lines'))
    await desk.store.write(WORKSPACE, 'job', async tx => {
      await tx.db.updateTable('batches_here').set({ state: 'here' }).execute()
    })
    expect((await lines()).count).toBe(2)
  })

  it('looks once more where somebody asked while a fetch ran', async () => {
    await bring('october.csv', line('1.25', 'EC2'))
    await publish()
    await round()
    let begin = () => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    let go = () => {}
    const held = new Promise<void>(resolve => {
      go = resolve
    })
    const slow: Pick<SyncServer, 'batch'> = {
      async batch(request) {
        begin()
        await held
        return server.batch(request)
      },
    }
    const one = bulk(slow)
    const fetching = one.fetch()
    await begun
    await one.want({ kind: 'cost.lines', ...october })
    const again = one.fetch()
    go()
    expect(await Promise.all([fetching, again])).toEqual([
      { fetched: 2, left: 0 },
      { fetched: 2, left: 0 },
    ])
  })

  it('stores no part twice where two fetches meet', async () => {
    await bring('october.csv', line('1.25', 'EC2'), line('2.50', 'S3'))
    await publish()
    await round()
    let meet = () => {}
    const met = new Promise<void>(resolve => {
      meet = resolve
    })
    let asked = 0
    const slow: Pick<SyncServer, 'batch'> = {
      async batch(request) {
        const part = await server.batch(request)
        if (++asked === 2) meet()
        await met
        return part
      },
    }
    await Promise.all([bulk(slow).fetch(), bulk(slow).fetch()])
    const there = await contentOf(kit.store)
    expect(canonicalJson(await contentOf(desk.store))).toBe(canonicalJson({ ...there, segments: [] }))
  })

  it('without parts is whole at once', async () => {
    await bring('october.csv', line('1.25', 'EC2'))
    await publish()
    await round()
    await desk.store.write(WORKSPACE, 'job', async tx => {
      await tx.db.updateTable('batches').set({ parts: 0n }).where('kind', '=', 'cost.sums').execute()
    })
    const silent = { batch: () => Promise.reject(new Error('nobody is asked')) }
    expect(await bulk(silent).fetch()).toEqual({ fetched: 1, left: 0 })
    expect(await bulk(silent).fetch()).toEqual({ fetched: 0, left: 0 })
  })
})
