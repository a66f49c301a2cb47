import type { Answer, Execute } from './dialect.ts'
import { readerOver, type Store, supervised, txOver } from './store.ts'

/** One session of a PostgreSQL server, however it is reached. int8 and count arrive as bigint. */
export interface PostgresSession {
  query(sql: string, parameters: readonly unknown[]): Promise<Answer>
  /** Gives the session back; with `broken` it is thrown away. */
  release(broken?: boolean): void
}

/** Where sessions come from: a pool of `pg`, or the one session of PGlite behind a queue. */
export interface PostgresSource {
  connect(): Promise<PostgresSession>
  close(): Promise<void>
}

/**
 * The store of many workspaces on PostgreSQL. Each transaction says first which workspace it is for, which
 * is what row-level security compares rows with.
 */
export function openPostgresStore(source: PostgresSource): Store {
  async function within<T>(
    begin: string,
    workspace: string,
    work: (execute: Execute) => Promise<T>,
  ): Promise<T> {
    const session = await source.connect()
    let broken = false
    try {
      await session.query(begin, [])
      await session.query("SELECT set_config('quarterdeck.workspace', $1, true)", [workspace])
      const value = await supervised((sql, parameters) => session.query(sql, parameters), work)
      await session.query('COMMIT', [])
      return value
    } catch (error) {
      await session.query('ROLLBACK', []).catch(() => {
        broken = true
      })
      throw error
    } finally {
      session.release(broken)
    }
  }

  return {
    kind: 'postgres',
    write: (workspace, _urgency, work) =>
      within('BEGIN', workspace, execute => work(txOver('postgres', workspace, execute))),
    read: (workspace, work) =>
      within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', workspace, execute =>
        work(readerOver('postgres', workspace, execute)),
      ),
    close: () => source.close(),
  }
}
