import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import type { RecoveryState } from '#shared/contract/workspace/setup.ts'
import { refuse } from '#shared/errors.ts'

/**
 * Whether real data must wait for a recovery key that somebody proved to have. The demo holds nothing that
 * could be lost, and the data of a connected workspace is the backend's.
 */
export function recoveryNeeded(
  state: Pick<Row<'workspace_state'>, 'demo' | 'authority'>,
  recovery: RecoveryState,
): boolean {
  if (state.demo !== 0n || state.authority !== 'standalone') return false
  return recovery === 'none' || recovery === 'unconfirmed'
}

/**
 * Lets real data into a workspace whose keys are kept by this host. The runner calls it for every command
 * that its contract marks `realData`, so that none can forget it.
 * @throws Refusal `WORKSPACE_RECOVERY_NEEDED` until the recovery key is confirmed
 */
export async function demandRecovery(tx: Pick<Tx, 'db'>): Promise<void> {
  const state = await tx.db
    .selectFrom('workspace_state')
    .select(['demo', 'authority', 'recovery_confirmed_at'])
    .executeTakeFirstOrThrow()
  const recovery = state.recovery_confirmed_at === null ? 'unconfirmed' : 'confirmed'
  if (recoveryNeeded(state, recovery)) throw refuse('WORKSPACE_RECOVERY_NEEDED', {})
}
