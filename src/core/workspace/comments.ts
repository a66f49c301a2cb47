import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { notifyMentioned } from '#core/notify/mention.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type Actor, answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { Comment } from '#shared/contract/workspace/comments.ts'
import { refuse } from '#shared/errors.ts'
import { addressesOf } from './addresses.ts'
import { entities, rowExists } from './entities.ts'
import { findMentions } from './mentions.ts'

const leaf = contract.workspace.comments
type CommentRow = Row<'comments'>

/** Comments as the contract shows them, in the order of the rows. */
async function shown(session: Pick<Reader, 'db'>, rows: readonly CommentRow[]): Promise<Comment[]> {
  if (rows.length === 0) return []
  const ids = rows.map(row => row.id)
  const authors = await session.db
    .selectFrom('people')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(rows.map(row => row.author))])
    .execute()
  const names = new Map(authors.map(person => [person.id, person.name]))
  const mentions = await session.db
    .selectFrom('mentions')
    .selectAll()
    .where('comment_id', 'in', ids)
    .orderBy('start')
    .orderBy('person_id')
    .execute()
  return rows.map(row => ({
    id: row.id,
    entity: row.entity,
    rowId: row.row_id,
    body: row.body,
    mentions: mentions
      .filter(one => one.comment_id === row.id)
      .map(one => ({ personId: one.person_id, start: Number(one.start), length: Number(one.length) })),
    // Nobody is ever removed from the people of a workspace.
    author: { id: row.author, name: names.get(row.author)! },
    createdAt: row.created_at,
    editedAt: row.edited_at,
  }))
}

async function shownOne(tx: Tx, row: CommentRow): Promise<Comment> {
  return (await shown(reading(tx), [row]))[0]!
}

async function getComment(tx: Tx, id: string): Promise<CommentRow> {
  const row = await tx.db.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'comment', id })
  return row
}

/** Stores whom a comment mentions, in place of whom it mentioned before. */
async function storeMentions(tx: Tx, row: Pick<CommentRow, 'id' | 'body'>): Promise<void> {
  await tx.db.deleteFrom('mentions').where('comment_id', '=', row.id).execute()
  if (!row.body.includes('@')) return
  const people = await tx.db
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where('active', '=', 1n)
    .execute()
  const found = findMentions(row.body, people)
  if (found.length === 0) return
  const rows = found.map(({ personId, start, length }) => ({
    comment_id: row.id,
    person_id: personId,
    start: BigInt(start),
    length: BigInt(length),
  }))
  await tx.db.insertInto('mentions').values(rows).execute()
}

/** Tells those whom a comment mentions anew. */
async function tellMentioned(
  call: CommandCall<unknown>,
  comment: Comment,
  before: readonly { readonly personId: string }[],
): Promise<void> {
  const addresses = await addressesOf(reading(call.tx), comment.entity, [comment.rowId], call.actor!)
  await notifyMentioned(
    call,
    comment,
    before.map(one => one.personId),
    addresses.get(comment.rowId) ?? null,
  )
}

function owned(row: Pick<CommentRow, 'id' | 'author'>, actor: Actor | null, admin: boolean): void {
  if (row.author === actor?.id || (admin && actor?.roles.includes('admin'))) return
  throw refuse('WORKSPACE_COMMENT_NOT_YOURS', { commentId: row.id })
}

export const listComments = answer(leaf.list, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('comments')
    .selectAll()
    .where('entity', '=', input.entity)
    .where('row_id', '=', input.rowId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
    .execute()
  const newest = rows.slice(0, input.limit).reverse()
  return { comments: await shown(reader, newest), more: rows.length > input.limit }
})

export const mentioningMe = answer(leaf.mentioningMe, async ({ reader, input, actor }) => {
  const rows = await reader.db
    .selectFrom('comments')
    .selectAll()
    .where('id', 'in', query =>
      query.selectFrom('mentions').select('comment_id').where('person_id', '=', actor!.id),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit)
    .execute()
  const comments = await shown(reader, rows)
  const links = await addressesOf(
    reader,
    'comment',
    rows.map(row => row.id),
    actor!,
  )
  return { comments: comments.map(comment => ({ ...comment, link: links.get(comment.id) ?? null })) }
})

export const addComment = handle(leaf.add, async call => {
  const { tx, input, actor, ids, now, undoWith } = call
  const { entity, rowId, body } = input
  const known = entities.get(entity)
  if (!known?.commented || !(await rowExists(reading(tx), known, rowId)))
    throw refuse('WORKSPACE_NOT_FOUND', { entity, id: rowId })
  const row = {
    id: ids.next(),
    entity,
    row_id: rowId,
    body,
    author: actor!.id,
    created_at: now,
    edited_at: null,
  }
  await tx.db.insertInto('comments').values(row).execute()
  await storeMentions(tx, row)
  undoWith(leaf.remove, { commentId: row.id }, [leaves('comments', { id: row.id }, { body })])
  const comment = await shownOne(tx, row)
  await tellMentioned(call, comment, [])
  return comment
})

export const editComment = handle(leaf.edit, async call => {
  const { tx, input, actor, now, undoWith } = call
  const before = await getComment(tx, input.commentId)
  owned(before, actor, false)
  const { mentions } = await shownOne(tx, before)
  const row = { ...before, body: input.body, edited_at: now }
  const { body, edited_at } = row
  await tx.db.updateTable('comments').set({ body, edited_at }).where('id', '=', row.id).execute()
  await storeMentions(tx, row)
  undoWith(leaf.edit, { commentId: row.id, body: before.body }, [
    leaves('comments', { id: row.id }, { body }),
  ])
  const comment = await shownOne(tx, row)
  await tellMentioned(call, comment, mentions)
  return comment
})

export const removeComment = handle(leaf.remove, async ({ tx, input, actor, undoWith }) => {
  const row = await getComment(tx, input.commentId)
  owned(row, actor, true)
  await tx.db.deleteFrom('mentions').where('comment_id', '=', row.id).execute()
  await tx.db.deleteFrom('comments').where('id', '=', row.id).execute()
  const { id, entity, body, author } = row
  undoWith(
    leaf.restore,
    { id, entity, body, author, rowId: row.row_id, createdAt: row.created_at, editedAt: row.edited_at },
    [leaves('comments', { id }, null)],
  )
  return {}
})

export const restoreComment = handle(leaf.restore, async ({ tx, input, actor, undoWith }) => {
  const { id, entity, rowId, body, author, createdAt, editedAt } = input
  owned({ id, author }, actor, true)
  const row = { id, entity, row_id: rowId, body, author, created_at: createdAt, edited_at: editedAt }
  await tx.db.insertInto('comments').values(row).execute()
  await storeMentions(tx, row)
  undoWith(leaf.remove, { commentId: id }, [leaves('comments', { id }, { body })])
  return shownOne(tx, row)
})
