import type { Row } from '#core/database/schema.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import { stagePacked, stageRows } from '#core/database/sync-rows.ts'
import type { Table } from '#core/database/table.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { CommandSignature } from '../identity/command-signature.ts'
import type { Runner } from '../runtime/runner.ts'
import { BUILD } from './build.ts'
import { createBulk } from './bulk.ts'
import { type Held, type HeldText, heldOf, type Staged, stagedOf } from './held.ts'
import type {
  Answered,
  Build,
  ChangedRow,
  Place,
  PushAnswer,
  PushedCommand,
  Reset,
  SnapshotPage,
  SyncServer,
  Unfit,
  Welcome,
  WorkspaceFacts,
} from './protocol.ts'
import { forgetStaged, type Settled, settle } from './settle.ts'

export interface SyncClientParts {
  readonly store: Store
  readonly workspace: Id
  readonly server: SyncServer
  readonly replay: Runner['replay']
  readonly now: () => bigint
  /** Is told after each commit which tables changed. */
  readonly committed: (tables: ReadonlySet<string>) => void
  /** Is told of commands that did not run again on top of the server's rows. */
  readonly held?: (held: Settled['held']) => void
  /** Signs a command with the key of this device, before it leaves it; without one commands go unsigned. */
  readonly sign?: (command: Omit<PushedCommand, 'signed'>) => Promise<CommandSignature>
  /** Commands of one push. */
  readonly batch?: number
  /** What this desk says it is, and the tables that it has. */
  readonly build?: Build
  readonly tables?: Record<string, Table>
}

export interface Round {
  /** False when the server could not be reached; what was done until then stays done. */
  readonly reached: boolean
  readonly failure: unknown
  /** The server is of another release, with which this one does not get on: nothing was done. */
  readonly unfit: Unfit | null
  /** How far this desk's clock is behind the server's, in milliseconds; null where it did not say. */
  readonly behind: bigint | null
  /** Commands that the server answered. */
  readonly answered: number
  /** Commands that it refused, which need review now. */
  readonly refused: number
  /** Rows that were applied. */
  readonly applied: number
}

/** The server could not be reached, or did not answer. */
class Unreachable extends Error {}

/**
 * The desk's half of sync. A round pushes the outbox in order, pulls the feed in pages that are staged, and
 * when they are whole settles them in one transaction. It can be cut off anywhere: whatever was committed
 * stays true, and the next round goes on from there.
 */
