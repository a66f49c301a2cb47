import type { Tx } from '#core/database/store.ts'
import { AuthorityDecides } from '#core/runtime/handlers.ts'

/** What gives a number or moves money is the authority's: a connected desk asks it, and nothing changes there. */
export async function demandAuthority(tx: Pick<Tx, 'db'>): Promise<void> {
  const { authority } = await tx.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  if (authority === 'connected') throw new AuthorityDecides()
}
