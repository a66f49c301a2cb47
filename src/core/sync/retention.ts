import type { Store, Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'

/** Drops tombstones up to a version: desks whose cursor is below it take a snapshot when they come back. */
export async function dropTombstones(tx: Tx, floor: bigint): Promise<bigint> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('changes')
    .where('deleted', '=', 1n)
    .where('version', '<=', floor)
    .executeTakeFirstOrThrow()
  await tx.db.updateTable('sync_state').set({ floor }).where('floor', '<', floor).execute()
  return numDeletedRows
}

/** The same in a transaction of its own. */
export async function pruneFeed(store: Store, workspace: Id, floor: bigint): Promise<bigint> {
  return store.write(workspace, 'job', tx => dropTombstones(tx, floor))
}
