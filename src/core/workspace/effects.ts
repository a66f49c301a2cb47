import type { Row } from '#core/database/schema.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import type { Effect } from '#shared/contract/workspace/effects.ts'
import { refuse } from '#shared/errors.ts'

function effectOf(row: Row<'effects'>): Effect {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    notBefore: row.not_before,
    createdAt: row.created_at,
    doneAt: row.done_at,
    failure: row.failure === null ? null : fromCanonical(row.failure),
  }
}

export const listEffects = answer(contract.workspace.effects.list, async ({ reader, input }) => {
  let query = reader.db
    .selectFrom('effects')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit)
  if (input.state) query = query.where('state', '=', input.state)
  return { effects: (await query.execute()).map(effectOf) }
})

/** The effect keeps its id, which is its idempotency key. */
export const retryEffect = handle(contract.workspace.effects.retry, async ({ tx, input, now }) => {
  const { effectId } = input
  const row = await tx.db.selectFrom('effects').selectAll().where('id', '=', effectId).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'effect', id: effectId })
  if (row.state !== 'failed') throw refuse('WORKSPACE_EFFECT_NOT_FAILED', { state: row.state })
  const change = { state: 'waiting' as const, attempts: 0n, not_before: now, done_at: null }
  await tx.db.updateTable('effects').set(change).where('id', '=', row.id).execute()
  return effectOf({ ...row, ...change })
})
