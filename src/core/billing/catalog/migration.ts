import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { type DueItem, needsUsage, type PlanPrice, type PriceOverride } from '#engines/billing/model.ts'
import { amountOfItems, itemsOfPeriod, lastWholePeriod, type Moved } from '#engines/billing/move-preview.ts'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import { splitOf } from '#engines/billing/price-filters.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import { migration as leaf, type MovedSubscription } from '#shared/contract/billing/migration.ts'
import { refuse } from '#shared/errors.ts'
import { pricesOfVersions } from '../close/facts.ts'
import { type UsageRequest, usageOfRequests } from '../close/quantities.ts'
import { type OverrideRow, overrideRows, storedOverride } from '../overrides/override-rows.ts'
import { loadSubscriptions } from '../subscriptions/subscription-rows.ts'

/**
 * Who is on another version of the plan now, in the order of subscriptions, and what each would have paid for the
 * last period that is over on its own version and on this one: the same usage, all of the period, prices of the
 * customer alone included.
 */
export const planMigration = answer(leaf.migration, async ({ reader, input, now }) => {
  const target = await reader.db
    .selectFrom('plan_versions')
    .select(['id', 'plan_id'])
    .where('id', '=', input.planVersionId)
    .executeTakeFirst()
  if (!target) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan-version', id: input.planVersionId })
  const found = await affected(reader, target, input.after, input.limit + 1, now)
  const rows = found.slice(0, input.limit)
  if (rows.length === 0) return { subscriptions: [], more: false }
  const terms = await termsOf(reader, [target.id, ...new Set(rows.map(row => row.plan_version_id))])
  const overrides = await overrideRows(reader, [...new Set(rows.map(row => row.customer_id))])
  const priced = await Promise.all(
    rows.map(async row => {
      const [subscription] = await loadSubscriptions(reader, { id: row.id })
      const rhythm = cadenceAt(subscription!.cadences, now)
      const moved: Moved = {
        ...{ id: row.id, currency: row.currency, quantity: row.quantity, zone: row.zone },
        ...{ interval: rhythm.interval, alignment: rhythm.alignment, anchorAt: rhythm.anchorAt },
      }
      const closed = row.closed_until !== null && row.closed_until < now ? row.closed_until : now
      const period = lastWholePeriod(moved, closed)
      const own = (overrides.get(row.customer_id) ?? []).filter(one => one.plan_id === row.plan_id)
      const items = (versionId: string) =>
        itemsOfPeriod(moved, versionId, withOverrides(terms.get(versionId)!, own), period)
      return { row, moved, period, before: items(row.plan_version_id), after: items(target.id) }
    }),
  )
  const quantities = await usageOfRequests(
    reader,
    priced.flatMap(({ row, before, after }) => requestsOf(row.customer_id, [...before, ...after])),
  )
  let next = 0
  const take = (items: readonly DueItem[]) => {
    const count = items.filter(needsUsage).length
    next += count
    return amountOfItems(items, quantities.slice(next - count, next))
  }
  const target1 = terms.get(target.id)!
  return {
    subscriptions: priced.map(({ row, moved, period, before, after }): MovedSubscription => {
      const sells = target1.length === 0 || target1.some(({ price }) => price.currency === row.currency)
      return {
        ...{ subscriptionId: row.id, customerId: row.customer_id, customer: row.name },
        ...{ fromVersionId: row.plan_version_id, fromNumber: Number(row.number) },
        ...{ currency: row.currency, interval: moved.interval, quantity: row.quantity, period },
        periodEnd: billingPeriodAt(moved, now).to,
        before: take(before),
        after: take(after),
        obstacle: sells ? null : 'currency',
      }
    }),
    more: found.length > input.limit,
  }
})

/** Subscriptions whose phase now is on another version of the plan. */
function affected(
  reader: Reader,
  target: { readonly id: string; readonly plan_id: string },
  after: string | null,
  limit: number,
  now: bigint,
) {
  return reader.db
    .selectFrom('subscription_phases as phase')
    .innerJoin('plan_versions as version', 'version.id', 'phase.plan_version_id')
    .innerJoin('subscriptions as subscription', 'subscription.id', 'phase.subscription_id')
    .innerJoin('customers as customer', 'customer.id', 'subscription.customer_id')
    .leftJoin('billing_accounts as account', 'account.customer_id', 'customer.id')
    .select([
      ...(['subscription.id', 'subscription.customer_id', 'subscription.currency'] as const),
      ...(['customer.name', 'customer.zone', 'account.closed_until'] as const),
      ...(['phase.plan_version_id', 'phase.quantity', 'version.number', 'version.plan_id'] as const),
    ])
    .where('version.plan_id', '=', target.plan_id)
    .where('version.id', '!=', target.id)
    .where('phase.starts_at', '<=', now)
    .where(on => on.or([on('phase.ends_at', 'is', null), on('phase.ends_at', '>', now)]))
    .where(on => on.or([on('subscription.ended_at', 'is', null), on('subscription.ended_at', '>', now)]))
    .$if(after !== null, query => query.where('subscription.id', '>', after!))
    .orderBy('subscription.id')
    .limit(limit)
    .execute()
}

async function termsOf(
  reader: Reader,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PlanPrice[]>> {
  const { versions, metrics } = await pricesOfVersions(reader, versionIds)
  const byId = new Map(metrics.map(metric => [metric.id, metric]))
  return new Map(
    versions.map(({ planVersionId, prices }) => [
      planVersionId,
      prices.map(price => ({
        ...{ price, planVersionId },
        metric: price.metricId === null ? null : byId.get(price.metricId)!,
      })),
    ]),
  )
}

function withOverrides(terms: readonly PlanPrice[], rows: readonly OverrideRow[]): PlanPrice[] {
  return terms.map(one => {
    const own = rows.filter(row => row.price_key === one.price.key && row.currency === one.price.currency)
    if (own.length === 0) return one
    const overrides = own.map(row => ({ id: row.id, ...storedOverride(row) }) as PriceOverride)
    return { ...one, overrides }
  })
}

function requestsOf(customerId: string, items: readonly DueItem[]): UsageRequest[] {
  return items.filter(needsUsage).map(({ terms, service, period }) => {
    const split = splitOf(terms.price)
    const request = { customerId, metricId: terms.metric!.id, ...service, period }
    return split === null ? request : { ...request, split }
  })
}
