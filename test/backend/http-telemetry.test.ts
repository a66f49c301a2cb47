import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { measureSessions } from '#backend/telemetry/measure-sessions.ts'
import { createMetrics } from '#backend/telemetry/metrics.ts'
import { PATIENTLY } from '#test/kit/core-kit.ts'
import { type HttpWorld, httpWorld } from '#test/kit/http-kit.ts'

const METRIC = {
  ...{ key: 'calls', name: 'Calls', unit: 'calls', scale: 0 },
  ...{ aggregation: 'sum', excess: 'refuse', groupBy: [] },
}
const CREATE = '/api/v1/billing/metric/create'

let t: HttpWorld
afterEach(() => t.close())

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[]
}

/** A collector of traces on loopback. */
async function collector() {
  const spans: Span[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const sent = JSON.parse(Buffer.concat(parts).toString())
    for (const resource of sent.resourceSpans)
      for (const scope of resource.scopeSpans) spans.push(...scope.spans)
    response.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, spans, close: () => server.close() }
}

describe('traces', () => {
  test('lead from the request over the command to its transaction, and from whoever sent it', async () => {
    const collected = await collector()
    t = await httpWorld({ otlpEndpoint: collected.url })
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    await t.call(CREATE, { body: METRIC, headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
    await t.call('/api/v1/billing/metric/list', { headers: { traceparent: 'nonsense' } })
    await t.telemetry.close()
    await expect.poll(() => collected.spans.length, PATIENTLY).toBeGreaterThan(4)
    const named = (name: string, of = traceId) =>
      collected.spans.find(span => span.name === name && span.traceId === of) as Span
    const request = named(`POST ${CREATE}`)
    const command = named('command billing.metric.create')
    const transaction = named('transaction')
    expect(request.parentSpanId).toBe('00f067aa0ba902b7')
    expect(command.parentSpanId).toBe(request.spanId)
    expect(transaction.parentSpanId).toBe(command.spanId)
    const facts = Object.fromEntries(command.attributes.map(({ key, value }) => [key, value.stringValue]))
    expect(facts).toMatchObject({
      'quarterdeck.command': 'billing.metric.create',
      'quarterdeck.command_id': expect.any(String),
      'quarterdeck.outcome': 'done',
    })
    const own = collected.spans.find(span => span.name === 'GET /api/v1/billing/metric/list') as Span
    expect(own.traceId).not.toBe(traceId)
    expect(JSON.stringify(collected.spans)).not.toContain('session_')
    collected.close()
  })
})

describe('measures', () => {
  test('count requests by route and status, and commands by how they ended', async () => {
    t = await httpWorld()
    const headers = { 'idempotency-key': 'measured' }
    for (let times = 0; times < 2; times++) await t.call(CREATE, { body: METRIC, headers })
    await t.call(CREATE, { body: METRIC })
    await t.call('/api/v1/billing/metric/list?x=1')
    await t.call('/nowhere/at/all')
    const { text } = await t.call('/metrics', { as: null })
    for (const line of [
      `http_request_seconds_count{method="POST",route="${CREATE}",status="200"} 2`,
      `http_request_seconds_count{method="POST",route="${CREATE}",status="409"} 1`,
      'http_request_seconds_count{method="GET",route="unknown",status="404"} 1',
      'command_seconds_count{command="billing.metric.create",outcome="done"} 1',
      'command_seconds_count{command="billing.metric.create",outcome="repeated"} 1',
      'command_seconds_count{command="billing.metric.create",outcome="refused"} 1',
      'http_refused_total{reason="WORKSPACE_BAD_INPUT"} 1',
      'workspaces_open 2',
      'jobs_queued 0',
      'effects_waiting 0',
      'http_requests_running 1',
    ])
      expect(text).toContain(`quarterdeck_${line}`)
    expect(text).not.toContain('nowhere')
  })

  test('count sessions of the database that are held and waited for', async () => {
    t = await httpWorld()
    const metrics = createMetrics({ process: false })
    const waiting: (() => void)[] = []
    const source = measureSessions(
      {
        connect: () =>
          new Promise(resolve =>
            waiting.push(() =>
              resolve({ query: async () => ({ rows: [], affected: 0n }), release: () => {} }),
            ),
          ),
        close: async () => {},
      },
      metrics,
    )
    const [one] = [source.connect(), source.connect()]
    waiting[0]?.()
    const session = await one
    const read = () => metrics.registry.metrics()
    expect(await read()).toContain('sessions_waiting 1')
    expect(await read()).toContain('sessions_held 1')
    session?.release()
    expect(await read()).toContain('sessions_held 0')
  })
})

test('an answer that takes too long is given up, in words that say what to do', async () => {
  t = await httpWorld({ limits: { answer: 30 }, opening: () => new Promise(() => {}) })
  const said = await t.call('/api/v1/billing/metric/list')
  expect(said.body).toMatchObject({ status: 503, code: 'HTTP_TIMEOUT' })
})

describe('a server that stops', () => {
  test('says so, takes no more requests, and ends the one that runs', async () => {
    let go: () => void = () => {}
    const gate = new Promise<void>(resolve => {
      go = resolve
    })
    let reached = false
    t = await httpWorld({
      routes: [
        {
          prefix: '/slow',
          plugin: async app => {
            app.get('/', async () => {
              reached = true
              await gate
              return { done: true }
            })
          },
        },
      ],
    })
    const running = t.call('/slow')
    await expect.poll(() => reached, PATIENTLY).toBe(true)
    // A connection that was there before, as a proxy keeps them.
    const closing = t.server.close()
    const late = await t.call('/api/v1/billing/metric/list').then(
      answer => answer.status,
      () => 'refused',
    )
    expect([503, 'refused']).toContain(late)
    go()
    expect((await running).body).toEqual({ done: true })
    await closing
  })

  test('is not ready while its database does not answer', async () => {
    t = await httpWorld({ ready: () => Promise.reject(new Error('secret of the database')) })
    const said = await t.call('/readyz', { as: null })
    expect([said.status, said.body]).toEqual([503, { status: 'database' }])
    expect((await t.call('/healthz', { as: null })).status).toBe(200)
  })
})
