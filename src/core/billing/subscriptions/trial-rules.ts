import type { Reader, Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'

/** What a trial of a plan asks for; null where nothing was said. */
export async function trialRuleOf(session: Pick<Reader | Tx, 'db'>, planId: string) {
  const row = await (session.db as Reader['db'])
    .selectFrom('plan_trials')
    .selectAll()
    .where('plan_id', '=', planId)
    .executeTakeFirst()
  return row ? { cardRequired: row.card_required !== 0n, afterTrial: row.after_trial } : null
}

export const setTrialRule = handle(leaf.setTrialRule, async ({ tx, input, undoWith }) => {
  const { planId, cardRequired, afterTrial } = input
  const plan = await tx.db.selectFrom('plans').select('id').where('id', '=', planId).executeTakeFirst()
  if (!plan) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: planId })
  const before = await trialRuleOf(tx, planId)
  const values = { card_required: cardRequired ? 1n : 0n, after_trial: afterTrial }
  await tx.db
    .insertInto('plan_trials')
    .values({ plan_id: planId, ...values })
    .onConflict(conflict => conflict.column('plan_id').doUpdateSet(values))
    .execute()
  const { cardRequired: was = false, afterTrial: then = 'convert' as const } = before ?? {}
  undoWith(leaf.setTrialRule, { planId, cardRequired: was, afterTrial: then }, [
    leaves('plan_trials', { plan_id: planId }, values),
  ])
  return { planId }
})

export const trialRules = answer(leaf.trialRules, async ({ reader }) => {
  const rows = await reader.db.selectFrom('plan_trials').selectAll().orderBy('plan_id').execute()
  return {
    rules: rows.map(row => ({
      ...{ planId: row.plan_id, cardRequired: row.card_required !== 0n, afterTrial: row.after_trial },
    })),
  }
})
