import Sqlite from 'better-sqlite3'
import type { Answer, Execute } from './dialect.ts'

export interface SqliteOptions {
  readonly path: string
  /** The 32-byte key of the encrypted file; absent for a plain one (tests). */
  readonly key?: Uint8Array
  /** Page cache of the writing connection in KiB. Reads of an encrypted file are slow without one. */
  readonly cacheKib?: number
  /** Is told how long each piece of people's work waited and ran, in milliseconds. */
  readonly onWait?: (kind: 'read' | 'write', waited: number, ran: number) => void
  /** A clock for durations, in milliseconds. */
  readonly monotonic: () => number
}

/** The database file cannot be read with this key, or is not a database. */
export class WrongKey extends Error {
  constructor(path: string) {
    super(`${path} cannot be opened: the key is wrong or the file is not a Quarterdeck database`)
    this.name = 'WrongKey'
  }
}

/** Opens one connection with the settings that every connection of ours has. Throws WrongKey. */
export function openSqlite(options: SqliteOptions, mode: 'write' | 'read'): Sqlite.Database {
  const database = new Sqlite(options.path, { readonly: mode === 'read', timeout: 5000 })
  try {
    database.pragma("cipher='chacha20'")
    if (options.key) database.pragma(`key='raw:${Buffer.from(options.key).toString('hex')}'`)
    database.defaultSafeIntegers(true)
    database.pragma(`cache_size=-${options.cacheKib ?? 262_144}`)
    database.pragma('temp_store=MEMORY')
    if (mode === 'write') {
      database.pragma('journal_mode=WAL')
      database.pragma('synchronous=FULL')
      // Checkpoints run on a connection of their own, in the background: inline they block for 50–140 ms.
      database.pragma('wal_autocheckpoint=0')
      database.pragma('foreign_keys=ON')
    } else {
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      database.pragma('query_only=ON')
    }
    return database
  } catch (error) {
    database.close()
    if ((error as { code?: string }).code === 'SQLITE_NOTADB') throw new WrongKey(options.path)
    throw error
  }
}

/** A connection with what runs its statements. */
export interface SqliteConnection {
  readonly database: Sqlite.Database
  readonly execute: Execute
  close(): void
}

/** Opens a connection for a store. Throws WrongKey. */
export function connectSqlite(options: SqliteOptions, mode: 'write' | 'read'): SqliteConnection {
  const database = openSqlite(options, mode)
  return { database, execute: sqliteExecute(database), close: () => void database.close() }
}

/** Statements that a connection keeps prepared: a round of sync alone asks some hundred, a few for each table. */
const KEPT = 1500
/** A longer one has a list of thousands of values, and is made once. */
const LONGEST = 20_000

/**
 * Runs statements through a cache of prepared ones; preparing costs more than most of our queries.
 * @param kept how many are kept; those that were not used for longest go first
 */
export function sqliteExecute(database: Sqlite.Database, kept = KEPT): Execute {
  const statements = new Map<string, Sqlite.Statement>()
  return async (sql, parameters): Promise<Answer> => {
    let statement = statements.get(sql)
    if (statement) statements.delete(sql)
    else statement = database.prepare(sql)
    if (sql.length < LONGEST) {
      statements.set(sql, statement)
      if (statements.size > kept) statements.delete(statements.keys().next().value!)
    }
    if (statement.reader) return { rows: statement.all(...parameters) as Record<string, unknown>[] }
    return { rows: [], affected: BigInt(statement.run(...parameters).changes) }
  }
}
