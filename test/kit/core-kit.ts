import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Core, createCore } from '#core/create-core.ts'
import { migrate } from '#core/database/migrate.ts'
import { pgliteSource } from '#core/database/postgres-sources.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Store } from '#core/database/store.ts'
import type { HostServices } from '#core/features.ts'
import type { FilesPort } from '#core/files-port.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import type { Timer } from '#core/runtime/timer.ts'
import { createWaits, type Waits } from '#core/runtime/waits.ts'
import { argon2Passphrases } from '#core/workspace/passphrases.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { uuidv7 } from '#shared/ids.ts'
import { migratedPglite } from './embedded-postgres.ts'
import { takeSqlite } from './sqlite-pool.ts'

/** A clock that stands still until it is told to go on. Its timers go off when it does. */
export interface TestClock extends Timer {
  now(): bigint
  monotonic(): number
  /** Moves time on by milliseconds. */
  advance(milliseconds: number): void
  /** How many timers are set: what a timer began is over when it has set the next one. */
  waiting(): number
}

export function testClock(start = Date.UTC(2026, 10, 21, 9)): TestClock {
  let at = start
  const timers = new Set<{ due: number; call: () => void }>()
  return {
    now: () => BigInt(at),
    monotonic: () => at,
    after(milliseconds, call) {
      const timer = { due: at + milliseconds, call }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(milliseconds) {
      const until = at + milliseconds
      for (;;) {
        const [next] = [...timers].filter(timer => timer.due <= until).sort((a, b) => a.due - b.due)
        if (!next) break
        timers.delete(next)
        at = Math.max(at, next.due)
        next.call()
      }
      at = until
    },
    waiting: () => timers.size,
  }
}

/** For `expect.poll`: what comes on its own, comes; how long it takes on a busy machine says nothing. */
export const PATIENTLY = { timeout: 60_000, interval: 2 }

/** Ids in order, the same in every run. Machines of one test have different numbers. */
export function testIds(clock: TestClock, machine = 0): () => string {
  let count = 0
  return () => {
    const random = new Uint8Array(10)
    random[3] = machine
    new DataView(random.buffer).setUint32(6, ++count)
    return uuidv7(Number(clock.now()), random)
  }
}

export interface TestCore {
  readonly core: Core
  readonly store: Store
  readonly clock: TestClock
  readonly workspace: string
  /** The first admin, as a caller; after `as(person)` somebody else. */
  readonly admin: Caller
  as(person: string): Caller
  close(): Promise<void>
}

export type TestDatabase = 'sqlite' | 'pglite'
/**
 * The embedded databases that core tests run on: both, or the one that their project of vitest names. The unit tests
 * run them on SQLite; PGlite, which takes three times as long, is a project of its own.
 */
export const DATABASES: readonly TestDatabase[] = (['sqlite', 'pglite'] as const).filter(
  database => (process.env.QUARTERDECK_TEST_DATABASE ?? database) === database,
)

export const KEY = new Uint8Array(32).fill(7)
export const WORKSPACE = '00000000-0000-7000-8000-000000000001'

interface StoreOptions {
  readonly onWait?: Waits['onWait']
  /** For tests of the file itself: nobody had it before. */
  readonly fresh?: boolean
}

/** A migrated store on the named database, in a temporary folder or in memory. Closed before it is removed. */
export async function testStore(
  database: TestDatabase,
  clock: TestClock,
  { onWait, fresh = false }: StoreOptions = {},
): Promise<{ store: Store; readonly path: string; remove(): Promise<void> }> {
  if (database === 'pglite') {
    const source = pgliteSource(await migratedPglite(MIGRATED_AT))
    return {
      store: openPostgresStore(
        { ...source, close: async () => {} },
        onWait && { monotonic: clock.monotonic, onWait },
      ),
      path: '',
      remove: async () => {},
    }
  }
  const { monotonic } = clock
  const pooled = takeSqlite(await migratedSqlite(), { key: KEY, monotonic, cacheKib: 16_384 }, fresh)
  return {
    store: openSqliteStore({ ...pooled.options, monotonic, ...(onWait ? { onWait } : {}) }, pooled),
    get path() {
      return pooled.path
    },
    remove: async () => pooled.release(),
  }
}

const MIGRATED_AT = testClock().now()

let template: Promise<Uint8Array> | null = null
/** The bytes of a migrated SQLite database: migrating each would take most of a test's time. */
function migratedSqlite(): Promise<Uint8Array> {
  template ??= makeTemplate()
  return template
}

async function makeTemplate(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'))
  try {
    const path = join(folder, 'workspace.db')
    const connection = openSqlite({ path, key: KEY, monotonic: () => 0 }, 'write')
    await migrate('sqlite', sqliteExecute(connection), MIGRATED_AT)
    connection.close()
    return readFileSync(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Files by handle, without a host: `put` names one. */
export function testFiles(): FilesPort & { put(handle: string, path: string): void } {
  const known = new Map<string, { handle: string; name: string; path: string }>()
  const put = (handle: string, path: string) => void known.set(handle, { handle, name: basename(path), path })
  return {
    put,
    find(handle) {
      const file = known.get(handle)
      if (!file) throw refuse('FILE_UNKNOWN', { handle })
      return file
    },
    forExport(name) {
      const handle = `export-${known.size}`
      put(handle, join(mkdtempSync(join(tmpdir(), 'quarterdeck-export-')), name))
      return known.get(handle)!
    },
    release: handle => void known.delete(handle),
  }
}

/** What a host gives to the core, where nothing else is said: cheap passphrases, nothing in the environment. */
export function testServices(): HostServices {
  let count = 0
  const random = (bytes: number) => {
    const block = new Uint8Array(bytes)
    new DataView(block.buffer).setUint32(0, ++count)
    return block
  }
  return {
    environment: {},
    random,
    passphrases: argon2Passphrases(random, { memory: 64, iterations: 1 }),
    keys: null,
    files: testFiles(),
    host: { kind: 'test', platform: 'test', versions: { quarterdeck: '0.0.0' } },
    waits: createWaits(),
    carriers: [],
  }
}

/** A core with a workspace and its first admin, in this process and without threads. */
export async function testCore(
  database: TestDatabase,
  services: Partial<HostServices> = {},
): Promise<TestCore> {
  const clock = testClock()
  const defaults = testServices()
  const { store, remove } = await testStore(database, clock, {
    onWait: (services.waits ?? defaults.waits).onWait,
  })
  await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  const core = createCore({
    workspace: WORKSPACE,
    store,
    clock,
    timer: clock,
    newId: testIds(clock),
    log: () => {},
    services: { ...defaults, ...services },
  })
  await core.start()
  const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
  const { admin } = await core.call(
    contract.workspace.setup.create,
    {
      name: 'Test company',
      zone: 'Europe/Berlin',
      currency: 'EUR',
      demo: false,
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    system,
  )
  const as = (person: string): Caller => ({ person, device: 'test', assurance: 'unattested' })
  return {
    core,
    store,
    clock,
    workspace: WORKSPACE,
    admin: as(admin),
    as,
    async close() {
      await core.close()
      await remove()
    },
  }
}
