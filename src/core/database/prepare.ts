import type { Id } from '#shared/ids.ts'
import type { Store } from './store.ts'

/** Makes the row of a workspace, without which no command runs, when it is not there yet. */
export async function prepareWorkspace(
  store: Store,
  workspace: Id,
  authority: 'standalone' | 'server',
  at: bigint,
): Promise<void> {
  await store.write(workspace, 'person', async tx => {
    await tx.db
      .insertInto('workspace_state')
      .values({
        version: 0n,
        name: '',
        demo: 0n,
        authority,
        zone: 'UTC',
        currency: 'USD',
        recovery_confirmed_at: null,
        created_at: at,
      })
      .onConflict(conflict => conflict.columns([]).doNothing())
      .execute()
  })
}
