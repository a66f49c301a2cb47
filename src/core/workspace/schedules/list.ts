import { answer } from '#core/runtime/handlers.ts'
import { schedules as leaf } from '#shared/contract/workspace/schedules.ts'
import { refuse } from '#shared/errors.ts'
import { zoneOf } from './change.ts'
import { lastRunOf, runOf, scheduleOf } from './rows.ts'
import type { ScheduleKinds } from './schedule-kind.ts'

export const listSchedules = (kinds: ScheduleKinds) =>
  answer(leaf.list, async ({ reader, now }) => {
    const zone = await zoneOf(reader)
    const rows = await reader.db
      .selectFrom('schedules')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    const schedules = []
    for (const row of rows)
      schedules.push(scheduleOf(row, await lastRunOf(reader, row.id), { kinds, zone, now }))
    return {
      ...{ zone, schedules },
      kinds: [...kinds.values()].map(({ name, roles }) => ({ name, roles: [...roles] })),
    }
  })

export const listScheduleRuns = answer(leaf.runs, async ({ reader, input }) => {
  const { scheduleId, limit } = input
  const schedule = await reader.db
    .selectFrom('schedules')
    .select('id')
    .where('id', '=', scheduleId)
    .executeTakeFirst()
  if (!schedule) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'schedule', id: scheduleId })
  const rows = await reader.db
    .selectFrom('schedule_runs')
    .selectAll()
    .where('schedule_id', '=', scheduleId)
    .orderBy('planned_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return { runs: rows.map(runOf) }
})
