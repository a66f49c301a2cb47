import type { Row } from '#core/database/schema.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { findTopic } from '#engines/notify/topics/index.ts'
import { type Notice, notifications } from '#shared/contract/workspace/notifications.ts'
import { refuse } from '#shared/errors.ts'

const leaf = notifications.inbox

function noticeOf(row: Row<'inbox'>): Notice {
  return {
    ...{ id: row.id, topic: row.topic, topicName: findTopic(row.topic)?.name ?? row.topic },
    ...{ title: row.title, body: row.body, link: row.link, urgency: row.urgency },
    ...{ at: row.at, readAt: row.read_at },
  }
}

export const listInbox = answer(leaf.list, async ({ reader, input, actor }) => {
  let query = reader.db
    .selectFrom('inbox')
    .selectAll()
    .where('person_id', '=', actor!.id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.unread) query = query.where('read_at', 'is', null)
  const rows = await query.execute()
  const { count } = await reader.db
    .selectFrom('inbox')
    .select(eb => eb.fn.countAll<bigint>().as('count'))
    .where('person_id', '=', actor!.id)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow()
  return {
    notices: rows.slice(0, input.limit).map(noticeOf),
    unread: Number(count),
    more: rows.length > input.limit,
  }
})

export const countInbox = answer(leaf.count, async ({ reader, actor }) => {
  const rows = await reader.db
    .selectFrom('inbox')
    .select(eb => ['urgency', eb.fn.countAll<bigint>().as('count')])
    .where('person_id', '=', actor!.id)
    .where('read_at', 'is', null)
    .groupBy('urgency')
    .execute()
  const of = (urgent: boolean) =>
    rows.reduce((sum, row) => sum + ((row.urgency === 'urgent') === urgent ? Number(row.count) : 0), 0)
  return { unread: of(true) + of(false), urgent: of(true) }
})

export const markNotice = handle(leaf.mark, async ({ tx, input, actor, now, undoWith }) => {
  const row = await tx.db
    .selectFrom('inbox')
    .selectAll()
    .where('id', '=', input.noticeId)
    .where('person_id', '=', actor!.id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'notice', id: input.noticeId })
  if ((row.read_at !== null) === input.read) return noticeOf(row)
  const read_at = input.read ? now : null
  await tx.db.updateTable('inbox').set({ read_at }).where('id', '=', row.id).execute()
  undoWith(leaf.mark, { noticeId: row.id, read: !input.read }, [leaves('inbox', { id: row.id }, { read_at })])
  return noticeOf({ ...row, read_at })
})

export const markAll = handle(leaf.markAll, async ({ tx, input, actor, now }) => {
  const { numUpdatedRows } = await tx.db
    .updateTable('inbox')
    .set({ read_at: now })
    .where('person_id', '=', actor!.id)
    .where('read_at', 'is', null)
    .where('at', '<=', input.until)
    .executeTakeFirst()
  return { marked: Number(numUpdatedRows) }
})