export function createSyncClient(parts: SyncClientParts) {
  const { store, workspace, server, build = BUILD } = parts
  let running: Promise<Round> | null = null
  let welcome: Welcome | null = null

  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { value, changed } = await store.write(workspace, 'job', async tx => {
      const value = await work(tx)
      return { value, changed: tx.touched.changed }
    })
    parts.committed(changed)
    return value
  }

  async function reach<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      throw new Unreachable('the server did not answer', { cause: error })
    }
  }

  async function settleNow(tx: Tx, incoming: Parameters<typeof settle>[2]): Promise<Settled> {
    const settled = await settle(tx, parts.replay, incoming, parts.tables)
    if (settled.held.length > 0) parts.held?.(settled.held)
    return settled
  }

  async function push(): Promise<{ answered: number; refused: number }> {
    let answered = 0
    let refused = 0
    for (;;) {
      const { waiting, before } = await store.read(workspace, async reader => ({
        before: await newestAnswer(reader),
        waiting: await reader.db
          .selectFrom('outbox')
          .selectAll()
          .where('state', 'in', ['pending', 'requested'])
          .where('answered_version', 'is', null)
          .orderBy('number')
          .limit(parts.batch ?? 100)
          .execute(),
      }))
      if (waiting.length === 0) return { answered, refused }
      const commands = await signed(waiting.map(pushed))
      const answers = await reach(server.push({ answered: before, commands }))
      if ('kind' in answers) {
        await restart(answers)
        continue
      }
      const ofBatch = new Set(waiting.map(row => row.id))
      const known = answers.filter(answer => ofBatch.has(answer.id))
      const noted = await write(tx => noteAnswers(tx, known))
      answered += known.length
      refused += noted.refused
      // A command that the server could not decide holds up those behind it, until the next round.
      if (known.length < waiting.length || noted.undecided) return { answered, refused }
    }
  }

  async function signed(commands: readonly Omit<PushedCommand, 'signed'>[]): Promise<PushedCommand[]> {
    const { sign } = parts
    return Promise.all(
      commands.map(async command => ({ ...command, signed: sign ? await sign(command) : null })),
    )
  }

  async function noteAnswers(tx: Tx, answers: readonly PushAnswer[]) {
    let refused = 0
    let undecided = false
    let undo = false
    const note = (id: string, values: Partial<Row<'outbox_context'>>) =>
      tx.db.updateTable('outbox_context').set(values).where('id', '=', id).execute()
    for (const answer of answers) {
      const row = await tx.db.selectFrom('outbox').selectAll().where('id', '=', answer.id).executeTakeFirst()
      if (!row || row.state === 'review' || row.answered_version !== null) continue
      const set = (values: Partial<Row<'outbox'>>) =>
        tx.db.updateTable('outbox').set(values).where('id', '=', row.id).execute()
      if (answer.outcome === 'done') {
        await set({ answered_version: answer.version, answer: canonicalJson(answer.result ?? null) })
        await note(row.id, { answered_head: answer.head })
        continue
      }
      if (answer.outcome === 'failed') {
        undecided = true
        await set({ attempts: row.attempts + 1n })
        continue
      }
      const { code, data } = answer
      await set({ state: 'review', refusal: canonicalJson({ code, data }) })
      await note(row.id, { current: canonicalJson(answer.current) })
      refused++
      undo ||= row.state === 'pending'
    }
    // What was refused is taken back at once, also when the pull that follows does not get through.
    if (undo) await settleNow(tx, null)
    return { refused, undecided }
  }

  async function pull(): Promise<number> {
    for (;;) {
      const { state, answered } = await store.read(workspace, async reader => ({
        state: await reader.db.selectFrom('sync_state').selectAll().executeTakeFirstOrThrow(),
        answered: await newestAnswer(reader),
      }))
      const staged = stagedOf(state) ?? beginning(heldOf(state))
      const { next } = staged
      if (next.kind === 'snapshot') {
        const page = await reach(
          server.snapshot({ desk: build.schema, position: next.position, packed: true }),
        )
        if (page.kind === 'reset') {
          await restart(page)
          continue
        }
        const { basis, start, head, read } = page
        await write(tx =>
          stagePage(tx, page, {
            rebuild: true,
            basis,
            next: page.next
              ? { kind: 'snapshot', position: page.next }
              : { kind: 'feed', place: { version: start, table: null, row: null, head, read } },
          }),
        )
        continue
      }
      const page = await reach(server.pull({ basis: staged.basis, after: next.place, answered }))
      if (page.kind === 'reset') {
        await restart(page)
        continue
      }
      const goOn: Staged = { ...staged, next: { kind: 'feed', place: page.end } }
      if (!page.complete) {
        await write(tx => stage(tx, page.rows, goOn))
        continue
      }
      return write(tx => finish(tx, page, goOn))
    }
  }

  /** A cursor belongs to the schema of this desk: after a migration it takes a snapshot, which has the new columns. */
  function beginning(held: Held | null): Staged {
    if (!held || held.basis.desk !== build.schema) return SNAPSHOT
    return { rebuild: false, basis: held.basis, next: { kind: 'feed', place: held.place } }
  }

  /**
   * Forgets what is staged: a snapshot comes next. What a server answered that was then restored to an earlier
   * time it may not know any more, so that it is asked again for what is still here.
   */
  async function restart({ reason }: Reset): Promise<void> {
    await write(async tx => {
      await forgetStaged(tx)
      await tx.db
        .updateTable('sync_state')
        .set({ staged: canonicalJson(SNAPSHOT) })
        .execute()
      if (reason === 'history')
        await tx.db
          .updateTable('outbox')
          .set({ answered_version: null, answer: null })
          .where('state', '!=', 'review')
          .execute()
    })
  }

  /** Stages the last page and settles, in one transaction. With nothing new there is nothing to rewind. */
  async function finish(
    tx: Tx,
    page: { rows: readonly ChangedRow[]; end: Place; facts: WorkspaceFacts },
    staged: Staged,
  ): Promise<number> {
    const before = await tx.db.selectFrom('sync_state').selectAll().executeTakeFirstOrThrow()
    const { version: cursor, head } = page.end
    const { facts } = page
    let applied = 0
    if (
      staged.rebuild ||
      before.cursor !== cursor ||
      before.staged !== null ||
      before.facts !== canonicalJson(facts) ||
      (await anySettled(tx, cursor))
    ) {
      await stage(tx, page.rows, staged)
      applied = (await settleNow(tx, { cursor, facts, rebuild: staged.rebuild })).applied
    }
    await tx.db
      .updateTable('sync_state')
      .set({
        staged: null,
        scopes: canonicalJson({ basis: staged.basis, head } satisfies HeldText),
        last_sync_at: parts.now(),
        offline_since: null,
        failure: null,
      })
      .execute()
    return applied
  }

  async function stage(tx: Tx, rows: readonly ChangedRow[], staged: Staged): Promise<void> {
    // A row that changed between two pages comes again with the later one, which is right.
    await stageRows(
      tx,
      rows.map(({ table, key, row }) => ({ table, key, json: row === null ? null : canonicalJson(row) })),
    )
    await goOnAt(tx, staged)
  }

  /** Keeps a page of a snapshot as it came: its rows are looked at once, when all of them are there. */
  async function stagePage(tx: Tx, page: SnapshotPage, staged: Staged): Promise<void> {
    await stagePacked(tx, page.packed)
    await stage(tx, page.rows, staged)
  }

  async function goOnAt(tx: Tx, staged: Staged): Promise<void> {
    await tx.db
      .updateTable('sync_state')
      .set({ staged: canonicalJson(staged) })
      .execute()
  }

  /** Whether the two understand each other. Asked once, and again after every failure. */
  async function greet(): Promise<Unfit | null> {
    if (welcome) return null
    const answer = await reach(server.hello(build))
    if (answer.kind === 'welcome') welcome = answer
    else
      await write(tx =>
        tx.db
          .updateTable('sync_state')
          .set({ failure: unfitCode(answer) })
          .execute(),
      )
    return answer.kind === 'unfit' ? answer : null
  }

  async function round(): Promise<Round> {
    const done = { answered: 0, refused: 0, applied: 0, unfit: null, behind: null as bigint | null }
    try {
      const asked = parts.now()
      const known = welcome !== null
      const unfit = await greet()
      if (unfit) return { ...done, unfit, reached: true, failure: null }
      // Half of the way there and back is the way back.
      if (!known && welcome) done.behind = (welcome as Welcome).now - (asked + parts.now()) / 2n
      Object.assign(done, await push())
      done.applied = await pull()
      return { ...done, reached: true, failure: null }
    } catch (error) {
      welcome = null
      if (!(error instanceof Unreachable)) throw error
      const since = parts.now()
      await write(tx =>
        tx.db
          .updateTable('sync_state')
          .set(eb => ({
            offline_since: eb.fn.coalesce('offline_since', eb.val(since)),
            failure: describe(error.cause),
          }))
          .execute(),
      )
      return { ...done, reached: false, failure: error.cause }
    }
  }

  return {
    /** Bulk content, to be fetched after rounds. */
    bulk: createBulk({
      ...{ store, workspace, now: parts.now, committed: parts.committed },
      server: { batch: request => reach(server.batch(request)) },
    }),
    /** One round. A call while one runs waits for that one. */
    round(): Promise<Round> {
      running ??= round().finally(() => {
        running = null
      })
      return running
    },
  }
}

