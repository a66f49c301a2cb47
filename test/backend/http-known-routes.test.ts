import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missingRoutes } from '#backend/http/known-routes/missing.ts'
import { knownTable } from '#backend/http/known-routes/table.ts'
import { type HttpWorld, httpWorld } from '#test/kit/http-kit.ts'

/**
 * The routes that users of earlier systems rely on, one line each: answered, or with the engine that they wait for.
 * A route whose engine comes is moved by whoever brings it.
 */
const RELIED_ON: readonly [route: string, waitsFor?: string][] = [
  ['POST /billing/plans'],
  ['GET /billing/plans'],
  ['GET /billing/plans/{id}'],
  ['PUT /billing/plans/{id}'],
  ['DELETE /billing/plans/{id}'],
  ['POST /billing/plans/initialize-defaults'],
  ['POST /billing/subscriptions'],
  ['GET /billing/subscriptions/organization/{id}'],
  ['PUT /billing/subscriptions/{id}/cancel'],
  ['PUT /billing/subscriptions/{id}/upgrade'],
  ['GET /billing/subscriptions/{id}/usage'],
  ['POST /billing/usage/events'],
  ['GET /billing/usage/analytics/{customer}'],
  ['GET /billing/usage/summary/{customer}'],
  ['GET /billing/usage/quota-check/{customer}/{type}'],
  ['GET /billing/invoices'],
  ['GET /billing/invoices/{id}'],
  ['POST /billing/invoices/{id}/generate-pdf'],
  ['GET /billing/payments'],
  ['POST /billing/payments/create-payment-intent'],
  ['POST /billing/payments/{id}/confirm'],
  ['POST /billing/payments/{id}/failed'],
  ['POST /billing/portal/create-session'],
  ['GET /billing/analytics/revenue/{customer}'],
  ['GET /billing/analytics/billing-dashboard/{customer}'],
  ['GET /billing/analytics/churn-analysis/{customer}'],
  ['POST /billing/quotas'],
  ['GET /billing/quotas/organization/{id}'],
  ['PUT /billing/quotas/{id}'],
  ['DELETE /billing/quotas/{id}'],
  ['GET /api/v1/billing/summary'],
  ['POST /api/v1/billing/generate-invoice'],
  ['POST /api/v1/billing/subscription'],
  ['POST /api/v1/billing/payment-method'],
  ['POST /api/v1/billing/automated-billing'],
  ['GET /api/v1/billing/pricing-plans'],
  ['GET /api/v1/billing/history'],
  ['GET /api/v1/finops/dashboard'],
  ['GET /api/v1/finops/cost-attribution'],
  ['GET /api/v1/finops/usage-analytics'],
  ['GET /api/v1/finops/recommendations', 'cost-advice'],
  ['GET /api/v1/finops/forecast', 'cost-advice'],
  ['GET /api/v1/finops/budgets', 'budgets'],
  ['POST /api/v1/finops/budgets', 'budgets'],
  ['PUT /api/v1/finops/budgets', 'budgets'],
  ['DELETE /api/v1/finops/budgets', 'budgets'],
  ['GET /api/v1/finops/alerts', 'budgets'],
  ['PUT /api/v1/finops/alerts', 'budgets'],
  ['POST /api/v1/finops/export', 'cost-reports'],
  ['GET /support/tickets', 'support'],
  ['POST /support/tickets', 'support'],
  ['GET /support/incidents', 'support'],
  ['POST /support/incidents', 'support'],
  ['GET /support/rollbacks', 'support'],
  ['POST /support/rollbacks', 'support'],
  ['GET /support/onboarding', 'support'],
  ['POST /support/onboarding', 'support'],
  ['GET /health/regions', 'regions'],
  ['GET /health/failover', 'regions'],
  ['GET /health/slo', 'regions'],
]

let t: HttpWorld
/** What stands in the braces of a path. */
const there: Record<string, string> = { customer: 'northwind', type: 'api-calls' }
const ids: Record<string, string> = {}

