import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { handle } from '#core/runtime/handlers.ts'
import { firstLife, isWithinItsPeriod, replay } from '#engines/billing/life-changes.ts'
import { subscriptions as leaf, type ThoughtOf } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import {
  asLeft,
  beforeOf,
  type Call,
  carryOut,
  changeOf,
  changesOf,
  named,
  nextNumber,
  putChangeRow,
  store,
  withLife,
  withoutId,
  zoneOf,
} from './life.ts'
import {
  getSubscription,
  loadSubscriptions,
  putSubscription,
  type StoredSubscription,
} from './subscription-rows.ts'
import { refuseOverlap, termsFor } from './terms.ts'
import { think } from './think.ts'
import { trialRuleOf } from './trial-rules.ts'

export const startSubscription = handle(leaf.start, async call => {
  const { tx, input, ids, now } = call
  const { at = now } = input
  const customer = await getCustomer(tx, input.customerId)
  const { plan, version } = await termsFor(tx, input, customer.currency)
  await refuseOverlap(tx, customer.id, plan.id, { from: at, to: null }, null)
  const rule = await trialRuleOf(tx, plan.id)
  const trialDays = input.trialDays ?? Number(version.trial_days)
  const card = input.card ?? rule === null
  if (trialDays > 0 && rule?.cardRequired && !card) throw refuse('BILLING_CARD_NEEDED', { plan: plan.name })
  const id = ids.next()
  const alignment = input.alignment ?? version.alignment
  const anchorAt = input.anchorAt ?? at
  const life = firstLife({
    ...{ planVersionId: version.id, quantity: input.quantity, at, trialDays, zone: customer.zone, card },
    ...{ afterTrial: rule?.afterTrial ?? 'convert' },
    cadence: { interval: version.interval, alignment, anchorAt },
  })
  const billFrom = input.billFrom ?? at
  const after: StoredSubscription = {
    ...{ id, customerId: customer.id, planId: plan.id, currency: customer.currency, ...life },
    ...{ interval: version.interval, alignment, anchorAt },
    // There is nothing to bill before the beginning.
    billFrom: billFrom > at ? billFrom : at,
    ...{ predecessorId: null, createdAt: now },
  }
  return store(call, null, named(after, ids))
})

/** Thinks a change and carries it out. */
async function change(call: Call, asked: ThoughtOf) {
  const { before, change: made, ...more } = await think(call.tx, asked, call.now, () => call.ids.next())
  return carryOut(call, before, made, more)
}

export const changeSubscription = handle(leaf.change, call => change(call, { kind: 'terms', ...call.input }))
export const pauseSubscription = handle(leaf.pause, call => change(call, { kind: 'pause', ...call.input }))
export const resumeSubscription = handle(leaf.resume, call => change(call, { kind: 'resume', ...call.input }))
export const cancelSubscription = handle(leaf.cancel, call => change(call, { kind: 'cancel', ...call.input }))
export const addAddOn = handle(leaf.addAddOn, call => change(call, { kind: 'add-on', ...call.input }))
export const changeAddOn = handle(leaf.changeAddOn, call =>
  change(call, { kind: 'add-on-quantity', ...call.input }),
)
export const endAddOn = handle(leaf.endAddOn, call => change(call, { kind: 'add-on-end', ...call.input }))

export const setCard = handle(leaf.setCard, async call => {
  const before = await getSubscription(call.tx, call.input.subscriptionId)
  const zone = await zoneOf(call.tx, before)
  const number = await nextNumber(call.tx, before.id)
  const made = { kind: 'card' as const, at: call.now, onFile: call.input.onFile }
  return carryOut(call, before, made, { zone, number })
})

export const reactivateSubscription = handle(leaf.reactivate, async call => {
  const { tx, input, ids, now } = call
  const { at = now } = input
  const before = await getSubscription(tx, input.subscriptionId)
  const zone = await zoneOf(tx, before)
  if (before.endedAt === null || before.phases.length === 0 || isWithinItsPeriod(before, at, zone)) {
    if (before.endedAt !== null)
      await refuseOverlap(tx, before.customerId, before.planId, { from: before.endedAt, to: null }, before.id)
    return change(call, { kind: 'reactivate', ...input })
  }
  const last = before.phases.at(-1)!
  const { plan, version } = await termsFor(tx, { planVersionId: last.planVersionId }, before.currency)
  await refuseOverlap(tx, before.customerId, plan.id, { from: at, to: null }, before.id)
  const { alignment } = before.cadences.at(-1)!
  const { card, afterTrial } = before
  const life = firstLife({
    ...{ planVersionId: version.id, quantity: last.quantity, at, trialDays: 0, zone, card: true, afterTrial },
    cadence: { interval: version.interval, alignment, anchorAt: at },
  })
  const after: StoredSubscription = {
    ...{ id: ids.next(), customerId: before.customerId, planId: plan.id, currency: before.currency },
    ...{ ...life, card, interval: version.interval, alignment, anchorAt: at, billFrom: at },
    ...{ predecessorId: before.id, createdAt: now },
  }
  return store(call, null, named(after, ids))
})

export const takeBackChange = handle(leaf.takeBack, async call => {
  const { tx, input, now, actor, ids } = call
  const row = await tx.db
    .selectFrom('subscription_changes')
    .selectAll()
    .where('id', '=', input.changeId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription-change', id: input.changeId })
  if (row.taken_back_at !== null || row.at <= now)
    throw refuse('BILLING_CHANGE_OVER', { at: row.at, takenBack: row.taken_back_at !== null })
  const before = await getSubscription(tx, row.subscription_id)
  const later = (await changesOf(tx, [before.id])).filter(
    one => one.number > row.number && one.taken_back_at === null,
  )
  const zone = await zoneOf(tx, before)
  const made = replay(beforeOf(row), later.map(changeOf), zone)
  if (!made.ok) {
    const needed = later[made.index!]!
    const { reason } = made.refusal
    throw refuse('BILLING_CHANGE_NEEDED', { kind: needed.kind, at: needed.at, reason })
  }
  const taken = { ...row, taken_back_at: now, taken_back_by: byWhom(actor) }
  await putChangeRow(tx, row.id, taken)
  const after = named(withLife(before, made.life), ids)
  return store(call, before, after, { id: row.id, before: row, after: taken })
})

export const restoreSubscription = handle(leaf.restore, async ({ tx, input, undoWith }) => {
  const { subscriptionId, subscription, change: asked } = input
  const [before = null] = await loadSubscriptions(tx, { id: subscriptionId })
  const after = subscription ? { ...subscription, id: subscriptionId } : null
  if (after && after.cadences.length === 0)
    after.cadences = [
      {
        ordinal: 0,
        interval: after.interval,
        alignment: after.alignment,
        anchorAt: after.anchorAt,
        from: after.startedAt,
      },
    ]
  await putSubscription(tx, before, after)
  let was: Row<'subscription_changes'> | null = null
  if (asked) {
    was =
      (await tx.db
        .selectFrom('subscription_changes')
        .selectAll()
        .where('id', '=', asked.id)
        .executeTakeFirst()) ?? null
    await putChangeRow(tx, asked.id, asked.row as Row<'subscription_changes'> | null)
  }
  undoWith(
    leaf.restore,
    {
      ...{ subscriptionId, subscription: withoutId(before) },
      ...(asked ? { change: { id: asked.id, row: was } } : {}),
    },
    asLeft(subscriptionId, after),
  )
  return { subscriptionId }
})
