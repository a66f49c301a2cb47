import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { Authenticator } from '#backend/identity/principal.ts'
import { syncRoutes } from '#backend/sync/sync-routes.ts'
import type { Core } from '#core/create-core.ts'
import type { Desk } from '#core/sync/desk.ts'
import { SYNC_PATH } from '#core/sync/wire.ts'
import { refuse } from '#shared/errors.ts'

/** Timers as the host has them. */
export const realTimer = {
  after(milliseconds: number, call: () => void) {
    const timeout = setTimeout(call, milliseconds)
    return () => clearTimeout(timeout)
  },
}

export interface TestSyncServer {
  readonly url: string
  /** What the server says of the secret in a request: a refusal's code, or null where it is taken. */
  refusal: string | null
  /** Requests that came, by their path. */
  readonly asked: string[]
  close(): Promise<void>
}

/** The routes of sync over the loopback address, in front of a core. Any secret is the desk's. */
export async function serveSync(core: Core, desk: Desk): Promise<TestSyncServer> {
  const app = Fastify({ forceCloseConnections: true })
  const asked: string[] = []
  const made = { refusal: null as string | null }
  const authenticator: Authenticator = {
    async authenticate() {
      if (made.refusal !== null) throw refuse(made.refusal, {})
      return {
        workspace: core.workspace,
        kind: 'device',
        person: desk.people[0] ?? null,
        scopes: null,
        device: desk.id,
        assurance: 'unattested',
        session: core.workspace,
        ambient: false,
      }
    },
  }
  app.addHook('onRequest', async request => void asked.push(request.url))
  await app.register(
    syncRoutes({
      authenticator,
      workspaces: { open: async () => core },
      desk: async () => desk,
      log: () => {},
      timer: realTimer,
      newReference: () => 'reference',
    }),
    { prefix: SYNC_PATH },
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return Object.assign(made, { url, asked, close: () => app.close() })
}

/** A server that answers everything in one way: a captive portal, a proxy, a page. */
export async function answerAll(
  status: number,
  headers: Record<string, string>,
  body: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((_, response) => {
    response.writeHead(status, headers)
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
