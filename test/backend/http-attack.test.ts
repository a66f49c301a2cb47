import { connect } from 'node:net'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { knownTable } from '#backend/http/known-routes/table.ts'
import { membersOf } from '#backend/http/rest/input.ts'
import { offeredCapabilities, schemasOf } from '#backend/http/rest/offered.ts'
import { type HttpWorld, httpWorld, type TestWorkspace } from '#test/kit/http-kit.ts'

let t: HttpWorld
beforeAll(async () => {
  t = await httpWorld({ limits: { body: 64 * 1024, arrival: 1500 } })
})
afterAll(() => t.close())

const CREATE = '/api/v1/billing/metric/create'
const METRIC = {
  ...{ key: 'calls', name: 'Calls', unit: 'calls', scale: 0 },
  ...{ aggregation: 'sum', excess: 'refuse', groupBy: [] },
}

/** No answer may be a failure that nobody expected. */
function expectCalm(status: number, what: string): void {
  expect(status, what).toBeLessThan(500)
}

describe('bodies', () => {
  test('that are too large are refused before they are read, compressed ones by what they hold', async () => {
    const large = JSON.stringify({ ...METRIC, name: 'x'.repeat(80 * 1024) })
    expect((await t.call(CREATE, { body: large })).body).toMatchObject({
      status: 413,
      code: 'HTTP_BODY_TOO_LARGE',
    })
    const bomb = JSON.stringify({ name: 'x'.repeat(8 * 1024 * 1024) })
    for (const [encoding, body] of [
      ['gzip', gzipSync(bomb)],
      ['br', brotliCompressSync(bomb)],
      ['zstd', zstdCompressSync(bomb)],
    ] as const) {
      expect(body.length).toBeLessThan(64 * 1024)
      const refused = await t.call(CREATE, { body, headers: { 'content-encoding': encoding } })
      expect(refused.status, encoding).toBe(413)
    }
  })

  test('that are nested too deep are refused, and brackets in a text are text', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const body = `${open.repeat(5000)}1${close.repeat(5000)}`
      expect((await t.call(CREATE, { body })).body).toMatchObject({ status: 400, code: 'HTTP_BODY_TOO_DEEP' })
    }
    const made = await t.call(CREATE, { body: { ...METRIC, key: 'brackets', name: `"\\${'[{'.repeat(40)}` } })
    expect(made.status).toBe(200)
  })

  test.each([
    ['no JSON', '{"key": '],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ['half of a character', '{"key":"\\ud800"}'],
    ['the character 0', '{"key":"\\u0000"}'],
    ['a name that reaches into prototypes', '{"__proto__":{"admin":true}}'],
    ['the same name in disguise', '{"\\u005f_proto__":{"admin":true}}'],
  ])('that are %s are refused', async (_, body) => {
    expect((await t.call(CREATE, { body })).body).toMatchObject({ status: 400, code: 'HTTP_BODY_INVALID' })
  })

  test('of another type, or compressed in another way, are refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/xml',
    ]) {
      const refused = await t.call(CREATE, { body: '{}', headers: { 'content-type': type } })
      expect(refused.body, type).toMatchObject({ status: 415, code: 'HTTP_MEDIA_TYPE' })
    }
    const refused = await t.call(CREATE, { body: '{}', headers: { 'content-encoding': 'compress' } })
    expect(refused.body.code).toBe('HTTP_MEDIA_TYPE')
    const broken = await t.call(CREATE, { body: 'not gzip', headers: { 'content-encoding': 'gzip' } })
    expect(broken.body).toMatchObject({ status: 400, code: 'HTTP_BODY_INVALID' })
  })

  test('that do not arrive are not waited for', async () => {
    const { port } = new URL(t.url)
    const said = await new Promise<string>(resolve => {
      const socket = connect(Number(port), '127.0.0.1')
      let text = ''
      socket.on('data', data => {
        text += data
      })
      socket.on('close', () => resolve(text))
      socket.on('error', () => {})
      socket.write(
        `POST ${CREATE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      )
    })
    // Nobody signed it, so that it is refused at once or for its slowness, and cut off either way.
    expect(said).toMatch(/^HTTP\/1\.1 (401|408)/)
  })
})

describe('wrong values at every address', () => {
  const WRONG = [null, -1, {}, '𝒳'.repeat(300), "'; DROP TABLE people; --"]

  test('are refused by the schema of every capability, and never unexpected', async () => {
    for (const { path, leaf } of offeredCapabilities()) {
      for (const body of [null, 'text', 7, [], [[]]])
        expectCalm(
          (await t.call(path, { body: JSON.stringify(body) })).status,
          `${path} ${JSON.stringify(body)}`,
        )
      const members = Object.keys(membersOf(schemasOf(leaf).input))
      for (const wrong of WRONG) {
        const body = Object.fromEntries(members.map(name => [name, wrong]))
        expectCalm((await t.call(path, { body })).status, `${path} ${JSON.stringify(body)}`)
      }
    }
  })

  test('are refused by every known route', async () => {
    for (const { method, path } of knownTable)
      for (const text of [
        'x',
        "' OR '1'='1",
        '%00',
        '%ff',
        '..%2f..%2f',
        'a'.repeat(290),
        '00000000-0000-7000-8000-000000000009',
      ]) {
        const address = path.replace(/\{\w+\}/g, text.includes('%') ? text : encodeURIComponent(text))
        const answer = await t.call(address, {
          method,
          ...(method === 'GET' ? {} : { body: { value: text } }),
        })
        expectCalm(answer.status, `${method} ${address}`)
      }
  })

  test('in the parameters of a query are refused too', async () => {
    for (const { path, leaf, capability } of offeredCapabilities()) {
      if (capability.kind !== 'query') continue
      for (const text of [
        "'; DROP TABLE people; --",
        '%00',
        '[',
        '{"a":',
        '%ed%a0%80',
        '99999999999999999999',
      ]) {
        const names = Object.keys(membersOf(schemasOf(leaf).input))
        const query = names
          .map(name => `${name}=${text.includes('%') ? text : encodeURIComponent(text)}`)
          .join('&')
        expectCalm((await t.call(`${path}?${query}&__proto__=1`)).status, `${path}?${query}`)
      }
    }
  })
})

describe('SQL in every text', () => {
  const SQL = [
    "'; DROP TABLE people; --",
    "' OR 1=1 --",
    '"; DELETE FROM command_log; --',
    "\\'; SELECT pg_sleep(9); --",
    '$1; COMMIT; DROP TABLE customers',
    '%_\\',
  ]

  test('is text: it is stored as it is, found as it is, and changes nothing else', async () => {
    const before = await t.call('/api/v1/workspace/people/list')
    for (const [place, text] of SQL.entries()) {
      const made = await t.call('/api/v1/billing/customer/create', {
        body: {
          ...{
            key: `sql-${place}`,
            name: text,
            email: text.slice(0, 50),
            country: 'US',
            currency: 'USD',
            zone: 'UTC',
          },
          profile: { legalName: text, address: [text], taxId: text.slice(0, 50) },
        },
      })
      expect(made.body.name).toBe(text)
      const found = await t.call(`/api/v1/billing/customer/get?customerId=${made.body.id}`)
      expect(found.body.profile.legalName).toBe(text)
      const subject = { entity: 'customer', rowId: made.body.id }
      await t.call('/api/v1/workspace/comments/add', { body: { ...subject, body: text } })
      const comments = await t.call(`/api/v1/workspace/comments/list?entity=customer&rowId=${made.body.id}`)
      expect(comments.body.comments[0].body).toBe(text.trim())
      for (const path of [
        'workspace/search/query?text=',
        'billing/customer/list?search=',
        'billing/invoice/list?search=',
      ])
        expectCalm((await t.call(`/api/v1/${path}${encodeURIComponent(text)}`)).status, path)
    }
    expect((await t.call('/api/v1/workspace/people/list')).body).toEqual(before.body)
  })
})

describe('headers', () => {
  test('cannot be added by what somebody says', async () => {
    const { headers } = await t.call('/healthz', { headers: { 'x-request-id': 'good-id-1234' } })
    expect(headers.get('x-request-id')).toBe('good-id-1234')
    for (const bad of ['short', 'has space inside', 'x'.repeat(200), '<script>alert(1)</script>'])
      expect(
        (await t.call('/healthz', { headers: { 'x-request-id': bad } })).headers.get('x-request-id'),
      ).not.toBe(bad)
    const split = await t.call('/api/v1/billing/plan/list%0d%0aset-cookie:%20a=b')
    expect(split.status).toBe(404)
    expect(split.headers.get('set-cookie')).toBeNull()
  })

  test('that are too many are refused', async () => {
    const said = await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(40_000)}\r\n\r\n`)
    expect(said).toMatch(/^HTTP\/1\.1 431/)
    expect(said).toContain('HTTP_HEADERS_TOO_LARGE')
  })

  test('that smuggle a second request are refused', async () => {
    const said = await raw(
      'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n',
    )
    expect(said).toMatch(/^HTTP\/1\.1 400/)
    expect(said).not.toContain('quarterdeck_')
  })
})

