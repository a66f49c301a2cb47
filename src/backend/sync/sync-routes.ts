import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import type { Log } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import { deskOf } from '#core/identity/desks.ts'
import type { Timer } from '#core/runtime/timer.ts'
import {
  decode,
  type ExchangeName,
  exchanges,
  MOST_MESSAGE,
  NotOurs,
  SYNC_MEDIA_TYPE,
} from '#core/sync/wire.ts'
import type { PartialFiles } from '#serving/files/partial-files.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Authenticator } from '../identity/principal.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { createAnnouncers } from './announcers.ts'
import { inflate } from './compression.ts'
import { deskRoutes } from './desk-routes.ts'
import { type Asking, send } from './messages.ts'
import { statusOf } from './problems.ts'

export interface SyncRoutesParts {
  readonly authenticator: Authenticator
  readonly workspaces: Pick<Workspaces, 'open'>
  /** The database of all workspaces. */
  readonly store: Pick<Store, 'read'>
  /** Files that come in parts to a workspace. */
  readonly files: (workspace: Id) => PartialFiles
  readonly log: Log
  readonly timer: Timer
  /** Names a failure in the log. */
  readonly newReference: () => string
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
        const { core, desk } = await ask(request)
        const message = decode(exchanges[name].request as ZodType, request.body as Uint8Array)
        const server = core.serveDesk(desk)
        return send(request, reply, await server[name](message as never))
      })
    app.get('/live', async (request, reply) => {
      const asking = await ask(request)
      announcers.follow(asking.core, reply, async () => void (await ask(request)))
      return reply
    })
    deskRoutes(app, { ...parts, asking: ask })
    app.addHook('preClose', async () => announcers.close())
  }
}

/**
 * The device that sent a request, and the core of its workspace.
 * @throws Refusal `ACCESS_DEVICE_NEEDED`, `WORKSPACE_NOT_FOUND`, and what the authenticator refuses
 */
export async function askingOf(
  request: FastifyRequest,
  { authenticator, workspaces, store }: Pick<SyncRoutesParts, 'authenticator' | 'workspaces' | 'store'>,
): Promise<Asking> {
  const principal = await authenticator.authenticate(request.headers)
  if (principal?.kind !== 'device')
    throw refuse('SYNC_DEVICE_NEEDED', {}, 'Only an enrolled desk may ask this.')
  const core = await workspaces.open(principal.workspace)
  const desk = await store.read(principal.workspace, reader => deskOf(reader, principal.device))
  if (!desk) throw refuse('SYNC_DEVICE_NEEDED', {}, 'This desk is not enrolled here.')
  return { principal, core, desk }
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
