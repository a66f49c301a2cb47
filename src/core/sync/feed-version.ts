import type { Tx } from '#core/database/store.ts'
import { markVersion } from '#core/database/sync-rows.ts'

/**
 * Takes a version for rows that a job's chunk writes on a server, before it writes any: the feed has them
 * under it. Without one they would stand under the version of an earlier command, which desks have seen.
 * It is marked, because the log has no entry of it: a server that was restored to before it is known by that.
 * Elsewhere there is no feed, and this does nothing.
 */
export async function takeFeedVersion(tx: Tx): Promise<void> {
  const announced = tx.touched.changed.has('workspace_state')
  await tx.db
    .updateTable('workspace_state')
    .set(eb => ({ version: eb('version', '+', 1n) }))
    .where('authority', '=', 'server')
    .execute()
  await markVersion(tx)
  // Nobody who looks at the workspace needs to hear of it.
  if (!announced) tx.touched.changed.delete('workspace_state')
}
