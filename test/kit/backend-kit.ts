import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { type BackendConfig, readConfig } from '#backend/config.ts'
import { type Backend, type BackendParts, startBackend } from '#backend/start-backend.ts'
import type { Core } from '#core/create-core.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'

/** Where tests look for a PostgreSQL server; without one they say so and test on PGlite only. */
const SERVER = process.env.QUARTERDECK_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** An empty folder of PGlite's: making one takes seconds, so the first is kept and copied from then on. */
export async function emptyFolder(): Promise<string> {
  const manifest = join(modules, '@electric-sql', 'pglite', 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const kept = join(modules, '.cache', 'quarterdeck', `pglite-folder-${version}`)
  if (existsSync(kept)) return kept
  mkdirSync(join(kept, '..'), { recursive: true })
  const own = `${kept}.${process.pid}`
  await (await PGlite.create(own)).close()
  try {
    renameSync(own, kept)
  } catch {
    // Another worker of the test runner was first.
    rmSync(own, { recursive: true, force: true })
  }
  return kept
}

/** Settings of a server in an empty home folder of its own, on any free port. */
export async function testConfig(more: Partial<BackendConfig> = {}): Promise<BackendConfig> {
  const home = mkdtempSync(join(tmpdir(), 'quarterdeck-backend-'))
  if (!more.databaseUrl) cpSync(await emptyFolder(), join(home, 'data'), { recursive: true })
  return { ...readConfig({ QUARTERDECK_BACKEND_HOME: home, QUARTERDECK_BACKEND_PORT: '0' }), ...more }
}

export interface TestBackend extends Backend {
  readonly config: BackendConfig
  /** Stops the server and removes what it wrote. */
  remove(): Promise<void>
}

/** A server in this process. Its log is silent unless a test passes one. */
export async function testBackend(
  more: Partial<BackendConfig> = {},
  parts: BackendParts = {},
): Promise<TestBackend> {
  const config = await testConfig(more)
  const backend = await startBackend(config, {
    log: () => {},
    environment: {},
    processMetrics: false,
    ...parts,
  })
  return {
    ...backend,
    config,
    async remove() {
      await backend.close()
      rmSync(config.home, { recursive: true, force: true })
    },
  }
}

/** A workspace with a name and its first admin, and that admin as a caller. */
export async function newCompany(
  backend: Backend,
  workspace: string,
): Promise<{ core: Core; admin: Caller }> {
  const core = await backend.workspaces.create(workspace)
  const { admin } = await core.call(
    contract.workspace.setup.create,
    {
      name: 'Test company',
      zone: 'Europe/Berlin',
      currency: 'EUR',
      demo: false,
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    { person: null, device: 'test', assurance: 'system', system: true },
  )
  return { core, admin: { person: admin, device: 'test', assurance: 'unattested' } }
}

/** Whether a PostgreSQL server is there for tests. */
export async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    console.warn('No PostgreSQL server answers, so what needs one is not tested (QUARTERDECK_TEST_POSTGRES).')
    return false
  }
}

/** Runs statements as the server's superuser, in the database of the address. */
export async function asSuperuser(statements: readonly string[], url: string = SERVER): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

let databases = 0

/** An empty database on the server, its address, and how to drop it. */
export async function testPostgres(): Promise<{ url: string; name: string; drop(): Promise<void> }> {
  const name = `quarterdeck_backend_${process.pid}_${Date.now()}_${databases++}`
  await asSuperuser([`CREATE DATABASE ${name}`])
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  return {
    url: url.href,
    name,
    drop: () => asSuperuser([`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]),
  }
}
