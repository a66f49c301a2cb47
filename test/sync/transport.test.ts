import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Core, createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { signCommand } from '#core/identity/command-signature.ts'
import { type Caller, capabilityOf } from '#core/runtime/handlers.ts'
import { BUILD } from '#core/sync/build.ts'
import { SYNC_MEDIA_TYPE } from '#core/sync/wire.ts'
import { followAnnouncements } from '#main/host/sync/announcements.ts'
import { createTransport } from '#main/host/sync/http-transport.ts'
import { createSyncLoop, type SyncLoop } from '#main/host/sync/loop.ts'
import { askRemote, fetchDocument } from '#main/host/sync/remote-calls.ts'
import { createRemoteServer } from '#main/host/sync/remote-server.ts'
import { sendFile } from '#main/host/sync/send-file.ts'
import { contract } from '#shared/contract/index.ts'
import {
  PATIENTLY,
  type TestCore,
  testClock,
  testCore,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import {
  answerAll,
  DESK_KEY,
  enrolDesk,
  realTimer,
  serveSync,
  type TestSyncServer,
} from '#test/kit/sync-http.ts'

const { people } = contract.workspace

interface TestDesk {
  readonly core: Core
  readonly loop: SyncLoop
  readonly ada: Caller
  names(): Promise<string[]>
  close(): Promise<void>
}

async function connectedDesk(url: string, number: number, person: string): Promise<TestDesk> {
  const clock = testClock()
  const { store, remove } = await testStore('sqlite', clock)
  await prepareWorkspace(store, WORKSPACE, 'connected', clock.now())
  const core = createCore({
    workspace: WORKSPACE,
    store,
    clock,
    timer: clock,
    newId: testIds(clock, number),
    log: () => {},
    services: testServices(),
  })
  await core.start()
  const session = { headers: async () => ({ authorization: `Bearer desk-${number}` }), forget: () => {} }
  const transport = createTransport({ url, session })
  const remote = createRemoteServer({ transport, beforePush: async () => {} })
  const client = core.connect(remote, { sign: command => signCommand(DESK_KEY, WORKSPACE, command) })
  const loop = createSyncLoop({
    round: () => client.round(),
    follow: (signal, told) => followAnnouncements(transport, realTimer, signal, told),
    live: core.live,
    timer: realTimer,
    clock: { now: () => BigInt(Date.now()), monotonic: () => performance.now() },
    random: () => 0.5,
    onFailure: () => {},
  })
  const ada: Caller = { person, device: `desk-${number}`, assurance: 'unattested' }
  return {
    core,
    loop,
    ada,
    names: async () => (await core.call(people.list, {}, ada)).people.map(one => one.name).sort(),
    async close() {
      await loop.close()
      await core.close()
      await remove()
    },
  }
}

describe('sync over HTTP', () => {
  let server: TestCore
  let http: TestSyncServer
  let first: TestDesk
  let second: TestDesk

  beforeEach(async () => {
    server = await testCore('pglite')
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
    })
    await prepareWorkspace(server.store, WORKSPACE, 'server', server.clock.now())
    http = await serveSync(server, await enrolDesk(server))
    first = await connectedDesk(http.url, 3, server.admin.person!)
    second = await connectedDesk(http.url, 4, server.admin.person!)
  })
  afterEach(async () => {
    await first.close()
    await second.close()
    await http.close()
    await server.close()
  })

  it('a command on one desk is on the other as soon as the server has announced it', async () => {
    first.loop.start()
    second.loop.start()
    await expect.poll(() => first.loop.isListening() && second.loop.isListening(), PATIENTLY).toBe(true)
    expect(await second.names()).toEqual(['Ada'])
    await first.core.call(
      people.add,
      { name: 'Grace', email: 'g@example.com', roles: ['analyst'] },
      first.ada,
    )
    await expect.poll(() => second.names(), PATIENTLY).toEqual(['Ada', 'Grace'])
    await expect
      .poll(() => first.core.call(contract.sync.status, {}, first.ada), PATIENTLY)
      .toMatchObject({ pending: 0n, review: 0n, failure: null, offlineSince: null })
    // Nothing goes on in a circle: what was said was said, and both are quiet.
    const asked = http.asked.length
    await second.loop.now()
    expect(http.asked.length - asked).toBeLessThanOrEqual(4)
  })

  it('says what the server refuses, and goes on when it does not any more', async () => {
    http.refusal = 'ACCESS_DEVICE_REVOKED'
    await first.core
      .call(
        people.add,
        { name: 'Grace', email: 'g@example.com', roles: ['analyst'] },
        // Not known here before the first pull: the command is the system's.
        { ...first.ada, system: false },
      )
      .catch(() => {})
    const round = await first.loop.now()
    expect(round).toMatchObject({ reached: false, failure: { code: 'ACCESS_DEVICE_REVOKED' } })
    expect(await first.core.call(contract.sync.status, {}, first.ada)).toMatchObject({
      failure: { code: 'ACCESS_DEVICE_REVOKED' },
    })
    http.refusal = null
    expect(await first.loop.now()).toMatchObject({ reached: true, failure: null })
  })
})