beforeAll(async () => {
  t = await httpWorld()
  await t.call('/billing/plans/initialize-defaults', { body: {} })
  const customer = await t.call('/api/v1/billing/customer/create', {
    body: {
      key: 'northwind',
      name: 'Northwind',
      email: 'n@example.com',
      country: 'US',
      currency: 'USD',
      zone: 'UTC',
    },
  })
  ids.customer = customer.body.id
  const { body } = await t.call('/billing/subscriptions', {
    body: { customer: 'northwind', plan: 'starter', at: '2026-09-01T00:00:00Z', trialDays: 0 },
  })
  ids.subscription = body.id
  const events = [1, 2, 3].map(n => ({
    ...{ id: `e-${n}`, customer: 'northwind', metric: 'api-calls', quantity: String(n * 100) },
    at: `2026-10-0${n}T10:00:00Z`,
  }))
  await t.call('/billing/usage/events', { body: events })
  const closed = await t.call('/api/v1/billing/generate-invoice', { body: { period: '2026-10' } })
  expect(closed.status).toBe(202)
  await t.first.core.jobs.idle()
  const drafts = await t.call('/billing/invoices')
  ids.invoice = drafts.body.invoices[0].id
})
afterAll(() => t.close())

/** The address of a route, with what there is in place of its braces. */
function addressOf(path: string): string {
  const id = path.includes('/organization/')
    ? 'northwind'
    : path.includes('/subscriptions/')
      ? ids.subscription
      : path.includes('/invoices/')
        ? ids.invoice
        : 'starter'
  return path.replace(/\{(\w+)\}/g, (_, name) => there[name] ?? String(id))
}

describe('the routes that users of earlier systems rely on', () => {
  test('POST /api/v1/billing/automated-billing: says what is done by itself, for one or for all', async () => {
    const post = (body: object) => t.call('/api/v1/billing/automated-billing', { body })
    const all = await post({ enabled: true, billing_day: 5, send_notifications: true })
    expect(all.body).toEqual({
      ...{ customer: null, enabled: true, billing_day: 5, include_usage: true, auto_payment: false },
      ...{ send_notifications: true, own: true, next_at: expect.any(String) },
    })
    const one = await post({ customer: 'northwind', enabled: false })
    expect(one.body).toMatchObject({ customer: ids.customer, enabled: false, billing_day: 5, next_at: null })
    expect((await post({ customer: 'nobody', enabled: false })).status).toBe(404)
    expect((await post({ enabled: true, billing_day: 32 })).status).toBe(400)
  })

  test('POST /api/v1/billing/payment-method: keeps what it is known by, and refuses whole numbers', async () => {
    const post = (body: object) => t.call('/api/v1/billing/payment-method', { body })
    const card = { customer: 'northwind', kind: 'card', brand: 'Visa', last4: '4242', expires: '2027-09' }
    const made = await post({ ...card, default: true })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      customerId: ids.customer,
      last4: '4242',
      isDefault: true,
      usable: true,
    })
    expect((await post({ ...card, last4: '4242424242424242' })).status).toBe(400)
    expect((await post({ ...card, number: '4242424242424242' })).status).toBe(400)
    expect((await post({ ...card, customer: 'nobody' })).status).toBe(404)
    expect((await post({ ...card, provider: 'nobody' })).body.code).toBe('BILLING_PROVIDER_UNKNOWN')
  })

  test('POST /billing/portal/create-session: says where no provider has such a page', async () => {
    const post = (body: object) => t.call('/billing/portal/create-session', { body })
    const none = await post({ customer: 'northwind', return_url: 'https://app.example.com/' })
    expect([none.status, none.body.code]).toEqual([422, 'BILLING_PROVIDER_CANNOT'])
    expect((await post({ customer: 'northwind', provider: 'nobody' })).body.code).toBe(
      'BILLING_PROVIDER_UNKNOWN',
    )
    expect((await post({ customer: 'northwind', return_url: 'no address' })).status).toBe(400)
  })

  test('GET /billing/analytics/churn-analysis/{customer}: what recurs and how it moved', async () => {
    const { body, status } = await t.call('/billing/analytics/churn-analysis/northwind?months=3')
    expect(status).toBe(200)
    expect(body).toMatchObject({ customerId: ids.customer, currencies: [{ currency: 'USD' }] })
    expect(body.currencies[0].months).toHaveLength(3)
    expect((await t.call('/billing/analytics/churn-analysis/northwind?months=37')).status).toBe(400)
    expect((await t.call('/billing/analytics/churn-analysis/nobody')).status).toBe(404)
  })

  const named = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

  test('are the ones of the table: those that wait wait for what is said here', () => {
    const answered = new Set(knownTable.map(named))
    const waiting = new Map(missingRoutes.map(route => [named(route), route.engine as string]))
    for (const [route, engine] of RELIED_ON) {
      expect(waiting.get(route), route).toBe(engine)
      expect(answered.has(route), route).toBe(engine === undefined)
    }
    const relied = new Set(RELIED_ON.map(([route]) => route))
    for (const route of answered) expect(relied.has(route), `${route} is in no list`).toBe(true)
  })

  test.each(RELIED_ON.filter(([route, engine]) => engine === undefined && route.startsWith('GET')))(
    '%s answers, with a slash at its end and without',
    async route => {
      const address = addressOf(route.split(' ')[1] as string)
      const bare = await t.call(address)
      expect(bare.body, route).not.toHaveProperty('code')
      expect(bare.status).toBe(200)
      const slashed = await t.call(`${address}/`)
      expect(slashed.status).toBe(200)
    },
  )

  test.each(RELIED_ON.filter(([, engine]) => engine !== undefined))(
    '%s says that %s is missing',
    async (route, engine) => {
      const [method, path] = route.split(' ') as [string, string]
      const said = await t.call(addressOf(path), { method, ...(method === 'GET' ? {} : { body: {} }) })
      expect(said.body).toMatchObject({ status: 501, code: 'HTTP_NOT_YET', data: { missing: engine } })
      expect(said.headers.get('content-type')).toContain('application/problem+json')
      expect(
        (await t.call(addressOf(path), { method, as: null, ...(method === 'GET' ? {} : { body: {} }) }))
          .status,
      ).toBe(401)
    },
  )
})

