import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Execute } from '#core/database/dialect.ts'
import { sqliteExecute } from '#core/database/sqlite-connection.ts'
import { readerOver, type Store, supervised, txOver } from '#core/database/store.ts'
import { scratch } from '#test/kit/scratch.ts'

/** The machine was switched off. */
export class Crashed extends Error {}

/** A moment at which a machine may stop: around a statement, and around the end of a transaction. */
export type Moment = 'statement' | 'written' | 'commit' | 'committed' | 'read'

/** A database of a machine: what a crash leaves of it is what was committed. */
export interface MemoryDisk {
  readonly database: Sqlite.Database
  readonly execute: Execute
  bytes(): Buffer
  /** Becomes what these bytes hold. */
  restore(bytes: Buffer): void
  close(): void
}

/*
 * A life takes a copy of a template and asks some thousand different statements, and preparing them took half of its
 * time. So a connection is kept for the next life with what it prepared: its file is written over, as another process
 * could have done it, which SQLite sees by the counter of changes in the file's head.
 */

interface Connection {
  readonly database: Sqlite.Database
  readonly execute: Execute
  readonly path: string
  readonly file: number
}

/** Where the head of a database has what: https://www.sqlite.org/fileformat.html#the_database_header */
const CHANGES = 24
const SCHEMA = 40
const VALID_FOR = 92
/** Statements that a connection keeps; all of a life. */
const STATEMENTS = 10_000

/**
 * Connections that nobody uses, by the template that they were filled with: other bytes of the same schema may have its
 * tables on other pages.
 */
const spare = new WeakMap<Buffer, Connection[]>()
let folder: string | null = null
let files = 0
/** Each transaction counts one further: so many are never reached, and no connection takes what it read for what is there. */
const FURTHER = 50_000
let changes = 0

function connect(): Connection {
  if (folder === null) {
    const made = mkdtempSync(join(scratch(), 'quarterdeck-lives-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
    folder = made
  }
  const path = join(folder, `${++files}.db`)
  const database = new Sqlite(path)
  database.defaultSafeIntegers(true)
  database.pragma('foreign_keys=ON')
  database.pragma('temp_store=MEMORY')
  database.pragma('journal_mode=MEMORY')
  database.pragma('synchronous=OFF')
  return { database, execute: sqliteExecute(database, STATEMENTS), path, file: openSync(path, 'r+') }
}

function fill({ database, file }: Connection, bytes: Uint8Array): void {
  if (database.inTransaction) database.exec('ROLLBACK')
  const own = Buffer.from(bytes)
  changes = (changes + FURTHER) % 2 ** 32
  own.writeUInt32BE(changes, CHANGES)
  own.writeUInt32BE(changes, VALID_FOR)
  writeSync(file, own, 0, own.length, 0)
  ftruncateSync(file, own.length)
}

/**
 * The search index keeps what it read of itself, and a handle by which the connection goes on reading what was there:
 * it lets go of both where a transaction that it took part in is undone.
 */
function forget(database: Sqlite.Database): void {
  database.exec("BEGIN; INSERT INTO search_index (search_index, rank) VALUES ('merge', 1); ROLLBACK")
}

export function memoryDisk(bytes?: Buffer): MemoryDisk {
  const connection = (bytes && spare.get(bytes)?.pop()) || connect()
  if (bytes) fill(connection, bytes)
  let closed = false
  function own(): Connection {
    if (closed) throw new Error('this machine is gone')
    return connection
  }
  return {
    get database() {
      return own().database
    },
    execute: async (sql, parameters) => own().execute(sql, parameters),
    bytes: () => own().database.serialize(),
    restore: from => fill(own(), from),
    close() {
      const { database } = own()
      closed = true
      if (database.inTransaction) database.exec('ROLLBACK')
      // One that was brought to another release knows other pages.
      const schema = Number(database.pragma('schema_version', { simple: true }))
      if (schema !== bytes?.readUInt32BE(SCHEMA)) {
        database.close()
        closeSync(connection.file)
        rmSync(connection.path)
        return
      }
      forget(database)
      const others = spare.get(bytes)
      if (others) others.push(connection)
      else spare.set(bytes, [connection])
    },
  }
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
