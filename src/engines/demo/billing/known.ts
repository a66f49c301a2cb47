import type { Phase } from '#shared/contract/billing/subscriptions.ts'

/** What of a subscription matters for what was known of it. */
interface Subscribed {
  readonly endedAt: bigint | null
  readonly phases: readonly Phase[]
}

/**
 * A subscription as it was known at an instant: what began later had not been decided then, and what ended
 * later had no end. Only how a trial goes on is known from its beginning. Null for one that was not begun.
 */
export function knownAt<S extends Subscribed>(subscription: S, at: bigint): S | null {
  const { phases, endedAt } = subscription
  const count = phases.filter(phase => phase.from < at).length
  if (count === 0) return null
  if (endedAt !== null && endedAt < at) return subscription
  const trial = phases[count - 1]!.kind === 'trial' && count < phases.length
  const known = phases.slice(0, trial ? count + 1 : count)
  return {
    ...subscription,
    endedAt: null,
    phases: known.map((phase, index) => (index === known.length - 1 ? { ...phase, to: null } : phase)),
  }
}
