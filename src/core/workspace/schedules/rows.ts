import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Schedule, ScheduleRun, Timing } from '#shared/contract/workspace/schedules.ts'
import { type Id, idFromCommand, uuidv7 } from '#shared/ids.ts'
import type { ScheduleKinds } from './schedule-kind.ts'

export type ScheduleRow = Row<'schedules'>
export type RunRow = Row<'schedule_runs'>
/** A row of a run before anybody took it. */
export const NOT_TAKEN = { holder: '', held_until: 0n, reference: null, started_at: null } as const

/** The id of the run of a schedule at a planned time: the same wherever it is made. */
export function runIdOf(scheduleId: Id, plannedAt: bigint): Id {
  return uuidv7(Number(plannedAt), sha256(utf8ToBytes(`schedule/${scheduleId}/${plannedAt}`)))
}

/** The id of the command that a try of a run gives; that of the first try is the run's own. */
export function commandIdOf({ id, attempt }: Pick<RunRow, 'id' | 'attempt'>): Id {
  return attempt === 1n ? id : idFromCommand(id, Number(attempt))
}

export const timingOf = (row: Pick<ScheduleRow, 'timing'>) => fromCanonical<Timing>(row.timing)

/** A run as the contract shows it. */
export function runOf(row: RunRow): ScheduleRun {
  return {
    id: row.id,
    scheduleId: row.schedule_id,
    plannedAt: row.planned_at,
    manual: row.manual !== 0n,
    state: row.state,
    attempt: row.attempt,
    tryAt: row.not_before,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    summary: row.summary === null ? null : fromCanonical(row.summary),
    failure: row.failure === null ? null : fromCanonical(row.failure),
  }
}

/** A schedule as the contract shows it. */
export function scheduleOf(
  row: ScheduleRow,
  lastRun: RunRow | undefined,
  { kinds, zone, now }: { kinds: ScheduleKinds; zone: string; now: bigint },
): Schedule {
  const timing = timingOf(row)
  const kind = kinds.get(row.kind)
  return {
    id: row.id,
    kind: row.kind,
    timing,
    input: fromCanonical(row.input),
    paused: row.paused !== 0n,
    next: row.paused !== 0n || !kind ? null : kind.due(timing, zone).next(now),
    lastRun: lastRun ? runOf(lastRun) : null,
    createdAt: row.created_at,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  }
}

/** The newest run of a schedule. */
export function lastRunOf(session: Pick<Reader, 'db'>, scheduleId: Id): Promise<RunRow | undefined> {
  return session.db
    .selectFrom('schedule_runs')
    .selectAll()
    .where('schedule_id', '=', scheduleId)
    .orderBy('planned_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
