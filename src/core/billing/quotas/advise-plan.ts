import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { advise, isRateable, type PlanOffer, type UsedPeriod } from '#engines/billing/advise.ts'
import { scaled } from '#engines/billing/exact.ts'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import { phaseAt } from '#engines/billing/phases.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import { quotaMeters as leaf } from '#shared/contract/billing/quotas.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { refuse } from '#shared/errors.ts'
import { loadVersions } from '../catalog/plan-rows.ts'
import { loadSubscriptions } from '../subscriptions/subscription-rows.ts'
import { metricsById, quantitiesOf } from '../usage/quantities.ts'

/** What each plan would have cost for what a customer used in its last closed periods; null without a subscription. */
export const advisePlan = answer(leaf.advise, async ({ reader, input, now }) => {
  const { customerId, periods: count } = input
  const customer = await reader.db
    .selectFrom('customers')
    .select('zone')
    .where('id', '=', customerId)
    .executeTakeFirst()
  if (!customer) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: customerId })
  // Phases end where the subscription does.
  const running = (await loadSubscriptions(reader, { customerId }))
    .reverse()
    .find(one => phaseAt(one.phases, now) !== undefined)
  const phase = running && phaseAt(running.phases, now)
  if (!running || !phase) return { advice: null }
  const cadence = cadenceAt(running.cadences, now)
  const spans: Span[] = []
  for (let before = now; spans.length < count; ) {
    const { from } = billingPeriodAt({ ...cadence, zone: customer.zone }, before)
    if (from <= running.startedAt) break
    const { from: begin, to: end } = billingPeriodAt({ ...cadence, zone: customer.zone }, from - 1n)
    spans.push({ from: begin, to: end })
    before = begin
  }
  if (spans.length === 0) return { advice: null }
  const offers = await offersOf(reader, running.currency, cadence.interval, phase.planVersionId)
  const metrics = await metricsById(reader)
  const keys = await reader.db.selectFrom('metrics').select(['id', 'key']).execute()
  const priced = new Set(
    offers.flatMap(one => one.prices.flatMap(price => (price.metricId === null ? [] : [price.metricId]))),
  )
  const limited = new Set(offers.flatMap(one => one.entitlements.map(entitlement => entitlement.key)))
  const ids = keys.flatMap(row => (priced.has(row.id) || limited.has(row.key) ? [row.id] : []))
  const found = await quantitiesOf(
    reader,
    spans.flatMap(span => ids.map(metricId => ({ customerId, metricId, from: span.from, to: span.to }))),
  )
  const used = spans.map(
    (span, i): UsedPeriod => ({
      period: span,
      seats: phaseAt(running.phases, span.to - 1n)!.quantity,
      used: new Map(
        ids.map((id, k) => [id, scaled(found[i * ids.length + k]!.quantity, metrics.get(id)!.scale)]),
      ),
    }),
  )
  const keyOf = new Map(keys.map(row => [row.id, row.key]))
  const { plans, recommended, saving } = advise(offers, phase.planVersionId, used, keyOf)
  return {
    advice: {
      ...{ currency: running.currency, periods: spans, recommended, saving },
      plans: plans.map(one => ({ ...one, stoppedBy: [...one.stoppedBy], lost: [...one.lost] })),
    },
  }
})

/** The newest version of each active plan that is billed as often, and the present one, whatever became of it. */
async function offersOf(
  reader: Reader,
  currency: string,
  interval: string,
  presentId: string,
): Promise<PlanOffer[]> {
  const plans = await reader.db.selectFrom('plans').select(['id', 'name', 'active']).execute()
  const names = new Map(plans.map(plan => [plan.id, plan]))
  const present = (await loadVersions(reader, { id: presentId }))[0]!
  const newest = await loadVersions(reader, { newestOnly: true })
  const versions = newest.filter(
    one => one.planId !== present.planId && names.get(one.planId)!.active === 1n && one.interval === interval,
  )
  return [...versions, present].flatMap(version => {
    const prices = version.prices.filter(price => price.currency === currency)
    // A plan that cannot be bought in this currency, or whose usage a quantity does not say, cannot be compared.
    const comparable = (version.prices.length === 0 || prices.length > 0) && prices.every(isRateable)
    return comparable
      ? [
          {
            ...{ planId: version.planId, planVersionId: version.id, prices },
            ...{ plan: names.get(version.planId)!.name, entitlements: version.entitlements },
          },
        ]
      : []
  })
}
