import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { plans as leaf } from '#shared/contract/billing/catalog.ts'
import { refuse } from '#shared/errors.ts'
import { getPlanRow, loadVersions, planOf, shownPlan, subscribedAt } from './plan-rows.ts'

export const listPlans = answer(leaf.list, async ({ reader, now }) => {
  const rows = await reader.db.selectFrom('plans').selectAll().orderBy('name').orderBy('id').execute()
  const newest = new Map(
    (await loadVersions(reader, { newestOnly: true })).map(version => [version.planId, version]),
  )
  const counts = await subscribedAt(reader, now)
  return { plans: rows.map(row => planOf(row, counts.get(row.id) ?? 0, newest.get(row.id) ?? null)) }
})

export const showPlan = answer(leaf.get, async ({ reader, input, now }) => {
  const row = await getPlanRow(reader, input.planId)
  return {
    ...(await shownPlan(reader, row, now)),
    versions: await loadVersions(reader, { planId: row.id }),
  }
})

export const createPlan = handle(leaf.create, async ({ tx, input, ids, now, undoWith }) => {
  const row = { id: ids.next(), ...input, active: 1n, created_at: now }
  await insertPlan(tx, row)
  undoWith(leaf.restore, { planId: row.id, plan: null }, [
    ...planAsLeft(row.id, row),
    leaves('plan_versions', { plan_id: row.id }, null),
  ])
  return planOf(row, 0, null)
})

export const editPlan = handle(leaf.edit, ({ input, ...call }) =>
  write(call, input.planId, { name: input.name, description: input.description }),
)

export const setPlanActive = handle(leaf.setActive, ({ input, ...call }) =>
  write(call, input.planId, { active: input.active ? 1n : 0n }),
)

export const restorePlan = handle(leaf.restore, async ({ tx, input, undoWith }) => {
  const { planId, plan } = input
  const before = await tx.db.selectFrom('plans').selectAll().where('id', '=', planId).executeTakeFirst()
  let after: Row<'plans'> | null = null
  if (plan) {
    const { createdAt, active, ...words } = plan
    after = { id: planId, ...words, active: active ? 1n : 0n, created_at: createdAt }
    if (before) await tx.db.updateTable('plans').set(after).where('id', '=', planId).execute()
    else await insertPlan(tx, after)
  } else await tx.db.deleteFrom('plans').where('id', '=', planId).execute()
  undoWith(leaf.restore, { planId, plan: before ? storedPlan(before) : null }, [
    ...planAsLeft(planId, after),
    ...(before ? [] : [leaves('plan_versions', { plan_id: planId }, null)]),
  ])
  return { planId }
})

/** Adds a plan under a key of its own. @throws Refusal `BILLING_KEY_TAKEN` */
export async function insertPlan(tx: Tx, row: Row<'plans'>): Promise<void> {
  const taken = await tx.db.selectFrom('plans').select('id').where('key', '=', row.key).executeTakeFirst()
  if (taken) throw refuse('BILLING_KEY_TAKEN', { key: row.key })
  await tx.db.insertInto('plans').values(row).execute()
}

async function write(
  { tx, now, undoWith }: Pick<CommandCall<unknown>, 'tx' | 'now' | 'undoWith'>,
  planId: string,
  change: Partial<Row<'plans'>>,
) {
  const before = await getPlanRow(tx, planId)
  const after = { ...before, ...change }
  await tx.db.updateTable('plans').set(change).where('id', '=', planId).execute()
  undoWith(leaf.restore, { planId, plan: storedPlan(before) }, planAsLeft(planId, after))
  return shownPlan(tx, after, now)
}

/** A plan as what undoes a command keeps it. */
export function storedPlan({ key, name, description, active, created_at }: Row<'plans'>) {
  return { key, name, description, active: active !== 0n, createdAt: created_at }
}

/** How the row of a plan is left. */
export function planAsLeft(id: string, row: Row<'plans'> | null): Expectation[] {
  if (!row) return [leaves('plans', { id }, null)]
  const { id: _, ...holds } = row
  return [leaves('plans', { id }, holds)]
}
