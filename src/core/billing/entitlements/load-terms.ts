import type { Reader } from '#core/database/store.ts'
import type { Allowance } from '#engines/billing/entitled.ts'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import { phaseAt, stateAt } from '#engines/billing/phases.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Aggregation, Entitlement } from '#shared/contract/billing/catalog.ts'
import { refuse } from '#shared/errors.ts'
import { loadSubscriptions } from '../subscriptions/subscription-rows.ts'
import { quantitiesOf } from '../usage/quantities.ts'

/** What was used of a metric in the period in which its allowance holds. */
export interface Counter {
  readonly metricId: string
  readonly aggregation: Aggregation
  readonly scale: number
  readonly from: bigint
  readonly to: bigint
  /** In units of the metric's scale. */
  units: bigint
  events: number
}

/** What a customer may, for as long as nothing changes by itself. */
export interface CustomerTerms {
  /** A phase or a period begins or ends there. */
  readonly from: bigint
  readonly to: bigint
  /** By key, in the order in which the subscriptions began. */
  readonly allowances: ReadonlyMap<string, readonly Allowance[]>
  /** By key of the metric. */
  readonly counters: ReadonlyMap<string, Counter>
}

const EARLIEST = -8_640_000_000_000_000n
const LATEST = 8_640_000_000_000_000n

/** Tables of which the terms are made; usage is counted apart. */
export const TERMS_TABLES = ['customers', 'subscriptions', 'subscription_phases', 'plan_versions', 'metrics']

/**
 * Reads what a customer may from its running subscriptions and what it used of it.
 * @throws Refusal `WORKSPACE_NOT_FOUND`
 */
export async function loadTerms(reader: Reader, customerId: string, now: bigint): Promise<CustomerTerms> {
  const customer = await reader.db
    .selectFrom('customers')
    .select('zone')
    .where('id', '=', customerId)
    .executeTakeFirst()
  if (!customer) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: customerId })
  const subscriptions = (await loadSubscriptions(reader, { customerId })).reverse()
  let from = EARLIEST
  let to = LATEST
  const holdsUntil = (at: bigint | null) => {
    if (at === null) return
    if (at > now) to = at < to ? at : to
    else from = at > from ? at : from
  }
  const running: { versionId: string; period: { from: bigint; to: bigint } }[] = []
  for (const one of subscriptions) {
    for (const at of [one.startedAt, one.endedAt, ...one.phases.map(phase => phase.from)]) holdsUntil(at)
    const state = stateAt(one.phases, one.startedAt, one.endedAt, now)
    const phase = phaseAt(one.phases, now)
    if (!phase || state === 'scheduled' || state === 'cancelled') continue
    const period = billingPeriodAt({ ...one, zone: customer.zone }, now)
    holdsUntil(period.from)
    holdsUntil(period.to)
    running.push({ versionId: phase.planVersionId, period })
  }
  const versions = await entitlementsOf(
    reader,
    running.map(one => one.versionId),
  )
  const allowances = new Map<string, Allowance[]>()
  const periods = new Map<string, { from: bigint; to: bigint }>()
  for (const { versionId, period } of running) {
    for (const entitlement of versions.get(versionId) ?? []) {
      const { key, kind } = entitlement
      const list = allowances.get(key) ?? []
      allowances.set(key, list)
      // A key means one thing: the subscription that began first says which.
      if (list[0] && list[0].entitlement.kind !== kind) continue
      list.push({ entitlement, resetsAt: kind === 'metered' ? period.to : null })
      const before = periods.get(key)
      if (kind === 'metered' && (!before || period.to < before.to)) periods.set(key, period)
    }
  }
  return { from, to, allowances, counters: await countersOf(reader, customerId, periods) }
}

async function entitlementsOf(reader: Reader, versionIds: readonly string[]) {
  if (versionIds.length === 0) return new Map<string, readonly Entitlement[]>()
  const rows = await reader.db
    .selectFrom('plan_versions')
    .select(['id', 'entitlements'])
    .where('id', 'in', versionIds)
    .execute()
  return new Map(rows.map(row => [row.id, fromCanonical<readonly Entitlement[]>(row.entitlements)]))
}

async function countersOf(
  reader: Reader,
  customerId: string,
  periods: ReadonlyMap<string, { readonly from: bigint; readonly to: bigint }>,
): Promise<Map<string, Counter>> {
  if (periods.size === 0) return new Map()
  const metrics = await reader.db
    .selectFrom('metrics')
    .select(['id', 'key', 'aggregation', 'scale'])
    .where('key', 'in', [...periods.keys()])
    .execute()
  const asked = metrics.map(({ id, key, aggregation, scale }) => {
    const { from, to } = periods.get(key)!
    return { key, customerId, metricId: id, from, to, aggregation, scale: Number(scale) }
  })
  const used = await quantitiesOf(reader, asked)
  return new Map(
    asked.map(({ key, metricId, from, to, aggregation, scale }, i) => [
      key,
      {
        ...{ metricId, from, to, aggregation, scale },
        units: used[i]!.quantity,
        events: used[i]!.events,
      },
    ]),
  )
}
