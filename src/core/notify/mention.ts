import { mentioned } from '#engines/notify/topics/workspace.ts'
import type { Comment } from '#shared/contract/workspace/comments.ts'
import { inAppAddress } from '#shared/deep-link.ts'
import type { Id } from '#shared/ids.ts'
import { snippetOf } from '../workspace/snippet.ts'
import { notify, type Telling } from './notify.ts'

/** Where everything is listed that mentions the acting person. */
const MENTIONS = '/workspace/mentions'

/**
 * Tells each person whom a comment mentions and did not before: once each, and not its author.
 * @param address of the row that it stands on; null where that has no page
 */
export async function notifyMentioned(
  call: Telling,
  comment: Comment,
  before: readonly Id[],
  address: string | null,
): Promise<void> {
  const known = new Set([...before, comment.author.id])
  const people = [...new Set(comment.mentions.map(one => one.personId))].filter(id => !known.has(id))
  if (people.length === 0) return
  await notify(call, {
    topic: mentioned,
    to: people.map(person => ({ person })),
    params: { author: comment.author.name, text: snippetOf(comment.body, []) },
    // Whoever is taken out of a comment and put in again was told.
    onceKey: `mention:${comment.id}`,
    about: { entity: comment.entity, id: comment.rowId },
    link: (address === null ? null : inAppAddress(address)) ?? MENTIONS,
  })
}
