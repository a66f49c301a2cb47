import { authorise } from '#core/runtime/checks.ts'
import { type Expectation, firstOvertaken } from '#core/runtime/expectation.ts'
import { answer, capabilitiesById, handle } from '#core/runtime/handlers.ts'
import { findDone } from '#core/sync/undoable.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'

const capabilities = capabilitiesById(contract)

export const listLog = answer(contract.workspace.log.list, async ({ reader, input }) => {
  let query = reader.db
    .selectFrom('command_log as entry')
    .leftJoin('people as person', 'person.id', 'entry.actor')
    .leftJoin('command_log as undoing', 'undoing.compensates', 'entry.id')
    .selectAll('entry')
    .select(['person.name as actor_name', 'undoing.id as undone_by'])
    .orderBy('entry.version', 'desc')
    .limit(input.limit + 1)
  if (input.before !== undefined) query = query.where('entry.version', '<', input.before)
  if (input.command) query = query.where('entry.command', '=', input.command)
  if (input.actor) query = query.where('entry.actor', '=', input.actor)
  const rows = await query.execute()
  return {
    more: rows.length > input.limit,
    entries: rows.slice(0, input.limit).map(row => ({
      version: row.version,
      commandId: row.id,
      command: row.command,
      actor: row.actor === null ? null : { id: row.actor, name: row.actor_name ?? '' },
      device: row.device,
      assurance: row.assurance,
      at: row.at,
      receivedAt: row.received_at,
      outcome: row.outcome,
      input: fromCanonical(row.input),
      result: fromCanonical(row.result),
      hash: row.hash,
      undoable: row.undo !== null && row.undone_by === null,
      undoneBy: row.undone_by,
      compensates: row.compensates,
    })),
  }
})

/**
 * Undo is a command of its own: it runs what the earlier command said would undo it, once, and unless somebody
 * changed the same rows since. The actor needs the permission of what it runs; where that is internal, of what
 * is undone. An undo can itself be undone.
 */
export const undo = handle(
  contract.workspace.log.undo,
  async ({ tx, input, actor, caller, runById, compensates }) => {
    const entry = await findDone(tx, input.commandId)
    if (!entry) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'command', id: input.commandId })
    if (entry.undo === null) throw refuse('WORKSPACE_NOT_UNDOABLE', { command: entry.command })
    if (entry.undoneBy) throw refuse('WORKSPACE_ALREADY_UNDONE', { by: entry.undoneBy })
    const undoing = fromCanonical<Undoing>(entry.undo)
    const { internal } = capabilities.get(undoing.command)!
    authorise(capabilities.get(internal ? entry.command : undoing.command)!, actor, caller)
    const overtaken = await firstOvertaken(tx, undoing.expect)
    if (overtaken)
      throw refuse('WORKSPACE_UNDO_OVERTAKEN', {
        command: entry.command,
        entity: overtaken.table,
        id: Object.values(overtaken.key).join('/'),
      })
    const result = await runById(undoing.command, undoing.input, { adoptUndo: true, trusted: internal })
    compensates(entry.id)
    return { command: undoing.command, result }
  },
)

interface Undoing {
  readonly command: string
  readonly input: unknown
  readonly expect: readonly Expectation[]
}
