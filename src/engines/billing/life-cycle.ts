import type { EndReason, LifeState } from '#shared/contract/billing/subscription-life.ts'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
import { stateAt } from './phases.ts'
import { type Standing, standingAt } from './standing.ts'

/** What a life needs to have a state. */
export interface Life {
  readonly startedAt: bigint
  readonly endedAt: bigint | null
  readonly endReason: EndReason | null
  readonly phases: readonly Phase[]
}

/** From one state to another: why, by whom, and what it means. */
export interface Transition {
  readonly id: TransitionId
  readonly from: readonly (LifeState | 'none')[]
  readonly to: readonly LifeState[]
  /**
   * `command`: somebody decides it. `time`: it was decided before and comes at its instant. `payment`: it follows
   * from invoices that are or are not paid.
   */
  readonly cause: 'command' | 'time' | 'payment'
  /** Capabilities that bring it about; what comes by itself is noted by `billing.subscription.sweep`. */
  readonly by: readonly string[]
  /** Fees and usage from then on. */
  readonly billing: 'nothing' | 'everything' | 'usage' | 'as before' | 'settled'
  /** What the plan allows from then on. */
  readonly entitlements: 'none' | 'granted' | 'as before' | 'withheld'
}

export type TransitionId =
  | 'schedule'
  | 'begin-trial'
  | 'begin'
  | 'convert'
  | 'pause-after-trial'
  | 'expire-after-trial'
  | 'pause'
  | 'resume'
  | 'fall-behind'
  | 'grace-ends'
  | 'settle'
  | 'cancel'
  | 'give-up'
  | 'reactivate'

const SWEEP = 'billing.subscription.sweep'
const START = 'billing.subscription.start'
const CANCEL = 'billing.subscription.cancel'
const RUNNING = ['active', 'past-due', 'unpaid'] as const

/** The life of a subscription. What stands in no row does not happen. */
export const TRANSITIONS: readonly Transition[] = [
  {
    ...{ id: 'schedule', from: ['none'], to: ['scheduled'], cause: 'command', by: [START] },
    ...{ billing: 'nothing', entitlements: 'none' },
  },
  {
    ...{
      id: 'begin-trial',
      from: ['none', 'scheduled'],
      to: ['trialing'],
      cause: 'time',
      by: [START, SWEEP],
    },
    ...{ billing: 'nothing', entitlements: 'granted' },
  },
  {
    ...{ id: 'begin', from: ['none', 'scheduled'], to: RUNNING, cause: 'time', by: [START, SWEEP] },
    ...{ billing: 'everything', entitlements: 'granted' },
  },
  {
    ...{ id: 'convert', from: ['trialing'], to: RUNNING, cause: 'time', by: [SWEEP] },
    ...{ billing: 'everything', entitlements: 'as before' },
  },
  {
    ...{ id: 'pause-after-trial', from: ['trialing'], to: ['paused'], cause: 'time', by: [SWEEP] },
    ...{ billing: 'usage', entitlements: 'as before' },
  },
  {
    ...{ id: 'expire-after-trial', from: ['trialing'], to: ['expired'], cause: 'time', by: [SWEEP] },
    ...{ billing: 'nothing', entitlements: 'none' },
  },
  {
    ...{ id: 'pause', from: RUNNING, to: ['paused'], cause: 'command', by: ['billing.subscription.pause'] },
    ...{ billing: 'usage', entitlements: 'as before' },
  },
  {
    ...{ id: 'resume', from: ['paused'], to: RUNNING, cause: 'command', by: ['billing.subscription.resume'] },
    ...{ billing: 'everything', entitlements: 'granted' },
  },
  {
    ...{ id: 'fall-behind', from: ['active'], to: ['past-due'], cause: 'payment', by: [SWEEP] },
    ...{ billing: 'as before', entitlements: 'as before' },
  },
  {
    ...{ id: 'grace-ends', from: ['active', 'past-due'], to: ['unpaid'], cause: 'payment', by: [SWEEP] },
    ...{ billing: 'as before', entitlements: 'withheld' },
  },
  {
    ...{
      id: 'settle',
      from: ['past-due', 'unpaid'],
      to: ['active', 'past-due'],
      cause: 'payment',
      by: [SWEEP],
    },
    ...{ billing: 'as before', entitlements: 'granted' },
  },
  {
    ...{ id: 'cancel', from: ['scheduled', 'trialing', ...RUNNING, 'paused'], to: ['cancelled'] },
    ...{ cause: 'command', by: [CANCEL], billing: 'settled', entitlements: 'none' },
  },
  {
    ...{ id: 'give-up', from: RUNNING, to: ['expired'], cause: 'payment', by: [SWEEP] },
    ...{ billing: 'settled', entitlements: 'none' },
  },
  {
    ...{ id: 'reactivate', from: ['cancelled', 'expired'], to: ['trialing', ...RUNNING, 'paused'] },
    ...{ cause: 'command', by: ['billing.subscription.reactivate'] },
    ...{ billing: 'everything', entitlements: 'granted' },
  },
]

/** What leads from one state to another; null where nothing does. */
export function transitionBetween(from: LifeState | 'none', to: LifeState): Transition | null {
  if (from === to) return null
  return TRANSITIONS.find(one => one.from.includes(from) && one.to.includes(to)) ?? null
}

/**
 * The state of a life at an instant. Only what runs and costs something falls behind with payments; a trial or a
 * pause stays what it is.
 */
export function lifeStateAt(life: Life, standing: Standing | null, at: bigint): LifeState {
  const state = stateAt(life.phases, life.startedAt, life.endedAt, at)
  if (state === 'cancelled')
    return life.endReason === 'trial' || life.endReason === 'unpaid' ? 'expired' : 'cancelled'
  if (state !== 'active') return state
  const paid = standingAt(standing, at)
  return paid === 'good' ? 'active' : paid
}

/** A transition with the instant at which it comes. */
export interface Moment {
  readonly at: bigint
  readonly transition: TransitionId
  readonly from: LifeState | 'none'
  readonly to: LifeState
}

/**
 * The transitions of a life in `[from, to)`, each at its own instant, past and to come as things stand: whoever
 * asks late gets the same instants as whoever asked in time.
 */
export function momentsOf(life: Life, standing: Standing | null, from: bigint, to: bigint): Moment[] {
  const edges = new Set<bigint>([life.startedAt])
  if (life.endedAt !== null) edges.add(life.endedAt)
  for (const phase of life.phases) edges.add(phase.from)
  if (standing !== null) edges.add(standing.pastDueAt).add(standing.unpaidAt)
  const moments: Moment[] = []
  for (const at of [...edges].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (at < from || at >= to) continue
    const before = at <= life.startedAt ? 'none' : lifeStateAt(life, standing, at - 1n)
    const after = lifeStateAt(life, standing, at)
    const transition = transitionBetween(before, after)
    if (transition) moments.push({ at, transition: transition.id, from: before, to: after })
  }
  return moments
}
