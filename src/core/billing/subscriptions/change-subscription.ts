import type { Tx } from '#core/database/store.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import {
  cancelAt,
  changeFrom,
  firstPhases,
  type PhaseDecision,
  type Phases,
  pauseFrom,
  resumeFrom,
} from '#engines/billing/phases.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import {
  getSubscription,
  loadSubscriptions,
  phaseRow,
  putSubscription,
  type StoredSubscription,
  shownAt,
  subscriptionRow,
} from './subscription-rows.ts'
import { refuseOverlap, termsFor } from './terms.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'undoWith'>

export const startSubscription = handle(leaf.start, async call => {
  const { tx, input, ids, now } = call
  const { at = now } = input
  const customer = await getCustomer(tx, input.customerId)
  const { plan, version } = await termsFor(tx, input, customer.currency)
  await refuseOverlap(tx, customer.id, plan.id, { from: at, to: null }, null)
  const id = ids.next()
  const phases = firstPhases({
    planVersionId: version.id,
    quantity: input.quantity,
    at,
    trialDays: input.trialDays ?? Number(version.trial_days),
    zone: customer.zone,
  })
  const billFrom = input.billFrom ?? at
  const after: StoredSubscription = {
    ...{ id, customerId: customer.id, planId: plan.id, currency: customer.currency },
    interval: version.interval,
    alignment: input.alignment ?? version.alignment,
    startedAt: at,
    anchorAt: input.anchorAt ?? at,
    // There is nothing to bill before the beginning.
    billFrom: billFrom > at ? billFrom : at,
    endedAt: null,
    phases: named(phases, ids),
    createdAt: now,
  }
  return store(call, null, after)
})

export const changeSubscription = handle(leaf.change, async call => {
  const { tx, input } = call
  const { at = call.now } = input
  const before = await getSubscription(tx, input.subscriptionId)
  let planId = before.planId
  if (input.planVersionId !== undefined) {
    const { plan, version } = await termsFor(tx, { planVersionId: input.planVersionId }, before.currency)
    if (version.interval !== before.interval)
      throw refuse('BILLING_INTERVAL_DIFFERS', { from: before.interval, to: version.interval })
    if (plan.id !== before.planId) {
      const span = { from: at, to: before.endedAt }
      await refuseOverlap(tx, before.customerId, plan.id, span, before.id)
    }
    planId = plan.id
  }
  const { planVersionId, quantity } = input
  const phases = settle(changeFrom(before.phases, at, { planVersionId, quantity }))
  return store(call, before, { ...before, planId, phases: named(phases, call.ids) })
})

export const pauseSubscription = handle(leaf.pause, async call => {
  const before = await getSubscription(call.tx, call.input.subscriptionId)
  const phases = settle(pauseFrom(before.phases, call.input.at ?? call.now))
  return store(call, before, { ...before, phases: named(phases, call.ids) })
})

export const resumeSubscription = handle(leaf.resume, async call => {
  const before = await getSubscription(call.tx, call.input.subscriptionId)
  const phases = settle(resumeFrom(before.phases, call.input.at ?? call.now))
  return store(call, before, { ...before, phases: named(phases, call.ids) })
})

export const cancelSubscription = handle(leaf.cancel, async call => {
  const before = await getSubscription(call.tx, call.input.subscriptionId)
  const { at = call.now } = call.input
  const phases = settle(cancelAt(before.phases, at))
  return store(call, before, { ...before, endedAt: at, phases: named(phases, call.ids) })
})

export const restoreSubscription = handle(leaf.restore, async ({ tx, input, undoWith }) => {
  const { subscriptionId, subscription } = input
  const [before = null] = await loadSubscriptions(tx, { id: subscriptionId })
  const after = subscription ? { ...subscription, id: subscriptionId } : null
  await putSubscription(tx, before, after)
  undoWith(leaf.restore, { subscriptionId, subscription: withoutId(before) }, asLeft(subscriptionId, after))
  return { subscriptionId }
})

/** Stores what becomes of a subscription, says how to undo it, and shows it. */
async function store(call: Call, before: StoredSubscription | null, after: StoredSubscription) {
  await putSubscription(call.tx, before, after)
  call.undoWith(
    leaf.restore,
    { subscriptionId: after.id, subscription: withoutId(before) },
    asLeft(after.id, after),
  )
  const [shown] = await shownAt(call.tx as Tx, [after], call.now)
  return shown!
}

function withoutId(one: StoredSubscription | null) {
  if (!one) return null
  const { id: _, ...rest } = one
  return rest
}

function asLeft(id: string, one: StoredSubscription | null): Expectation[] {
  if (!one) return [leaves('subscriptions', { id }, null)]
  const { id: _, ...row } = subscriptionRow(one)
  return [
    leaves('subscriptions', { id }, row),
    ...one.phases.map(phase => {
      const { id: phaseId, ...holds } = phaseRow(id, phase)
      return leaves('subscription_phases', { id: phaseId }, holds)
    }),
  ]
}

function settle(decision: PhaseDecision): Phases {
  if (!decision.ok) throw refuse('BILLING_SUBSCRIPTION_STATE', decision.refusal)
  return decision.phases
}

/** New phases get their ids from the command. */
function named(phases: Phases, ids: Call['ids']) {
  return phases.map(phase => (phase.id === '' ? { ...phase, id: ids.next() } : phase))
}
