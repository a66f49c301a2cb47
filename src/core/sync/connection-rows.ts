import { type Row, schema } from '#core/database/schema.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import { emptyTables, forgetImages } from '#core/database/sync-rows.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { forgetStaged } from './settle.ts'

/** The server that this workspace belongs to, or is on its way to. */
export type ServerRow = Row<'sync_server'>

/** Where this machine stands: who has the last word, whether anything is in the workspace, and its server. */
export async function connectionOf(store: Store, workspace: Id) {
  return store.read(workspace, async reader => {
    const state = await reader.db.selectFrom('workspace_state').select('authority').executeTakeFirstOrThrow()
    const server = await reader.db.selectFrom('sync_server').selectAll().executeTakeFirst()
    const sync = await reader.db.selectFrom('sync_state').select('cursor').executeTakeFirst()
    return {
      authority: state.authority,
      server: server ?? null,
      isEmpty: await isEmpty(reader),
      hasRows: (sync?.cursor ?? -1n) >= 0n,
    }
  })
}

/** A workspace without people was never set up: nobody can have done anything in it. */
async function isEmpty(reader: Reader): Promise<boolean> {
  const anybody = await reader.db.selectFrom('people').select('id').limit(1).executeTakeFirst()
  return anybody === undefined
}

/** Notes the server. Who has the last word does not change by it. */
export async function noteServer(tx: Tx, row: ServerRow): Promise<void> {
  await tx.db.deleteFrom('sync_server').execute()
  await tx.db.insertInto('sync_server').values(row).execute()
}

/** An empty workspace becomes a desk of the server's: from here on the server has the last word. */
export async function becomeDesk(tx: Tx, row: ServerRow): Promise<void> {
  await noteServer(tx, row)
  await giveAuthorityAway(tx, { cursor: -1n, version: 0n })
}

/** The one moment at which a workspace becomes connected. */
export async function giveAuthorityAway(
  tx: Tx,
  at: { readonly cursor: bigint; readonly version: bigint },
): Promise<void> {
  await tx.db.deleteFrom('sync_state').execute()
  await tx.db
    .insertInto('sync_state')
    .values({
      capture: 'shadow',
      cursor: at.cursor,
      floor: 0n,
      scopes: '[]',
      facts: null,
      staged: null,
      replay: 0n,
      last_sync_at: null,
      offline_since: null,
      failure: null,
    })
    .execute()
  await tx.db.updateTable('workspace_state').set({ authority: 'connected', version: at.version }).execute()
}

/** Commands that the server has not answered. */
export async function waitingOf(store: Store, workspace: Id): Promise<bigint> {
  return store.read(workspace, async reader => {
    const { count } = await reader.db
      .selectFrom('outbox')
      .select(({ fn }) => fn.countAll<bigint>().as('count'))
      .executeTakeFirstOrThrow()
    return count
  })
}

/**
 * Takes the server away at one moment. With `copy` the tables stay as they are, with what pending commands did on
 * them, and this machine has the last word from here on. Otherwise they are emptied, and the workspace is one
 * that was never set up.
 * @throws Refusal `SYNC_WAITING` while commands wait, unless they may be lost
 */
export async function leaveServer(tx: Tx, keep: 'copy' | 'nothing', evenWaiting: boolean): Promise<void> {
  const { count } = await tx.db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  if (count > 0n && !evenWaiting) throw refuse('SYNC_WAITING', { count })
  await tx.db.updateTable('sync_state').set({ capture: 'off' }).execute()
  if (keep === 'copy') await forgetImages(tx, schema)
  else {
    await emptyTables(tx, schema)
    await tx.db.updateTable('workspace_state').set({ name: '', demo: 0n }).execute()
  }
  await tx.db.deleteFrom('outbox').execute()
  await tx.db.deleteFrom('outbox_context').execute()
  await forgetStaged(tx)
  await tx.db.deleteFrom('sync_state').execute()
  await tx.db.deleteFrom('sync_server').execute()
  // The log of this machine goes on behind what it has; a version must never be given twice.
  const last = await tx.db
    .selectFrom('command_log')
    .select('version')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  const state = await tx.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow()
  const version = last && last.version > state.version ? last.version : state.version
  await tx.db.updateTable('workspace_state').set({ authority: 'standalone', version }).execute()
}
