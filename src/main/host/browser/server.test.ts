import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { KEEP_FREE, openStagedFiles, type StagedFiles } from '#serving/files/staged-files.ts'
import { HostProblem, PATHS, SESSION_HEADER, WsClose } from '#shared/browser-host-protocol.ts'
import { type BrowserServer, type BrowserServerOptions, startBrowserServer } from './server.ts'
import { SESSION_IDLE, TOKEN_LIFE } from './sessions.ts'

vi.setConfig({ testTimeout: 60_000 })

let dir: string
let server: BrowserServer
let files: StagedFiles
let time: number
let free: number
let logged: unknown[]
const PAGE = '<!doctype html><html><head><title>Quarterdeck</title></head><body></body></html>'

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'qd-browser-'))
  for (const folder of ['renderer/assets', 'staging']) mkdirSync(join(dir, folder), { recursive: true })
  writeFileSync(join(dir, 'renderer/index.html'), PAGE)
  writeFileSync(join(dir, 'renderer/assets/app-1a2b.js'), 'let a')
  writeFileSync(join(dir, 'renderer/assets/app-1a2b.js.map'), '{}')
  writeFileSync(join(dir, 'secret.json'), '{"secret":true}')
  time = 1_000_000_000_000
  free = KEEP_FREE + 1_000_000
  logged = []
  files = openStagedFiles({ dir: join(dir, 'staging'), now: () => time, freeSpace: async () => free })
  server = await start()
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

function start(overrides: Partial<BrowserServerOptions> = {}): Promise<BrowserServer> {
  return startBrowserServer({
    port: 0,
    rendererDir: join(dir, 'renderer'),
    workspaceName: 'test',
    files,
    attach: ws => ws.on('message', data => ws.send(`echo ${data}`)),
    log: (...line) => logged.push(line),
    monotonic: () => time,
    ...overrides,
  })
}

interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: string
  problem: string | undefined
}

function ask(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, method, path, headers, agent: false },
      reply => {
        const parts: Buffer[] = []
        reply.on('data', part => parts.push(part))
        reply.on('error', reject)
        reply.on('end', () => {
          const text = Buffer.concat(parts).toString()
          const isJson = reply.headers['content-type']?.startsWith('application/json')
          const problem = isJson ? HostProblem.safeParse(JSON.parse(text)).data?.code : undefined
          resolve({ status: reply.statusCode!, headers: reply.headers, body: text, problem })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const json = (value: unknown, headers: Record<string, string> = {}) => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})
const tokenOf = (address: string) => new URLSearchParams(new URL(address).hash.slice(1)).get('token')!

async function signIn(): Promise<string> {
  const reply = await ask('POST', PATHS.session, json({ token: tokenOf(server.address()) }))
  expect(reply.status).toBe(200)
  return JSON.parse(reply.body).session
}

const as = (session: string) => ({ [SESSION_HEADER]: session })

/** Opens a WebSocket, sends the first message, and resolves with what comes back or the code of the close. */
function hello(first: string | Buffer | undefined, options: { origin?: string; host?: string } = {}) {
  return new Promise<{ ws: WebSocket; answer: string | number }>(resolve => {
    const ws = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, {
      ...(options.origin ? { origin: options.origin } : {}),
      ...(options.host ? { headers: { host: options.host } } : {}),
    })
    ws.on('open', () => {
      if (first !== undefined) ws.send(first)
      ws.send('ping')
    })
    ws.on('message', data => resolve({ ws, answer: data.toString() }))
    ws.on('close', code => resolve({ ws, answer: code }))
    ws.on('error', () => resolve({ ws, answer: -1 }))
  })
}

describe('the page', () => {
  it('comes with a policy and a nonce of its own each time', async () => {
    const [one, two] = [await ask('GET', '/'), await ask('GET', '/billing/invoices?x=1')]
    for (const reply of [one, two]) {
      const nonce = /nonce="([^"]+)"/.exec(reply.body)![1]!
      const policy = reply.headers['content-security-policy'] as string
      expect(policy).toContain(`'nonce-${nonce}'`)
      expect(policy).not.toContain('unsafe')
      expect(reply.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
      })
    }
    expect(one.body).not.toBe(two.body)
    expect((await ask('HEAD', '/')).body).toBe('')
  })

  it('has its files, without maps, and nothing from outside its folder', async () => {
    const script = await ask('GET', '/assets/app-1a2b.js')
    expect(script).toMatchObject({ status: 200, body: 'let a' })
    expect(script.headers['cache-control']).toContain('immutable')
    const hostile = [
      '/../secret.json',
      '/..%2fsecret.json',
      '/%2e%2e/secret.json',
      '/assets/../../secret.json',
      '/assets/..%5c..%5csecret.json',
      '//secret.json',
      '/assets/app-1a2b.js.map',
      `${dir}/secret.json`,
      '/assets/app-1a2b.js%00.json',
      '/\\..\\secret.json',
    ]
    for (const path of hostile) {
      const reply = await ask('GET', path)
      expect(reply.body, path).not.toContain('secret":true')
      expect([200, 400, 404, 500].includes(reply.status), `${path} ${reply.status}`).toBe(true)
      if (reply.status === 200) expect(reply.body).toContain('<title>Quarterdeck</title>')
    }
    expect((await ask('POST', '/')).problem).toBe('HOST_METHOD_REFUSED')
    expect((await ask('GET', '/favicon.ico')).status).toBe(404)
  })

  it('says what to do when the interface is not built, or the port is taken', async () => {
    await expect(start({ rendererDir: join(dir, 'nowhere') })).rejects.toThrow(/npm run build/)
    await expect(start({ port: server.port })).rejects.toThrow(
      expect.objectContaining({ code: 'HOST_PORT_TAKEN' }),
    )
  })
})