export type SyncClient = ReturnType<typeof createSyncClient>

/** Whether rows came before the answer: a command was done, its answer lost, and only its repeat was answered. */
async function anySettled(tx: Tx, cursor: bigint): Promise<boolean> {
  const row = await tx.db
    .selectFrom('outbox')
    .select('id')
    .where('answered_version', '<=', cursor)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The newest command of the outbox that the server said it has done. */
async function newestAnswer(reader: Reader): Promise<Answered | null> {
  const row = await reader.db
    .selectFrom('outbox')
    .innerJoin('outbox_context as context', 'context.id', 'outbox.id')
    .select(['outbox.answered_version as version', 'context.answered_head as head'])
    .where('outbox.answered_version', 'is not', null)
    .orderBy('outbox.answered_version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && row.version !== null && row.head !== null ? { version: row.version, head: row.head } : null
}

/** Nothing is staged yet. */
const SNAPSHOT: Staged = {
  rebuild: true,
  basis: { scopes: [], server: 0, desk: 0 },
  next: { kind: 'snapshot', position: null },
}

/** What the status says while the two do not get on. */
function unfitCode({ older }: Unfit): string {
  return older === 'desk' ? 'SYNC_DESK_TOO_OLD' : 'SYNC_SERVER_TOO_OLD'
}

function pushed(row: Row<'outbox'>): Omit<PushedCommand, 'signed'> {
  const { id, command, actor, device, assurance, at, input, attempts } = row
  return { id, command, commandVersion: row.command_version, actor, device, assurance, at, input, attempts }
}

/** What the status tells of a failure: a code that has words, with its data, where the transport gave one. */
function describe(error: unknown): string {
  if (isRefusal(error)) return canonicalJson({ code: error.code, data: error.data })
  return error instanceof Error ? error.message : String(error)
}
