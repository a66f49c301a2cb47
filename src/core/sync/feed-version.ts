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
  const { sql, parameters } = tx.db
    .updateTable('workspace_state')
    .set(eb => ({ version: eb('version', '+', 1n) }))
    .where('authority', '=', 'server')
    .compile()
  const taken = tx.run(sql, parameters)
  // A server sends both at once: from the first of them on all commands of the workspace wait.
  if (tx.kind === 'sqlite') await taken
  await Promise.all([taken, markVersion(tx)])
  // Nobody who looks at the workspace needs to hear of it.
  if (!announced) tx.touched.changed.delete('workspace_state')
}
