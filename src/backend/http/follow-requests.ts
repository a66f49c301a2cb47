import type { Span } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { runWithin, within } from '../telemetry/within.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Its span, until it is answered; null before it is followed. */
    followed: Followed | null
  }
}

/**
 * What ends with a request. An object on the request, which knows nothing of the request itself: a closure that knows
 * it, or a WeakMap, keeps requests alive for seconds after they were answered, and each collection of young memory then
 * stops the server for 20 ms to copy them.
 */
class Followed {
  readonly span: Span | null
  readonly resolve: () => void

  constructor(span: Span | null, resolve: () => void) {
    this.span = span
    this.resolve = resolve
  }

  end(status: number): void {
    this.span?.setAttribute('http.response.status_code', status)
    this.resolve()
  }
}

/** Addresses that machines ask every few seconds: their lines would hide all others. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics'])

/** Each request gets a span, a measure and a line of the log, by its route and never by its address. */
export function followRequests(app: FastifyInstance, { log, metrics, traces }: Telemetry): void {
  app.decorateRequest('followed', null)

  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    const { method, id } = request
    reply.header('x-request-id', id)
    metrics.requestsRunning.inc()
    const remote = request.headers.traceparent
    const attributes = { 'http.request.method': method, 'http.route': route, 'quarterdeck.request_id': id }
    const serve = () =>
      traces.span(
        `${method} ${route}`,
        attributes,
        span =>
          new Promise<void>(resolve => {
            request.followed = new Followed(span, resolve)
            done()
          }),
        typeof remote === 'string' ? remote : undefined,
      )
    void runWithin({ requestId: id }, serve)
  })

  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'unknown'
    const status = reply.statusCode
    const ms = Math.round(reply.elapsedTime * 10) / 10
    metrics.requestsRunning.dec()
    metrics.requests.observe({ method, route, status: String(status) }, reply.elapsedTime / 1000)
    if (!QUIET.has(route)) log('info', 'request', { method, route, status, ms })
    request.followed?.end(status)
  })

  // A client that leaves before it is answered gets no answer, and its request is over all the same.
  app.addHook('onRequestAbort', async request => {
    const { method } = request
    const route = request.routeOptions.url ?? 'unknown'
    log('info', 'request given up by its client', { method, route })
    if (within().requestId === undefined) return
    request.followed?.end(499)
  })
}
