import type { Reader } from '#core/database/store.ts'
import { addSteps, type MrrStep, mrrSteps } from '#engines/billing/mrr-steps.ts'
import { refuse } from '#shared/errors.ts'
import { pricesOf } from '../subscriptions/preview.ts'
import { loadSubscriptions, type StoredSubscription } from '../subscriptions/subscription-rows.ts'

/** Subscriptions whose rows are read at a time. */
const AT_ONCE = 1000

/** All that ever recurs of a customer in one currency. */
export interface MrrLife {
  readonly customerId: string
  readonly currency: string
  readonly steps: readonly MrrStep[]
  /** What of it recurs on one plan, where only that is looked at. */
  readonly part: readonly MrrStep[] | null
  readonly subscriptions: readonly StoredSubscription[]
}

/**
 * What recurs of customers, as steps: all subscriptions of one together, by currency. It is computed where it changes,
 * which is a few times in the life of a subscription, and not again for each month that is looked at.
 */
export async function mrrLives(
  reader: Reader,
  {
    customerId,
    planId,
  }: { readonly customerId?: string | undefined; readonly planId?: string | undefined } = {},
): Promise<MrrLife[]> {
  const all: { readonly one: StoredSubscription; readonly steps: MrrStep[]; readonly part: MrrStep[] }[] = []
  const ofPlan = planId === undefined ? null : await versionsOf(reader, planId)
  for (let offset = 0; ; offset += AT_ONCE) {
    const of = customerId === undefined ? {} : { customerId }
    const page = await loadSubscriptions(reader, { ...of, offset, limit: AT_ONCE })
    // PostgreSQL has no empty list.
    const prices = page.length === 0 ? () => [] : await pricesOf(reader, page)
    for (const one of page) {
      const steps = mrrSteps(one, prices(one), one.currency)
      all.push({ one, steps, part: ofPlan ? mrrSteps(one, prices(one), one.currency, ofPlan) : [] })
    }
    if (page.length < AT_ONCE) break
  }
  const grouped = Map.groupBy(all, ({ one }) => `${one.customerId}/${one.currency}`)
  return [...grouped.values()].map(own => ({
    ...{ customerId: own[0]!.one.customerId, currency: own[0]!.one.currency },
    steps: addSteps(own.map(({ steps }) => steps)),
    part: ofPlan && addSteps(own.map(({ part }) => part)),
    subscriptions: own.map(({ one }) => one),
  }))
}

/** All versions of a plan. @throws Refusal `WORKSPACE_NOT_FOUND` */
async function versionsOf({ db }: Reader, planId: string): Promise<ReadonlySet<string>> {
  const plan = await db.selectFrom('plans').select('id').where('id', '=', planId).executeTakeFirst()
  if (!plan) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: planId })
  const rows = await db.selectFrom('plan_versions').select('id').where('plan_id', '=', planId).execute()
  return new Set(rows.map(({ id }) => id))
}

/** Until when an answer about now is the same, where nothing is changed: the next step of anybody, or a given end. */
export function steadyUntil(lives: readonly MrrLife[], now: bigint, end: bigint): bigint {
  let until = end
  for (const { steps, part } of lives)
    for (const { from } of [...steps, ...(part ?? [])]) if (from >= now && from < until) until = from
  return until
}
