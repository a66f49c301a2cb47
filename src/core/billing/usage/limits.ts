import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { entitled } from '#engines/billing/entitled.ts'
import { exactOf } from '#engines/billing/exact.ts'
import { type HardLimit, limitUnits, refusedByLimit } from '#engines/billing/quota.ts'
import { quantityText } from '#engines/billing/usage-event.ts'
import type { CustomerAllowances } from '../entitlements/load-terms.ts'
import { quantitiesOf } from './quantities.ts'
import type { MetricFacts } from './resolve.ts'

/** A hard limit of a customer, in its present period. */
export interface LimitFacts extends HardLimit {
  readonly customerId: string
  readonly metricId: string
  /** The metric's key. */
  readonly metric: string
  readonly from: bigint
  readonly to: bigint
}

/** An event that a limit may refuse, by its place among those given. */
export interface LimitedEvent {
  readonly place: number
  readonly at: bigint
  readonly units: bigint
}

/** What refused an event. */
export interface OverLimit {
  readonly customerId: string
  readonly metric: string
  /** Decimals in the metric's unit. */
  readonly limit: string
  readonly used: string
  readonly resetsAt: bigint
}

/** The hard limit of a metric, null where there is none, or a soft one. */
export function hardLimitOf(
  customerId: string,
  metric: Pick<MetricFacts, 'id' | 'key' | 'aggregation' | 'scale' | 'addsUp'>,
  terms: Pick<CustomerAllowances, 'allowances' | 'periods'>,
): LimitFacts | null {
  const period = terms.periods.get(metric.key)
  if (!period) return null
  const { limit, enforcement } = entitled(metric.key, terms.allowances.get(metric.key)!)
  if (limit === null || enforcement !== 'hard') return null
  const { aggregation, scale, addsUp } = metric
  return {
    ...{ customerId, metricId: metric.id, metric: metric.key, aggregation, scale, addsUp },
    ...{ limit: limitUnits(exactOf(limit), scale), from: period.from, to: period.to },
  }
}

/**
 * Which of the events that a transaction has stored lead over a hard limit, by place. What was used is read in the
 * transaction itself, whose workspace is locked: two servers that take events at once cannot both take the last ones.
 */
export async function overLimits(
  tx: Tx,
  limited: readonly { readonly limit: LimitFacts; readonly events: readonly LimitedEvent[] }[],
): Promise<Map<number, OverLimit>> {
  const over = new Map<number, OverLimit>()
  if (limited.length === 0) return over
  const used = await quantitiesOf(
    reading(tx),
    limited.map(one => one.limit),
  )
  for (const [i, { limit, events }] of limited.entries()) {
    const refused = refusedByLimit(
      limit,
      used[i]!.quantity,
      events.map(event => event.units),
    )
    for (const place of refused) over.set(events[place]!.place, overOf(limit, used[i]!.quantity, events))
  }
  return over
}

function overOf(limit: LimitFacts, after: bigint, events: readonly LimitedEvent[]): OverLimit {
  const given = events.reduce((sum, event) => sum + event.units, 0n)
  return {
    ...{ customerId: limit.customerId, metric: limit.metric, resetsAt: limit.to },
    limit: quantityText(limit.limit, limit.scale),
    // Of what adds up what was there before; of the rest there is no before.
    used: quantityText(
      limit.addsUp && limit.aggregation === 'sum' ? after - given : limit.limit,
      limit.scale,
    ),
  }
}

/** Which of these customers have a plan or a quota with a hard limit at all: cheap to ask for many. */
export async function mayBeLimited(reader: Reader, customerIds: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  if (customerIds.length === 0) return found
  const versions = await reader.db.selectFrom('plan_versions').select(['id', 'entitlements']).execute()
  const hard = versions.filter(row => row.entitlements.includes('"enforcement":"hard"')).map(row => row.id)
  const own = await reader.db
    .selectFrom('quotas')
    .select('customer_id')
    .where('customer_id', 'in', customerIds)
    .where('enforcement', '=', 'hard')
    .execute()
  for (const row of own) found.add(row.customer_id)
  if (hard.length === 0) return found
  const phases = await reader.db
    .selectFrom('subscriptions as subscription')
    .innerJoin('subscription_phases as phase', 'phase.subscription_id', 'subscription.id')
    .select('subscription.customer_id')
    .distinct()
    .where('subscription.customer_id', 'in', customerIds)
    .where('phase.plan_version_id', 'in', hard)
    .execute()
  for (const row of phases) found.add(row.customer_id)
  const addOns = await reader.db
    .selectFrom('subscriptions as subscription')
    .innerJoin('subscription_add_ons as add_on', 'add_on.subscription_id', 'subscription.id')
    .select('subscription.customer_id')
    .distinct()
    .where('subscription.customer_id', 'in', customerIds)
    .where('add_on.plan_version_id', 'in', hard)
    .execute()
  for (const row of addOns) found.add(row.customer_id)
  return found
}
