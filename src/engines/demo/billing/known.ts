import type { Phase } from '#shared/contract/billing/subscriptions.ts'

/** What of a subscription matters for what was known of it. */
interface Subscribed {
  readonly endedAt: bigint | null
  readonly phases: readonly Phase[]
}

/**
 * A subscription as it was known when a month was over: what began later had not been decided then, and what
 * ended later had no end. Only how a trial goes on is known from its beginning, and that a new price list holds
 * from the next month on. Null for one that was not begun.
 * @param at the end of the month, milliseconds since the epoch
 */
export function knownAt<S extends Subscribed>(subscription: S, at: bigint): S | null {
  const { phases, endedAt } = subscription
  if (endedAt !== null && endedAt <= at) return subscription
  const known = phases.filter(
    (phase, index) =>
      phase.from < at ||
      (index > 0 && phases[index - 1]!.from < at && phases[index - 1]!.kind === 'trial') ||
      (phase.from === at && phase.kind === 'active'),
  )
  if (known.length === 0) return null
  return {
    ...subscription,
    endedAt: null,
    phases: known.map((phase, index) => (index === known.length - 1 ? { ...phase, to: null } : phase)),
  }
}
