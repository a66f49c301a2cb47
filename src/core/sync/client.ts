import type { Row } from '#core/database/schema.ts'
import type { Store, Tx } from '#core/database/store.ts'
import { type FeedPosition, stageRows } from '#core/database/sync-rows.ts'
import type { Scope } from '#core/database/table.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import type { Runner } from '../runtime/runner.ts'
import type {
  ChangedRow,
  PushAnswer,
  PushedCommand,
  SnapshotPosition,
  SyncServer,
  WorkspaceFacts,
} from './protocol.ts'
import { type Settled, settle } from './settle.ts'

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
  /** Commands of one push. */
  readonly batch?: number
}

export interface Round {
  /** False when the server could not be reached; what was done until then stays done. */
  readonly reached: boolean
  readonly failure: unknown
  /** Commands that the server answered. */
  readonly answered: number
  /** Commands that it refused, which need review now. */
  readonly refused: number
  /** Rows that were applied. */
  readonly applied: number
}

/** The server could not be reached, or did not answer. */
class Unreachable extends Error {}

/** Where the staged pages go on; `rebuild` when they began with a snapshot. */
interface Staged {
  readonly rebuild: boolean
  readonly scopes: readonly Scope[]
  readonly next:
    | { readonly kind: 'snapshot'; readonly position: SnapshotPosition | null }
    | { readonly kind: 'feed'; readonly position: FeedPosition }
}

/** After this many failures of the server on one command a person looks at it, and the queue goes on. */
const MOST_ATTEMPTS = 3

/**
 * The desk's half of sync. A round pushes the outbox in order, pulls the feed in pages that are staged, and
 * when they are whole settles them in one transaction. It can be cut off anywhere: whatever was committed
 * stays true, and the next round goes on from there.
 */
export function createSyncClient(parts: SyncClientParts) {
  const { store, workspace, server } = parts
  let running: Promise<Round> | null = null

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
    const settled = await settle(tx, parts.replay, incoming)
    if (settled.held.length > 0) parts.held?.(settled.held)
    return settled
  }

  async function push(): Promise<{ answered: number; refused: number }> {
    let answered = 0
    let refused = 0
    for (;;) {
      const waiting = await store.read(workspace, reader =>
        reader.db
          .selectFrom('outbox')
          .selectAll()
          .where('state', 'in', ['pending', 'requested'])
          .where('answered_version', 'is', null)
          .orderBy('number')
          .limit(parts.batch ?? 100)
          .execute(),
      )
      if (waiting.length === 0) return { answered, refused }
      const answers = await reach(server.push(waiting.map(pushed)))
      const ofBatch = new Set(waiting.map(row => row.id))
      const known = answers.filter(answer => ofBatch.has(answer.id))
      const noted = await write(tx => noteAnswers(tx, known))
      answered += known.length
      refused += noted.refused
      // A command that the server could not decide holds up those behind it, until the next round.
      if (known.length < waiting.length || noted.undecided) return { answered, refused }
    }
  }

  async function noteAnswers(tx: Tx, answers: readonly PushAnswer[]) {
    let refused = 0
    let undecided = false
    let undo = false
    for (const answer of answers) {
      const row = await tx.db.selectFrom('outbox').selectAll().where('id', '=', answer.id).executeTakeFirst()
      if (!row || row.state === 'review' || row.answered_version !== null) continue
      const set = (values: Partial<Row<'outbox'>>) =>
        tx.db.updateTable('outbox').set(values).where('id', '=', row.id).execute()
      if (answer.outcome === 'done') {
        await set({ answered_version: answer.version, answer: canonicalJson(answer.result ?? null) })
        continue
      }
      const attempts = row.attempts + 1n
      if (answer.outcome === 'failed' && attempts < BigInt(MOST_ATTEMPTS)) {
        undecided = true
        await set({ attempts })
        continue
      }
      const { code, data } =
        answer.outcome === 'refused'
          ? answer
          : { code: 'SYNC_SERVER_FAILED', data: { reference: answer.reference } }
      await set({ state: 'review', refusal: canonicalJson({ code, data }), attempts })
      refused++
      undo ||= row.state === 'pending'
    }
    // What was refused is taken back at once, also when the pull that follows does not get through.
    if (undo) await settleNow(tx, null)
    return { refused, undecided }
  }

  async function pull(): Promise<number> {
    for (;;) {
      const state = await store.read(workspace, reader =>
        reader.db.selectFrom('sync_state').selectAll().executeTakeFirstOrThrow(),
      )
      const staged: Staged = state.staged === null ? beginning(state) : fromCanonical<Staged>(state.staged)
      const { next } = staged
      if (next.kind === 'snapshot') {
        const page = await reach(server.snapshot({ position: next.position }))
        await write(tx =>
          stage(tx, page.rows, {
            rebuild: true,
            scopes: page.scopes,
            next: page.next
              ? { kind: 'snapshot', position: page.next }
              : { kind: 'feed', position: { version: page.start, table: null, row: null } },
          }),
        )
        continue
      }
      const page = await reach(server.pull({ scopes: staged.scopes, after: next.position }))
      if (page.kind === 'reset') {
        await write(async tx => {
          await tx.db.deleteFrom('sync_staged').execute()
          const again: Staged = {
            rebuild: true,
            scopes: page.scopes,
            next: { kind: 'snapshot', position: null },
          }
          await tx.db
            .updateTable('sync_state')
            .set({ staged: canonicalJson(again) })
            .execute()
        })
        continue
      }
      const goOn: Staged = { ...staged, next: { kind: 'feed', position: page.end } }
      if (!page.complete) {
        await write(tx => stage(tx, page.rows, goOn))
        continue
      }
      return write(tx => finish(tx, page, goOn))
    }
  }

  /** Stages the last page and settles, in one transaction. With nothing new there is nothing to rewind. */
  async function finish(
    tx: Tx,
    page: { rows: readonly ChangedRow[]; end: FeedPosition; facts: WorkspaceFacts },
    staged: Staged,
  ): Promise<number> {
    const before = await tx.db.selectFrom('sync_state').selectAll().executeTakeFirstOrThrow()
    await stage(tx, page.rows, staged)
    const cursor = page.end.version
    const facts = page.facts
    let applied = 0
    if (
      staged.rebuild ||
      before.cursor !== cursor ||
      before.staged !== null ||
      before.facts !== canonicalJson(facts)
    )
      applied = (await settleNow(tx, { cursor, facts, rebuild: staged.rebuild })).applied
    await tx.db
      .updateTable('sync_state')
      .set({
        staged: null,
        scopes: canonicalJson(staged.scopes),
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
    await tx.db
      .updateTable('sync_state')
      .set({ staged: canonicalJson(staged) })
      .execute()
  }

  async function round(): Promise<Round> {
    const done = { answered: 0, refused: 0, applied: 0 }
    try {
      Object.assign(done, await push())
      done.applied = await pull()
      return { ...done, reached: true, failure: null }
    } catch (error) {
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

function beginning(state: Row<'sync_state'>): Staged {
  if (state.cursor < 0n) return { rebuild: true, scopes: [], next: { kind: 'snapshot', position: null } }
  return {
    rebuild: false,
    scopes: fromCanonical<Scope[]>(state.scopes),
    next: { kind: 'feed', position: { version: state.cursor, table: null, row: null } },
  }
}

function pushed(row: Row<'outbox'>): PushedCommand {
  const { id, command, actor, device, assurance, at, input } = row
  return { id, command, commandVersion: row.command_version, actor, device, assurance, at, input }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