describe('host and origin', () => {
  const own = () => `http://127.0.0.1:${server.port}`

  it('are checked on every path', async () => {
    const session = await signIn()
    const hostile: Record<string, string>[] = [
      { host: 'evil.example' },
      { host: `evil.example:${server.port}` },
      { host: '127.0.0.1' },
      { host: '127.0.0.1:1' },
      { host: `127.0.0.1.evil.example:${server.port}` },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `https://127.0.0.1:${server.port}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ]
    for (const headers of hostile)
      for (const [method, path] of [
        ['GET', '/'],
        ['POST', PATHS.session],
        ['POST', PATHS.files],
        ['GET', '/download/x'],
      ] as const)
        expect((await ask(method, path, { headers: { ...as(session), ...headers } })).problem).toBe(
          'HOST_ORIGIN_REFUSED',
        )
  })

  it('let our own page in, and a link from elsewhere', async () => {
    expect((await ask('GET', '/', { headers: { origin: own() } })).status).toBe(200)
    expect((await ask('GET', '/', { headers: { host: `localhost:${server.port}` } })).status).toBe(200)
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await ask('GET', '/', { headers: link })).status).toBe(200)
  })

  it('are checked before a WebSocket', async () => {
    const session = await signIn()
    const first = JSON.stringify({ session })
    expect((await hello(first, { origin: 'http://evil.example' })).answer).toBe(-1)
    expect((await hello(first, { host: 'evil.example' })).answer).toBe(-1)
    const good = await hello(first, { origin: own() })
    expect(good.answer).toBe('echo ping')
    good.ws.terminate()
  })

  it('is reachable on the loopback address only', async () => {
    const reachable = await new Promise<boolean>(resolve => {
      const socket = connect({ host: '127.0.0.2', port: server.port }, () => resolve(true))
      socket.on('error', () => resolve(false))
    })
    expect(reachable).toBe(false)
  })
})

describe('signing in', () => {
  it('takes a token once', async () => {
    const token = tokenOf(server.address())
    expect((await ask('POST', PATHS.session, json({ token }))).status).toBe(200)
    expect((await ask('POST', PATHS.session, json({ token }))).problem).toBe('HOST_TOKEN_INVALID')
    expect(
      (await ask('POST', PATHS.session, json({ token: randomBytes(32).toString('base64url') }))).problem,
    ).toBe('HOST_TOKEN_INVALID')
  })

  it('takes a token for a while only', async () => {
    const token = tokenOf(server.address())
    time += TOKEN_LIFE + 1
    expect((await ask('POST', PATHS.session, json({ token }))).problem).toBe('HOST_TOKEN_INVALID')
  })

  it('reads only JSON, and not much of it', async () => {
    const token = tokenOf(server.address())
    const plain = { headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ token }) }
    for (const sent of [plain, json({ token: 1 }), json([]), { ...json({}), body: '{' }])
      expect((await ask('POST', PATHS.session, sent)).problem).toBe('HOST_BODY_INVALID')
    const large = await ask('POST', PATHS.session, json({ token: 'x'.repeat(100_000) })).catch(
      () => undefined,
    )
    expect(large === undefined || large.problem === 'HOST_BODY_INVALID').toBe(true)
    expect((await ask('GET', PATHS.session)).problem).toBe('HOST_METHOD_REFUSED')
    expect((await ask('POST', PATHS.session, json({ token }))).status).toBe(200)
  })

  it('keeps everything but the page from who is not signed in', async () => {
    for (const headers of [{}, as('x'.repeat(43)), as('')])
      for (const [method, path] of [
        ['POST', PATHS.token],
        ['POST', PATHS.files],
        ['DELETE', `${PATHS.files}/abc`],
        ['POST', PATHS.exports],
        ['POST', `${PATHS.exports}/abc/ticket`],
      ] as const)
        expect((await ask(method, path, { headers })).problem, `${method} ${path}`).toBe(
          'HOST_SESSION_INVALID',
        )
  })

  it('gives a signed-in page a token for one more tab', async () => {
    const session = await signIn()
    const { token } = JSON.parse((await ask('POST', PATHS.token, { headers: as(session) })).body)
    expect((await ask('POST', PATHS.session, json({ token }))).status).toBe(200)
  })

  it('ends a session that nobody used for a long time, but none that is connected', async () => {
    const [idle, busy] = [await signIn(), await signIn()]
    const { ws } = await hello(JSON.stringify({ session: busy }))
    time += SESSION_IDLE + 1
    expect((await ask('POST', PATHS.token, { headers: as(idle) })).problem).toBe('HOST_SESSION_INVALID')
    expect((await ask('POST', PATHS.token, { headers: as(busy) })).status).toBe(200)
    ws.terminate()
  })

  it('writes no secret to the log', async () => {
    const session = await signIn()
    expect(logged.length).toBeGreaterThan(0)
    expect(JSON.stringify(logged)).not.toContain(session)
  })
})

describe('the WebSocket', () => {
  it('asks for the session first', async () => {
    const session = await signIn()
    expect((await hello('nonsense')).answer).toBe(WsClose.badHello)
    expect((await hello(Buffer.from(JSON.stringify({ session })))).answer).toBe(WsClose.badHello)
    expect((await hello(JSON.stringify({ session: 'x'.repeat(43) }))).answer).toBe(WsClose.unauthorised)
  })

  it('does not wait for ever for a first message', async () => {
    await server.close()
    server = await start({ guard: { helloTimeout: 50 } })
    const silent = new WebSocket(`ws://127.0.0.1:${server.port}/ws`)
    const code = await new Promise(resolve => silent.on('close', resolve))
    expect(code).toBe(WsClose.badHello)
  })

  it('finds out that a tab is dead', async () => {
    await server.close()
    server = await start({ guard: { heartbeat: 50 } })
    const { ws } = await hello(JSON.stringify({ session: await signIn() }))
    // A frozen machine: the connection is there and nobody answers.
    ;(ws as unknown as { _socket: { pause(): void } })._socket.pause()
    await expect.poll(() => server.counts().sockets, { timeout: 60_000 }).toBe(0)
    ws.terminate()
  })

  it('cuts off a tab that does not read', async () => {
    await server.close()
    server = await start({
      guard: { maxBuffered: 1_000_000 },
      attach: ws => ws.on('message', () => ws.send(Buffer.alloc(30_000_000))),
    })
    const session = await signIn()
    const ws = new WebSocket(`ws://127.0.0.1:${server.port}/ws`)
    await new Promise(resolve => ws.on('open', resolve))
    ws.send(JSON.stringify({ session }))
    ws.send('more')
    ;(ws as unknown as { _socket: { pause(): void } })._socket.pause()
    await expect.poll(() => server.counts().sockets, { timeout: 60_000 }).toBe(0)
    ws.terminate()
  })

  it('leaks nothing over a storm of reconnects', async () => {
    const session = await signIn()
    for (let round = 0; round < 10; round++) {
      const opened = await Promise.all(Array.from({ length: 20 }, () => hello(JSON.stringify({ session }))))
      expect(opened.every(({ answer }) => answer === 'echo ping')).toBe(true)
      for (const [i, { ws }] of opened.entries()) i % 2 ? ws.terminate() : ws.close()
    }
    await expect.poll(() => server.counts().sockets, { timeout: 60_000 }).toBe(0)
    expect(server.counts().sessions).toBe(1)
  })

  it('is told when the host stops', async () => {
    const { ws } = await hello(JSON.stringify({ session: await signIn() }))
    const code = new Promise(resolve => ws.on('close', resolve))
    await server.close()
    expect(await code).toBe(WsClose.goingAway)
  })
})

describe('uploads and downloads', () => {
  const staged = () => readdirSync(join(dir, 'staging'))

  it('stores an upload closed to others, with its digest, under a harmless name', async () => {
    const session = await signIn()
    const body = randomBytes(300_000)
    const headers = { ...as(session), 'x-quarterdeck-file-name': encodeURIComponent('../../Rechnung Ä.csv') }
    const uploaded = JSON.parse((await ask('POST', PATHS.files, { headers, body })).body)
    expect(uploaded).toMatchObject({
      name: 'Rechnung Ä.csv',
      size: 300_000,
      sha256: createHash('sha256').update(body).digest('hex'),
    })
    const { path } = files.find(uploaded.handle, 'read')
    expect(readFileSync(path).equals(body)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await ask('DELETE', `${PATHS.files}/${uploaded.handle}`, { headers: as(session) })
    expect(staged()).toEqual([])
    expect(() => files.find(uploaded.handle, 'read')).toThrow(
      expect.objectContaining({ code: 'FILE_UNKNOWN' }),
    )
  })

  it('refuses what the disk has no room for, announced or not, and keeps nothing', async () => {
    const session = await signIn()
    const body = randomBytes(2_000_000)
    const announced = await ask('POST', PATHS.files, { headers: as(session), body }).catch(() => undefined)
    expect(announced === undefined || announced.problem === 'HOST_DISK_FULL').toBe(true)
    const headers = { ...as(session), 'transfer-encoding': 'chunked' }
    const chunked = await ask('POST', PATHS.files, { headers, body }).catch(() => undefined)
    expect(chunked === undefined || chunked.problem === 'HOST_DISK_FULL').toBe(true)
    await expect.poll(staged, { timeout: 30_000 }).toEqual([])
  })

  it('keeps nothing of an upload that breaks off', async () => {
    const session = await signIn()
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(
        `POST /files HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${SESSION_HEADER}: ${session}\r\nContent-Length: 100000\r\n\r\nhalf of it`,
      )
    })
    await expect.poll(() => staged().length, { timeout: 30_000 }).toBe(1)
    socket.destroy()
    await expect.poll(staged, { timeout: 30_000 }).toEqual([])
  })

  it('hands an export over once, by a ticket that grows old', async () => {
    const session = await signIn()
    const made = await ask('POST', PATHS.exports, json({ name: 'Kosten "März".csv' }, as(session)))
    const { handle } = JSON.parse(made.body)
    writeFileSync(files.find(handle, 'write').path, 'a,b\n')
    const ticket = async () =>
      JSON.parse((await ask('POST', `${PATHS.exports}/${handle}/ticket`, { headers: as(session) })).body).url
    const url = await ticket()
    const reply = await ask('GET', url)
    expect(reply).toMatchObject({ status: 200, body: 'a,b\n' })
    expect(reply.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Kosten%20_M%C3%A4rz_.csv")
    expect((await ask('GET', url)).problem).toBe('HOST_NOT_FOUND')
    const old = await ticket()
    time += 60_001
    expect((await ask('GET', old)).problem).toBe('HOST_NOT_FOUND')
    expect(
      (await ask('POST', `${PATHS.exports}/${'0'.repeat(36)}/ticket`, { headers: as(session) })).problem,
    ).toBe('HOST_NOT_FOUND')
  })

  it('gives no upload back as a download, nor any path that is not a handle', async () => {
    const session = await signIn()
    const uploaded = JSON.parse((await ask('POST', PATHS.files, { headers: as(session), body: 'x' })).body)
    for (const handle of [uploaded.handle, '..%2f..%2fsecret', '../secret']) {
      const reply = await ask('POST', `${PATHS.exports}/${handle}/ticket`, { headers: as(session) })
      expect([404, 405]).toContain(reply.status)
    }
    await ask('DELETE', `${PATHS.files}/..%2f..%2fsecret`, { headers: as(session) })
    expect(existsSync(join(dir, 'secret.json'))).toBe(true)
  })
})

describe('staged files', () => {
  it('survive a restart, and go after two days', async () => {
    const uploaded = await files.upload(
      'a.csv',
      (async function* () {
        yield Buffer.from('a')
      })(),
    )
    writeFileSync(join(dir, 'bill.csv'), 'b')
    const granted = files.grant(join(dir, 'bill.csv'), 'read')
    for (const [name, written] of [
      ['left-behind.upload', -2 * 3_600_000],
      ['under-way.upload', 0],
    ] as const) {
      writeFileSync(join(dir, 'staging', name), 'x')
      utimesSync(join(dir, 'staging', name), (time + written) / 1000, (time + written) / 1000)
    }
    const again = openStagedFiles({ dir: join(dir, 'staging'), now: () => time })
    again.sweep()
    expect(again.find(uploaded.handle, 'read').name).toBe('a.csv')
    expect(again.find(granted.handle, 'read').path).toBe(join(dir, 'bill.csv'))
    expect(readdirSync(join(dir, 'staging'))).toHaveLength(4)
    expect(existsSync(join(dir, 'staging/left-behind.upload'))).toBe(false)
    time += 48 * 3_600_000 + 1
    again.sweep()
    expect(readdirSync(join(dir, 'staging'))).toEqual([])
    expect(existsSync(join(dir, 'bill.csv'))).toBe(true)
  })

  it('takes no folder, no missing file and no relative path', () => {
    for (const path of [dir, join(dir, 'gone.csv'), 'bill.csv'])
      expect(() => files.grant(path, 'read')).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }))
  })
})