describe('paths', () => {
  test.each([
    '/api/v1/../../etc/passwd',
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
    '/api/docs/../../package.json',
    '/api/docs/%2e%2e%2fpackage.json',
    '/api/v1//billing//plan//list',
    '/API/V1/billing/plan/list',
    '/api/v1/billing/plan/list/../../../workspace/people/list%00',
    '/%',
    '/%ff%fe',
  ])('%s leads nowhere', async path => {
    const said = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(said).toMatch(/^HTTP\/1\.1 (400|401|404)/)
    expect(said).not.toContain('"name": "quarterdeck"')
    expect(said).not.toContain('root:')
  })
})

describe('a browser that another site makes ask', () => {
  const create = (headers: Record<string, string>) =>
    t.call(CREATE, {
      as: null,
      body: { ...METRIC, key: `site-${Object.keys(headers).length}` },
      headers: { cookie: t.first.cookie, ...headers },
    })

  test('is refused with its cookie, and let in from a page of ours', async () => {
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: t.url, 'sec-fetch-site': 'cross-site' },
      { origin: t.url.replace('127.0.0.1', '127.0.0.1.evil.example') },
      { origin: t.url.replace(/:\d+$/, ':1') },
    ] as Record<string, string>[])
      expect((await create(headers)).body, JSON.stringify(headers)).toMatchObject({
        status: 403,
        code: 'ACCESS_ORIGIN',
      })
    expect((await create({ origin: t.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await create({ origin: t.url })).status).toBe(200)
  })

  test('may read with its cookie, because no other page can read what comes', async () => {
    const read = await t.call('/api/v1/billing/plan/list', {
      ...{ as: null, headers: { cookie: t.first.cookie, origin: 'https://evil.example' } },
    })
    expect(read.status).toBe(200)
    expect(read.headers.get('access-control-allow-origin')).toBeNull()
    expect(read.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })

  test('is a stranger when its session has ended', async () => {
    const bearer = await t.first.bearer('ops')
    expect((await t.call('/api/v1/billing/plan/list', { as: bearer })).status).toBe(200)
    t.revoke(bearer)
    expect((await t.call('/api/v1/billing/plan/list', { as: bearer })).body.code).toBe(
      'ACCESS_SESSION_INVALID',
    )
  })
})

