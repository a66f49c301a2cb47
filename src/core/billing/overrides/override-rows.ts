import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { OverrideTerms, PriceOverride } from '#shared/contract/billing/overrides.ts'
import { refuse } from '#shared/errors.ts'

type Session = Pick<Reader | Tx, 'db'>
const dbOf = (session: Session) => session.db as Reader['db']

export type OverrideRow = Row<'price_overrides'>
/** What a row holds, but its id. */
export type StoredOverride = Omit<PriceOverride, 'id' | 'planName' | 'priceName'>

/** The row of a price of one customer alone. */
export function overrideRow(id: string, stored: StoredOverride): OverrideRow {
  return {
    id,
    customer_id: stored.customerId,
    plan_id: stored.planId,
    price_key: stored.priceKey,
    currency: stored.currency,
    starts_at: stored.from,
    ends_at: stored.to,
    terms: canonicalJson(stored.terms),
    reason: stored.reason,
    created_by: stored.createdBy,
    created_at: stored.createdAt,
  }
}

export function storedOverride(row: OverrideRow): StoredOverride {
  return {
    customerId: row.customer_id,
    planId: row.plan_id,
    priceKey: row.price_key,
    currency: row.currency,
    from: row.starts_at,
    to: row.ends_at,
    terms: fromCanonical<OverrideTerms>(row.terms),
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getOverride(session: Session, id: string): Promise<OverrideRow> {
  const row = await findOverride(session, id)
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'price-override', id })
  return row
}

export function findOverride(session: Session, id: string): Promise<OverrideRow | undefined> {
  return dbOf(session).selectFrom('price_overrides').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Rows of customers, in the order of their beginning. */
export async function overrideRows(
  session: Session,
  customerIds: readonly string[],
): Promise<Map<string, OverrideRow[]>> {
  const rows = await dbOf(session)
    .selectFrom('price_overrides')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .orderBy('customer_id')
    .orderBy('starts_at')
    .orderBy('id')
    .execute()
  return Map.groupBy(rows, row => row.customer_id)
}

/** Rows in the order of their beginning, with the names of plan and price, the newest first. */
export async function shownOverrides(
  session: Session,
  rows: readonly OverrideRow[],
): Promise<PriceOverride[]> {
  if (rows.length === 0) return []
  const db = dbOf(session)
  const planIds = [...new Set(rows.map(row => row.plan_id))]
  const plans = await db.selectFrom('plans').select(['id', 'name']).where('id', 'in', planIds).execute()
  const prices = await db
    .selectFrom('prices as price')
    .innerJoin('plan_versions as version', 'version.id', 'price.plan_version_id')
    .select(['version.plan_id', 'price.key', 'price.name'])
    .where('version.plan_id', 'in', planIds)
    .orderBy('version.number')
    .execute()
  const planNames = new Map(plans.map(plan => [plan.id, plan.name]))
  const priceNames = new Map(prices.map(price => [`${price.plan_id}/${price.key}`, price.name]))
  return rows
    .map(row => ({
      id: row.id,
      ...storedOverride(row),
      planName: planNames.get(row.plan_id)!,
      priceName: priceNames.get(`${row.plan_id}/${row.price_key}`)!,
    }))
    .reverse()
}