describe('what desks ask beside the protocol', () => {
  let server: TestCore
  let http: TestSyncServer
  let folder: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'))
    server = await testCore('sqlite')
    await prepareWorkspace(server.store, WORKSPACE, 'server', server.clock.now())
    http = await serveSync(server, await enrolDesk(server))
  })
  afterEach(async () => {
    await http.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const transport = (cutAt = 0) => {
    let count = 0
    return createTransport({
      url: http.url,
      session: { headers: async () => ({ authorization: 'Bearer x' }), forget: () => {} },
      fetch: ((url: string, init: RequestInit) =>
        ++count === cutAt ? Promise.reject(new TypeError('cut')) : fetch(url, init)) as typeof fetch,
    })
  }
  const HANDLE = '00000000-0000-4000-8000-0000000000f1'

  it('a file arrives whole under its handle, however often the way is cut', async () => {
    const bytes = randomBytes(9 * 1024 * 1024)
    const path = join(folder, 'bill.csv')
    writeFileSync(path, bytes)
    const facts = { handle: HANDLE, name: 'bill.csv', path, mode: 'read' } as const
    for (const cutAt of [1, 2, 3])
      await expect(sendFile(transport(cutAt), facts)).rejects.toMatchObject({ code: 'SYNC_OFFLINE' })
    await sendFile(transport(), facts)
    const there = http.files.find(HANDLE, 'read')
    expect(there.name).toBe('bill.csv')
    expect(readFileSync(there.path).equals(bytes)).toBe(true)
    // Sent again it is known.
    const { length } = http.asked
    await sendFile(transport(), facts)
    expect(http.asked.length - length).toBe(1)
  })

  it('an empty file arrives, and bytes that are not those that were announced do not', async () => {
    const path = join(folder, 'empty.csv')
    writeFileSync(path, '')
    await sendFile(transport(), { handle: HANDLE, name: 'empty.csv', path, mode: 'read' })
    expect(readFileSync(http.files.find(HANDLE, 'read').path)).toHaveLength(0)
    const other = '00000000-0000-4000-8000-0000000000f2'
    const said = { handle: other, name: 'x', size: 3n, digest: '0'.repeat(64) }
    const answer = await transport().ask({
      path: '/files/part',
      message: { ...said, from: 0n, bytes: new Uint8Array([1, 2, 3]) },
      answer: z.object({ size: z.bigint(), whole: z.boolean() }),
    })
    expect(answer).toEqual({ size: 0n, whole: false })
    expect(() => http.files.find(other, 'read')).toThrow()
  })

  it('only what the contract says is remote can be called, and only in the name of the desk’s people', async () => {
    const call = (capability: string, person: string | null) =>
      askRemote(transport(), capability, {}, person).catch(error => error.code)
    expect(await call('workspace.people.list', server.admin.person)).toBe('WORKSPACE_NOT_FOUND')
    expect(await call('workspace.setup.create', null)).toBe('WORKSPACE_NOT_FOUND')
    const remote = [...server.core.handlers.values()].find(one => capabilityOf(one.leaf).remote)
    if (remote)
      expect(await call(capabilityOf(remote.leaf).id, '00000000-0000-7000-8000-00000000beef')).toBe(
        'SYNC_NOT_YOURS',
      )
    const away = createTransport({ url: 'http://127.0.0.1:1', session: null })
    expect(await askRemote(away, 'x.y', {}, null).catch(error => [error.code, error.data.reason])).toEqual([
      'SYNC_NETWORK_NEEDED',
      'SYNC_OFFLINE',
    ])
  })

  it('a document is given to those who may have it, and to nobody else', async () => {
    const id = '00000000-0000-7000-8000-0000000000d0'
    await expect(fetchDocument(transport(), id)).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await server.store.write(WORKSPACE, 'person', async tx => {
      const facts = { entity: 'invoice', row_id: id, file_name: 'I-1.pdf', media_type: 'application/pdf' }
      await tx.db
        .insertInto('documents')
        .values({ id, ...facts, digest: 'd', bytes: new Uint8Array([37, 80]), created_at: 5n })
        .execute()
    })
    expect(await fetchDocument(transport(), id)).toMatchObject({
      fileName: 'I-1.pdf',
      bytes: new Uint8Array([37, 80]),
    })
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('people').set({ roles: '["ops"]' }).execute()
    })
    await expect(fetchDocument(transport(), id)).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })
})

