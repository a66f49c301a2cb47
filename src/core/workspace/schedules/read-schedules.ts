import type { Reader } from '#core/database/store.ts'
import { type RunRow, runIdOf, type ScheduleRow, timingOf } from './rows.ts'
import type { ScheduleKind, ScheduleKinds } from './schedule-kind.ts'

/** A schedule as a runner sees it at one moment. */
export interface SeenSchedule {
  readonly row: ScheduleRow
  readonly kind: ScheduleKind
  readonly zone: string
  /** Its run that is not over; there is one at most. */
  readonly open: RunRow | null
  /** The latest of its times, where nobody ran that yet. Of times that were missed this is the one that counts. */
  readonly due: bigint | null
  readonly next: bigint | null
}

/** The schedules that this host can do something about; none on a desk whose server does it. */
export async function readSchedules(
  reader: Reader,
  kinds: ScheduleKinds,
  at: bigint,
): Promise<SeenSchedule[]> {
  const rows = await reader.db.selectFrom('schedules').selectAll().orderBy('id').execute()
  if (rows.length === 0) return []
  const { authority, zone } = await reader.db
    .selectFrom('workspace_state')
    .select(['authority', 'zone'])
    .executeTakeFirstOrThrow()
  if (authority === 'connected') return []
  const open = await reader.db
    .selectFrom('schedule_runs')
    .selectAll()
    .where('state', 'in', ['waiting', 'running'])
    .orderBy('planned_at')
    .orderBy('id')
    .execute()
  const seen: SeenSchedule[] = []
  for (const row of rows) {
    const kind = kinds.get(row.kind)
    if (!kind) continue
    const times = row.paused === 0n ? kind.due(timingOf(row), zone) : null
    const latest = times?.latest(at) ?? null
    const due = latest !== null && latest > row.since && !(await ran(reader, row.id, latest)) ? latest : null
    seen.push({
      ...{ row, kind, zone, due, next: times?.next(at) ?? null },
      open: open.find(run => run.schedule_id === row.id) ?? null,
    })
  }
  return seen
}

async function ran(reader: Reader, scheduleId: string, plannedAt: bigint): Promise<boolean> {
  const row = await reader.db
    .selectFrom('schedule_runs')
    .select('id')
    .where('id', '=', runIdOf(scheduleId, plannedAt))
    .executeTakeFirst()
  return row !== undefined
}
