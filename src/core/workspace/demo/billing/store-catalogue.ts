import { takeCatalogue } from '#core/billing/catalog/catalogue.ts'
import type { MetricFacts } from '#core/billing/usage/resolve.ts'
import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { DEMO_METRICS, type DemoPlanVersion } from '#engines/demo/billing/price-list.ts'
import { idsOf } from './ids.ts'

/** A version of a plan and the instant from which it is the newest. */
export interface PublishedVersion {
  readonly version: DemoPlanVersion
  readonly at: bigint
  /** Its place in the price list. */
  readonly place: number
}

/** Where the catalogue is: ids by key. */
export interface KnownCatalogue {
  readonly plans: ReadonlyMap<string, string>
  /** By `plan/number`. */
  readonly versions: ReadonlyMap<string, string>
  readonly metrics: ReadonlyMap<string, Pick<MetricFacts, 'id' | 'aggregation' | 'carries' | 'property'>>
}

export async function storeMetrics(tx: Tx, { at }: { at: bigint }, { jobId }: JobFacts): Promise<void> {
  const metrics = DEMO_METRICS.map(one => ({ ...one, active: true }))
  await takeCatalogue({ tx, ids: idsOf(jobId, 1), now: at }, { metrics, plans: [] })
}

/** Stores a version of a plan, unless an attempt before this one did. */
export async function storeVersion(tx: Tx, published: PublishedVersion, { jobId }: JobFacts): Promise<void> {
  const { version, at, place } = published
  const { plan: key, name, description, number, note, trialDays, prices, entitlements } = version
  const stored = await tx.db
    .selectFrom('plan_versions as version')
    .innerJoin('plans as plan', 'plan.id', 'version.plan_id')
    .select('version.id')
    .where('plan.key', '=', key)
    .where('version.number', '=', BigInt(number))
    .executeTakeFirst()
  if (stored) return
  const terms = { interval: 'month' as const, alignment: 'calendar' as const, note, trialDays }
  const words = { ...terms, prices: [...prices], entitlements: [...entitlements] }
  await takeCatalogue(
    { tx, ids: idsOf(jobId, 2 + place), now: at },
    { metrics: [], plans: [{ key, name, description, active: true, version: words }] },
  )
}

export async function knownCatalogue(tx: Tx): Promise<KnownCatalogue> {
  const plans = await tx.db.selectFrom('plans').select(['id', 'key']).execute()
  const keys = new Map(plans.map(plan => [plan.id, plan.key]))
  const versions = await tx.db.selectFrom('plan_versions').select(['id', 'plan_id', 'number']).execute()
  const metrics = await tx.db
    .selectFrom('metrics')
    .select(['id', 'key', 'aggregation', 'carries', 'property'])
    .execute()
  return {
    plans: new Map(plans.map(plan => [plan.key, plan.id])),
    versions: new Map(versions.map(one => [`${keys.get(one.plan_id)}/${one.number}`, one.id])),
    metrics: new Map(
      metrics.map(({ key, carries, ...metric }) => [key, { ...metric, carries: carries !== 0n }]),
    ),
  }
}
