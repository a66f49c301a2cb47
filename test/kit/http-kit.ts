import { randomBytes } from 'node:crypto'
import { createHttpServer, type HttpServer, type HttpServerParts } from '#backend/http/create-http-server.ts'
import type { Authenticator, Principal } from '#backend/identity/principal.ts'
import { createTelemetry, type Telemetry } from '#backend/telemetry/telemetry.ts'
import { type Core, createCore } from '#core/create-core.ts'
import { pgliteSource } from '#core/database/postgres-sources.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import type { Role } from '#shared/permissions.ts'
import { type TestClock, type TestCore, testClock, testIds, testServices } from './core-kit.ts'
import { migratedPglite } from './embedded-postgres.ts'

/** A workspace of a test's server, with a secret for each way in. */
export interface TestWorkspace extends Omit<TestCore, 'close'> {
  readonly core: Core
  /** `Authorization` of a person with these roles, made when first asked for. */
  bearer(...roles: Role[]): Promise<string>
  /** The `Cookie` of the admin's browser. */
  readonly cookie: string
  /** `Authorization` of a program that may call these. */
  token(...scopes: string[]): string
  /** `Authorization` of an enrolled desk. */
  readonly desk: string
}

export interface HttpWorld {
  readonly url: string
  readonly server: HttpServer
  readonly telemetry: Telemetry
  readonly lines: string[]
  readonly clock: TestClock
  readonly first: TestWorkspace
  readonly second: TestWorkspace
  /** Ends a secret, as revoking it does. */
  revoke(secret: string): void
  call(path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export interface CallOptions {
  readonly method?: string
  /** `Authorization`; the first workspace's admin where nothing is said, nobody for null. */
  readonly as?: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of an answer, which tests look into
  readonly body: any
}

export type WorldOptions = Partial<
  Pick<HttpServerParts, 'limits' | 'publicUrl' | 'routes' | 'pages' | 'ready' | 'trustProxy'>
> & {
  readonly otlpEndpoint?: string
  /** Is waited for before the core of a workspace is at hand. */
  readonly opening?: () => Promise<void>
}

/** Two workspaces of one PGlite database behind one server on a port of its own. */
export async function httpWorld(options: WorldOptions = {}): Promise<HttpWorld> {
  const clock = testClock()
  const lines: string[] = []
  const { otlpEndpoint = null, opening, ...more } = options
  const telemetry = createTelemetry({
    version: '0.0.0',
    otlpEndpoint,
    write: line => lines.push(line),
    processMetrics: false,
  })
  const principals = new Map<string, Principal>()
  const source = pgliteSource(await migratedPglite(testClock().now()))
  const store = { ...openPostgresStore({ ...source, close: async () => {} }) }
  const cores = new Map<string, Core>()

  async function world(number: number): Promise<TestWorkspace> {
    const workspace = `00000000-0000-7000-8000-00000000000${number}`
    await prepareWorkspace(store, workspace, 'server', clock.now())
    const core = createCore({
      ...{ workspace, clock, timer: clock, log: telemetry.log, watch: telemetry.watch },
      store: { ...store, close: async () => {} },
      newId: testIds(clock, number),
      services: testServices(),
    })
    await core.start()
    cores.set(workspace, core)
    const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    const { admin } = await core.call(
      contract.workspace.setup.create,
      {
        ...{ name: `Company ${number}`, zone: 'UTC', currency: 'USD', demo: false },
        admin: { name: `Ada ${number}`, email: `ada${number}@example.com` },
      },
      system,
    )
    const people = new Map<string, string>()
    const as = (person: string): Caller => ({ person, device: 'test', assurance: 'unattested' })
    const register = (kind: string, principal: Partial<Principal>): string => {
      const secret = `${kind}_${workspace}_${randomBytes(24).toString('base64url')}`
      principals.set(secret, {
        ...{ workspace, kind: 'person', person: null, scopes: null, device: `test:${kind}` },
        ...{ assurance: 'unattested', session: core.handlers.size.toString(), ambient: false },
        ...principal,
      } as Principal)
      return secret
    }
    const cookie = register('session', { person: admin, ambient: true, session: `browser-${number}` })
    return {
      ...{ core, store, clock, workspace, admin: as(admin), as },
      cookie: `quarterdeck-session=${cookie}`,
      desk: `Bearer ${register('device', { kind: 'device', person: admin })}`,
      token: (...scopes) =>
        `Bearer ${register('token', { kind: 'service', scopes, session: `token-${principals.size}` })}`,
      async bearer(...roles) {
        const key = roles.join(' ')
        let person = roles.includes('admin') ? admin : people.get(key)
        if (!person) {
          const added = await core.call(
            contract.workspace.people.add,
            { name: `Person ${people.size}`, email: `p${people.size}@example.com`, roles },
            as(admin),
          )
          person = added.id
          people.set(key, person)
        }
        return `Bearer ${register('session', { person, session: `session-of-${person}` })}`
      },
    }
  }

  const authenticator: Authenticator = {
    async authenticate({ authorization, cookie }) {
      const secret =
        typeof authorization === 'string'
          ? authorization.replace('Bearer ', '')
          : /quarterdeck-session=([^;]+)/.exec(String(cookie ?? ''))?.[1]
      if (secret === undefined) return null
      const principal = principals.get(secret)
      if (!principal) throw refuse('ACCESS_SESSION_INVALID', {}, 'This session or token is not valid.')
      return principal
    },
  }
  const first = await world(1)
  const second = await world(2)
  const server = await createHttpServer({
    workspaces: {
      async open(workspace) {
        await opening?.()
        const core = cores.get(workspace)
        if (!core) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'workspace', id: workspace })
        return core
      },
      opened: () => cores,
    },
    ...{ authenticator, telemetry, version: '0.0.0', publicUrl: null, pages: null },
    ready: async () => {},
    now: () => Number(clock.now()),
    newId: testIds(clock, 9),
    ...more,
  })
  const url = await server.listen('127.0.0.1', 0)
  const admin = await first.bearer('admin')
  return {
    ...{ url, server, telemetry, lines, clock, first, second },
    revoke: secret => void principals.delete(secret.replace(/^Bearer |^quarterdeck-session=/, '')),
    async call(path, { method, as = admin, body, headers = {} } = {}) {
      const raw = typeof body === 'string' || body instanceof Uint8Array
      const response = await fetch(url + path, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(as === null ? {} : { authorization: as }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        redirect: 'manual',
        ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: parsed(text) }
    },
    async close() {
      await server.close()
      await Promise.all([first.core.close(), second.core.close()])
      await telemetry.close()
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
