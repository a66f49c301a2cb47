import { schema } from '#core/database/schema.ts'
import type { Store, Tx } from '#core/database/store.ts'
import {
  emptyTables,
  insertPacked,
  insertRows,
  readPage,
  removeRows,
  rewindRows,
  type SyncRow,
  stagedKeys,
} from '#core/database/sync-rows.ts'
import type { Table } from '#core/database/table.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import type { Runner } from '../runtime/runner.ts'
import { dropSettled } from './outbox-table.ts'
import type { WorkspaceFacts } from './protocol.ts'

/** What the server sent, now that it is whole: the staged rows, and the cursor that they lead to. */
export interface Incoming {
  readonly cursor: bigint
  readonly facts: WorkspaceFacts
  /** The rows are a whole snapshot: the cached tables are rebuilt from them. */
  readonly rebuild: boolean
}

export interface Settled {
  readonly applied: number
  readonly dropped: number
  /** Commands that did not run again here. They stay as they are: only the authority refuses. */
  readonly held: readonly { readonly id: string; readonly failure: unknown }[]
}

/** Staged rows that are held in memory at once. */
const ROWS_AT_ONCE = 2000

/**
 * The local half of a round, to be run in one transaction: rewind what is pending, apply the server's rows
 * (deletes first, then inserts), drop what was acknowledged and seen, replay the rest. Capture is off until
 * the replay, which makes the server images anew. Without incoming rows it undoes what was refused.
 */
export async function settle(
  tx: Tx,
  replay: Runner['replay'],
  incoming: Incoming | null,
  tables: Record<string, Table> = schema,
): Promise<Settled> {
  await tx.db.updateTable('sync_state').set({ capture: 'off' }).execute()
  if (incoming?.rebuild) await emptyTables(tx, tables)
  else await rewindRows(tx, tables)
  let applied = 0
  if (incoming) {
    applied = await applyStaged(tx, incoming.rebuild, tables)
    await tx.db
      .updateTable('sync_state')
      .set({ cursor: incoming.cursor, facts: canonicalJson(incoming.facts), staged: null })
      .execute()
    await tx.db.updateTable('workspace_state').set({ version: incoming.cursor }).execute()
  }
  const { cursor } = await restoreFacts(tx)
  const dropped = await dropSettled(tx, cursor)
  const held = await replayPending(tx, replay)
  return { applied, dropped, held }
}

/** Runs every pending command again, in order, with capture on. */
export async function replayPending(tx: Tx, replay: Runner['replay']): Promise<Settled['held']> {
  await tx.db.updateTable('sync_state').set({ capture: 'shadow', replay: 0n }).execute()
  const pending = await tx.db
    .selectFrom('outbox')
    .selectAll()
    .where('state', '=', 'pending')
    .orderBy('number')
    .execute()
  const held: { id: string; failure: unknown }[] = []
  for (const row of pending) {
    const failed = await replay(tx, row)
    if (failed) held.push({ id: row.id, failure: failed.failure })
  }
  return held
}

/** The workspace's own row is not a synced table: its facts are kept with the cursor. */
export async function restoreFacts(tx: Tx): Promise<{ cursor: bigint }> {
  const state = await tx.db.selectFrom('sync_state').select(['cursor', 'facts']).executeTakeFirstOrThrow()
  if (state.facts !== null)
    await tx.db.updateTable('workspace_state').set(fromCanonical<WorkspaceFacts>(state.facts)).execute()
  return state
}

async function applyStaged(tx: Tx, rebuild: boolean, tables: Record<string, Table>): Promise<number> {
  let applied = 0
  const come = await tx.db.selectFrom('sync_staged').select('table_name').distinct().execute()
  // What a newer server has beyond our schema comes with a new snapshot once this desk has it too.
  const here = come.flatMap(({ table_name: name }) => {
    const table = tables[name]
    return table ? [{ name, table }] : []
  })
  if (rebuild) applied += await applyPages(tx, tables)
  // All removals of all tables come first: two rows may have swapped a unique value.
  else
    for (const { name, table } of here)
      for await (const rows of stagedOf(tx, name))
        await removeRows(
          tx,
          name,
          table,
          rows.map(row => row.row_key),
        )
  for (const { name, table } of here)
    for await (const rows of stagedOf(tx, name)) {
      const there = rows.flatMap(row => (row.row_json === null ? [] : [fromCanonical<SyncRow>(row.row_json)]))
      await insertRows(tx, name, table, there)
      applied += rows.length
    }
  await forgetStaged(tx)
  return applied
}

/** The staged rows of a table, by their keys, so many at once. */
async function* stagedOf(tx: Tx, name: string) {
  for (let after = ''; ; ) {
    const rows = await tx.db
      .selectFrom('sync_staged')
      .select(['row_key', 'row_json'])
      .where('table_name', '=', name)
      .where('row_key', '>', after)
      .orderBy('row_key')
      .limit(ROWS_AT_ONCE)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    yield rows
    after = last.row_key
  }
}

/** Inserts the pages of a snapshot. Rows that changed behind it come with the feed, and not from here. */
async function applyPages(tx: Tx, tables: Record<string, Table>): Promise<number> {
  let applied = 0
  // Of the table whose pages are being inserted: they come one behind the other.
  let newer = { table: '', keys: new Set<string>() as ReadonlySet<string> }
  const numbers = await tx.db.selectFrom('sync_pages').select('number').orderBy('number').execute()
  for (const { number } of numbers) {
    const page = await readPage(tx, number)
    const table = tables[page.table]
    if (table) {
      if (newer.table !== page.table) newer = { table: page.table, keys: await stagedKeys(tx, page.table) }
      applied += await insertPacked(tx, table, page, newer.keys)
    }
    // Its place in the file is free for the rows of the next one.
    await tx.db.deleteFrom('sync_pages').where('number', '=', number).execute()
  }
  return applied
}

/** Forgets every page that is not yet whole. */
export async function forgetStaged(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('sync_staged').execute()
  await tx.db.deleteFrom('sync_pages').execute()
}

/** A migration rewinds what is pending: at the next start it is replayed on the new schema. */
export async function replayAfterMigration(
  store: Store,
  workspace: Id,
  replay: Runner['replay'],
): Promise<Settled['held']> {
  const due = await store.read(workspace, reader =>
    reader.db.selectFrom('sync_state').select('replay').where('replay', '=', 1n).executeTakeFirst(),
  )
  if (!due) return []
  return store.write(workspace, 'person', async tx => {
    await restoreFacts(tx)
    return replayPending(tx, replay)
  })
}
