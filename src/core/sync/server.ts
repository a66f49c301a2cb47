import { syncedTables } from '#core/database/capture.ts'
import { rowKeyOf } from '#core/database/row-key.ts'
import { schema } from '#core/database/schema.ts'
import type { Reader, Store } from '#core/database/store.ts'
import { readChanges, readInOrder, readRows } from '#core/database/sync-rows.ts'
import type { Scope, Table } from '#core/database/table.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { storedInput } from '../runtime/checks.ts'
import type { Assurance, Caller, Handler } from '../runtime/handlers.ts'
import type { CommandAnswer } from '../runtime/runner.ts'
import type {
  ChangedRow,
  FeedPage,
  PushAnswer,
  PushedCommand,
  Reset,
  SnapshotPage,
  SyncServer,
  WorkspaceFacts,
} from './protocol.ts'

/** An authenticated desk. */
export interface Desk {
  readonly id: string
  /** The groups of tables that it may have, by the roles of its people. */
  readonly scopes: readonly Scope[]
  /** Whether it may give commands in this person's name. */
  speaksFor(person: Id): boolean
}

export interface SyncServerParts {
  readonly store: Store
  readonly workspace: Id
  readonly commands: ReadonlyMap<string, Handler>
  readonly run: (id: string, input: unknown, caller: Caller) => Promise<CommandAnswer>
  /** Notes a bug and gives the reference under which the log has it. */
  readonly onBug: (error: unknown, commandId: Id) => string
  /** Rows of a page. */
  readonly pageSize?: number
  readonly tables?: Record<string, Table>
}

/** The authority's half of sync for one desk. */
export function createSyncServer(parts: SyncServerParts, desk: Desk): SyncServer {
  const { store, workspace, pageSize = 500 } = parts
  const tables: ReadonlyMap<string, Table> = new Map(
    syncedTables(parts.tables ?? schema).filter(([, table]) => desk.scopes.includes(table.scope)),
  )

  async function decide(command: PushedCommand): Promise<PushAnswer> {
    const { id, actor } = command
    const refused = (code: string, data: unknown): PushAnswer => ({ id, outcome: 'refused', code, data })
    const handler = parts.commands.get(command.command)
    if (handler?.kind !== 'command') return refused('SYNC_COMMAND_UNKNOWN', { command: command.command })
    if (actor !== null && !desk.speaksFor(actor)) return refused('SYNC_NOT_YOURS', { person: actor })
    const caller: Caller = {
      person: actor,
      device: desk.id,
      assurance: command.assurance as Assurance,
      vouched: true,
      commandId: id,
      at: command.at,
    }
    try {
      const input = storedInput(handler, command.commandVersion, command.input)
      const { outcome, version, result } = await parts.run(command.command, input, caller)
      if (outcome === 'done') return { id, outcome, version, result }
      const { code, data } = result as { code: string; data: unknown }
      return refused(code, data)
    } catch (error) {
      if (isRefusal(error)) return refused(error.code, error.data)
      return { id, outcome: 'failed', reference: parts.onBug(error, id) }
    }
  }

  async function withRows(
    reader: Reader,
    entries: readonly { table: string; row: string; deleted: boolean }[],
  ): Promise<ChangedRow[]> {
    const found = new Map<string, Awaited<ReturnType<typeof readRows>>>()
    for (const [name, table] of tables) {
      const keys = entries.filter(one => one.table === name && !one.deleted).map(one => one.row)
      if (keys.length > 0) found.set(name, await readRows(reader, name, table, keys))
    }
    return entries.map(({ table, row }) => ({ table, key: row, row: found.get(table)?.get(row) ?? null }))
  }

  return {
    async push(commands) {
      const answers: PushAnswer[] = []
      for (const command of commands) {
        const answer = await decide(command)
        answers.push(answer)
        if (answer.outcome === 'failed') break
      }
      return answers
    },

    pull: ({ scopes, after }) =>
      store.read<FeedPage | Reset>(workspace, async reader => {
        const reset = (reason: Reset['reason']): Reset => ({ kind: 'reset', reason, scopes: desk.scopes })
        if (!sameScopes(scopes, desk.scopes)) return reset('scopes')
        const { version, facts } = await stateOf(reader)
        const { floor } = await reader.db.selectFrom('sync_state').select('floor').executeTakeFirstOrThrow()
        if (after.version < floor) return reset('floor')
        if (after.version > version) return reset('ahead')
        const entries = await readChanges(reader, [...tables.keys()], after, pageSize + 1)
        const complete = entries.length <= pageSize
        const sent = entries.slice(0, pageSize)
        const last = sent.at(-1)
        const end =
          complete || !last
            ? { version, table: null, row: null }
            : { version: last.version, table: last.table, row: last.row }
        return { kind: 'feed', rows: await withRows(reader, sent), end, complete, facts }
      }),

    snapshot: ({ position }) =>
      store.read<SnapshotPage>(workspace, async reader => {
        const names = [...tables.keys()]
        const start = position?.start ?? (await stateOf(reader)).version
        const page = (rows: ChangedRow[], next: SnapshotPage['next']): SnapshotPage => ({
          kind: 'snapshot',
          rows,
          next,
          start,
          scopes: desk.scopes,
        })
        const at = position ? names.indexOf(position.table) : 0
        const name = names[at]
        if (name === undefined) return page([], null)
        const table = tables.get(name)!
        const rows = await readInOrder(reader, name, table, position?.after ?? null, pageSize)
        const changed = rows.map(row => ({ table: name, key: rowKeyOf(table, row), row }))
        const following = names[at + 1]
        if (rows.length === pageSize) return page(changed, { start, table: name, after: changed.at(-1)!.key })
        return page(changed, following === undefined ? null : { start, table: following, after: null })
      }),
  }
}

/** Drops tombstones up to a version: desks whose cursor is below it take a snapshot when they come back. */
export async function pruneFeed(store: Store, workspace: Id, floor: bigint): Promise<bigint> {
  return store.write(workspace, 'job', async tx => {
    const { numDeletedRows } = await tx.db
      .deleteFrom('changes')
      .where('deleted', '=', 1n)
      .where('version', '<=', floor)
      .executeTakeFirstOrThrow()
    await tx.db.updateTable('sync_state').set({ floor }).where('floor', '<', floor).execute()
    return numDeletedRows
  })
}

async function stateOf(reader: Reader): Promise<{ version: bigint; facts: WorkspaceFacts }> {
  const { version, ...facts } = await reader.db
    .selectFrom('workspace_state')
    .select(['version', 'name', 'zone', 'currency', 'demo'])
    .executeTakeFirstOrThrow()
  return { version, facts }
}

function sameScopes(a: readonly Scope[], b: readonly Scope[]): boolean {
  return a.length === b.length && a.every(scope => b.includes(scope))
}
