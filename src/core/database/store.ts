import { Kysely } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import type { DatabaseKind } from './ddl.ts'
import { type Execute, executorDialect } from './dialect.ts'
import { type Tables, tableNames } from './schema.ts'
import { nothingTouched, type Touched, WorkspaceScope } from './scope.ts'

/** Who waits for a write: a person's command always goes before the next chunk of a job. */
export type Urgency = 'person' | 'job'

/** The part of a connection that both the reading and the writing side have. */
interface Session {
  readonly kind: DatabaseKind
  readonly workspace: string
  readonly touched: Touched
  /**
   * Runs prepared SQL, for hot paths and for what the query builder cannot say. It is not confined to the
   * workspace and not watched: the caller binds the workspace and names the tables in `touched` itself.
   * Only code below `core/database` names tables as text.
   */
  raw<R = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<R[]>
}

/** A read-only snapshot. */
export interface Reader extends Session {
  readonly db: ReadonlyKysely<Tables>
}

/** A transaction that writes. It is over when the function that was given it returns. */
export interface Tx extends Session {
  readonly db: Kysely<Tables>
  /** Runs a part that may fail without spoiling the transaction: what it did is undone, the error goes on. */
  attempt<T>(part: () => Promise<T>): Promise<T>
  /** The number of rows that a statement changed. */
  run(sql: string, parameters?: readonly unknown[]): Promise<bigint>
}

/** The reading half of a transaction, for functions that queries and commands share. */
export function reading(tx: Tx): Reader {
  // The two builders differ in their types only: this one can also write, which a reader's must not.
  return tx as unknown as Reader
}

export interface Store {
  readonly kind: DatabaseKind
  /**
   * One transaction; rolled back when the work throws or awaits anything but its `tx`.
   * @param together the work begins by taking the workspace's counter, and so waits for others that do: those that
   *   wait at the same time may be committed together, each as if it were alone
   */
  write<T>(workspace: string, urgency: Urgency, work: (tx: Tx) => Promise<T>, together?: boolean): Promise<T>
  /** One consistent snapshot, on a connection that cannot write. */
  read<T>(workspace: string, work: (reader: Reader) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A transaction's work awaited something else than its transaction: a bug of its author. */
export class AwaitedOutside extends Error {
  constructor() {
    super(
      'a handler may await only its tx: no timers, no I/O, no other promises (effects go into effect rows)',
    )
    this.name = 'AwaitedOutside'
  }
}

/** A transaction was used after its end. */
export class TransactionOver extends Error {
  constructor() {
    super('this transaction is over')
    this.name = 'TransactionOver'
  }
}

/**
 * Runs `work` against `execute`, and fails it as soon as it waits for anything but a statement of its own.
 * Between two statements a well-behaved handler goes on in microtasks, so one turn of the event loop with
 * no statement under way and no end of the work is proof of a foreign wait.
 *
 * The work is given a second way to run a statement, whose answer it need not wait for: it is waited for at the end.
 */
export async function supervised<T>(
  execute: Execute,
  work: (execute: Execute, trail: Execute) => Promise<T>,
): Promise<T> {
  let pending = 0
  let over = false
  const trailing: Promise<unknown>[] = []
  return new Promise<T>((resolve, reject) => {
    const settle = (finish: () => void) => {
      if (over) return
      over = true
      finish()
    }
    let scheduled = false
    const watch = () => {
      if (scheduled) return
      scheduled = true
      setImmediate(check)
    }
    const check = () => {
      scheduled = false
      if (!over && pending === 0) settle(() => reject(new AwaitedOutside()))
    }
    const watched: Execute = async (sql, parameters) => {
      if (over) throw new TransactionOver()
      pending++
      try {
        return await execute(sql, parameters)
      } finally {
        pending--
        if (pending === 0) watch()
      }
    }
    const trail: Execute = (sql, parameters) => {
      const answer = execute(sql, parameters)
      answer.catch(() => {})
      trailing.push(answer)
      return answer
    }
    watch()
    work(watched, trail).then(
      value => {
        if (pending > 0) settle(() => reject(new Error('a statement was not awaited')))
        // What follows them was answered already, so they were: only a failure is waited for.
        else settle(() => Promise.all(trailing).then(() => resolve(value), reject))
      },
      error => settle(() => reject(error)),
    )
  })
}

/** The reading face of a connection. */
export function readerOver(kind: DatabaseKind, workspace: string, execute: Execute): Reader {
  const touched = nothingTouched()
  return {
    kind,
    workspace,
    touched,
    db: builder(kind, workspace, execute, touched) as unknown as ReadonlyKysely<Tables>,
    raw: async (sql, parameters = []) => (await execute(sql, parameters)).rows as never,
  }
}

/**
 * The writing face of a connection inside a transaction.
 * @param trail runs statements whose answer is waited for at the end of the transaction
 */
export function txOver(kind: DatabaseKind, workspace: string, execute: Execute, trail = execute): Tx {
  const touched = nothingTouched()
  let depth = 0
  return {
    kind,
    workspace,
    touched,
    db: builder(kind, workspace, execute, touched),
    raw: async (sql, parameters = []) => (await execute(sql, parameters)).rows as never,
    run: async (sql, parameters = []) => (await execute(sql, parameters)).affected ?? 0n,
    async attempt(part) {
      const name = `attempt_${++depth}`
      // Its first statement is sent behind it without waiting: statements of a session run in their order.
      const begun = execute(`SAVEPOINT ${name}`, [])
      begun.catch(() => {})
      try {
        const value = await part()
        await begun
        const released = trail(`RELEASE SAVEPOINT ${name}`, [])
        if (trail === execute) await released
        return value
      } catch (error) {
        await begun
        await execute(`ROLLBACK TO SAVEPOINT ${name}`, [])
        await execute(`RELEASE SAVEPOINT ${name}`, [])
        throw error
      } finally {
        depth--
      }
    },
  }
}

function builder(kind: DatabaseKind, workspace: string, execute: Execute, touched: Touched): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: executorDialect(kind, execute),
    plugins: [new WorkspaceScope(workspace, tableNames, touched)],
  })
}
