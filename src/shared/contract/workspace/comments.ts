import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'

/** A row that people talk about. */
export const Subject = z.object({ entity: z.string().min(1).max(50), rowId: z.string().min(1).max(200) })

export const Mention = z.object({
  personId: Uuid,
  /** Where it stands in the body, in UTF-16 units, the `@` included. */
  start: z.number(),
  length: z.number(),
})

export const Comment = z.object({
  id: Uuid,
  entity: z.string(),
  rowId: z.string(),
  body: z.string(),
  mentions: z.array(Mention),
  author: z.object({ id: Uuid, name: z.string() }),
  createdAt: Instant,
  editedAt: Instant.nullable(),
})
export type Comment = z.infer<typeof Comment>

/** Plain text. `@` and the name or the address of a person mentions them. */
const Body = z.string().trim().min(1).max(20_000)
const author = { WORKSPACE_COMMENT_NOT_YOURS: { data: z.object({ commentId: Uuid }) } }

export const comments = {
  /** The comments on one row, the oldest first; the newest `limit` of them. */
  list: query('workspace.comments.list', { roles: EVERYONE })
    .input(Subject.extend({ limit: z.number().int().min(1).max(500).default(200) }))
    .output(z.object({ comments: z.array(Comment), more: z.boolean() })),
  /** The newest comments that mention the acting person, the newest first. */
  mentioningMe: query('workspace.comments.mentioningMe', { roles: EVERYONE })
    .input(z.object({ limit: z.number().int().min(1).max(200).default(50) }))
    /** `link`: the address of the row that it stands on; null for a row that is gone. */
    .output(z.object({ comments: z.array(Comment.extend({ link: z.string().nullable() })) })),
  add: command('workspace.comments.add', { roles: EVERYONE })
    .input(Subject.extend({ body: Body }))
    .output(Comment),
  /** Its author changes a comment. */
  edit: command('workspace.comments.edit', { roles: EVERYONE })
    .input(z.object({ commentId: Uuid, body: Body }))
    .output(Comment)
    .errors(author),
  /** Its author or an admin removes a comment. */
  remove: command('workspace.comments.remove', { roles: EVERYONE })
    .input(z.object({ commentId: Uuid }))
    .output(z.object({}))
    .errors(author),
  /** Puts a removed comment back: what undoes `remove`. */
  restore: command('workspace.comments.restore', { roles: [], internal: true })
    .input(Comment.omit({ mentions: true, author: true }).extend({ author: Uuid }))
    .output(Comment),
}
