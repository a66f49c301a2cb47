import { expect, it } from 'vitest'
import { DAY } from '#core/database/usage-days.ts'
import { importKit } from '#core/finops/imports/testing/import-kit.ts'
import { askedContent, createContentReader } from '#core/sync/content-reader.ts'
import { testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { memoryThread } from '#test/kit/memory-thread.ts'
import { prepareWorkspace } from '../database/prepare.ts'
import type { Caller } from './handlers.ts'
import { runThread, type ThreadHost } from './thread-entry.ts'
import { createPeer } from './threads.ts'

const COSTS =
  'BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName\n' +
  '1.25,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,AWS,EC2\n'

const clock = testClock()
const host: ThreadHost = { now: clock.now, monotonic: clock.monotonic, environment: {} }
const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
const reader = { role: 'reader', database: null, workspace: WORKSPACE } as const

it('a thread that is told of no database reads the one that its host knows, and gives it back', async () => {
  const { store, remove } = await testStore('sqlite', clock)
  await prepareWorkspace(store, WORKSPACE, 'standalone', 5n)
  const { here, there } = memoryThread()
  let closed = 0
  const openStore = () => ({ read: store.read, close: async () => void closed++ })
  runThread(there, reader, { ...host, openStore })
  const question = {
    ...{ id: 'workspace.log.check', input: { after: { version: -1n, hash: '0'.repeat(64) } } },
    ...{ caller: system, now: 1n },
  }
  expect(await createPeer(here, {}).ask('query', question)).toMatchObject({ value: { problem: null } })
  expect(closed).toBe(0)
  here.close()
  expect(closed).toBe(1)
  await store.close()
  await remove()
})

it('a host that knows of no database has no such threads', () => {
  expect(() => runThread(memoryThread().there, reader, host)).toThrow('this host has no database')
})

it('a thread for documents answers to nothing but printing', async () => {
  const { here, there } = memoryThread()
  runThread(there, { role: 'documents' }, host)
  const peer = createPeer(here, {})
  await expect(peer.ask('query', {})).rejects.toThrow('no answer to query')
  // An invoice without a seller cannot be laid out: that it was tried says that somebody prints.
  await expect(peer.ask('print', {})).rejects.not.toThrow('no answer to print')
})

it('a thread reads what is published as the thread of the core would', async () => {
  const kit = await importKit('sqlite')
  kit.file('costs.csv', COSTS)
  await kit.bring('costs.csv')
  const day = kit.clock.now() - (kit.clock.now() % DAY)
  const batch = await kit.store.write(WORKSPACE, 'job', async tx => {
    await tx.db
      .insertInto('usage_days')
      .values({ day, marks: 3n, sums_published: 0n, events_published: 0n })
      .execute()
    return tx.db.selectFrom('cost_batches').select('id').executeTakeFirstOrThrow()
  })
  const { here, there } = memoryThread()
  runThread(there, reader, { ...host, openStore: () => ({ read: kit.store.read, close: async () => {} }) })
  const peer = createPeer(here, {})
  const inThread = askedContent(question => peer.ask('content', question))
  const own = createContentReader(kit.store, WORKSPACE)
  expect(await inThread.cost('cost.lines', batch.id)).toEqual(await own.cost('cost.lines', batch.id))
  expect((await own.cost('cost.lines', batch.id)).digests.length).toBeGreaterThan(0)
  expect(await inThread.sums(day)).toEqual(await own.sums(day))
  expect(await inThread.events(day)).toEqual({ marks: 3n, digests: [], bytes: 0, rows: 0 })
  here.close()
  await kit.close()
})
