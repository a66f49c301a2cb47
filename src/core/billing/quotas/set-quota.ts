import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { quotas as leaf, type Quota } from '#shared/contract/billing/quotas.ts'
import { refuse } from '#shared/errors.ts'
import { getQuota, loadQuotas, quotaRow } from './quota-rows.ts'

export const listQuotas = answer(leaf.list, async ({ reader, input }) => ({
  quotas: await loadQuotas(reader, input),
}))

/** One quota for each customer and metric: what was said before is replaced, and undoing puts it back. */
export const setQuota = handle(leaf.set, async ({ tx, input, actor, ids, now, undoWith }) => {
  const { customerId, metric: key, allowance, thresholds, note } = input
  const customer = await tx.db
    .selectFrom('customers')
    .select('id')
    .where('id', '=', customerId)
    .executeTakeFirst()
  if (!customer) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: customerId })
  const metric = await tx.db
    .selectFrom('metrics')
    .select(['id', 'active'])
    .where('key', '=', key)
    .executeTakeFirst()
  if (!metric || metric.active === 0n) throw refuse('BILLING_METRIC_UNKNOWN', { metric: key })
  const before = (await loadQuotas(tx, { customerId })).find(one => one.metricId === metric.id) ?? null
  const quota: Quota = {
    ...{ id: before?.id ?? ids.next(), customerId, metricId: metric.id, metric: key },
    ...{ allowance, thresholds, note },
    createdBy: before?.createdBy ?? byWhom(actor),
    ...{ createdAt: before?.createdAt ?? now, changedAt: now },
  }
  await put(tx, quota.id, quota)
  undoWith(leaf.restore, { quotaId: quota.id, quota: stored(before) }, asLeft(quota.id, quota))
  return quota
})

export const removeQuota = handle(leaf.remove, async ({ tx, input: { quotaId }, undoWith }) => {
  const before = await getQuota(tx, quotaId)
  await put(tx, quotaId, null)
  undoWith(leaf.restore, { quotaId, quota: stored(before) }, asLeft(quotaId, null))
  return { quotaId }
})

export const restoreQuota = handle(leaf.restore, async ({ tx, input, undoWith }) => {
  const { quotaId, quota } = input
  const [before = null] = await loadQuotas(tx, { id: quotaId })
  await put(tx, quotaId, quota && { id: quotaId, ...quota })
  undoWith(
    leaf.restore,
    { quotaId, quota: stored(before) },
    asLeft(quotaId, quota && { id: quotaId, ...quota }),
  )
  return { quotaId }
})

async function put(tx: Tx, id: string, quota: Omit<Quota, 'metric'> | null): Promise<void> {
  await tx.db.deleteFrom('quotas').where('id', '=', id).execute()
  if (quota) await tx.db.insertInto('quotas').values(quotaRow(quota)).execute()
}

function stored(quota: Quota | null) {
  if (!quota) return null
  const { id: _, metric: __, ...rest } = quota
  return rest
}

function asLeft(id: string, quota: Omit<Quota, 'metric'> | null): Expectation[] {
  if (!quota) return [leaves('quotas', { id }, null)]
  const { id: _, ...holds } = quotaRow(quota)
  return [leaves('quotas', { id }, holds)]
}
