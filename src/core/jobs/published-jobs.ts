import type { Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'
import { takeFeedVersion } from '../sync/feed-version.ts'

/**
 * Shows desks how a job of the server stands; elsewhere nobody has to be shown. What it was given and what it
 * staged stay where it runs.
 * @param within whether a command is under way, which took its version already
 */
export async function publishJob(tx: Tx, id: Id, within: 'command' | 'job'): Promise<void> {
  const state = await tx.db.selectFrom('workspace_state').select('authority').executeTakeFirst()
  if (state?.authority !== 'server') return
  const row = await tx.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return
  if (within === 'job') await takeFeedVersion(tx)
  const { input: _, ...shown } = row
  await tx.db
    .insertInto('server_jobs')
    .values(shown)
    .onConflict(conflict => conflict.columns(['id']).doUpdateSet(shown))
    .execute()
}
