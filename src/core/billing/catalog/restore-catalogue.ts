import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { plans as leaf, type Metric, type PlanVersion } from '#shared/contract/billing/catalog.ts'
import { refuse } from '#shared/errors.ts'
import { metricOf, metricRow } from './metrics.ts'
import { loadVersions } from './plan-rows.ts'
import { putVersion, versionAsLeft } from './plan-versions.ts'
import { insertPlan, planAsLeft, storedPlan } from './plans.ts'

/** What a command added to the catalogue. */
export interface Added {
  readonly metrics: readonly Row<'metrics'>[]
  readonly plans: readonly Row<'plans'>[]
  readonly versions: readonly PlanVersion[]
}

/** Says how the additions of a command are taken back: all of them, and while nothing hangs on any. */
export function undoAdding({ undoWith }: Pick<CommandCall<unknown>, 'undoWith'>, added: Added): void {
  if (added.metrics.length + added.plans.length + added.versions.length === 0) return
  undoWith(
    leaf.restoreCatalogue,
    {
      metrics: added.metrics.map(({ id }) => ({ metricId: id, metric: null })),
      plans: added.plans.map(({ id }) => ({ planId: id, plan: null })),
      versions: added.versions.map(({ id }) => ({ planVersionId: id, version: null })),
    },
    [
      ...added.versions.flatMap(version => versionAsLeft(version.id, version)),
      ...added.plans.flatMap(plan => planAsLeft(plan.id, plan)),
      ...added.metrics.flatMap(metricAsLeft),
    ],
  )
}

/** Takes metrics, plans and versions out again, or puts them back: one after the other, as they depend on each other. */
export const restoreCatalogue = handle(leaf.restoreCatalogue, async ({ tx, input, undoWith }) => {
  const { metrics, plans, versions } = input
  const before = {
    metrics: await Promise.all(
      metrics.map(async ({ metricId }) => ({ metricId, metric: await storedMetric(tx, metricId) })),
    ),
    plans: await Promise.all(
      plans.map(async ({ planId }) => {
        const row = await tx.db.selectFrom('plans').selectAll().where('id', '=', planId).executeTakeFirst()
        return { planId, plan: row ? storedPlan(row) : null }
      }),
    ),
    versions: await Promise.all(
      versions.map(async ({ planVersionId }) => {
        const [version = null] = await loadVersions(tx, { id: planVersionId })
        return { planVersionId, version }
      }),
    ),
  }
  for (const { planVersionId, version } of versions) if (!version) await removeVersion(tx, planVersionId)
  for (const { planId, plan } of plans)
    if (!plan) await tx.db.deleteFrom('plans').where('id', '=', planId).execute()
  for (const { metricId, metric } of metrics) if (!metric) await removeMetric(tx, metricId)

  const expect: Expectation[] = []
  for (const { metricId, metric } of metrics) {
    const row = metric && metricRow(metricId, metric, metric.createdAt)
    if (row) await tx.db.insertInto('metrics').values(row).execute()
    expect.push(...(row ? metricAsLeft(row) : [leaves('metrics', { id: metricId }, null)]))
  }
  for (const { planId, plan } of plans) {
    let row: Row<'plans'> | null = null
    if (plan) {
      const { createdAt, active, ...words } = plan
      row = { id: planId, ...words, active: active ? 1n : 0n, created_at: createdAt }
      await insertPlan(tx, row)
    }
    expect.push(...planAsLeft(planId, row))
  }
  for (const { planVersionId, version } of versions) {
    if (version) await putVersion(tx, version)
    expect.push(...versionAsLeft(planVersionId, version))
  }
  undoWith(leaf.restoreCatalogue, before, expect)
  return {}
})

async function removeVersion(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom('prices').where('plan_version_id', '=', id).execute()
  await tx.db.deleteFrom('plan_versions').where('id', '=', id).execute()
}

/** A metric that a price was made for since stays, and everything with it. */
async function removeMetric(tx: Tx, id: string): Promise<void> {
  const price = await tx.db.selectFrom('prices').select('id').where('metric_id', '=', id).executeTakeFirst()
  if (price)
    throw refuse('WORKSPACE_UNDO_OVERTAKEN', {
      ...{ command: 'billing.plan.restoreCatalogue', entity: 'prices', id: price.id },
    })
  await tx.db.deleteFrom('metrics').where('id', '=', id).execute()
}

type StoredMetric = Omit<Metric, 'id'> & { readonly createdAt: bigint }

async function storedMetric(tx: Tx, id: string): Promise<StoredMetric | null> {
  const row = await tx.db.selectFrom('metrics').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return null
  const { id: _, ...words } = metricOf(row)
  return { ...words, createdAt: row.created_at }
}

/** A metric that was measured since is no longer taken back. */
function metricAsLeft({ id, ...holds }: Row<'metrics'>): Expectation[] {
  return [leaves('metrics', { id }, holds), leaves('usage_series', { metric_id: id }, null)]
}
