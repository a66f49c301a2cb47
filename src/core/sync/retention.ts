import type { Reader, Store, Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'

/**
 * The version up to which tombstones and marks are older than an instant; null where there is nothing to drop: on
 * a workspace that is no server, and when none is that old.
 */
export async function floorOf(
  session: Pick<Reader, 'db'> | Pick<Tx, 'db'>,
  before: bigint,
): Promise<bigint | null> {
  const db = session.db as Reader['db']
  const state = await db.selectFrom('sync_state').select(['capture', 'floor']).executeTakeFirst()
  if (state?.capture !== 'feed') return null
  const last = await db
    .selectFrom('command_log')
    .select('version')
    .where('received_at', '<', before)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!last || last.version <= state.floor) return null
  const old = await db
    .selectFrom('changes')
    .select('row_key')
    .where('deleted', '=', 1n)
    .where('version', '<=', last.version)
    .limit(1)
    .executeTakeFirst()
  const mark = await db
    .selectFrom('feed_marks')
    .select('version')
    .where('version', '<=', last.version)
    .limit(2)
    .execute()
  return old || mark.length > 1 ? last.version : null
}

/** Drops tombstones and marks up to a version: desks whose cursor is below it take a snapshot when they come back. */
export async function dropTombstones(tx: Tx, floor: bigint): Promise<bigint> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('changes')
    .where('deleted', '=', 1n)
    .where('version', '<=', floor)
    .executeTakeFirstOrThrow()
  // The last one still says by which way this version was reached.
  const last = await tx.db
    .selectFrom('feed_marks')
    .select('version')
    .where('version', '<=', floor)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last) await tx.db.deleteFrom('feed_marks').where('version', '<', last.version).execute()
  await tx.db.updateTable('sync_state').set({ floor }).where('floor', '<', floor).execute()
  return numDeletedRows
}

/** The same in a transaction of its own. */
export async function pruneFeed(store: Store, workspace: Id, floor: bigint): Promise<bigint> {
  return store.write(workspace, 'job', tx => dropTombstones(tx, floor))
}
