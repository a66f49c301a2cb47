import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Entitlement, Plan, PlanVersion, Price } from '#shared/contract/billing/catalog.ts'
import type { Charge } from '#shared/contract/billing/prices.ts'
import { refuse } from '#shared/errors.ts'

type Session = Pick<Reader | Tx, 'db'>
const dbOf = (session: Session) => session.db as Reader['db']

/** A price as the contract shows it. */
export function priceOf(row: Row<'prices'>): Price {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    metricId: row.metric_id,
    currency: row.currency,
    charge: fromCanonical<Charge>(row.charge),
    minimum: row.minimum,
    maximum: row.maximum,
    due: row.due,
    proration: row.proration,
    ...(row.more === null ? {} : fromCanonical<MoreTerms>(row.more)),
  }
}

/** The terms of a price that most have not, as one column. */
type MoreTerms = Pick<Price, 'interval' | 'filters' | 'trueUp' | 'minimumInterval' | 'floorPercent'>

function moreOf({ interval, filters, trueUp, minimumInterval, floorPercent }: Price): string | null {
  const more = Object.entries({ interval, filters, trueUp, minimumInterval, floorPercent })
  const said = more.filter(([, value]) => value !== undefined)
  return said.length === 0 ? null : canonicalJson(Object.fromEntries(said))
}

/** The row of a price, at its place in the version. */
export function priceRow(planVersionId: string, position: number, price: Price): Row<'prices'> {
  return {
    id: price.id,
    plan_version_id: planVersionId,
    position: BigInt(position),
    key: price.key,
    name: price.name,
    metric_id: price.metricId,
    currency: price.currency,
    charge: canonicalJson(price.charge),
    minimum: price.minimum,
    maximum: price.maximum,
    due: price.due,
    proration: price.proration,
    more: moreOf(price),
  }
}

function versionOf(row: Row<'plan_versions'>, prices: readonly Row<'prices'>[]): PlanVersion {
  return {
    id: row.id,
    planId: row.plan_id,
    number: Number(row.number),
    interval: row.interval,
    alignment: row.alignment,
    trialDays: Number(row.trial_days),
    note: row.note,
    createdAt: row.created_at,
    prices: prices.map(priceOf),
    entitlements: fromCanonical<Entitlement[]>(row.entitlements),
  }
}

/** The row of a version. */
export function versionRow(version: PlanVersion): Row<'plan_versions'> {
  return {
    id: version.id,
    plan_id: version.planId,
    number: BigInt(version.number),
    interval: version.interval,
    alignment: version.alignment,
    trial_days: BigInt(version.trialDays),
    entitlements: canonicalJson(version.entitlements),
    note: version.note,
    created_at: version.createdAt,
  }
}

/** Versions of plans with their prices, the newest first. */
export async function loadVersions(
  session: Session,
  narrow: { readonly planId?: string; readonly id?: string; readonly newestOnly?: boolean } = {},
): Promise<PlanVersion[]> {
  let query = dbOf(session).selectFrom('plan_versions').selectAll().orderBy('number', 'desc').orderBy('id')
  if (narrow.planId !== undefined) query = query.where('plan_id', '=', narrow.planId)
  if (narrow.id !== undefined) query = query.where('id', '=', narrow.id)
  const all = await query.execute()
  const seen = new Set<string>()
  const rows = narrow.newestOnly
    ? all.filter(row => !seen.has(row.plan_id) && seen.add(row.plan_id) !== undefined)
    : all
  if (rows.length === 0) return []
  const prices = await dbOf(session)
    .selectFrom('prices')
    .selectAll()
    .where(
      'plan_version_id',
      'in',
      rows.map(row => row.id),
    )
    .orderBy('plan_version_id')
    .orderBy('position')
    .execute()
  const byVersion = Map.groupBy(prices, price => price.plan_version_id)
  return rows.map(row => versionOf(row, byVersion.get(row.id) ?? []))
}

/** The row of a plan. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getPlanRow(session: Session, id: string): Promise<Row<'plans'>> {
  const row = await dbOf(session).selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id })
  return row
}

/** A plan as the contract shows it. */
export function planOf(row: Row<'plans'>, subscriptions: number, latest: PlanVersion | null): Plan {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    active: row.active !== 0n,
    subscriptions,
    latest,
  }
}

/** How many subscriptions are on a version of each plan at an instant, by plan. */
export async function subscribedAt(session: Session, now: bigint): Promise<Map<string, number>> {
  const rows = await dbOf(session)
    .selectFrom('subscription_phases as phase')
    .innerJoin('plan_versions as version', 'version.id', 'phase.plan_version_id')
    .select(eb => ['version.plan_id', eb.fn.countAll<bigint>().as('count')])
    .where('phase.starts_at', '<=', now)
    .where(on => on.or([on('phase.ends_at', 'is', null), on('phase.ends_at', '>', now)]))
    .groupBy('version.plan_id')
    .execute()
  return new Map(rows.map(row => [row.plan_id, Number(row.count)]))
}

/** A plan with its newest version, as commands answer. */
export async function shownPlan(session: Session, row: Row<'plans'>, now: bigint): Promise<Plan> {
  const [latest = null] = await loadVersions(session, { planId: row.id, newestOnly: true })
  return planOf(row, (await subscribedAt(session, now)).get(row.id) ?? 0, latest)
}
