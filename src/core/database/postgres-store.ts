import type { Answer, Execute } from './dialect.ts'
import { createGroups } from './postgres-groups.ts'
import { readerOver, type Store, supervised, txOver, type Urgency } from './store.ts'

/** One session of a PostgreSQL server, however it is reached. int8 and count arrive as bigint. */
export interface PostgresSession {
  /** Statements that are asked for without waiting run one after the other, in the order in which they were asked. */
  query(sql: string, parameters: readonly unknown[]): Promise<Answer>
  /** Gives the session back; with `broken` it is thrown away. */
  release(broken?: boolean): void
}

/** Where sessions come from: a pool of `pg`, or the one session of PGlite behind a queue. */
export interface PostgresSource {
  /**
   * Waits for a session; where there are few, people's work is served before that of jobs.
   * @param opening statements without parameters that run on it, all at once, before it is given
   */
  connect(urgency?: Urgency, opening?: string): Promise<PostgresSession>
  /** The role that transactions act as, which owns nothing; absent where sessions act as who they are. */
  readonly role?: string
  close(): Promise<void>
}

/** Measures how long people's work waited for a session and ran, in milliseconds. */
export interface PostgresTiming {
  readonly monotonic: () => number
  readonly onWait: (kind: 'read' | 'write', waited: number, ran: number) => void
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** A transaction that was begun: which workspace it is for, and which role it acts as, is said. */
export type Begin = (
  workspace: string,
  urgency: Urgency,
  how?: 'write' | 'snapshot',
) => Promise<PostgresSession>

/**
 * The store of many workspaces on PostgreSQL. Each transaction says first which workspace it is for, which
 * is what row-level security compares rows with, and which role it acts as.
 */
export function openPostgresStore(source: PostgresSource, timing?: PostgresTiming): Store {
  const role = source.role === undefined ? '' : `, set_config('role', ${literal(source.role)}, true)`

  // In one message with the beginning: it cannot begin and not be confined.
  const begin: Begin = (workspace, urgency, how = 'write') =>
    source.connect(
      urgency,
      `BEGIN${how === 'snapshot' ? ' ISOLATION LEVEL REPEATABLE READ READ ONLY' : ''};
        SELECT set_config('quarterdeck.workspace', ${literal(workspace)}, true)${role}`,
    )

  async function within<T>(
    open: () => Promise<PostgresSession>,
    kind: 'read' | 'write' | null,
    work: (execute: Execute, trail: Execute) => Promise<T>,
  ): Promise<T> {
    const asked = timing?.monotonic() ?? 0
    const session = await open()
    const began = timing?.monotonic() ?? 0
    let broken = false
    try {
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

  const groups = createGroups(begin, timing)

  return {
    kind: 'postgres',
    write: (workspace, urgency, work, together) =>
      together
        ? groups.join(workspace, work)
        : within(
            () => begin(workspace, urgency),
            urgency === 'person' ? 'write' : null,
            (execute, trail) => work(txOver('postgres', workspace, execute, trail)),
          ),
    read: (workspace, work) =>
      within(
        () => begin(workspace, 'person', 'snapshot'),
        'read',
        execute => work(readerOver('postgres', workspace, execute)),
      ),
    close: () => source.close(),
  }
}
