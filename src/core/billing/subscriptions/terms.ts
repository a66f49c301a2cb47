import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { refuse } from '#shared/errors.ts'
import { loadSubscriptions, plansOfVersions } from './subscription-rows.ts'

type Session = Pick<Reader | Tx, 'db'>

/** A plan with the version that somebody is to be subscribed to. */
export interface Terms {
  readonly plan: Row<'plans'>
  readonly version: Row<'plan_versions'>
}

/**
 * The version of a plan that takes subscriptions in a currency: the one that is named, or the newest.
 * @throws Refusal where there is none, where the plan is no longer offered, and where it has prices, but none
 *   in the currency
 */
export async function termsFor(
  session: Session,
  wanted: { readonly planId?: string; readonly planVersionId?: string | undefined },
  currency: string,
): Promise<Terms> {
  const db = session.db as Reader['db']
  let query = db.selectFrom('plan_versions').selectAll().orderBy('number', 'desc').limit(1)
  if (wanted.planVersionId !== undefined) query = query.where('id', '=', wanted.planVersionId)
  if (wanted.planId !== undefined) query = query.where('plan_id', '=', wanted.planId)
  const version = await query.executeTakeFirst()
  const planId = version?.plan_id ?? wanted.planId
  const plan = await db
    .selectFrom('plans')
    .selectAll()
    .where('id', '=', planId ?? '')
    .executeTakeFirst()
  if (!plan)
    throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: wanted.planId ?? wanted.planVersionId! })
  if (!version) {
    if (wanted.planVersionId !== undefined)
      throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan-version', id: wanted.planVersionId })
    throw refuse('BILLING_NO_PRICE_FOR_CURRENCY', { currency, plan: plan.name })
  }
  if (plan.active === 0n) throw refuse('BILLING_PLAN_INACTIVE', { plan: plan.name })
  const currencies = await db
    .selectFrom('prices')
    .select('currency')
    .distinct()
    .where('plan_version_id', '=', version.id)
    .execute()
  // A version without any price is free, in every currency.
  if (currencies.length > 0 && !currencies.some(row => row.currency === currency))
    throw refuse('BILLING_NO_PRICE_FOR_CURRENCY', { currency, plan: plan.name })
  return { plan, version }
}

/**
 * Refuses a stretch with a plan that another subscription of the customer covers already.
 * @param span half-open; no end means forever
 */
export async function refuseOverlap(
  session: Session,
  customerId: string,
  planId: string,
  span: { readonly from: bigint; readonly to: bigint | null },
  except: string | null,
): Promise<void> {
  const others = (await loadSubscriptions(session, { customerId })).filter(one => one.id !== except)
  const plans = await plansOfVersions(session, [
    ...new Set(others.flatMap(one => one.phases.map(phase => phase.planVersionId))),
  ])
  const overlapping = others.find(one =>
    one.phases.some(
      phase =>
        plans.get(phase.planVersionId)?.planId === planId &&
        (span.to === null || phase.from < span.to) &&
        (phase.to === null || span.from < phase.to),
    ),
  )
  if (overlapping) throw refuse('BILLING_SUBSCRIPTION_OVERLAP', { subscriptionId: overlapping.id })
}
