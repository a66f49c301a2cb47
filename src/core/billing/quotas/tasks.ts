import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { quotaTasks as leaf } from '#shared/contract/billing/quota-scans.ts'
import { refuse } from '#shared/errors.ts'

export const listTasks = answer(leaf.list, async ({ reader, input }) => {
  let query = reader.db
    .selectFrom('quota_tasks as task')
    .innerJoin('customers as customer', 'customer.id', 'task.customer_id')
    .innerJoin('metrics as metric', 'metric.id', 'task.metric_id')
    .leftJoin('people as person', 'person.id', 'task.assignee')
    .selectAll('task')
    .select(['customer.name as customer', 'metric.key', 'metric.unit', 'person.name as person'])
    .orderBy('task.created_at', 'desc')
    .orderBy('task.id', 'desc')
    .limit(input.limit)
  if (input.states?.length) query = query.where('task.state', 'in', input.states)
  if (input.customerId !== undefined) query = query.where('task.customer_id', '=', input.customerId)
  const rows = await query.execute()
  return {
    tasks: rows.map(row => ({
      ...{ id: row.id, customerId: row.customer_id, customer: row.customer, metricId: row.metric_id },
      ...{ metric: row.key, unit: row.unit, period: { from: row.period_from, to: row.period_to } },
      ...{ limit: row.limit, used: row.used, state: row.state, note: row.note },
      assignee: row.assignee === null ? null : { id: row.assignee, name: row.person ?? row.assignee },
      ...{ createdAt: row.created_at, changedAt: row.changed_at },
    })),
  }
})

async function taskRow({ tx }: Pick<CommandCall<unknown>, 'tx'>, id: string) {
  const row = await tx.db.selectFrom('quota_tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'quota-task', id })
  return row
}

export const setTaskState = handle(leaf.setState, async call => {
  const { tx, input, actor, now, undoWith } = call
  const { taskId, state, note } = input
  const before = await taskRow(call, taskId)
  const change = { state, note: note ?? before.note }
  await tx.db
    .updateTable('quota_tasks')
    .set({ ...change, changed_by: byWhom(actor), changed_at: now })
    .where('id', '=', taskId)
    .execute()
  undoWith(leaf.setState, { taskId, state: before.state, note: before.note }, [
    leaves('quota_tasks', { id: taskId }, change),
  ])
  return { taskId, state }
})

export const assignTask = handle(leaf.assign, async call => {
  const { tx, input, actor, now, undoWith } = call
  const { taskId, personId } = input
  const before = await taskRow(call, taskId)
  if (personId !== null) {
    const person = await tx.db
      .selectFrom('people')
      .select('id')
      .where('id', '=', personId)
      .where('active', '=', 1n)
      .executeTakeFirst()
    if (!person) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'person', id: personId })
  }
  await tx.db
    .updateTable('quota_tasks')
    .set({ assignee: personId, changed_by: byWhom(actor), changed_at: now })
    .where('id', '=', taskId)
    .execute()
  undoWith(leaf.assign, { taskId, personId: before.assignee }, [
    leaves('quota_tasks', { id: taskId }, { assignee: personId }),
  ])
  return { taskId }
})
