import { namesOf } from '#core/identity/common.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { dunning as leaf } from '#shared/contract/billing/dunning.ts'
import { refuse } from '#shared/errors.ts'

export const listDunningTasks = answer(leaf.tasks, async ({ reader, input }) => {
  let query = reader.db
    .selectFrom('dunning_tasks as task')
    .innerJoin('invoices as invoice', 'invoice.id', 'task.invoice_id')
    .innerJoin('customers as customer', 'customer.id', 'task.customer_id')
    .selectAll('task')
    .select(['invoice.number', 'customer.name as customer'])
    .orderBy('task.done_at', order => order.desc().nullsFirst())
    .orderBy('task.created_at')
    .orderBy('task.id')
    .limit(input.limit)
  if (input.open) query = query.where('task.done_at', 'is', null)
  const rows = await query.execute()
  const person = await namesOf(reader)
  return {
    tasks: rows.map(row => ({
      // Only issued invoices are dunned, and those have numbers.
      ...{ id: row.id, invoiceId: row.invoice_id, number: row.number! },
      ...{ customerId: row.customer_id, customer: row.customer, text: row.text },
      ...{ createdAt: row.created_at, doneAt: row.done_at },
      doneBy: row.done_by === null ? null : person(row.done_by).name,
    })),
  }
})

export const setDunningTask = handle(leaf.setTask, async ({ tx, input, actor, now, undoWith }) => {
  const { taskId, done } = input
  const before = await tx.db
    .selectFrom('dunning_tasks')
    .select('done_at')
    .where('id', '=', taskId)
    .executeTakeFirst()
  if (!before) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'dunning-task', id: taskId })
  const change = { done_at: done ? now : null, done_by: done ? (actor?.id ?? null) : null }
  await tx.db.updateTable('dunning_tasks').set(change).where('id', '=', taskId).execute()
  undoWith(leaf.setTask, { taskId, done: before.done_at !== null }, [
    leaves('dunning_tasks', { id: taskId }, change),
  ])
  return { taskId }
})
