import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import { createIdentity, type Identity } from '#backend/identity/create-identity.ts'
import type { ProviderSettings } from '#backend/identity/provider.ts'
import { createSealer } from '#backend/identity/server-key.ts'
import type { Workspaces } from '#backend/workspaces/workspaces.ts'
import { type Core, createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { Role } from '#shared/permissions.ts'
import { type TestClock, testClock, testIds, testServices, testStore } from '#test/kit/core-kit.ts'

export const PASSPHRASE = 'correct horse battery'
export const WORKSPACES = ['00000000-0000-7000-8000-00000000aaaa', '00000000-0000-7000-8000-00000000bbbb']

/** A browser: keeps cookies, follows nothing by itself. */
export class TestBrowser {
  readonly cookies = new Map<string, string>()
  readonly #base: string
  agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36'
  constructor(base: string) {
    this.#base = base
  }

  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.#base)
    const ours = url.origin === new URL(this.#base).origin
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: {
        'user-agent': this.agent,
        ...(ours ? { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        ...init.headers,
      },
    })
    if (ours)
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = '', ...attributes] = cookie.split('; ')
        const at = pair.indexOf('=')
        if (attributes.includes('Max-Age=0')) this.cookies.delete(pair.slice(0, at))
        else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
      }
    return response
  }

  /** Posts a form as a page of the server does. */
  post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: new URL(this.#base).origin, ...headers },
    })
  }

  signIn(email: string, passphrase = PASSPHRASE, next = '/'): Promise<Response> {
    return this.post('/sign-in', { email, passphrase, next })
  }
}

export interface TestServer {
  readonly base: string
  readonly clock: TestClock
  readonly store: Store
  readonly identity: Identity
  readonly app: FastifyInstance
  readonly logged: { level: string; message: string; facts?: unknown }[]
  readonly workspaces: Workspaces
  browser(): TestBrowser
  core(workspace?: string): Promise<Core>
  /** Makes a workspace with its first admin, who has the passphrase of the kit. */
  workspace(at: number, email: string): Promise<{ workspace: string; admin: Caller }>
  /** Adds somebody with the passphrase of the kit. */
  person(workspace: string, admin: Caller, name: string, roles: Role[]): Promise<string>
  close(): Promise<void>
}

export interface ServerOptions {
  readonly provider?: ProviderSettings
  readonly publicUrl?: string
  readonly start?: number
  readonly port?: number
}

/** A server with nothing but sign-in, on PGlite, with a clock that stands still. */
export async function identityServer(options: ServerOptions = {}): Promise<TestServer> {
  const clock = testClock(options.start)
  const { store, remove } = await testStore('pglite', clock)
  const services = testServices()
  const newId = testIds(clock)
  const cores = new Map<string, Promise<Core>>()
  const logged: TestServer['logged'] = []
  const opened = new Map<string, Core>()
  const start = async (workspace: string) => {
    const core = createCore({
      ...{ workspace, clock, timer: clock, newId, log: () => {}, services },
      store: { ...store, close: async () => {} },
    })
    await core.start()
    opened.set(workspace, core)
    return core
  }
  const workspaces: Workspaces = {
    open: workspace => cores.get(workspace) ?? Promise.reject(new Error(`no workspace ${workspace}`)),
    list: async () => [...cores.keys()],
    async create(workspace) {
      await prepareWorkspace(store, workspace, 'server', clock.now())
      cores.set(workspace, start(workspace))
      return cores.get(workspace)!
    },
    opened: () => opened,
    close: async () => {},
  }
  const identity = createIdentity({
    ...{ store, workspaces, passphrases: services.passphrases, newId, now: clock.now },
    random: bytes => new Uint8Array(randomBytes(bytes)),
    sealer: createSealer(randomBytes(32)),
    log: (level, message, facts) => void logged.push({ level, message, facts }),
    publicUrl: options.publicUrl ?? null,
    provider: options.provider ?? null,
  })
  const app = Fastify({ routerOptions: { maxParamLength: 300 } })
  await app.register(identity.routes)
  app.get('/', async () => 'the interface')
  app.get('/whoami', async request => {
    const principal = await identity.authenticator.authenticate(request.headers)
    return principal ?? {}
  })
  const base = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }

  const setPassphrase = async (workspace: string, personId: string) => {
    const core = await workspaces.open(workspace)
    const hash = await services.passphrases.hash(PASSPHRASE)
    await core.call(contract.workspace.people.storePassphrase, { personId, hash }, system)
  }

  return {
    ...{ base, clock, store, identity, app, logged, workspaces },
    browser: () => new TestBrowser(base),
    core: (workspace = WORKSPACES[0]!) => workspaces.open(workspace),
    async workspace(at, email) {
      const workspace = WORKSPACES[at] ?? `00000000-0000-7000-8000-${String(at).padStart(12, '0')}`
      const core = await workspaces.create(workspace)
      const { admin } = await core.call(
        contract.workspace.setup.create,
        {
          ...{ name: `Company ${at}`, zone: 'UTC', currency: 'EUR', demo: false },
          admin: { name: 'Ada', email },
        },
        system,
      )
      await setPassphrase(workspace, admin)
      return { workspace, admin: { person: admin, device: 'test', assurance: 'passphrase', vouched: true } }
    },
    async person(workspace, admin, name, roles) {
      const core = await workspaces.open(workspace)
      const email = `${name.toLowerCase()}@example.com`
      const { id } = await core.call(contract.workspace.people.add, { name, email, roles }, admin)
      await setPassphrase(workspace, id)
      return id
    },
    async close() {
      identity.close()
      await app.close()
      for (const core of cores.values()) await (await core).close()
      await remove()
    },
  }
}
