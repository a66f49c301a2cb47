import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { migrate } from '#core/database/migrate.ts'
import { openPglite } from '#core/database/open-pglite.ts'
import { openPool } from '#core/database/open-postgres.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import type { BackendConfig } from '../config.ts'

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
  close(): Promise<void>
}

/** Sessions that one server opens at most; PostgreSQL itself takes a hundred, unless told otherwise. */
const SESSIONS = 20

/**
 * Opens and migrates the database that the settings name: a PostgreSQL server, or PGlite below the home folder.
 * @throws FolderInUse, SchemaMismatch
 */
export async function openDatabase(config: BackendConfig): Promise<Database> {
  const opened = config.databaseUrl === null ? await embedded(config.home) : remote(config.databaseUrl)
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
  const source = openPool({ url, max: SESSIONS, name: 'quarterdeck' })
  return { kind: 'postgres', source, close: () => source.close() }
}

async function embedded(home: string): Promise<Database> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = takeExclusiveLock(join(home, 'data.lock'))
  if (!lock) throw new FolderInUse(home)
  try {
    const source = await openPglite(join(home, 'data'))
    return {
      kind: 'pglite',
      source,
      async close() {
        await source.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
