import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpWorld, httpWorld } from '#test/kit/http-kit.ts'

let t: HttpWorld
beforeAll(async () => {
  t = await httpWorld()
})
afterAll(() => t.close())

const METRIC = {
  ...{ key: 'calls', name: 'Calls', unit: 'calls', scale: 0 },
  ...{ aggregation: 'sum', excess: 'refuse', groupBy: [] },
}
const CUSTOMER = {
  ...{ name: 'Northwind', email: 'n@example.com', country: 'US', currency: 'USD', zone: 'UTC' },
}

describe('machines', () => {
  test('learn whether the server lives, can serve, and what it measures', async () => {
    expect((await t.call('/healthz', { as: null })).body).toEqual({ status: 'ok' })
    expect((await t.call('/readyz', { as: null })).body).toEqual({ status: 'ready' })
    const { text } = await t.call('/metrics', { as: null })
    expect(text).toContain(
      'quarterdeck_http_request_seconds_count{method="GET",route="/healthz",status="200"} 1',
    )
  })
})

describe('the contract over HTTP', () => {
  test('a command is called by POST, a query by GET or POST, and an int64 is a string', async () => {
    const made = await t.call('/api/v1/billing/customer/create', { body: { key: 'northwind', ...CUSTOMER } })
    expect(made.status).toBe(200)
    expect(made.body.createdAt).toBe(t.clock.now().toString())
    const byGet = await t.call(`/api/v1/billing/customer/get?customerId=${made.body.id}`)
    expect(byGet.body).toMatchObject({ id: made.body.id, key: 'northwind', closedUntil: null })
    const byPost = await t.call('/api/v1/billing/customer/get', { body: { customerId: made.body.id } })
    expect(byPost.body).toEqual(byGet.body)
  })

  test('an int64 is taken as digits or as a number that JSON carries, and never when it is none', async () => {
    const key = (at: unknown) => ({
      customerId: '00000000-0000-7000-8000-000000000009',
      metricId: '00000000-0000-7000-8000-000000000009',
      from: at,
      to: '2',
    })
    const ask = (at: unknown) => t.call('/api/v1/billing/usage/events', { body: key(at) })
    expect((await ask('1')).status).toBe(200)
    expect((await ask(1)).status).toBe(200)
    for (const wrong of ['1.5', 1.5, '9223372036854775808', 2 ** 60, 'x', true, null, {}, []])
      expect((await ask(wrong)).body, String(wrong)).toMatchObject({
        status: 400,
        code: 'WORKSPACE_BAD_INPUT',
      })
  })

  test('an input with a member that there is not is refused, by its name', async () => {
    const strange = await t.call('/api/v1/billing/plan/list?offset=3')
    expect(strange.body).toMatchObject({
      code: 'WORKSPACE_BAD_INPUT',
      data: { issues: [{ path: 'offset' }] },
    })
    const body = { key: 'x', ...CUSTOMER, nickname: 'N' }
    expect((await t.call('/api/v1/billing/customer/create', { body })).body.data.issues[0].path).toBe(
      'nickname',
    )
  })

  test('parameters that are no words are JSON', async () => {
    const filter = encodeURIComponent(JSON.stringify({ states: ['draft'] }))
    const found = await t.call(`/api/v1/billing/invoice/list?filter=${filter}&limit=5`)
    expect(found.body).toEqual({ invoices: [], count: 0, next: null })
  })

  test('an answer that was given is not sent again', async () => {
    const first = await t.call('/api/v1/billing/metric/list')
    const tag = first.headers.get('etag') as string
    const again = await t.call('/api/v1/billing/metric/list', { headers: { 'if-none-match': tag } })
    expect(again.status).toBe(304)
    await t.call('/api/v1/billing/metric/create', { body: METRIC })
    const changed = await t.call('/api/v1/billing/metric/list', { headers: { 'if-none-match': tag } })
    expect(changed.status).toBe(200)
  })

  test('a refusal is a problem with its code, its data and the id of the request', async () => {
    const refused = await t.call('/api/v1/billing/customer/create', {
      body: { key: 'northwind', ...CUSTOMER },
      headers: { 'x-request-id': 'request-4711' },
    })
    expect(refused.status).toBe(409)
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    expect(refused.headers.get('x-request-id')).toBe('request-4711')
    expect(refused.body).toEqual({
      type: 'urn:quarterdeck:problem:BILLING_KEY_TAKEN',
      title: 'Billing key taken',
      status: 409,
      instance: 'urn:quarterdeck:request:request-4711',
      code: 'BILLING_KEY_TAKEN',
      data: { key: 'northwind' },
    })
  })

  test('lists go on at a cursor, which is of use for the same question only', async () => {
    for (const n of [1, 2, 3, 4, 5])
      await t.call('/api/v1/billing/customer/create', { body: { key: `page-${n}`, ...CUSTOMER } })
    const path = '/api/v1/billing/customer/list?search=page&limit=2'
    const keys: string[] = []
    let next: string | null = ''
    for (let pages = 0; next !== null && pages < 9; pages++) {
      const page = await t.call(next === '' ? path : `${path}&cursor=${next}`)
      expect(page.body.customers.length).toBeLessThanOrEqual(2)
      keys.push(...page.body.customers.map((one: { key: string }) => one.key))
      next = page.body.next
    }
    expect(keys.length).toBe(new Set(keys).size)
    const { body } = await t.call(path)
    for (const other of [
      `/api/v1/billing/customer/list?search=pag&cursor=${body.next}`,
      `${path}&cursor=zzz`,
    ])
      if (body.next) expect((await t.call(other)).body.code).toBe('HTTP_CURSOR_INVALID')
  })

  test('lists without a count end where a page is not full', async () => {
    for (const list of ['workspace/jobs', 'billing/usage/imports', 'finops/imports', 'billing/close/runs']) {
      const path = list.endsWith('runs') ? list : `${list}/list`
      const page = await t.call(`/api/v1/${path}?limit=50`)
      expect([path, page.status, page.body.next]).toEqual([path, 200, null])
    }
  })

  test('the log of commands goes on too', async () => {
    const versions: string[] = []
    let next: string | null = ''
    for (let pages = 0; next !== null && pages < 99; pages++) {
      const page = await t.call(`/api/v1/workspace/log/list?limit=3${next === '' ? '' : `&cursor=${next}`}`)
      versions.push(...page.body.entries.map((one: { version: string }) => one.version))
      next = page.body.next
    }
    const numbers = versions.map(Number)
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
    expect(numbers.at(-1)).toBe(1)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('what is of the core, of one machine or of files is not offered', async () => {
    for (const path of [
      'billing/invoice/pdfDone',
      'workspace/people/storePassphrase',
      'workspace/people/actAs',
      'workspace/keys/makeRecoveryKey',
      'workspace/setup/create',
      'workspace/demo/remove',
      'finops/imports/start',
      'workspace/live',
    ])
      expect((await t.call(`/api/v1/${path}`, { body: {} })).status, path).toBe(404)
  })
})

describe('who asks', () => {
  test('is asked at every address, and told how to answer', async () => {
    const nobody = await t.call('/api/v1/billing/plan/list', { as: null })
    expect(nobody.body).toMatchObject({ status: 401, code: 'ACCESS_NEEDED' })
    expect(nobody.headers.get('www-authenticate')).toContain('Bearer')
    const wrong = await t.call('/api/v1/billing/plan/list', { as: 'Bearer session_made_up' })
    expect(wrong.body).toMatchObject({ status: 401, code: 'ACCESS_SESSION_INVALID' })
  })

  test('has the permissions of their roles', async () => {
    const auditor = await t.first.bearer('auditor')
    const refused = await t.call('/api/v1/billing/metric/create', { as: auditor, body: METRIC })
    expect(refused.body).toMatchObject({ status: 403, code: 'WORKSPACE_FORBIDDEN' })
    expect((await t.call('/api/v1/billing/metric/list', { as: auditor })).status).toBe(200)
  })

  test('may be a program: what its scopes name, and nothing else', async () => {
    const program = t.first.token('billing.metric.list', 'workspace.people.storePassphrase')
    expect((await t.call('/api/v1/billing/metric/list', { as: program })).status).toBe(200)
    for (const path of ['billing/plan/list', 'workspace/session'])
      expect((await t.call(`/api/v1/${path}`, { as: program })).body.code).toBe('WORKSPACE_FORBIDDEN')
  })

  test('is not a desk', async () => {
    const desk = await t.call('/api/v1/billing/plan/list', { as: t.first.desk })
    expect(desk.body).toMatchObject({ status: 403, code: 'ACCESS_NOT_FOR_DEVICES' })
  })
})

describe('the same request again', () => {
  const create = (key: string, idempotency: string, as?: string) =>
    t.call('/api/v1/billing/metric/create', {
      body: { ...METRIC, key },
      headers: { 'idempotency-key': idempotency },
      ...(as ? { as } : {}),
    })

  test('gets the first answer to the byte, failures included, and does nothing', async () => {
    const first = await create('again', 'order-1')
    const again = await create('again', 'order-1')
    expect([first.status, again.status]).toEqual([200, 200])
    expect(again.text).toBe(first.text)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const refused = await create('again', 'order-2')
    expect(refused.body.code).toBe('BILLING_KEY_TAKEN')
    const refusedAgain = await create('again', 'order-2')
    expect({ ...refusedAgain.body, instance: '' }).toEqual({ ...refused.body, instance: '' })
    expect(refusedAgain.headers.get('idempotency-replayed')).toBe('true')
  })

  test('with another body, or at another address, is refused', async () => {
    await create('other', 'order-3')
    expect((await create('another', 'order-3')).body).toMatchObject({
      status: 422,
      code: 'WORKSPACE_COMMAND_REUSED',
    })
    const elsewhere = await t.call('/api/v1/billing/customer/create', {
      body: { key: 'other', ...CUSTOMER },
      headers: { 'idempotency-key': 'order-3' },
    })
    expect(elsewhere.body.code).toBe('WORKSPACE_COMMAND_REUSED')
  })

  test('is known for a day, and a key of somebody else is another', async () => {
    const first = await create('day', 'order-4')
    t.clock.advance(23 * 3_600_000)
    expect((await create('day', 'order-4')).text).toBe(first.text)
    t.clock.advance(3 * 3_600_000)
    expect((await create('day', 'order-4')).body.code).toBe('BILLING_KEY_TAKEN')
    const analyst = await t.first.bearer('analyst')
    expect((await create('day', 'order-4', analyst)).body.code).toBe('BILLING_KEY_TAKEN')
  })

  test('at the same time is done once', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => create('race', '"0199d2f4-0000-7000-8000-000000000001"')),
    )
    expect(new Set(answers.map(answer => answer.text)).size).toBe(1)
    expect(answers.filter(answer => answer.headers.get('idempotency-replayed') === null)).toHaveLength(1)
  })

  test('of a service that shows a secret once does nothing twice, and shows nothing again', async () => {
    const body = { name: 'ingest', scopes: ['billing.usage.record'], days: null }
    const make = () =>
      t.call('/api/v1/access/tokens/create', { body, headers: { 'idempotency-key': 'token-1' } })
    const first = await make()
    expect(first.body.secret).toEqual(expect.any(String))
    expect((await make()).body).toMatchObject({ status: 422, code: 'WORKSPACE_COMMAND_REUSED' })
    const { body: kept } = await t.call('/api/v1/access/tokens/list')
    expect(kept.tokens).toHaveLength(1)
  })

  test('with another secret is another request, because the log cannot tell secrets apart', async () => {
    const set = (value: string) =>
      t.call('/api/v1/workspace/settings/setSecret', {
        body: { name: 'payments.stripeSecret', value },
        headers: { 'idempotency-key': 'secret-1' },
      })
    const replayed = async (value: string) => {
      const answer = await set(value)
      expect(answer.body.isSet, answer.text).toBe(true)
      return answer.headers.get('idempotency-replayed')
    }
    expect([await replayed('one'), await replayed('one'), await replayed('two')]).toEqual([
      null,
      'true',
      null,
    ])
  })

  test('needs a key of visible characters', async () => {
    expect((await create('key', 'k'.repeat(201))).body).toMatchObject({
      status: 400,
      code: 'HTTP_KEY_INVALID',
    })
    expect((await create('key', 'a b')).body.code).toBe('HTTP_KEY_INVALID')
  })
})

