import type { CommandCall } from '#core/runtime/handlers.ts'
import type { Comment } from '#shared/contract/workspace/comments.ts'
import { toDeepLink } from '#shared/deep-link.ts'
import type { Id } from '#shared/ids.ts'
import { snippetOf } from '../workspace/snippet.ts'
import type { DesktopNotification } from './notification.ts'

/** Where everything is listed that mentions the acting person. */
const MENTIONS = 'quarterdeck://open/workspace/mentions'

/**
 * Asks for a notification to each person whom a comment mentions and did not before: once each, and none to
 * its author.
 * @param address of the row that it stands on; null where that has no page
 */
export async function notifyMentioned(
  { effect }: Pick<CommandCall<unknown>, 'effect'>,
  comment: Comment,
  before: readonly Id[],
  address: string | null,
): Promise<void> {
  const known = new Set([...before, comment.author.id])
  for (const { personId } of comment.mentions) {
    if (known.has(personId)) continue
    known.add(personId)
    const notification: DesktopNotification = {
      person: personId,
      title: `${comment.author.name} mentioned you`,
      body: snippetOf(comment.body, []),
      link: (address === null ? null : toDeepLink(address)) ?? MENTIONS,
      urgency: 'normal',
    }
    await effect('notification', notification)
  }
}
