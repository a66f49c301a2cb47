import type { Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'
import { AuthorityDecides } from '../runtime/handlers.ts'

/** A command that was done, as undoing it needs to know it. */
export interface DoneCommand {
  readonly id: Id
  readonly command: string
  /** JSON of what would undo it; null where it cannot be undone. */
  readonly undo: string | null
  /** The command that undid it, when one did. */
  readonly undoneBy: Id | null
}

/**
 * Finds a command in the log, or on a connected desk among the pending ones. A desk does not have the log: of
 * a command that is no longer in its outbox only the authority knows.
 * @throws AuthorityDecides on a connected desk that does not have the command
 */
export async function findDone(tx: Tx, commandId: Id): Promise<DoneCommand | null> {
  const { authority } = await tx.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  const table = authority === 'connected' ? 'outbox' : 'command_log'
  const entry = await tx.db
    .selectFrom(table)
    .select(['id', 'command', 'undo'])
    .where('id', '=', commandId)
    .executeTakeFirst()
  if (!entry) {
    if (authority === 'connected') throw new AuthorityDecides()
    return null
  }
  const undoing = await tx.db
    .selectFrom(table)
    .select('id')
    .where('compensates', '=', commandId)
    .executeTakeFirst()
  return { ...entry, undoneBy: undoing?.id ?? null }
}
