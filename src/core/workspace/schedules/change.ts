import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { type CommandCall, capabilityOf, handle, type Leaf } from '#core/runtime/handlers.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { Schedule } from '#shared/contract/workspace/schedules.ts'
import { schedules as leaf } from '#shared/contract/workspace/schedules.ts'
import { refuse } from '#shared/errors.ts'
import { inputFaults } from '#shared/input-words.ts'
import { mayUse } from '#shared/permissions.ts'
import { lastRunOf, NOT_TAKEN, runOf, type ScheduleRow, scheduleOf, timingOf } from './rows.ts'
import type { ScheduleKind, ScheduleKinds } from './schedule-kind.ts'
import { demandTimes } from './timing.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'actor'>

/** The zone that the times of a workspace are in. */
export async function zoneOf(session: Pick<Reader, 'db'>): Promise<string> {
  const { zone } = await session.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  return zone
}

async function scheduleRow({ tx }: Call, id: string): Promise<ScheduleRow> {
  const row = await tx.db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'schedule', id })
  return row
}

/** @throws Refusal where the acting person's roles do not take this kind; who acts for no person was checked before. */
function demandRoles({ actor }: Call, { roles }: Pick<ScheduleKind, 'roles'>, changed: Leaf): void {
  if (actor && !mayUse(actor.roles, roles))
    throw refuse('WORKSPACE_FORBIDDEN', {
      capability: capabilityOf(changed).id,
      roles: [...new Set(['admin', ...roles])],
    })
}

function kindOf(kinds: ScheduleKinds, name: string): ScheduleKind {
  const kind = kinds.get(name)
  if (!kind) throw refuse('WORKSPACE_SCHEDULE_KIND', { kind: name })
  return kind
}

/** The kind's input as text. @throws Refusal `WORKSPACE_BAD_INPUT` */
function inputText(kind: ScheduleKind, input: unknown): string {
  const parsed = kind.input.safeParse(input)
  if (parsed.success) return canonicalJson(parsed.data)
  const issues = inputFaults(parsed.error.issues.map(issue => ({ ...issue, path: ['input', ...issue.path] })))
  throw refuse('WORKSPACE_BAD_INPUT', { issues })
}

async function shown(tx: Tx, row: ScheduleRow, kinds: ScheduleKinds, now: bigint): Promise<Schedule> {
  const session = reading(tx)
  return scheduleOf(row, await lastRunOf(session, row.id), { kinds, zone: await zoneOf(session), now })
}

export const addSchedule = (kinds: ScheduleKinds) =>
  handle(leaf.add, async call => {
    const { tx, input, ids, actor, now, receivedAt, undoWith } = call
    const kind = kindOf(kinds, input.kind)
    demandRoles(call, kind, leaf.add)
    demandTimes(input.timing, await zoneOf(reading(tx)), receivedAt)
    const row: ScheduleRow = {
      ...{ id: ids.next(), kind: kind.name, timing: canonicalJson(input.timing), paused: 0n },
      ...{ input: inputText(kind, input.input), since: receivedAt, created_at: now },
      ...{ changed_by: byWhom(actor), changed_at: now },
    }
    await tx.db.insertInto('schedules').values(row).execute()
    undoWith(leaf.remove, { scheduleId: row.id })
    return shown(tx, row, kinds, receivedAt)
  })

export const changeSchedule = (kinds: ScheduleKinds) =>
  handle(leaf.change, async call => {
    const { tx, input, actor, now, receivedAt, undoWith } = call
    const before = await scheduleRow(call, input.scheduleId)
    const kind = kindOf(kinds, before.kind)
    demandRoles(call, kind, leaf.change)
    const timing = input.timing ?? timingOf(before)
    demandTimes(timing, await zoneOf(reading(tx)), receivedAt)
    const paused = input.paused === undefined ? before.paused : input.paused ? 1n : 0n
    const values = {
      timing: canonicalJson(timing),
      input: input.input === undefined ? before.input : inputText(kind, input.input),
      paused,
      // What is over by another plan, or came during the pause, is not caught up.
      since: canonicalJson(timing) === before.timing && paused === before.paused ? before.since : receivedAt,
      ...{ changed_by: byWhom(actor), changed_at: now },
    }
    await tx.db.updateTable('schedules').set(values).where('id', '=', before.id).execute()
    const {
      timing: was,
      input: given,
      paused: rested,
    } = scheduleOf(before, undefined, { kinds, zone: 'UTC', now })
    undoWith(leaf.change, { scheduleId: before.id, timing: was, input: given, paused: rested })
    return shown(tx, { ...before, ...values }, kinds, receivedAt)
  })

export const removeSchedule = (kinds: ScheduleKinds) =>
  handle(leaf.remove, async call => {
    const { tx, input } = call
    const row = await scheduleRow(call, input.scheduleId)
    // One of a kind that this host does not know may be taken away by an admin.
    demandRoles(call, kinds.get(row.kind) ?? { roles: [] }, leaf.remove)
    await tx.db.deleteFrom('schedule_runs').where('schedule_id', '=', row.id).execute()
    await tx.db.deleteFrom('schedules').where('id', '=', row.id).execute()
    return { scheduleId: row.id }
  })

export const runScheduleNow = (kinds: ScheduleKinds) =>
  handle(leaf.runNow, async call => {
    const { tx, input, ids, receivedAt } = call
    const row = await scheduleRow(call, input.scheduleId)
    demandRoles(call, kindOf(kinds, row.kind), leaf.runNow)
    const open = await tx.db
      .selectFrom('schedule_runs')
      .select('id')
      .where('schedule_id', '=', row.id)
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirst()
    if (open) throw refuse('WORKSPACE_SCHEDULE_RUNNING', { runId: open.id })
    const run = {
      ...{
        id: ids.next(),
        schedule_id: row.id,
        planned_at: receivedAt,
        manual: 1n,
        state: 'waiting' as const,
      },
      ...{ ...NOT_TAKEN, attempt: 1n, failures: 0n, not_before: receivedAt },
      ...{ finished_at: null, summary: null, failure: null },
    }
    await tx.db.insertInto('schedule_runs').values(run).execute()
    return runOf(run)
  })
