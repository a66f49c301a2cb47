import type { Tx } from '#core/database/store.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'

/** An effect that a transaction outside of a command asks for: the end of a job, the plan of a notification. */
export interface AskedEffect {
  readonly id: Id
  readonly kind: string
  readonly payload: unknown
  /** It is carried out no earlier, in milliseconds since the epoch; without it at once. */
  readonly notBefore?: bigint
}

/** Stores effects in this transaction, each id once. Only the authority asks for any. */
export async function askEffects(tx: Tx, effects: readonly AskedEffect[], now: bigint): Promise<void> {
  if (effects.length === 0) return
  await tx.db
    .insertInto('effects')
    .values(
      effects.map(({ id, kind, payload, notBefore = now }) => ({
        ...{ id, kind, payload: canonicalJson(payload), state: 'waiting' as const, attempts: 0n },
        ...{ not_before: notBefore, created_at: now, done_at: null, failure: null },
      })),
    )
    .onConflict(on => on.columns(['id']).doNothing())
    .execute()
}
