import { AsyncResource } from 'node:async_hooks'
import type { Execute } from './dialect.ts'
import type { Begin, PostgresSession, PostgresTiming } from './postgres-store.ts'
import { supervised, type Tx, txOver } from './store.ts'

/*
 * Commands of a workspace wait for each other, because each takes the workspace's counter first. Those that wait
 * while one is under way are committed together: the disk is asked once for all of them. Each is as it would be
 * alone. It runs after those before it and sees what they did, a savepoint takes back what it did where it fails,
 * and nobody hears of it before it is on the disk.
 */

/** Work of one workspace that begins by locking the workspace's counter. */
export interface Groups {
  /** Runs it in its turn; resolves when it is committed. */
  join<T>(workspace: string, work: (tx: Tx) => Promise<T>): Promise<T>
}

interface Member {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly asked: number
}

/** So many are committed together at most: PostgreSQL keeps track of 64 savepoints of a transaction cheaply. */
const MOST = 24
/**
 * A group takes no more so many milliseconds after it got the counter: who came first waits for who came last. How
 * long another server kept the counter does not matter to that.
 */
const LONGEST = 20
const SAVEPOINT = 'SAVEPOINT member'
const TAKE_BACK = 'ROLLBACK TO SAVEPOINT member'
const KEEP = 'RELEASE SAVEPOINT member'

/** @param monotonic in milliseconds; without it only the number of those who are committed together is bounded */
export function createGroups(
  begin: Begin,
  timing: PostgresTiming | undefined,
  monotonic: () => number = timing?.monotonic ?? (() => 0),
): Groups {
  const lines = new Map<string, Member[]>()

  async function drain(workspace: string, line: Member[]): Promise<void> {
    // One turn later: those who came with the first are in its group.
    await Promise.resolve()
    const early: Promise<PostgresSession>[] = []
    while (line.length > 0) {
      try {
        const session = await (early.pop() ?? begin(workspace, 'person'))
        // The next group begins while this one waits for the disk.
        await together(session, workspace, line, () => {
          if (line.length > 0) early.push(quietly(begin(workspace, 'person')))
        })
      } catch (error) {
        // Whoever waited for the same database hears the same.
        for (const member of line.splice(0)) member.reject(error)
      }
    }
    lines.delete(workspace)
  }

  /** Runs those who wait in one transaction, and whoever comes meanwhile. */
  async function together(
    session: PostgresSession,
    workspace: string,
    line: Member[],
    prepare: () => void,
  ): Promise<void> {
    const began = monotonic()
    let got: number | null = null
    const execute: Execute = async (sql, parameters) => {
      const answer = await session.query(sql, parameters)
      got ??= monotonic()
      return answer
    }
    const group: Member[] = []
    const done: { member: Member; value: unknown }[] = []
    let broken = false
    try {
      const kept: Promise<unknown>[] = []
      while (line.length > 0 && group.length < MOST && monotonic() - (got ?? began) < LONGEST) {
        const member = line.shift() as Member
        group.push(member)
        const alone = group.length === 1
        try {
          done.push({ member, value: await within(execute, workspace, member, alone) })
          if (!alone) kept.push(quietly(session.query(KEEP, [])))
        } catch (error) {
          if (error instanceof GroupLost) throw error.cause
          member.reject(error)
          // Without a savepoint the transaction is over with it.
          if (alone) {
            broken = await cannotEnd(session)
            return
          }
        }
      }
      const committed = quietly(session.query('COMMIT', []))
      prepare()
      await Promise.all([...kept, committed])
      for (const { member, value } of done) member.resolve(value as never)
    } catch (error) {
      broken = await cannotEnd(session)
      for (const member of group) member.reject(error)
    } finally {
      session.release(broken)
      const ended = monotonic()
      for (const { asked } of group)
        timing?.onWait('write', Math.max(0, began - asked), ended - Math.max(began, asked))
    }
  }

  return {
    join: <T>(workspace: string, work: (tx: Tx) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        // What it logs and traces belongs to whoever asked for it, and not to the first of its group.
        const member = { work: AsyncResource.bind(work), resolve, reject, asked: monotonic() }
        const line = lines.get(workspace)
        if (line) {
          line.push(member)
          return
        }
        const fresh = [member]
        lines.set(workspace, fresh)
        void drain(workspace, fresh)
      }),
  }
}

/** What one member did could not be taken back: nothing of its group may be committed. */
class GroupLost extends Error {}

async function within(
  execute: Execute,
  workspace: string,
  { work }: Member,
  alone: boolean,
): Promise<unknown> {
  const saved = alone ? null : quietly(execute(SAVEPOINT, []))
  try {
    const value = await supervised(execute, (watched, trail) =>
      work(txOver('postgres', workspace, watched, trail)),
    )
    await saved
    return value
  } catch (error) {
    if (saved)
      await saved
        .then(() => execute(TAKE_BACK, []))
        .catch(cause => {
          throw new GroupLost('lost', { cause })
        })
    throw error
  }
}

/** Whoever waits for it later hears of its failure; nobody else does. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

async function cannotEnd(session: PostgresSession): Promise<boolean> {
  return session.query('ROLLBACK', []).then(
    () => false,
    () => true,
  )
}