describe('another workspace', () => {
  test('is in no answer: every capability and every route is asked for its rows', async () => {
    const theirs = await fill(t.second, 'their')
    await fill(t.first, 'our')
    const asked = questionsFor(theirs)
    for (const { address, method, body } of asked) {
      const answer = await t.call(address, { method, ...(body === undefined ? {} : { body }) })
      expectCalm(answer.status, address)
      // What was asked may be named in a refusal; what stands there may not.
      expect(answer.text, `${method} ${address} ${JSON.stringify(body)}`).not.toContain('their secret')
    }
    // The same questions show the rows to whoever they belong to: they were the right ones to ask.
    const owner = await t.second.bearer('auditor')
    const shown = new Set<string>()
    for (const { address, path, method, body, reads } of asked) {
      if (!reads) continue
      const answer = await t.call(address, { method, as: owner, ...(body === undefined ? {} : { body }) })
      if (answer.text.includes('their secret')) shown.add(`${method} ${path}`)
    }
    expect(shown.size, [...shown].join(', ')).toBeGreaterThanOrEqual(30)
    const left = await t.call('/api/v1/billing/customer/list', { as: await t.second.bearer('admin') })
    expect(left.text).toContain('their secret')
    expect(left.text).not.toContain('our secret')
  })

  test('cannot be chosen by what a request says', async () => {
    const { workspace } = t.second
    const answer = await t.call('/api/v1/workspace/session', {
      headers: {
        'x-workspace': workspace,
        'x-quarterdeck-workspace': workspace,
        'x-quarterdeck-person': 'somebody',
      },
    })
    expect(answer.body.workspace.id).toBe(t.first.workspace)
    expect((await t.call('/api/v1/workspace/session', { body: { workspace } })).body.code).toBe(
      'WORKSPACE_BAD_INPUT',
    )
  })

  test('has keys of its own: the same Idempotency-Key means something else there', async () => {
    const headers = { 'idempotency-key': 'shared-key' }
    const ours = await t.call(CREATE, { body: { ...METRIC, key: 'shared' }, headers })
    const theirs = await t.call(CREATE, {
      body: { ...METRIC, key: 'shared' },
      headers,
      as: await t.second.bearer('admin'),
    })
    expect([ours.status, theirs.status]).toEqual([200, 200])
    expect(theirs.body.id).not.toBe(ours.body.id)
    expect(theirs.headers.get('idempotency-replayed')).toBeNull()
  })
})

