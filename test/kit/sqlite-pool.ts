import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { connectSqlite, type SqliteConnection, type SqliteOptions } from '#core/database/sqlite-connection.ts'
import { scratch } from './scratch.ts'

/*
 * To open a migrated database takes longer than most tests: both connections of a store read a schema of a thousand
 * parts, and prepare their statements anew. So a pair that a test closed is kept for the next one, with its database
 * filled with the template again.
 */

/** The connections of a store to a migrated database in a file of its own. */
export interface PooledSqlite {
  readonly options: SqliteOptions
  readonly writer: SqliteConnection
  readonly reader: SqliteConnection
  /** Where the file is. Whoever has asked may have it open elsewhere, so that it is not used again. */
  readonly path: string
  /** Takes it back once its store is closed. */
  release(): void
}

interface Pair {
  readonly folder: string
  readonly path: string
  readonly writer: SqliteConnection
  readonly reader: SqliteConnection
  /** Of its schema, as long as no test has changed it. */
  readonly version: unknown
}

const spare: Pair[] = []

/**
 * @param template the bytes of a migrated database, the same in each call
 * @param fresh whether it is one that nobody had before, nor has after: for tests of the file itself
 */
export function takeSqlite(
  template: Uint8Array,
  options: Omit<SqliteOptions, 'path'>,
  fresh: boolean,
): PooledSqlite {
  const pair = (fresh ? undefined : spare.pop()) ?? connect(template, options)
  const { writer, reader, folder, path } = pair
  let isShared = fresh
  let open = 2
  /** Whoever reads the file without us finds all of it there: the last connection brings its log in as it closes. */
  const settle = () => {
    if (!isShared || open > 0) return
    reader.close()
    writer.close()
  }
  const lent = (connection: SqliteConnection): SqliteConnection => ({
    ...connection,
    close() {
      open--
      settle()
    },
  })
  return {
    options: { ...options, path },
    writer: lent(writer),
    reader: lent(reader),
    get path() {
      isShared = true
      settle()
      return path
    },
    release() {
      if (open === 0 && !isShared && isAsNew(pair, template)) {
        spare.push(pair)
        return
      }
      isShared = true
      open = 0
      settle()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function connect(template: Uint8Array, given: Omit<SqliteOptions, 'path'>): Pair {
  const folder = mkdtempSync(join(scratch(), 'quarterdeck-store-'))
  const path = join(folder, 'workspace.db')
  writeFileSync(path, template)
  const options = { ...given, path }
  const writer = connectSqlite(options, 'write')
  const reader = connectSqlite(options, 'read')
  return { folder, path, writer, reader, version: versionOf(writer) }
}

const versionOf = ({ database }: SqliteConnection) => database.pragma('schema_version', { simple: true })

/** Fills the database with the template again. @returns false where that cannot be done safely */
function isAsNew({ path, writer, reader, version }: Pair, template: Uint8Array): boolean {
  const { database } = writer
  if (database.inTransaction || reader.database.inTransaction || versionOf(writer) !== version) return false
  // The search index keeps what it read of itself until a transaction that it took part in is undone.
  database.exec("BEGIN; INSERT INTO search_index (search_index, rank) VALUES ('merge', 1); ROLLBACK")
  const [left] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: bigint }[]
  if (left?.busy !== 0n) return false
  // It keeps the length it had: what they know of that is not in the file.
  const file = openSync(path, 'r+')
  writeSync(file, template, 0, template.length, 0)
  closeSync(file)
  // What they hold of the file's pages is let go, and a commit tells the reader that there is something new.
  for (const connection of [writer, reader]) connection.database.pragma('shrink_memory')
  database.pragma(`user_version = ${database.pragma('user_version', { simple: true })}`)
  return true
}
