import { constants, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { migrate, pendingMigrations, SchemaMismatch } from '#core/database/migrate.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { syncFile } from '#serving/files/atomic-file.ts'
import type { LogLine } from '#serving/log-line.ts'
import { refuse } from '#shared/errors.ts'
import type { WorkspacePaths } from './layout.ts'

/** How many copies from before a migration are kept. */
const KEEP = 3
const PREFIX = 'before-migration-'

/**
 * Brings the database up to date. One that holds data is first checkpointed and copied aside with its key
 * slots. A migration that fails or is killed leaves the database as it was.
 * @throws Refusal `WORKSPACE_NEWER` when a newer Quarterdeck made the database
 */
export async function migrateDatabase(
  paths: WorkspacePaths,
  key: Uint8Array,
  at: bigint,
  log: LogLine,
): Promise<void> {
  const database = openSqlite({ path: paths.database, key, cacheKib: 16_384, monotonic: () => 0 }, 'write')
  try {
    const execute = sqliteExecute(database)
    const pending = await pendingMigrations('sqlite', execute)
    if (pending.length === 0) return
    const isNew = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
    if (!isNew) {
      database.pragma('wal_checkpoint(TRUNCATE)')
      log('info', 'the database is copied aside before it is migrated', { copy: copyAside(paths, at) })
    }
    const names = await migrate('sqlite', execute, at)
    log('info', 'the database is migrated', { migrations: names })
  } catch (error) {
    if (error instanceof SchemaMismatch)
      throw refuse(
        'WORKSPACE_NEWER',
        {},
        `This workspace cannot be opened by this version: ${error.message}.`,
      )
    throw error
  } finally {
    database.close()
  }
}

/** Copies database and key slots into a folder of their own, durably. The database must be checkpointed. */
function copyAside(paths: WorkspacePaths, at: bigint): string {
  const base = join(paths.aside, `${PREFIX}${at}`)
  for (const [from, to] of [
    [paths.database, `${base}.db`],
    [paths.keys, `${base}.keys.json`],
  ] as const) {
    if (!existsSync(from)) continue
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
    syncFile(to)
  }
  const copies = readdirSync(paths.aside)
    .filter(name => name.startsWith(PREFIX) && name.endsWith('.db'))
    .sort()
  for (const name of copies.slice(0, -KEEP)) {
    rmSync(join(paths.aside, name), { force: true })
    rmSync(join(paths.aside, name.replace(/\.db$/, '.keys.json')), { force: true })
  }
  return `${base}.db`
}
