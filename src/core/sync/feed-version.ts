import type { Tx } from '#core/database/store.ts'

/**
 * Takes a version for rows that a job's chunk writes on a server, before it writes any: the feed has them
 * under it. Without one they would stand under the version of an earlier command, which desks have seen.
 * Elsewhere there is no feed, and this does nothing.
 */
export async function takeFeedVersion(tx: Tx): Promise<void> {
  const announced = tx.touched.changed.has('workspace_state')
  await tx.db
    .updateTable('workspace_state')
    .set(eb => ({ version: eb('version', '+', 1n) }))
    .where('authority', '=', 'server')
    .execute()
  // Nobody who looks at the workspace needs to hear of it.
  if (!announced) tx.touched.changed.delete('workspace_state')
}