describe('what answers in the server’s place', () => {
  let stop = async () => {}
  afterEach(() => stop())

  async function refusalOf(url: string, patience?: number): Promise<unknown> {
    const session = { headers: async () => ({}), forget: () => {} }
    const transport = createTransport({ url, session, ...(patience === undefined ? {} : { patience }) })
    const remote = createRemoteServer({ transport, beforePush: async () => {} })
    return remote.snapshot({ desk: BUILD.schema, position: null, packed: true }).then(
      answer => ({ answer }),
      error => ({ code: error.code, data: error.data }),
    )
  }

  it.each([
    ['a captive portal', 200, { 'content-type': 'text/html' }, '<html>Sign in</html>', 'SYNC_NOT_OURS'],
    ['JSON of somebody else', 200, { 'content-type': 'application/json' }, '[]', 'SYNC_NOT_OURS'],
    ['nothing at all', 204, {}, '', 'SYNC_NOT_OURS'],
    ['our type with nonsense', 200, { 'content-type': SYNC_MEDIA_TYPE }, '{"a":', 'SYNC_NOT_OURS'],
    ['our type with another message', 200, { 'content-type': SYNC_MEDIA_TYPE }, '{"a":1}', 'SYNC_NOT_OURS'],
    ['a proxy without its server', 502, { 'content-type': 'text/html' }, 'Bad gateway', 'SYNC_SERVER_AWAY'],
    ['a redirect', 302, { location: 'https://hotel.example/login' }, '', 'SYNC_REDIRECTED'],
    [
      'our failure',
      500,
      { 'content-type': SYNC_MEDIA_TYPE },
      '{"code":"SYNC_SERVER_FAILED","data":{"reference":"r"},"message":"m"}',
      'SYNC_SERVER_FAILED',
    ],
  ])('%s is never taken for an answer', async (_, status, headers, body, code) => {
    const other = await answerAll(status, headers as Record<string, string>, body)
    stop = other.close
    expect(await refusalOf(other.url)).toMatchObject({ code })
  })

  it('silence is no answer, and neither is a port where nobody listens', async () => {
    const sockets: Socket[] = []
    const silent: Server = createServer(socket => void sockets.push(socket))
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    expect(await refusalOf(`http://127.0.0.1:${port}`, 50)).toMatchObject({ code: 'SYNC_NO_ANSWER' })
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => silent.close(resolve))
    expect(await refusalOf(`http://127.0.0.1:${port}`)).toMatchObject({
      code: 'SYNC_OFFLINE',
      data: { host: `127.0.0.1:${port}`, reason: 'ECONNREFUSED' },
    })
  })

  it('a server without TLS where TLS was asked for', async () => {
    const other = await answerAll(200, {}, '')
    stop = other.close
    expect(await refusalOf(other.url.replace('http:', 'https:'))).toMatchObject({ code: 'SYNC_TLS' })
  })
})

describe('requests that are no messages', () => {
  let server: TestCore
  let http: TestSyncServer
  beforeEach(async () => {
    server = await testCore('sqlite')
    await prepareWorkspace(server.store, WORKSPACE, 'server', server.clock.now())
    http = await serveSync(server, await enrolDesk(server))
  })
  afterEach(async () => {
    await http.close()
    await server.close()
  })
  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${http.url}/sync/v1/hello`, {
      method: 'POST',
      body,
      headers: { 'content-type': SYNC_MEDIA_TYPE, ...headers },
    })

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['half of a character', new Uint8Array([0x22, 0xc3, 0x22])],
    ['another message', JSON.stringify({ ...BUILD, schema: 'x' })],
    ['what nests without end', '['.repeat(2_000_000)],
    ['what is broken off after the sign of gzip', new Uint8Array([0x1f, 0x8b, 8, 0])],
  ])('%s', async (_, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'SYNC_BAD_MESSAGE' })
  })

  it('what is small on its way and swells', async () => {
    const { gzipSync } = await import('node:zlib')
    const response = await post(gzipSync(Buffer.alloc(80 * 1024 * 1024)))
    expect(response.status).toBe(400)
  })

  it('too long, of another type, or without a secret', async () => {
    expect((await post(new Uint8Array(17 * 1024 * 1024))).status).toBe(413)
    expect((await post('{}', { 'content-type': 'application/json' })).status).toBe(415)
    http.refusal = 'ACCESS_SESSION_INVALID'
    expect((await post('{}')).status).toBe(401)
    const unknown = await fetch(`${http.url}/sync/v1/nothing`, { method: 'POST' })
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'SYNC_PATH_UNKNOWN' }])
  })
})
