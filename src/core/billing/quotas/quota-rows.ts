import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Allowance, Quota } from '#shared/contract/billing/quotas.ts'
import { refuse } from '#shared/errors.ts'

type Session = Pick<Reader | Tx, 'db'>
const dbOf = (session: Session) => session.db as Reader['db']

/** What holds for one customer instead of its plan. */
export interface OwnQuota {
  readonly allowance: Allowance
  /** Null: the workspace's. */
  readonly thresholds: readonly number[] | null
}

/** What holds for a customer alone, by key of the metric. */
export async function ownQuotas(session: Session, customerId: string): Promise<Map<string, OwnQuota>> {
  const rows = await dbOf(session)
    .selectFrom('quotas as quota')
    .innerJoin('metrics as metric', 'metric.id', 'quota.metric_id')
    .select(['metric.key', 'quota.allowance', 'quota.limit', 'quota.enforcement', 'quota.thresholds'])
    .where('quota.customer_id', '=', customerId)
    .orderBy('metric.key')
    .execute()
  return new Map(rows.map(row => [row.key, { allowance: allowanceOf(row), thresholds: thresholdsOf(row) }]))
}

type QuotaRow = Row<'quotas'>

function allowanceOf(row: Pick<QuotaRow, 'allowance' | 'limit' | 'enforcement'>): Allowance {
  if (row.allowance !== 'limit') return { kind: row.allowance }
  return { kind: 'limit', limit: row.limit!, enforcement: row.enforcement }
}

function thresholdsOf({ thresholds }: Pick<QuotaRow, 'thresholds'>): number[] | null {
  return thresholds === null ? null : fromCanonical<number[]>(thresholds)
}

/** A quota as the contract shows it. */
export function quotaOf(row: QuotaRow, metric: string): Quota {
  return {
    id: row.id,
    customerId: row.customer_id,
    metricId: row.metric_id,
    metric,
    allowance: allowanceOf(row),
    thresholds: thresholdsOf(row),
    note: row.note,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}

/** The row of a quota. */
export function quotaRow({
  id,
  customerId,
  metricId,
  allowance,
  thresholds,
  ...rest
}: Omit<Quota, 'metric'>): QuotaRow {
  const isLimit = allowance.kind === 'limit'
  return {
    ...{ id, customer_id: customerId, metric_id: metricId, allowance: allowance.kind },
    limit: isLimit ? allowance.limit : null,
    enforcement: isLimit ? allowance.enforcement : 'soft',
    thresholds: thresholds === null ? null : canonicalJson([...thresholds].sort((a, b) => a - b)),
    ...{ note: rest.note, created_by: rest.createdBy },
    ...{ created_at: rest.createdAt, changed_at: rest.changedAt },
  }
}

/** Quotas with the keys of their metrics, by customer and metric. */
export async function loadQuotas(
  session: Session,
  narrow: { readonly customerId?: string | undefined; readonly id?: string },
): Promise<Quota[]> {
  let query = dbOf(session)
    .selectFrom('quotas as quota')
    .innerJoin('metrics as metric', 'metric.id', 'quota.metric_id')
    .selectAll('quota')
    .select('metric.key')
    .orderBy('quota.customer_id')
    .orderBy('metric.key')
  if (narrow.customerId !== undefined) query = query.where('quota.customer_id', '=', narrow.customerId)
  if (narrow.id !== undefined) query = query.where('quota.id', '=', narrow.id)
  return (await query.execute()).map(({ key, ...row }) => quotaOf(row, key))
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getQuota(session: Session, id: string): Promise<Quota> {
  const [quota] = await loadQuotas(session, { id })
  if (!quota) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'quota', id })
  return quota
}
