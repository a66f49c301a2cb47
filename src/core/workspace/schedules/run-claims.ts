import type { Tx } from '#core/database/store.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { NOT_TAKEN, type RunRow, runIdOf } from './rows.ts'
import { type Summary, TryAgainAt } from './schedule-kind.ts'

/** How long whoever took a run is believed without another word, in milliseconds. */
const CLAIM = 60_000n
/** Pauses after the tries that fail; after one more it is given up. */
const PAUSES = [60_000n, 300_000n, 900_000n, 3_600_000n] as const
/** Runs that are kept of each schedule, of those that were planned and of those that were asked for. */
const KEPT = 100

export interface RunClaimParts {
  readonly write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  readonly now: () => bigint
  readonly newHolder: () => Id
}

/** The writes of a runner. Each changes a run only as it was seen, so that of two servers one succeeds. */
export function createRunClaims({ write, now, newHolder }: RunClaimParts) {
  let name: Id | null = null
  const me = () => {
    name ??= newHolder()
    return name
  }
  const taken = (at: bigint) => ({
    ...{ state: 'running' as const, holder: me(), held_until: at + CLAIM, started_at: at },
  })

  /** Changes a run that is under way, unless somebody settled it or tried anew meanwhile. */
  async function settle(run: RunRow, values: Partial<RunRow>): Promise<void> {
    await write(async tx => {
      const changed = await tx.db
        .updateTable('schedule_runs')
        .set(values)
        .where('id', '=', run.id)
        .where('state', '=', 'running')
        .where('attempt', '=', run.attempt)
        .where('holder', '=', run.holder)
        .returning('id')
        .executeTakeFirst()
      if (changed && values.finished_at) await forget(tx, run)
    })
  }

  return {
    /** When a run may be taken over. A claim that reaches further than claims do was made by a clock that was wrong. */
    expires: (run: RunRow, at: bigint) => (run.held_until > at + 2n * CLAIM ? at : run.held_until),

    /** Makes the run of a planned time; null where somebody else did. */
    make: (scheduleId: Id, plannedAt: bigint, at: bigint): Promise<RunRow | null> =>
      write(async tx => {
        const run: RunRow = {
          ...{ id: runIdOf(scheduleId, plannedAt), schedule_id: scheduleId, planned_at: plannedAt },
          ...{ manual: 0n, attempt: 1n, failures: 0n, not_before: at, ...NOT_TAKEN, ...taken(at) },
          ...{ finished_at: null, summary: null, failure: null },
        }
        const made = await tx.db
          .insertInto('schedule_runs')
          .values(run)
          .onConflict(conflict => conflict.columns(['id']).doNothing())
          .returning('id')
          .executeTakeFirst()
        return made ? run : null
      }),

    /** Takes a run that waits, or whose holder is gone, as it was seen; null where somebody else did. */
    take: (run: RunRow, at: bigint): Promise<RunRow | null> =>
      write(async tx => {
        const change = { ...taken(at), started_at: run.state === 'running' ? run.started_at : at }
        const changed = await tx.db
          .updateTable('schedule_runs')
          .set(change)
          .where('id', '=', run.id)
          .where('state', '=', run.state)
          .where('attempt', '=', run.attempt)
          .where('holder', '=', run.holder)
          .where('held_until', '=', run.held_until)
          .returning('id')
          .executeTakeFirst()
        return changed ? { ...run, ...change } : null
      }),

    /** Says that its holder is there; false where it is not theirs any more. */
    keep: (run: RunRow): Promise<boolean> =>
      write(async tx => {
        const changed = await tx.db
          .updateTable('schedule_runs')
          .set({ held_until: now() + CLAIM })
          .where('id', '=', run.id)
          .where('state', '=', 'running')
          .where('attempt', '=', run.attempt)
          .where('holder', '=', me())
          .returning('id')
          .executeTakeFirst()
        return changed !== undefined
      }),

    release: (run: RunRow) => settle(run, { held_until: now() }),
    begun: (run: RunRow, reference: unknown) => settle(run, { reference: canonicalJson(reference) }),
    done: (run: RunRow, summary: Summary) =>
      settle(run, {
        ...{ state: 'done', finished_at: now(), summary: canonicalJson(summary), failure: null },
      }),

    /** Puts a failed try off, or gives it up. Says whether it was no failure but a time that is still to come. */
    async failed(run: RunRow, error: unknown): Promise<boolean> {
      const later = { state: 'waiting' as const, attempt: run.attempt + 1n, ...NOT_TAKEN }
      if (error instanceof TryAgainAt) {
        const { code, data } = error.reason
        const failure = canonicalJson({ code, message: code, data })
        await settle(run, { ...later, not_before: error.at, failure })
        return true
      }
      const pause = PAUSES[Number(run.failures)]
      const facts = { failures: run.failures + 1n, failure: failureText(error) }
      if (pause !== undefined) await settle(run, { ...later, ...facts, not_before: now() + pause })
      else await settle(run, { ...facts, state: 'failed', finished_at: now() })
      return false
    },
  }
}

function failureText(error: unknown): string {
  if (isRefusal(error))
    return canonicalJson({ code: error.code, message: error.message, data: error.data ?? {} })
  const message = error instanceof Error ? error.message : String(error)
  return canonicalJson({ code: 'WORKSPACE_SCHEDULE_FAILED', message, data: { message } })
}

/** Forgets the oldest runs. The newest of each kind stays: it says that its time was not missed. */
async function forget(tx: Tx, { schedule_id, manual }: RunRow): Promise<void> {
  const oldest = await tx.db
    .selectFrom('schedule_runs')
    .select('planned_at')
    .where('schedule_id', '=', schedule_id)
    .where('manual', '=', manual)
    .orderBy('planned_at', 'desc')
    .offset(KEPT)
    .limit(1)
    .executeTakeFirst()
  if (!oldest) return
  await tx.db
    .deleteFrom('schedule_runs')
    .where('schedule_id', '=', schedule_id)
    .where('manual', '=', manual)
    .where('planned_at', '<=', oldest.planned_at)
    .execute()
}
