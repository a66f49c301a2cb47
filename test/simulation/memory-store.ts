import Sqlite from 'better-sqlite3'
import type { Execute } from '#core/database/dialect.ts'
import { sqliteExecute } from '#core/database/sqlite-connection.ts'
import { readerOver, type Store, supervised, txOver } from '#core/database/store.ts'

/** The machine was switched off. */
export class Crashed extends Error {}

/** A moment at which a machine may stop: around a statement, and around the end of a transaction. */
export type Moment = 'statement' | 'written' | 'commit' | 'committed' | 'read'

/** A database in memory: what a crash leaves of it is what was committed. */
export interface MemoryDisk {
  readonly database: Sqlite.Database
  readonly execute: Execute
  bytes(): Buffer
  /** Becomes what these bytes hold. */
  restore(bytes: Buffer): void
  close(): void
}

export function memoryDisk(bytes?: Uint8Array): MemoryDisk {
  let database = open(bytes)
  let execute = sqliteExecute(database)
  return {
    get database() {
      return database
    },
    execute: (sql, parameters) => execute(sql, parameters),
    bytes: () => database.serialize(),
    restore(from) {
      database.close()
      database = open(from)
      execute = sqliteExecute(database)
    },
    close: () => database.close(),
  }
}

function open(bytes?: Uint8Array): Sqlite.Database {
  const database = bytes ? new Sqlite(Buffer.from(bytes)) : new Sqlite(':memory:')
  database.defaultSafeIntegers(true)
  database.pragma('foreign_keys=ON')
  database.pragma('temp_store=MEMORY')
  return database
}

export interface MemoryStoreOptions {
  /** Is asked at every moment; throws `Crashed` where the machine stops. */
  readonly moment?: (moment: Moment) => void
  /** What becomes of a statement before it runs; null leaves it out. For mutants. */
  readonly rewrite?: (sql: string) => string | null
}

/** A store over a database in memory, one transaction after the other. */
export function memoryStore(disk: MemoryDisk, options: MemoryStoreOptions = {}): Store {
  const { moment = () => {}, rewrite } = options
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work)
    last = mine.catch(() => {})
    return mine
  }

  const watched: Execute = async (sql, parameters) => {
    moment('statement')
    const text = rewrite ? rewrite(sql) : sql
    const answer = text === null ? { rows: [], affected: 0n } : await disk.execute(text, parameters)
    moment('written')
    return answer
  }

  async function end(): Promise<void> {
    moment('commit')
    await disk.execute('COMMIT', [])
    moment('committed')
  }

  async function undo(error: unknown): Promise<never> {
    if (disk.database.inTransaction) await disk.execute('ROLLBACK', [])
    throw error
  }

  return {
    kind: 'sqlite',
    write(workspace, _, work) {
      return new Promise((resolve, reject) => {
        void inTurn(async () => {
          try {
            if (closed) throw new Crashed()
            moment('read')
            await disk.execute('BEGIN IMMEDIATE', [])
            const value = await supervised(watched, execute => work(txOver('sqlite', workspace, execute)))
            await end()
            resolve(value)
          } catch (error) {
            await undo(error).catch(reject)
          }
        })
      })
    },
    read(workspace, work) {
      return inTurn(async () => {
        if (closed) throw new Crashed()
        moment('read')
        await disk.execute('BEGIN', [])
        try {
          return await supervised(disk.execute, execute => work(readerOver('sqlite', workspace, execute)))
        } finally {
          if (disk.database.inTransaction) await disk.execute('COMMIT', [])
        }
      })
    },
    async close() {
      closed = true
      await last
    },
  }
}
