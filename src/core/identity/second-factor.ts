import { byWhom } from '#core/runtime/by-whom.ts'
import { handle } from '#core/runtime/handlers.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { access } from '#shared/contract/access.ts'
import { endSessions } from './end-sessions.ts'

const leaves = access.secondFactor

/** A new authenticator takes the place of the one before. */
export const storeFactor = handle(leaves.store, async ({ tx, input, receivedAt }) => {
  const row = {
    secret: input.sealed,
    last_step: input.step,
    recovery: canonicalJson(input.recovery),
    enrolled_at: receivedAt,
  }
  await tx.db
    .insertInto('second_factors')
    .values({ person_id: input.personId, ...row })
    .onConflict(conflict => conflict.columns(['person_id']).doUpdateSet(row))
    .execute()
  return {}
})

/** Commands of a workspace are serial, so of two that bring the same code one finds it taken. */
export const takeStep = handle(leaves.useStep, async ({ tx, input }) => {
  const { numUpdatedRows } = await tx.db
    .updateTable('second_factors')
    .set({ last_step: input.step })
    .where('person_id', '=', input.personId)
    .where('last_step', '<', input.step)
    .executeTakeFirst()
  return { fresh: numUpdatedRows > 0n }
})

export const takeRecovery = handle(leaves.useRecovery, async ({ tx, input }) => {
  const row = await tx.db
    .selectFrom('second_factors')
    .select('recovery')
    .where('person_id', '=', input.personId)
    .executeTakeFirst()
  const codes = fromCanonical<string[]>(row?.recovery ?? '[]')
  const rest = codes.filter(code => code !== input.digest)
  if (rest.length === codes.length) return { fresh: false }
  await tx.db
    .updateTable('second_factors')
    .set({ recovery: canonicalJson(rest) })
    .where('person_id', '=', input.personId)
    .execute()
  return { fresh: true }
})

export const removeFactor = handle(leaves.remove, async ({ tx, input, actor, caller, receivedAt }) => {
  await tx.db.deleteFrom('second_factors').where('person_id', '=', input.personId).execute()
  const by = byWhom(actor)
  await endSessions(tx, { person: input.personId, except: caller.device, by, at: receivedAt })
  return {}
})