describe('what they do', () => {
  test('a plan is made with its prices, changed, and deactivated when it is deleted', async () => {
    const version = {
      prices: [
        { key: 'base', name: 'Base', currency: 'USD', charge: { model: 'flat', amount: '10' } },
        {
          key: 'calls',
          name: 'Calls',
          metric: 'api-calls',
          currency: 'USD',
          charge: { model: 'standard', unit: '0.01' },
        },
      ],
    }
    const made = await t.call('/billing/plans/', { body: { key: 'team', name: 'Team', version } })
    expect(made.status).toBe(201)
    expect(made.body.latest.prices).toHaveLength(2)
    const changed = await t.call('/billing/plans/team', { method: 'PUT', body: { name: 'Teams', version } })
    expect(changed.body).toMatchObject({ name: 'Teams', latest: { number: 2 } })
    await t.call('/billing/subscriptions/', { body: { customer: 'northwind', plan: 'team' } })
    const gone = await t.call('/billing/plans/team', { method: 'DELETE' })
    expect(gone.body).toMatchObject({ active: false, subscriptions: 1 })
    expect((await t.call('/billing/plans/team')).body.active).toBe(false)
    const { body } = await t.call('/api/v1/billing/pricing-plans')
    expect(body.plans.map((plan: { key: string }) => plan.key)).not.toContain('team')
  })

  test('a plan whose prices are refused is not made, and the same request is refused again', async () => {
    const body = {
      ...{ key: 'half', name: 'Half' },
      version: {
        prices: [
          {
            key: 'x',
            name: 'X',
            metric: 'nothing',
            currency: 'USD',
            charge: { model: 'standard', unit: '1' },
          },
        ],
      },
    }
    const headers = { 'idempotency-key': 'half-1' }
    for (let times = 0; times < 2; times++) {
      const refused = await t.call('/billing/plans', { body, headers })
      expect(refused.body).toMatchObject({ code: 'BILLING_METRIC_UNKNOWN' })
      expect((await t.call('/billing/plans/half')).status).toBe(404)
    }
  })

  test('a plan that comes again with its key is made once', async () => {
    const headers = { 'idempotency-key': 'plan-1' }
    const body = { key: 'twice', name: 'Twice', version: { prices: [] } }
    const first = await t.call('/billing/plans', { body, headers })
    const again = await t.call('/billing/plans', { body, headers })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.text).toBe(first.text)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
  })

  test('the defaults come once', async () => {
    const again = await t.call('/billing/plans/initialize-defaults', { method: 'POST' })
    expect(again.body).toEqual({ metrics: 0, plans: 0 })
  })

  test('money is asked for, does not come, and comes after all', async () => {
    const intent = { customer: 'northwind', amount: '2500', currency: 'USD', reference: 'first' }
    const asked = await t.call('/billing/payments/create-payment-intent', { body: intent })
    expect(asked.status).toBe(201)
    expect(asked.body).toMatchObject({ state: 'pending', amount: '2500', customer: 'Northwind' })
    const failed = await t.call(`/billing/payments/${asked.body.id}/failed`, { body: { code: 'AM04' } })
    expect(failed.body.failure).toEqual({ code: 'insufficient-funds', remedy: 'retry', text: 'AM04' })
    const came = await t.call(`/billing/payments/${asked.body.id}/confirm`, { body: {} })
    expect(came.body).toMatchObject({ state: 'succeeded', left: '2500', failure: null })
    const again = await t.call(`/billing/payments/${asked.body.id}/confirm`, { body: {} })
    expect(again.body).toMatchObject({ status: 409, code: 'BILLING_PAYMENT_STATE' })
    const page = await t.call('/billing/payments?customer=northwind&state=succeeded&limit=1')
    expect(page.body).toMatchObject({ count: 1, next: null, payments: [{ id: asked.body.id }] })
    const wrong = await t.call('/billing/payments/create-payment-intent', {
      body: { ...intent, amount: '-5' },
    })
    expect(wrong.status).toBe(400)
  })

  test('a subscription is changed and cancelled', async () => {
    const path = `/billing/subscriptions/${ids.subscription}`
    const more = await t.call(`${path}/upgrade`, {
      method: 'PUT',
      body: { plan: 'professional', quantity: 3 },
    })
    expect(more.body).toMatchObject({ planName: 'Professional' })
    const usage = await t.call(`${path}/usage?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z`)
    expect(usage.body.metrics).toMatchObject([{ metric: 'api-calls', quantity: '600', events: 3 }])
    const over = await t.call(`${path}/cancel`, { method: 'PUT', body: { at: '2026-12-31T00:00:00Z' } })
    expect(over.body.endedAt).toBe(String(Date.UTC(2026, 11, 31)))
    const unknown = await t.call('/billing/subscriptions/nothing/cancel', { method: 'PUT', body: {} })
    expect(unknown.status).toBe(404)
  })

  test('usage is recorded once, one event or many, and refused by its place', async () => {
    const event = { id: 'one', customer: 'northwind', metric: 'api-calls', at: t.clock.now().toString() }
    expect((await t.call('/billing/usage/events', { body: event })).body).toMatchObject({ stored: 1 })
    expect((await t.call('/billing/usage/events/', { body: { events: [event] } })).body).toMatchObject({
      duplicates: 1,
    })
    const other = { ...event, quantity: '2' }
    const refused = await t.call('/billing/usage/events', {
      body: [other, { ...event, id: 'x', metric: 'none' }],
    })
    expect(refused.body).toMatchObject({
      ...{ status: 422, code: 'BILLING_USAGE_REFUSED' },
      data: {
        events: [
          { id: 'one', problem: 'conflict' },
          { id: 'x', problem: 'unknown-metric' },
        ],
      },
    })
    const wrong = await t.call('/billing/usage/events', { body: [{ ...event, at: 'yesterday' }] })
    expect(wrong.body.data.issues[0].path).toBe('events.0.at')
    for (const at of ['2026-02-30T00:00:00Z', '2026-11-20 09:00', 1.5, null, undefined])
      expect((await t.call('/billing/usage/events', { body: { ...event, at } })).status, String(at)).toBe(400)
    for (const body of [7, 'text', null, [], { events: 'x' }, [7], new Array(1001).fill(event)])
      expect((await t.call('/billing/usage/events', { body })).status).toBe(400)
    const analytics = await t.call(
      '/billing/usage/analytics/northwind?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z',
    )
    expect(analytics.body.metrics[0].days).toHaveLength(3)
    const apart = await t.call(
      '/billing/usage/analytics/northwind?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&by=team',
    )
    expect(apart.body.metrics[0]).toMatchObject({
      ...{ by: 'team', complete: true, total: { events: 3, quantity: '600' } },
      groups: [{ value: null, events: 3, judged: 0, latency: null }],
    })
  })

  test('a quota is checked by key or id of the customer', async () => {
    const byKey = await t.call('/billing/usage/quota-check/northwind/api-calls?quantity=1')
    const byId = await t.call(`/billing/usage/quota-check/${ids.customer}/api-calls?quantity=1`)
    expect(byKey.body).toMatchObject({ key: 'api-calls', kind: 'metered', allowed: true })
    expect(byId.body).toEqual(byKey.body)
    expect((await t.call('/billing/usage/quota-check/nobody/api-calls')).status).toBe(404)
  })

  test('a customer has a quota of its own, which is changed and taken back', async () => {
    const body = { customer: 'northwind', metric: 'api-calls', limit: '700', enforcement: 'hard' }
    const made = await t.call('/billing/quotas/', { body })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ metric: 'api-calls', allowance: { kind: 'limit', limit: '700' } })
    const path = `/billing/quotas/${made.body.id}`
    const put = { limit: null, thresholds: [50] }
    expect((await t.call(path, { method: 'PUT', body: put })).body).toMatchObject({
      ...{ id: made.body.id, allowance: { kind: 'unlimited' }, thresholds: [50] },
    })
    const all = await t.call('/billing/quotas/organization/northwind')
    expect(all.body.own).toHaveLength(1)
    expect(all.body.quotas.find((one: { key: string }) => one.key === 'api-calls').limit).toBeNull()
    expect((await t.call('/billing/quotas', { body: { ...body, metric: 'none' } })).status).toBe(422)
    expect((await t.call('/billing/quotas', { body: { ...body, thresholds: [5, 5] } })).status).toBe(400)
    expect((await t.call(path, { method: 'DELETE' })).body).toEqual({ quotaId: made.body.id })
    expect((await t.call(path, { method: 'DELETE' })).status).toBe(404)
    expect((await t.call(path, { method: 'PUT', body: {} })).status).toBe(404)
  })

  test('an invoice is found, and its document comes as JSON or as it is', async () => {
    const one = await t.call(`/billing/invoices/${ids.invoice}`)
    expect(one.body.lineItems.length).toBeGreaterThan(0)
    const path = `/billing/invoices/${ids.invoice}/generate-pdf`
    const json = await t.call(path, { method: 'POST' })
    expect(Buffer.from(json.body.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
    const file = await t.call(path, { method: 'POST', headers: { accept: 'application/pdf' } })
    expect(file.headers.get('content-type')).toBe('application/pdf')
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(file.text.slice(0, 5)).toBe('%PDF-')
  })

  test('lists go on at their cursor', async () => {
    const first = await t.call('/billing/invoices?limit=1')
    expect(first.body).toMatchObject({ count: first.body.invoices.length, next: null })
    const refused = await t.call('/billing/invoices?limit=1&cursor=nonsense')
    expect(refused.body.code).toBe('HTTP_CURSOR_INVALID')
    expect((await t.call('/billing/invoices?limit=0')).body.code).toBe('WORKSPACE_BAD_INPUT')
    expect((await t.call('/billing/invoices?colour=red')).body.code).toBe('WORKSPACE_BAD_INPUT')
  })
})