describe('how answers and requests travel', () => {
  test('compressed as the client takes it', async () => {
    for (const encoding of ['gzip', 'br', 'zstd']) {
      const { headers, body } = await t.call('/api/v1/openapi.json', {
        headers: { 'accept-encoding': encoding },
      })
      expect(headers.get('content-encoding')).toBe(encoding)
      expect(body.openapi).toBe('3.1.0')
    }
  })

  test('requests may be compressed', async () => {
    const body = gzipSync(JSON.stringify({ ...METRIC, key: 'zipped' }))
    const made = await t.call('/api/v1/billing/metric/create', {
      body,
      headers: { 'content-encoding': 'gzip' },
    })
    expect(made.body.key).toBe('zipped')
  })

  test('no other origin is let in, and no answer is a page', async () => {
    const { headers } = await t.call('/api/v1/billing/plan/list', {
      headers: { origin: 'https://evil.example' },
    })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

test('the page of the API needs nothing from elsewhere, and no script that is not a file of ours', async () => {
  const page = await t.call('/api/docs/', { as: null })
  const policy = page.headers.get('content-security-policy') as string
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file as string)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    expect(file).toMatch(/^\/api\/docs\//)
    expect((await t.call(file, { as: null })).status, file).toBe(200)
  }
  expect(page.text).not.toMatch(/<script>|style=/)
})
