import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import type { Core, Log } from '#core/create-core.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Desk } from '#core/sync/desk.ts'
import {
  decode,
  type ExchangeName,
  encode,
  exchanges,
  MOST_MESSAGE,
  NotOurs,
  SYNC_MEDIA_TYPE,
} from '#core/sync/wire.ts'
import { refuse } from '#shared/errors.ts'
import type { Authenticator, Principal } from '../identity/principal.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { createAnnouncers } from './announcers.ts'
import { compress, inflate } from './compression.ts'
import { statusOf } from './problems.ts'

export interface SyncRoutesParts {
  readonly authenticator: Authenticator
  readonly workspaces: Pick<Workspaces, 'open'>
  /** What is known of the desk that asks. */
  readonly desk: (core: Core, principal: Principal) => Promise<Desk>
  readonly log: Log
  readonly timer: Timer
  /** Names a failure in the log. */
  readonly newReference: () => string
}

/** Who asks, and the core of their workspace. */
export interface Asking {
  readonly principal: Principal
  readonly core: Core
}

/** Bytes of a request as they come in, compressed or not. */
const MOST_BODY = 16 * 1024 * 1024

/**
 * The protocol of desks over HTTP, to be registered under `/sync/v1`. Every request is authenticated as a
 * device; its workspace is the one of its secret.
 */
export function syncRoutes(parts: SyncRoutesParts): FastifyPluginAsync {
  return async app => {
    speak(app, parts)
    const announcers = createAnnouncers(parts)
    const ask = (request: FastifyRequest) => askingOf(request, parts)
    for (const name of Object.keys(exchanges) as ExchangeName[])
      app.post(`/${name}`, async (request, reply) => {
        const { principal, core } = await ask(request)
        const message = decode(exchanges[name].request as ZodType, request.body as Uint8Array)
        const server = core.serveDesk(await parts.desk(core, principal))
        return send(request, reply, await server[name](message as never))
      })
    app.get('/live', async (request, reply) => {
      const asking = await ask(request)
      announcers.follow(asking.core, reply, async () => void (await ask(request)))
      return reply
    })
    app.addHook('preClose', async () => announcers.close())
  }
}

/**
 * The device that sent a request, and the core of its workspace.
 * @throws Refusal `ACCESS_DEVICE_NEEDED`, `WORKSPACE_NOT_FOUND`, and what the authenticator refuses
 */
export async function askingOf(
  request: FastifyRequest,
  { authenticator, workspaces }: Pick<SyncRoutesParts, 'authenticator' | 'workspaces'>,
): Promise<Asking> {
  const principal = await authenticator.authenticate(request.headers)
  if (principal?.kind !== 'device')
    throw refuse('SYNC_DEVICE_NEEDED', {}, 'Only an enrolled desk may ask this.')
  return { principal, core: await workspaces.open(principal.workspace) }
}

/** Sends a message of the protocol, compressed as the desk takes it. */
export async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  message: unknown,
): Promise<FastifyReply> {
  const accepted = request.headers['accept-encoding']
  const { bytes, encoding } = await compress(
    encode(message),
    typeof accepted === 'string' ? accepted : undefined,
  )
  if (encoding) reply.header('content-encoding', encoding).header('vary', 'accept-encoding')
  return reply.header('cache-control', 'no-store').type(SYNC_MEDIA_TYPE).send(Buffer.from(bytes))
}

/** What goes in and out here are messages of the protocol, failures too. */
function speak(app: FastifyInstance, { log, newReference }: SyncRoutesParts): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    SYNC_MEDIA_TYPE,
    { parseAs: 'buffer', bodyLimit: MOST_BODY },
    (_request: FastifyRequest, body: Buffer) =>
      inflate(body, MOST_MESSAGE).catch(error => {
        throw new NotOurs('this body cannot be decompressed', { cause: error })
      }),
  )
  app.setErrorHandler(async (error, request, reply) => {
    const { status, problem } = statusOf(error)
    if (problem) return send(request, reply.status(status), problem)
    const reference = newReference()
    log('error', 'a request of a desk failed', {
      reference,
      method: request.method,
      path: request.url,
      error,
    })
    return send(request, reply.status(500), {
      code: 'SYNC_SERVER_FAILED',
      message: 'Unexpected failure.',
      data: { reference },
    })
  })
  app.setNotFoundHandler(async (request, reply) =>
    send(request, reply.status(404), {
      code: 'SYNC_PATH_UNKNOWN',
      message: 'This server does not know this question of the protocol.',
      data: {},
    }),
  )
}
