import type { Answer, Execute } from './dialect.ts'
import { readerOver, type Store, supervised, txOver, type Urgency } from './store.ts'

/** One session of a PostgreSQL server, however it is reached. int8 and count arrive as bigint. */
export interface PostgresSession {
  query(sql: string, parameters: readonly unknown[]): Promise<Answer>
  /** Gives the session back; with `broken` it is thrown away. */
  release(broken?: boolean): void
}

/** Where sessions come from: a pool of `pg`, or the one session of PGlite behind a queue. */
export interface PostgresSource {
  /** Waits for a session; where there are few, people's work is served before that of jobs. */
  connect(urgency?: Urgency): Promise<PostgresSession>
  /** The role that transactions act as, which owns nothing; absent where sessions act as who they are. */
  readonly role?: string
  close(): Promise<void>
}

/** Measures how long people's work waited for a session and ran, in milliseconds. */
export interface PostgresTiming {
  readonly monotonic: () => number
  readonly onWait: (kind: 'read' | 'write', waited: number, ran: number) => void
}

/**
 * The store of many workspaces on PostgreSQL. Each transaction says first which workspace it is for, which
 * is what row-level security compares rows with, and which role it acts as.
 */
export function openPostgresStore(source: PostgresSource, timing?: PostgresTiming): Store {
  const confine =
    source.role === undefined
      ? "SELECT set_config('quarterdeck.workspace', $1, true)"
      : "SELECT set_config('quarterdeck.workspace', $1, true), set_config('role', $2, true)"

  async function within<T>(
    begin: string,
    workspace: string,
    urgency: Urgency,
    kind: 'read' | 'write' | null,
    work: (execute: Execute) => Promise<T>,
  ): Promise<T> {
    const asked = timing?.monotonic() ?? 0
    const session = await source.connect(urgency)
    const began = timing?.monotonic() ?? 0
    let broken = false
    try {
      await session.query(begin, [])
      await session.query(confine, [workspace, ...(source.role === undefined ? [] : [source.role])])
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
      if (timing && kind) timing.onWait(kind, began - asked, timing.monotonic() - began)
    }
  }

  return {
    kind: 'postgres',
    write: (workspace, urgency, work) =>
      within('BEGIN', workspace, urgency, urgency === 'person' ? 'write' : null, execute =>
        work(txOver('postgres', workspace, execute)),
      ),
    read: (workspace, work) =>
      within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', workspace, 'person', 'read', execute =>
        work(readerOver('postgres', workspace, execute)),
      ),
    close: () => source.close(),
  }
}
