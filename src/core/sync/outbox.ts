import type { Store } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import type { Actor, Caller } from '../runtime/handlers.ts'
import type { CommandAnswer } from '../runtime/runner.ts'
import { forgetContext, type OutboxRow, outboxRowOf } from './outbox-table.ts'

export interface OutboxParts {
  readonly store: Store
  readonly workspace: Id
  readonly run: (id: string, input: unknown, caller: Caller) => Promise<CommandAnswer>
  readonly committed: (tables: ReadonlySet<string>) => void
}

/** Who asks, as the core knows them. */
interface Asking {
  readonly actor: Actor | null
  readonly caller: Caller
}

/** The ordinal from which the ids of retries are taken, far from those of a command's rows. */
const RETRY = 1_000_000

/** What a person can do about refused commands. Nothing of it is logged: the commands themselves are. */
export function createOutbox(parts: OutboxParts) {
  const { store, workspace } = parts

  async function inReview(commandId: Id, { actor, caller }: Asking): Promise<OutboxRow> {
    const row = await store.read(workspace, reader => outboxRowOf(reader as never, commandId))
    if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'command', id: commandId })
    if (row.state !== 'review') throw refuse('SYNC_NOT_IN_REVIEW', { commandId, state: row.state })
    if (row.actor !== byWhom(actor) && !actor?.roles.includes('admin') && !caller.system)
      throw refuse('WORKSPACE_FORBIDDEN', { capability: row.command, roles: ['admin'] })
    return row
  }

  async function remove(commandId: Id): Promise<void> {
    const changed = await store.write(workspace, 'person', async tx => {
      await tx.db.deleteFrom('outbox').where('id', '=', commandId).where('state', '=', 'review').execute()
      await forgetContext(tx)
      return tx.touched.changed
    })
    parts.committed(changed)
  }

  return {
    /**
     * Gives a refused command again in the name of who asks. Its first id has its answer for ever, so it gets
     * a new one, the same at every repeat of this call.
     * @throws Refusal what the command itself refuses here; it then stays in review
     */
    async retry(commandId: Id, asking: Asking): Promise<CommandAnswer> {
      const row = await inReview(commandId, asking)
      const id = idFromCommand(commandId, RETRY)
      const answer = await parts.run(row.command, fromCanonical(row.input), {
        ...asking.caller,
        commandId: id,
      })
      if (answer.outcome === 'refused') {
        const { code, data } = answer.result as { code: string; data: unknown }
        throw refuse(code, data)
      }
      await remove(commandId)
      return answer
    },
    /** Lets a refused command go. */
    async discard(commandId: Id, asking: Asking): Promise<void> {
      await inReview(commandId, asking)
      await remove(commandId)
    },
  }
}

export type Outbox = ReturnType<typeof createOutbox>
