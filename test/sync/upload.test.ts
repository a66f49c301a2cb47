import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { signCommand } from '#core/identity/command-signature.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { connectionOf, type ServerRow } from '#core/sync/connection-rows.ts'
import { tableDigest, uploadedTables } from '#core/sync/upload.ts'
import { createTransport } from '#main/host/sync/http-transport.ts'
import { createRemoteServer } from '#main/host/sync/remote-server.ts'
import { uploadWorkspace } from '#main/host/sync/upload.ts'
import { contract } from '#shared/contract/index.ts'
import {
  type TestCore,
  testClock,
  testCore,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { DESK_KEY, enrolDesk, serveSync, type TestSyncServer } from '#test/kit/sync-http.ts'
import { dump } from '#test/kit/sync-kit.ts'

const { customer } = contract.billing

/** A server's workspace with its first admin, and ids of its own. */
async function emptyServer(): Promise<TestCore> {
  const clock = testClock()
  const { store, remove } = await testStore('pglite', clock)
  await prepareWorkspace(store, WORKSPACE, 'server', clock.now())
  const core = createCore({
    ...{ workspace: WORKSPACE, store, clock, timer: clock, newId: testIds(clock, 5) },
    log: () => {},
    services: testServices(),
  })
  await core.start()
  const { admin } = await core.call(
    contract.workspace.setup.create,
    {
      ...{ name: 'Empty', zone: 'UTC', currency: 'USD', demo: false },
      admin: { name: 'Ada at the server', email: 'ada@example.com' },
    },
    { person: null, device: 'test', assurance: 'system', system: true },
  )
  const as = (person: string): Caller => ({ person, device: 'test', assurance: 'unattested' })
  return {
    ...{ core, store, clock, workspace: WORKSPACE, admin: as(admin), as },
    async close() {
      await core.close()
      await remove()
    },
  }
}

describe('a standalone workspace that goes to a server', () => {
  let desk: TestCore
  let server: TestCore
  let http: TestSyncServer
  let row: ServerRow

  beforeEach(async () => {
    desk = await testCore('sqlite')
    server = await emptyServer()
    const device = await enrolDesk(server)
    http = await serveSync(server, device)
    row = {
      url: http.url,
      workspace_there: WORKSPACE,
      device,
      person: server.admin.person!,
      state: 'uploading',
      progress: null,
      since: 0n,
    }
    for (let n = 0; n < 30; n++)
      await desk.core.call(
        customer.create,
        {
          key: `c-${n}`,
          name: `Customer ${n}`,
          email: '',
          country: 'US',
          currency: 'USD',
          zone: 'UTC',
        } as never,
        desk.admin,
      )
  })
  /** What is in bulk, and in no feed: events of two months, a segment of costs, the bytes of a document. */
  async function addBulk(): Promise<void> {
    await desk.store.write(WORKSPACE, 'person', async tx => {
      const event = { series: 1n, quantity: 5n, properties: '', batch: 0n }
      await tx.db
        .insertInto('usage_events')
        .values([
          { id: 'e1', at: BigInt(Date.UTC(2026, 4, 3)), ...event },
          { id: 'e2', at: BigInt(Date.UTC(2021, 1, 3)), ...event },
        ])
        .execute()
      const bytes = new Uint8Array([0, 255, 7])
      const segment = { name: 'BilledCost', segment: 0n, kind: 'decimal', rows: 1n, nulls: 0n } as const
      await tx.db
        .insertInto('cost_segments')
        .values({ batch: WORKSPACE, ...segment, min: null, max: 9n, data: bytes })
        .execute()
      const document = { entity: 'invoice', row_id: WORKSPACE, file_name: 'I-1.pdf', media_type: 'a/b' }
      await tx.db
        .insertInto('documents')
        .values({ id: WORKSPACE, ...document, digest: 'd', bytes, created_at: 3n })
        .execute()
    })
  }

  afterEach(async () => {
    expect(http.failures).toEqual([])
    await http.close()
    await desk.close()
    await server.close()
  })

  const transportOf = (fails: (path: string, count: number) => boolean = () => false) => {
    let count = 0
    return createTransport({
      url: http.url,
      session: { headers: async () => ({ authorization: 'Bearer x' }), forget: () => {} },
      fetch: (async (url: string, init: RequestInit) => {
        if (fails(String(url), ++count)) throw new TypeError('the network is cut')
        return fetch(url, init)
      }) as typeof fetch,
    })
  }
  const upload = (fails?: (path: string, count: number) => boolean) =>
    uploadWorkspace({
      core: desk.core,
      store: desk.store,
      workspace: WORKSPACE,
      transport: transportOf(fails),
      row,
      signal: new AbortController().signal,
      onProgress: () => {},
    })
  const rowsOf = async (of: TestCore) => {
    const rest = await of.store.read(WORKSPACE, dump)
    // People are merged and devices are the server's: they differ on purpose.
    for (const name of ['settings', 'workspace', 'devices', 'device_people', 'people']) delete rest[name]
    return rest
  }
  /** Rounds until nothing is left to do, as the loop runs them. */
  const round = () =>
    desk.core
      .connect(createRemoteServer({ transport: transportOf(), beforePush: async () => {} }), {
        sign: command => signCommand(DESK_KEY, WORKSPACE, command),
      })
      .round()

  it('is there as a whole, with its people, ids and log, and goes on as a desk', async () => {
    await addBulk()
    const before = await rowsOf(desk)
    const log = await desk.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').select(['id', 'command', 'input']).orderBy('version').execute(),
    )
    await upload()
    expect(await rowsOf(server)).toEqual(before)
    for (const name of ['usage_events', 'cost_segments', 'documents']) {
      const here = await tableDigest(desk.store, WORKSPACE, name)
      expect(here.rows).toBeGreaterThan(0n)
      expect(await tableDigest(server.store, WORKSPACE, name)).toEqual(here)
    }
    const there = await server.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').select(['id', 'command', 'input']).orderBy('version').execute(),
    )
    for (const entry of log) expect(there).toContainEqual(entry)
    expect(there.at(-1)).toMatchObject({ command: 'sync.connection.received' })
    const { people } = await server.core.call(contract.workspace.people.list, {}, desk.admin)
    // Ada is on both sides, by her address: one person, with the id that everything of hers names.
    expect(people).toMatchObject([{ id: desk.admin.person, email: 'ada@example.com' }])
    expect(await connectionOf(desk.store, WORKSPACE)).toMatchObject({
      authority: 'connected',
      server: { state: 'joining' },
    })
    expect(await round()).toMatchObject({ reached: true, refused: 0 })
    expect(await rowsOf(desk)).toEqual(await rowsOf(server))
    await desk.core.call(
      contract.workspace.people.add,
      { name: 'Grace', email: 'g@example.com', roles: ['analyst'] },
      desk.admin,
    )
    expect(await round()).toMatchObject({ answered: 1, refused: 0 })
    const verified = await server.core.call(contract.workspace.log.verify, {}, desk.admin)
    expect(verified).toMatchObject({ problem: null })
  })

  it('can be cut off at any question: what is begun again ends the same', async () => {
    const before = await rowsOf(desk)
    let cuts = 0
    for (let at = 1; at < 40; at++) {
      const outcome = await upload((_, count) => count === at).then(
        () => 'done',
        error => error.code,
      )
      if (outcome === 'done') break
      expect(outcome).toBe('SYNC_OFFLINE')
      cuts++
      const { authority, server: there } = await connectionOf(desk.store, WORKSPACE)
      // Either this machine has the last word and everything, or the rest is to be finished there.
      if (authority === 'standalone') expect(await rowsOf(desk)).toEqual(before)
      else expect(there).toMatchObject({ state: 'uploading' })
    }
    expect(cuts).toBeGreaterThan(2)
    expect(await rowsOf(server)).toEqual(before)
    expect(await round()).toMatchObject({ reached: true })
    expect(await rowsOf(desk)).toEqual(await rowsOf(server))
  })

  it('takes along what is done while it is uploaded, and keeps what comes after in the outbox', async () => {
    let asked = 0
    await upload(path => {
      if (path.endsWith('/upload/rows') && asked++ === 0)
        void desk.core.call(
          customer.create,
          { key: 'late', name: 'Late', email: '', country: 'US', currency: 'USD', zone: 'UTC' } as never,
          desk.admin,
        )
      return false
    })
    const { customers } = (await server.store.read(WORKSPACE, dump)) as Record<string, string[]>
    expect(customers?.some(text => text.includes('"late"'))).toBe(true)
  })

  it('is refused by a workspace in which something was done', async () => {
    await server.core.call(
      customer.create,
      { key: 'x', name: 'X', email: '', country: 'US', currency: 'USD', zone: 'UTC' } as never,
      server.admin,
    )
    await expect(upload()).rejects.toMatchObject({ code: 'SYNC_BOTH_FULL' })
    expect(await connectionOf(desk.store, WORKSPACE)).toMatchObject({ authority: 'standalone' })
  })

  it('every table goes up or is known to stay', () => {
    expect([...uploadedTables.keys()]).toContain('invoices')
    expect([...uploadedTables.keys()]).not.toContain('sessions')
    expect([...uploadedTables.keys()]).not.toContain('secrets')
  })
})
