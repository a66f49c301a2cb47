import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '#core/create-core.ts'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { migrate } from '#core/database/migrate.ts'
import { openPool } from '#core/database/open-postgres.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import type { BackendConfig } from '../config.ts'
import type { DatabaseAddress } from '../threads/worker-data.ts'
import { startPgliteThread } from './pglite-thread.ts'

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
  /** Resolves when it is lost for good. */
  readonly lost: Promise<Error>
  close(): Promise<void>
}

export interface OpenDatabaseParts {
  readonly log: Log
  /** What other threads were given to reach the database leads nowhere any more. */
  readonly moved?: () => void
}

/** Sessions that one server opens at most; PostgreSQL itself takes a hundred, unless told otherwise. */
const SESSIONS = 20

/**
 * Opens and migrates the database that the settings name: a PostgreSQL server, or PGlite below the home folder.
 * @throws FolderInUse, SchemaMismatch
 */
export async function openDatabase(config: BackendConfig, parts: OpenDatabaseParts): Promise<Database> {
  const opened = config.databaseUrl === null ? await embedded(config.home, parts) : remote(config.databaseUrl)
  try {
    const session = await opened.source.connect()
    try {
      await migrate('postgres', session.query, BigInt(Date.now()))
    } finally {
      session.release()
    }
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}

function remote(url: string): Database {
  const source = openPool({ url, role: null, max: SESSIONS, name: 'quarterdeck' })
  return {
    kind: 'postgres',
    source,
    address: () => ({ kind: 'postgres', url, role: null }),
    lost: new Promise(() => {}),
    close: () => source.close(),
  }
}

async function embedded(home: string, { log, moved }: OpenDatabaseParts): Promise<Database> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = takeExclusiveLock(join(home, 'data.lock'))
  if (!lock) throw new FolderInUse(home)
  try {
    let lose: (error: Error) => void = () => {}
    const lost = new Promise<Error>(resolve => {
      lose = resolve
    })
    const thread = await startPgliteThread({
      dir: join(home, 'data'),
      log,
      restarted: () => moved?.(),
      failed: lose,
    })
    return {
      kind: 'pglite',
      source: thread.source,
      address: () => ({ kind: 'port', port: thread.port() }),
      lost,
      async close() {
        await thread.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
