import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { PAGE_POLICY } from '../identity/pages/layout.ts'
import { messagePage } from '../identity/pages/pages.ts'
import type { Authenticator } from '../identity/principal.ts'
import { measureQueues } from '../telemetry/measure-queues.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { apiRoutes } from './api-routes.ts'
import { docsRoutes } from './docs/docs-routes.ts'
import { followRequests } from './follow-requests.ts'
import { createGathering } from './gather-events.ts'
import { type InterfaceParts, interfaceRoutes } from './interface/interface-routes.ts'
import { readJsonBody } from './json-body.ts'
import { createRateLimits, DEFAULT_LIMITS, type HttpLimits } from './limits.ts'
import { machineRoutes } from './machine-routes.ts'
import { PROBLEM_TYPE, problemOf, problemText } from './problems.ts'
import { securityHeaders } from './security-headers.ts'

/** Routes that another part of the server brings: sign-in, the protocol of desks. */
export interface RoutesOf {
  readonly prefix: string
  readonly plugin: FastifyPluginAsync
}

export interface HttpServerParts {
  readonly workspaces: Pick<Workspaces, 'open' | 'opened'>
  readonly authenticator: Authenticator
  readonly telemetry: Telemetry
  readonly version: string
  /** The address under which people reach this server, without a slash at its end; null: whichever they ask. */
  readonly publicUrl: string | null
  /** Addresses of proxies whose word about a client's address and host is taken. */
  readonly trustProxy?: readonly string[]
  /** Rejects while the database does not answer, or its tables are not those of this version. */
  readonly ready: () => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => Id
  readonly limits?: Partial<HttpLimits>
  readonly routes?: readonly RoutesOf[]
  /** The built interface with what serves it; null where this server has no pages. */
  readonly pages: InterfaceParts | null
}

export interface HttpServer {
  readonly app: FastifyInstance
  /** @throws Error where the port is taken. Resolves to the address that is listened on. */
  listen(host: string, port: number): Promise<string>
  /** Takes no new requests, waits for those that run, and cuts off what does not end in time. */
  close(): Promise<void>
}

/** How long a stopping server waits for the requests that run, in milliseconds. */
const PATIENCE = 20_000
const NOWHERE = messagePage({
  title: 'Nothing here',
  text: 'There is nothing at this address. It may have been typed wrong, or a link is out of date.',
  link: { href: '/', label: 'Open Quarterdeck' },
})
const REQUEST_ID = /^[\w.-]{8,80}$/

/**
 * Everything that a server answers over HTTP. It knows no database: only cores, by the workspace that a
 * request's secret names.
 */
export async function createHttpServer(parts: HttpServerParts): Promise<HttpServer> {
  const { telemetry, publicUrl, now, newId } = parts
  const limits: HttpLimits = { ...DEFAULT_LIMITS, ...parts.limits }
  const { log, metrics } = telemetry
  let stopping = false

  const app = Fastify({
    logger: false,
    bodyLimit: limits.body,
    requestTimeout: limits.arrival,
    keepAliveTimeout: 10_000,
    http: { connectionsCheckingInterval: Math.min(5000, limits.arrival), maxHeaderSize: 32 * 1024 },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    trustProxy: parts.trustProxy ? [...parts.trustProxy] : false,
    genReqId: request => {
      const said = request.headers['x-request-id']
      return typeof said === 'string' && REQUEST_ID.test(said) ? said : randomUUID()
    },
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: 300,
      onBadUrl: (_, request, response) => badRequest(request.socket, response),
    },
    clientErrorHandler: (error, socket) => unreadable(error, socket),
  })
  app.server.headersTimeout = Math.min(10_000, limits.arrival)

  app.decorateRequest('principal', null)
  app.removeAllContentTypeParsers()
  for (const type of ['application/json', /^application\/[\w.-]+\+json$/])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, async (_: unknown, body: Buffer) =>
      readJsonBody(body),
    )
  followRequests(app, telemetry)
  securityHeaders(app, publicUrl)
  await app.register(rateLimit, { global: false, cache: 20_000 })
  const rates = createRateLimits(app, limits)
  app.addHook('onRequest', async (request, reply) => {
    if (stopping) {
      reply.header('connection', 'close')
      if (request.routeOptions.url !== '/readyz' && request.routeOptions.url !== '/healthz')
        throw refuse('HTTP_STOPPING', {}, 'This server stops. Ask again: another one answers.')
    }
    await rates.countAddress(request, reply)
  })

  app.setErrorHandler(async (error: Error, request, reply) => {
    const problem = problemOf(error)
    if (problem) {
      if (problem.status !== 404) metrics.refusedRequests.inc({ reason: problem.code })
      if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="quarterdeck"')
      // The rest of a body that is refused is not waited for.
      if (problem.status === 413) reply.header('connection', 'close')
    } else
      log('error', 'a request failed', { method: request.method, route: request.routeOptions.url, error })
    return reply
      .status(problem?.status ?? 500)
      .header('cache-control', 'no-store')
      .type(PROBLEM_TYPE)
      .send(problemText(problem ?? FAILED, request.id))
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (isPerson(request))
      return reply
        .status(404)
        .headers({ 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-store' })
        .type('text/html; charset=utf-8')
        .send(NOWHERE)
    throw refuse('HTTP_NOT_FOUND', {}, 'There is nothing at this address for this method.')
  })

  measureQueues(metrics, () => parts.workspaces.opened())
  const authentication = { ...parts, limits: rates, gathering: createGathering(), publicUrl, now, newId }
  machineRoutes(app, { metrics, ready: parts.ready, stopping: () => stopping })
  for (const { prefix, plugin } of parts.routes ?? []) await app.register(plugin, { prefix })
  await app.register(apiRoutes({ ...authentication, answer: limits.answer }))
  await app.register(docsRoutes({ version: parts.version, publicUrl }))
  const pages = parts.pages && interfaceRoutes({ ...authentication, ...parts.pages, log, metrics })
  if (pages) await app.register(pages.routes)

  return {
    app,
    async listen(host, port) {
      return app.listen({ host, port })
    },
    async close() {
      stopping = true
      pages?.close()
      const hurry = setTimeout(() => app.server.closeAllConnections(), PATIENCE)
      hurry.unref()
      try {
        await app.close()
      } finally {
        clearTimeout(hurry)
      }
    },
  }
}

const FAILED = {
  status: 500,
  code: 'INTERNAL',
  detail: 'Unexpected failure. The log of the server names it by the id of this request.',
}

/** What cannot be read as HTTP at all, or does not arrive in time, is answered on the bare connection. */
function unreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const large = error.code === 'HPE_HEADER_OVERFLOW'
  const [status, words, code] = slow
    ? [408, 'Request Timeout', 'HTTP_TOO_SLOW']
    : large
      ? [431, 'Request Header Fields Too Large', 'HTTP_HEADERS_TOO_LARGE']
      : [400, 'Bad Request', 'HTTP_BODY_INVALID']
  const body = problemText({ status: status as number, code: code as string }, 'none')
  socket.end(
    `HTTP/1.1 ${status} ${words}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function badRequest(
  socket: Socket,
  response: { writeHead(status: number, headers: Record<string, string>): { end(text: string): unknown } },
): void {
  if (!socket.writable) return
  response
    .writeHead(400, { 'content-type': PROBLEM_TYPE })
    .end(problemText({ status: 400, code: 'HTTP_BODY_INVALID', detail: 'This is no address.' }, 'none'))
}

/** Whether somebody looks at the answer, and not a program: a browser asks for a page first. */
function isPerson({ method, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.accept?.startsWith('text/html') === true
}
