import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import compress from '@fastify/compress'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '#core/create-core.ts'
import type { StagedFiles } from '#serving/files/staged-files.ts'
import { createTickets } from '#serving/files/tickets.ts'
import { openStaticFiles } from '#serving/static-files.ts'
import { PATHS, type SessionReply } from '#shared/browser-host-protocol.ts'
import { contract } from '#shared/contract/index.ts'
import { contentSecurityPolicy } from '#shared/csp.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { callerOf } from '../../identity/principal.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { type AuthenticateParts, principalOf } from '../authenticate.ts'
import { hostProblemOf, pageFiles } from './page-files.ts'
import { pageSockets } from './page-socket.ts'

/** The interface that a server gives to people who have a browser and nothing else. */
export interface InterfaceParts {
  /** The folder of the built interface. */
  readonly rendererDir: string
  readonly files: (workspace: Id) => Promise<StagedFiles | null>
  /** How often it is asked whether whoever opened a socket may still do so, in milliseconds. */
  readonly asksAgain?: number
}

interface Parts extends AuthenticateParts, InterfaceParts {
  readonly log: Log
  readonly metrics: Metrics
}

const HOST = /^[\w.:[\]-]{1,255}$/

/**
 * The page at `/` for people who are signed in, its files, and its WebSocket: the same page as that of the
 * browser host.
 * @throws Refusal `HOST_RENDERER_MISSING` when the interface is not built
 */
export function interfaceRoutes(parts: Parts): { routes: FastifyPluginAsync; close(): void } {
  const { publicUrl } = parts
  const built = openStaticFiles(parts.rendererDir)
  const tickets = createTickets(() => performance.now())
  let sockets: { close(): void } | null = null

  function sendPage(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { host } = request
    if (!HOST.test(host)) throw refuse('HTTP_BODY_INVALID', {}, 'This is no name of a host.')
    const nonce = randomBytes(18).toString('base64')
    const connect = [`${request.protocol === 'https' ? 'wss' : 'ws'}://${host}`]
    if (publicUrl !== null) connect.push(new URL(publicUrl).origin.replace(/^http/, 'ws'))
    return reply
      .header('content-security-policy', contentSecurityPolicy({ nonce, connect }))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(built.page(nonce, 'server'))
  }

  const routes: FastifyPluginAsync = async app => {
    sockets = pageSockets(app.server, parts)
    await app.register(compress, { threshold: 1024, globalDecompression: false })

    app.get('/', async (request, reply) => {
      try {
        request.principal = await principalOf(request, reply, parts)
      } catch {
        return reply.header('cache-control', 'no-store').redirect('/sign-in', 303)
      }
      return sendPage(request, reply)
    })
    // Browsers ask for it by themselves where a page names no icon.
    const icon = [...built.files].find(([path]) => /quarterdeck-small.*\.svg$/.test(path))
    if (icon) app.get('/favicon.ico', async (_, reply) => reply.redirect(icon[0], 302))
    for (const [path, { file, type, cache }] of built.files)
      app.get(path, async (_, reply) =>
        reply.header('cache-control', cache).type(type).send(createReadStream(file)),
      )

    await app.register(async signedIn => {
      signedIn.addHook('onRequest', async (request, reply) => {
        request.principal = await principalOf(request, reply, parts)
        if (request.principal.kind !== 'person') throw refuse('ACCESS_NEEDED', {}, 'Pages are for people.')
      })
      signedIn.setErrorHandler(async (error, _, reply) => {
        const known = hostProblemOf(error)
        if (!known) throw error
        return reply.status(known.status).header('cache-control', 'no-store').send(known.problem)
      })
      signedIn.post(PATHS.session, async (request): Promise<SessionReply> => {
        const { principal } = request
        if (!principal) throw refuse('ACCESS_NEEDED', {})
        const core = await parts.workspaces.open(principal.workspace)
        const { workspace } = await core.call(contract.workspace.session, {}, callerOf(principal))
        // The cookie says who this is, at each request; the page's protocol wants a word to hand on.
        return { session: `cookie-${randomBytes(16).toString('hex')}`, workspace: { name: workspace.name } }
      })
      pageFiles(signedIn, { files: parts.files, tickets })
    })
  }

  return { routes, close: () => sockets?.close() }
}
