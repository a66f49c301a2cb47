import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Core, createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { signCommand } from '#core/identity/command-signature.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { BUILD } from '#core/sync/build.ts'
import { SYNC_MEDIA_TYPE } from '#core/sync/wire.ts'
import { followAnnouncements } from '#main/host/sync/announcements.ts'
import { createTransport } from '#main/host/sync/http-transport.ts'
import { createSyncLoop, type SyncLoop } from '#main/host/sync/loop.ts'
import { createRemoteServer } from '#main/host/sync/remote-server.ts'
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

describe('what answers in the server’s place', () => {
  let stop = async () => {}
  afterEach(() => stop())

  async function refusalOf(url: string, patience?: number): Promise<unknown> {
    const session = { headers: async () => ({}), forget: () => {} }
    const transport = createTransport({ url, session, ...(patience === undefined ? {} : { patience }) })
    const remote = createRemoteServer({ transport, beforePush: async () => {} })
    return remote.snapshot({ desk: BUILD.schema, position: null }).then(
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
