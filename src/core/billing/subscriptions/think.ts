import type { Reader, Tx } from '#core/database/store.ts'
import { periodEnd } from '#engines/billing/life-changes.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import type { LifeChange } from '#shared/contract/billing/subscription-life.ts'
import type { ThoughtOf } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'
import { lifelineOf, nextNumber, zoneOf } from './life.ts'
import { getSubscription, type StoredSubscription } from './subscription-rows.ts'
import { refuseOverlap, termsFor } from './terms.ts'

/** A change as it was asked for, made into one that can be applied. */
export interface Thought {
  readonly before: StoredSubscription
  readonly change: LifeChange
  readonly number: bigint
  readonly zone: string
  /** The plan that the change is about, for its refusals. */
  readonly plan: string
  /** What the subscription is known by afterwards. */
  readonly planId: string
}

/**
 * Makes a change of what was asked for: finds the plan version and the instant, and checks that the currency has
 * prices and that no other subscription of the customer covers the same plan. Commands and previews share it.
 * @param newId of an add-on
 * @throws Refusal
 */
export async function think(
  session: Pick<Reader | Tx, 'db'>,
  asked: ThoughtOf,
  now: bigint,
  newId: () => string,
): Promise<Thought> {
  const before = await getSubscription(session, asked.subscriptionId)
  const zone = await zoneOf(session, before)
  const number = await nextNumber(session, before.id)
  const moment = asked.at ?? now
  const at = asked.atPeriodEnd ? periodEnd(lifelineOf(before), moment, zone) : moment
  const of = { before, number, zone, planId: before.planId, plan: '' }
  switch (asked.kind) {
    case 'terms':
      return { ...of, ...(await terms(session, before, asked, at, Number(number))) }
    case 'pause':
      return { ...of, change: { kind: 'pause', at, until: asked.until ?? null } }
    case 'resume':
    case 'reactivate':
      return { ...of, change: { kind: asked.kind, at } }
    case 'cancel': {
      const { settlement } = asked
      return { ...of, change: { kind: 'cancel', at, settlement, reason: 'cancelled' } }
    }
    case 'add-on': {
      const { planVersionId, quantity, until = null } = asked
      const { plan, version } = await termsFor(session, { planVersionId }, before.currency)
      const priceId = await priceOf(session, asked, before.currency, plan.name)
      const { alignment, anchorAt } = cadenceAt(before.cadences, at)
      const addOn = {
        ...{ id: newId(), ordinal: Number(number), planVersionId, priceId },
        ...{ interval: version.interval, alignment, anchorAt },
      }
      return { ...of, plan: plan.name, change: { kind: 'add-on', at, addOn, quantity, until } }
    }
    case 'add-on-quantity': {
      const { addOnId, quantity } = asked
      return { ...of, change: { kind: 'add-on-quantity', at, addOnId, quantity } }
    }
    case 'add-on-end':
      return { ...of, change: { kind: 'add-on-end', at, addOnId: asked.addOnId } }
  }
}

async function terms(
  session: Pick<Reader | Tx, 'db'>,
  before: StoredSubscription,
  asked: Extract<ThoughtOf, { kind: 'terms' }>,
  at: bigint,
  ordinal: number,
): Promise<{ readonly change: LifeChange; readonly planId: string }> {
  const { planVersionId, quantity, anchor } = asked
  const current = cadenceAt(before.cadences, at)
  let { planId } = before
  let { interval } = current
  if (planVersionId !== undefined) {
    const { plan, version } = await termsFor(session, { planVersionId }, before.currency)
    if (plan.id !== before.planId)
      await refuseOverlap(session, before.customerId, plan.id, { from: at, to: before.endedAt }, before.id)
    planId = plan.id
    interval = version.interval
  }
  const differs = interval !== current.interval
  const anew = anchor === 'reset' || (anchor === undefined && differs)
  // The calendar's periods have no anchor of their own: one that begins anew leaves them.
  const alignment = anew ? 'anniversary' : current.alignment
  const anchorAt = anew ? at : current.anchorAt
  const cadence = differs || anew ? { ordinal, interval, alignment, anchorAt, from: at } : undefined
  const change: LifeChange = {
    ...{ kind: 'terms', at },
    ...(planVersionId === undefined ? {} : { planVersionId }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(cadence ? { cadence } : {}),
  }
  return { change, planId }
}

/** The one price of an add-on. @throws Refusal where the version has no such price in the currency */
async function priceOf(
  session: Pick<Reader | Tx, 'db'>,
  { priceId, planVersionId }: { readonly priceId?: string | undefined; readonly planVersionId: string },
  currency: string,
  plan: string,
): Promise<string | null> {
  if (priceId === undefined) return null
  const price = await (session.db as Reader['db'])
    .selectFrom('prices')
    .select('currency')
    .where('id', '=', priceId)
    .where('plan_version_id', '=', planVersionId)
    .executeTakeFirst()
  if (!price) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'price', id: priceId })
  if (price.currency !== currency) throw refuse('BILLING_NO_PRICE_FOR_CURRENCY', { currency, plan })
  return priceId
}
