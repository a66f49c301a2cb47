import { constants, mkdirSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#core/create-core.ts'
import type { Execute } from '#core/database/dialect.ts'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { type Migration, migrate, migrations, pendingMigrations } from '#core/database/migrate.ts'
import { openPool } from '#core/database/open-postgres.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import {
  DatabaseUnusable,
  grantUse,
  mustBeConfined,
  mustBeRecent,
  settleRole,
  signedInAs,
} from '#core/database/server-role.ts'
import type { BackendConfig } from '../config.ts'
import type { DatabaseAddress } from '../threads/worker-data.ts'
import { type PgliteThread, startPgliteThread } from './pglite-thread.ts'

/** Another server has the folder of this one's database. */
export class FolderInUse extends Error {
  constructor(dir: string) {
    super(`Another Quarterdeck server uses ${dir}. Stop it first, or give this one a folder of its own.`)
    this.name = 'FolderInUse'
  }
}

/** The migrated database of a server, whichever it is. */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  readonly source: PostgresSource
  /** How another thread reaches it. */
  address(): DatabaseAddress
  /** What a backup reads: the database, or a copy of it that is made now, where reading would keep others waiting. */
  forBackup(): Promise<BackupSource>
  /** Runs the migrations that it was opened without. */
  upgrade(): Promise<void>
  /** Resolves when it is lost for good. */
  readonly lost: Promise<Error>
  close(): Promise<void>
}

/** A database that a backup may take its time with. */
export interface BackupSource {
  readonly source: PostgresSource
  close(): Promise<void>
}

export interface OpenDatabaseParts {
  readonly log: Log
  /** What other threads were given to reach the database leads nowhere any more. */
  readonly moved?: () => void
  /** Another list than all of them: a restore begins with those of its archive; `none` takes it as it is. */
  readonly migrations?: readonly Migration[] | 'none'
}

/**
 * Opens and migrates the database that the settings name: a PostgreSQL server, or PGlite below the home folder.
 * @throws FolderInUse, SchemaMismatch, DatabaseUnusable
 */
export function openDatabase(config: BackendConfig, parts: OpenDatabaseParts): Promise<Database> {
  return config.databaseUrl === null ? embedded(config, parts) : remote(config, config.databaseUrl, parts)
}

/** Brings the schema up to date as its owner, and lets the role of the application use it. */
async function prepare(
  owner: PostgresSource,
  role: string,
  list: readonly Migration[] | 'none' = migrations,
): Promise<void> {
  const session = await owner.connect()
  try {
    if (list === 'none') return await mustBeMigrated(session.query)
    await mustBeConfined(session.query, role)
    await migrate('postgres', session.query, BigInt(Date.now()), list)
    await grantUse(session.query, role)
  } finally {
    session.release()
  }
}

/** @throws SchemaMismatch, DatabaseUnusable when migrations are missing */
async function mustBeMigrated(execute: Execute): Promise<void> {
  const pending = await pendingMigrations('postgres', execute)
  if (pending.length === 0) return
  throw new DatabaseUnusable(
    `This database is of an earlier version of Quarterdeck (${pending[0]!.name} is missing). Start the server once, which brings it up to date.`,
  )
}

async function asking<T>(source: PostgresSource, ask: (execute: Execute) => Promise<T>): Promise<T> {
  const session = await source.connect()
  try {
    return await ask(session.query)
  } finally {
    session.release()
  }
}

async function remote(config: BackendConfig, url: string, parts: OpenDatabaseParts): Promise<Database> {
  const { migrationUrl, databaseRole } = config
  const max = config.databaseSessions
  // Where the application signs in as a role of its own, there is none to change to.
  const role = migrationUrl === null ? databaseRole : null
  const source = openPool({ url, role, max, name: 'quarterdeck' })
  const openOwner = () =>
    openPool({ url: migrationUrl ?? url, role: null, max: 1, name: 'quarterdeck migration' })
  const owner = openOwner()
  let actor = databaseRole
  try {
    await asking(owner, mustBeRecent)
    if (role !== null) await asking(owner, execute => settleRole(execute, role))
    if (role === null) actor = await asking(source, signedInAs)
    await prepare(owner, actor, parts.migrations)
  } catch (error) {
    await source.close()
    throw readable(error)
  } finally {
    await owner.close()
  }
  return {
    kind: 'postgres',
    source,
    address: () => ({ kind: 'postgres', url, role }),
    forBackup: async () => ({ source, close: async () => {} }),
    async upgrade() {
      const again = openOwner()
      await prepare(again, actor).finally(() => again.close())
    },
    lost: new Promise(() => {}),
    close: () => source.close(),
  }
}

/** A server that does not answer is named as such; its address may hold a password and is not repeated. */
function readable(error: unknown): unknown {
  const { code } = error as { code?: string }
  if (code && /^(ECONN|ENOTFOUND|ETIMEDOUT|EHOST|EAI_)/.test(code))
    return new DatabaseUnusable(`PostgreSQL does not answer at the address of DATABASE_URL (${code}).`)
  if (code === '28P01' || code === '28000' || code === '3D000')
    return new DatabaseUnusable(
      `PostgreSQL refuses the address of DATABASE_URL: ${(error as Error).message}.`,
    )
  return error
}

async function embedded(config: BackendConfig, parts: OpenDatabaseParts): Promise<Database> {
  const { home, databaseRole: role } = config
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = takeExclusiveLock(join(home, 'data.lock'))
  if (!lock) throw new FolderInUse(home)
  const closers: (() => void | Promise<void>)[] = [() => lock.release()]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    let lose: (error: Error) => void = () => {}
    const lost = new Promise<Error>(resolve => {
      lose = resolve
    })
    const thread = await startPgliteThread({
      dir: join(home, 'data'),
      log: parts.log,
      restarted: () => parts.moved?.(),
      failed: lose,
    })
    closers.push(() => thread.close())
    await asking(thread.source, execute => settleRole(execute, role))
    await prepare(thread.source, role, parts.migrations)
    return {
      kind: 'pglite',
      source: { ...thread.source, role },
      address: () => ({ kind: 'port', port: thread.port(), role }),
      forBackup: () => copyOf(home, thread, role, parts.log),
      upgrade: () => prepare(thread.source, role),
      lost,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * A copy of the PGlite database as it is between two transactions, opened in a thread of its own: its one session
 * would be taken for the length of a backup. Everybody waits while the files are copied, and not longer.
 */
async function copyOf(home: string, thread: PgliteThread, role: string, log: Log): Promise<BackupSource> {
  const dir = join(home, 'backup-copy')
  const remove = () => rm(dir, { recursive: true, force: true })
  await remove()
  try {
    await asking(thread.source, async execute => {
      await execute('CHECKPOINT', [])
      // A file system that shares blocks between copies makes them at once.
      await cp(join(home, 'data'), dir, { recursive: true, mode: constants.COPYFILE_FICLONE })
    })
    const copy = await startPgliteThread({
      dir,
      log,
      // The snapshot that was read is gone with its thread, and the backup fails by that.
      restarted: () => {},
      failed: error => log('error', 'the copy for the backup was lost', { error: error.message }),
    })
    return {
      source: { ...copy.source, role },
      async close() {
        await copy.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
