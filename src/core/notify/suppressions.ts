import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { notifications, type Suppression } from '#shared/contract/workspace/notifications.ts'
import { refuse } from '#shared/errors.ts'
import { addressKey } from './addresses.ts'

const leaf = notifications.suppressions

function suppressionOf({ address, reason, note, by, at }: Row<'suppressions'>): Suppression {
  return { address, reason, note, by, at }
}

export const listSuppressions = answer(leaf.list, async ({ reader }) => {
  const rows = await reader.db
    .selectFrom('suppressions')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('address')
    .execute()
  return { suppressions: rows.map(suppressionOf) }
})

export const addSuppression = handle(leaf.add, async ({ tx, input, actor, now, undoWith }) => {
  const { reason, note } = input
  const address = addressKey(input.address)
  const values = { reason, note, delivery_id: null, by: byWhom(actor), at: now }
  await tx.db
    .insertInto('suppressions')
    .values({ address, ...values })
    .onConflict(on => on.columns(['address']).doUpdateSet(values))
    .execute()
  undoWith(leaf.remove, { address }, [leaves('suppressions', { address }, { reason, note })])
  return suppressionOf({ address, ...values })
})

export const removeSuppression = handle(leaf.remove, async ({ tx, input, undoWith }) => {
  const address = addressKey(input.address)
  const row = await tx.db
    .selectFrom('suppressions')
    .selectAll()
    .where('address', '=', address)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'suppression', id: address })
  await tx.db.deleteFrom('suppressions').where('address', '=', address).execute()
  const { reason, note } = row
  undoWith(leaf.add, { address, reason, note }, [leaves('suppressions', { address }, null)])
  return { address }
})
