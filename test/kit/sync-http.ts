import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { Authenticator } from '#backend/identity/principal.ts'
import { syncRoutes } from '#backend/sync/sync-routes.ts'
import { ed25519Signer } from '#core/log/ed25519.ts'
import { SYNC_PATH } from '#core/sync/wire.ts'
import { openPartialFiles } from '#serving/files/partial-files.ts'
import { openStagedFiles, type StagedFiles } from '#serving/files/staged-files.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { TestCore } from './core-kit.ts'

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
  readonly files: StagedFiles
  /** What the log would say of requests that failed by a bug. */
  readonly failures: readonly unknown[]
  close(): Promise<void>
}

/** The key of the desks of a test. */
export const DESK_KEY = ed25519Signer(new Uint8Array(32).fill(9))

/** Enrols a device of the server's first admin, with this key. */
export async function enrolDesk(
  server: TestCore,
  publicKey = Buffer.from(DESK_KEY.publicKey).toString('hex'),
): Promise<Id> {
  const system = { person: null, device: 'test', assurance: 'system', system: true } as const
  const { id } = await server.core.call(
    contract.access.devices.enrol,
    { publicKey, name: 'desk', platform: 'test', personId: server.admin.person! },
    system,
  )
  return id
}

/** The routes of sync over the loopback address, in front of a core. Any secret is that of the enrolled desk. */
export async function serveSync(server: TestCore, device: Id): Promise<TestSyncServer> {
  const { core, store } = server
  const app = Fastify({ forceCloseConnections: true })
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-files-'))
  const asked: string[] = []
  const failures: unknown[] = []
  const made = { refusal: null as string | null }
  const authenticator: Authenticator = {
    async authenticate() {
      if (made.refusal !== null) throw refuse(made.refusal, {})
      return {
        workspace: core.workspace,
        kind: 'device',
        person: null,
        scopes: null,
        device,
        assurance: 'unattested',
        session: core.workspace,
        ambient: false,
      }
    },
  }
  app.addHook('onRequest', async request => void asked.push(request.url))
  const files = openStagedFiles({ dir: folder, now: Date.now })
  await app.register(
    syncRoutes({
      authenticator,
      workspaces: { open: async () => core },
      store,
      files: () => openPartialFiles({ dir: folder, files }),
      log: (_, message, facts) => void failures.push([message, facts?.error]),
      timer: realTimer,
      newReference: () => 'reference',
    }),
    { prefix: SYNC_PATH },
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return Object.assign(made, {
    url,
    asked,
    files,
    failures,
    async close() {
      await app.close()
      rmSync(folder, { recursive: true, force: true })
    },
  })
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
