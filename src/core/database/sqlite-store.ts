import Sqlite from 'better-sqlite3'
import type { Answer, Execute } from './dialect.ts'
import { type Reader, readerOver, type Store, supervised, type Tx, txOver, type Urgency } from './store.ts'

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

/** Runs statements through a cache of prepared ones; preparing costs more than most of our queries. */
export function sqliteExecute(database: Sqlite.Database): Execute {
  const statements = new Map<string, Sqlite.Statement>()
  return async (sql, parameters): Promise<Answer> => {
    let statement = statements.get(sql)
    if (!statement) {
      statement = database.prepare(sql)
      // A query with a list of thousands of values is made once: keep the cache from filling with those.
      if (statements.size >= 500) statements.delete(statements.keys().next().value!)
      if (sql.length < 20_000) statements.set(sql, statement)
    }
    if (statement.reader) return { rows: statement.all(...parameters) as Record<string, unknown>[] }
    return { rows: [], affected: BigInt(statement.run(...parameters).changes) }
  }
}

interface Waiting {
  readonly since: number
  run(): Promise<void>
}

/**
 * The store of a workspace on SQLite: one writing connection, whose transactions begin IMMEDIATE and run one
 * after the other, people's before jobs'; and one read-only connection for snapshots.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const writer = openSqlite(options, 'write')
  writer.prepare('SELECT count(*) FROM sqlite_schema').get()
  const executeWrite = sqliteExecute(writer)
  const reader = openSqlite(options, 'read')
  const executeRead = sqliteExecute(reader)
  const queues: Record<Urgency, Waiting[]> = { person: [], job: [] }
  const reads: Waiting[] = []
  let writing = false
  let reading = false
  let closed = false

  async function drainWrites(): Promise<void> {
    if (writing) return
    writing = true
    try {
      for (;;) {
        const next = queues.person.shift() ?? queues.job.shift()
        if (!next) return
        await next.run()
        // Lets messages of people in before the next chunk of a job.
        if (queues.person.length === 0 && queues.job.length > 0) await new Promise(resolve => setImmediate(resolve))
      }
    } finally {
      writing = false
    }
  }

  async function drainReads(): Promise<void> {
    if (reading) return
    reading = true
    try {
      for (let next = reads.shift(); next; next = reads.shift()) await next.run()
    } finally {
      reading = false
    }
  }

  function enqueue<T>(queue: Waiting[], kind: 'read' | 'write' | null, work: () => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new Error('the database is closed'))
    return new Promise<T>((resolve, reject) => {
      const since = options.monotonic()
      queue.push({
        since,
        async run() {
          const started = options.monotonic()
          try {
            resolve(await work())
          } catch (error) {
            reject(error)
          } finally {
            if (kind) options.onWait?.(kind, started - since, options.monotonic() - started)
          }
        },
      })
    })
  }

  async function transaction<T>(workspace: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    await executeWrite('BEGIN IMMEDIATE', [])
    try {
      const value = await supervised(executeWrite, execute => work(txOver('sqlite', workspace, execute)))
      await executeWrite('COMMIT', [])
      return value
    } catch (error) {
      if (writer.inTransaction) await executeWrite('ROLLBACK', [])
      throw error
    }
  }

  async function snapshot<T>(workspace: string, work: (reader: Reader) => Promise<T>): Promise<T> {
    await executeRead('BEGIN', [])
    try {
      return await supervised(executeRead, execute => work(readerOver('sqlite', workspace, execute)))
    } finally {
      if (reader.inTransaction) await executeRead('COMMIT', [])
    }
  }

  return {
    kind: 'sqlite',
    write(workspace, urgency, work) {
      const result = enqueue(queues[urgency], urgency === 'person' ? 'write' : null, () => transaction(workspace, work))
      void drainWrites()
      return result
    },
    read(workspace, work) {
      const result = enqueue(reads, 'read', () => snapshot(workspace, work))
      void drainReads()
      return result
    },
    async close() {
      closed = true
      while (writing || reading) await new Promise(resolve => setImmediate(resolve))
      reader.close()
      writer.close()
    },
  }
}