describe('the log', () => {
  test('has a line for each request, and no secret, cookie, key or passphrase in any', async () => {
    const bearer = await t.first.bearer('auditor')
    await t.call('/api/v1/billing/plan/list?search=Bearer', { as: bearer })
    await t.call('/api/v1/billing/plan/list', { as: `${bearer}x` })
    await t.call('/api/v1/workspace/settings/setSecret', {
      body: { name: 'payments.stripeSecret', value: 'sk_live_topsecret42' },
    })
    await t.call(CREATE, {
      body: '{"passphrase":"correct horse battery"',
      headers: { cookie: t.first.cookie },
    })
    const text = t.lines.join('')
    expect(t.lines.length).toBeGreaterThan(3)
    for (const line of t.lines) expect(() => JSON.parse(line)).not.toThrow()
    const secrets = [bearer, t.first.cookie, t.first.desk].map(one =>
      one.replace(/^Bearer |^quarterdeck-session=/, ''),
    )
    for (const secret of [...secrets, 'sk_live_topsecret42', 'correct horse', 'shared-key'])
      expect(text.includes(secret.slice(-24)), secret).toBe(false)
  })

  test('says whose request a line is about, and which command it ran', async () => {
    await t.call(CREATE, {
      body: { ...METRIC, key: 'logged' },
      headers: { 'x-request-id': 'request-in-log' },
    })
    await expect
      .poll(() => t.lines.map(line => JSON.parse(line)).find(line => line.requestId === 'request-in-log'))
      .toMatchObject({
        ...{ level: 'info', message: 'request', method: 'POST', route: CREATE, status: 200 },
        workspace: t.first.workspace,
        principal: `person:${t.first.admin.person}`,
        commandId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
  })
})

describe('too many requests', () => {
  test('of one person are refused until the minute is over; another person goes on', async () => {
    const few = await httpWorld({ limits: { perPrincipal: 5, refusedPerAddress: 3 } })
    try {
      const ask = () => few.call('/api/v1/billing/metric/list')
      const first = await ask()
      expect(first.headers.get('ratelimit-policy')).toBe('"principal";q=5;w=60')
      expect(first.headers.get('ratelimit')).toMatch(/^"principal";r=4;t=\d+$/)
      for (let times = 0; times < 4; times++) expect((await ask()).status).toBe(200)
      const refused = await ask()
      expect(refused.body).toMatchObject({ status: 429, code: 'HTTP_TOO_MANY_REQUESTS' })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      const other = await few.first.bearer('analyst')
      expect((await few.call('/api/v1/billing/metric/list', { as: other })).status).toBe(200)
      const wrong = () => few.call('/api/v1/billing/metric/list', { as: 'Bearer guessed' })
      for (let times = 0; times < 3; times++) expect((await wrong()).status).toBe(401)
      expect((await wrong()).status).toBe(429)
    } finally {
      await few.close()
    }
  })
})

/** Rows of a workspace, with texts that nobody else may see, and the id of each by its kind. */
async function fill(world: TestWorkspace, name: string): Promise<ReadonlyMap<string, string>> {
  const as = await world.bearer('admin')
  const secret = `${name} secret`
  const call = async (path: string, body: unknown) => (await t.call(`/api/v1/${path}`, { as, body })).body
  const metric = await call('billing/metric/create', { ...METRIC, key: `${name}-calls`, name: secret })
  const plan = await call('billing/plan/create', { key: `${name}-plan`, name: secret, description: secret })
  const version = await call('billing/plan/addVersion', {
    ...{ planId: plan.id, note: secret },
    prices: [
      { key: 'base', name: secret, metricId: null, currency: 'USD', charge: { model: 'flat', amount: '10' } },
    ],
  })
  const customer = await call('billing/customer/create', {
    ...{
      key: `${name}-customer`,
      name: secret,
      email: 's@example.com',
      country: 'US',
      currency: 'USD',
      zone: 'UTC',
    },
  })
  const subscription = await call('billing/subscription/start', {
    ...{ customerId: customer.id, planId: plan.id, trialDays: 0, at: String(Date.UTC(2026, 8, 1)) },
  })
  const event = { id: secret, customer: customer.key, metric: metric.key, at: String(Date.UTC(2026, 9, 5)) }
  await call('billing/usage/record', { events: [event] })
  const closed = await call('billing/close/start', { period: '2026-10' })
  await world.core.jobs.idle()
  const { invoices } = await call('billing/invoice/list', {})
  const subject = { entity: 'customer', rowId: customer.id }
  const comment = await call('workspace/comments/add', { ...subject, body: secret })
  const view = await call('workspace/views/save', {
    screen: 'billing',
    name: secret,
    address: '/',
    shared: true,
  })
  const ids = {
    ...{ metric: metric.id, plan: plan.id, planVersion: version.id, customer: customer.id },
    ...{ subscription: subscription.id, comment: comment.id, view: view.id, person: world.admin.person },
    ...{ run: closed.runId, job: closed.jobId, invoice: invoices[0]?.id },
  }
  return new Map(Object.entries(ids).filter(([, id]) => id !== undefined))
}

interface Question {
  readonly address: string
  /** The address as it is registered. */
  readonly path: string
  readonly method: string
  readonly body?: unknown
  /** Whether somebody who may only read is answered. */
  readonly reads: boolean
}

/** Members of inputs that may name a row of any kind. */
const ANY_ROW = new Set(['id', 'ids', 'rowId', 'entity', 'actor', 'assignee', 'filter'])

/** A question to every capability and every known route for each row that it could be about, none twice. */
function questionsFor(rows: ReadonlyMap<string, string>): readonly Question[] {
  const asked = new Map<string, Question>()
  const add = (one: Question) => asked.set(JSON.stringify([one.method, one.address, one.body]), one)
  for (const { path, leaf, capability } of offeredCapabilities()) {
    const members = Object.keys(membersOf(schemasOf(leaf).input))
    // A member that names its kind is given the row of that kind; where one could be any, each row is asked for.
    const any = members.some(name => ANY_ROW.has(name))
    for (const id of any ? rows.values() : [rows.get('customer') as string]) {
      const own = (name: string) => (any || !name.endsWith('Id') ? undefined : rows.get(name.slice(0, -2)))
      const given = members.map(name => [name, own(name) ?? guess(name, id)])
      const body = Object.fromEntries(given.filter(([, value]) => value !== undefined))
      add({ ...{ address: path, path, method: 'POST', body }, reads: capability.kind === 'query' })
    }
  }
  for (const { method, path } of knownTable)
    for (const id of [...rows.values(), 'their-customer', 'their-plan'])
      add({
        address: path.replace('{type}', 'calls').replace(/\{\w+\}/g, id),
        ...{ path, method, reads: method === 'GET' },
        ...(method === 'GET' ? {} : { body: { customer: id, plan: id, name: 'x', planVersionId: id } }),
      })
  return [...asked.values()]
}

/** A value for a member of an input, made to reach the row of this id. */
function guess(name: string, id: string): unknown {
  if (/Id$|^id$|^customer$|^assignee$|^actor$/.test(name)) return id
  const known: Record<string, unknown> = {
    ...{ entity: 'customer', rowId: id, text: 'secret', search: 'secret', key: 'calls', limit: 100 },
    ...{ from: '0', to: String(Date.UTC(2027, 0, 1)), period: '2026-10', digest: 'a'.repeat(64) },
    ...{ filter: { customerId: id, search: '' }, comment: 'x', note: 'x', body: 'x', name: 'x' },
    ...{ personId: id, quantity: '1', active: false, roles: ['admin'], ids: [id] },
  }
  return known[name]
}

/** What a server says to bytes that no client would send. */
function raw(text: string): Promise<string> {
  const { port } = new URL(t.url)
  return new Promise(resolve => {
    const socket = connect(Number(port), '127.0.0.1')
    let said = ''
    socket.on('data', data => {
      said += data
    })
    socket.on('close', () => resolve(said))
    socket.on('error', () => {})
    socket.write(text)
  })
}
