import type { Id } from '#shared/ids.ts'
import type { Store } from './store.ts'

/**
 * Makes the row of a workspace, without which no command runs, when it is not there yet. A server's workspace
 * writes the feed from then on, a connected desk's keeps the server's images of what pending commands touch.
 */
export async function prepareWorkspace(
  store: Store,
  workspace: Id,
  authority: 'standalone' | 'connected' | 'server',
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
    if (authority === 'standalone') return
    await tx.db
      .insertInto('sync_state')
      .values({
        capture: authority === 'server' ? 'feed' : 'shadow',
        cursor: -1n,
        floor: 0n,
        scopes: '[]',
        facts: null,
        staged: null,
        replay: 0n,
        last_sync_at: null,
        offline_since: null,
        failure: null,
      })
      .onConflict(conflict => conflict.columns([]).doNothing())
      .execute()
  })
}
