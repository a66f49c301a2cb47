import type { OutputOf } from '#renderer/app/core/hooks.ts'
import type { contract } from '#shared/contract/index.ts'

export type SubscriptionLine = OutputOf<
  typeof contract.billing.subscription.overview
>['subscriptions'][number]

/** What the list can be narrowed to; it stands in the address, so that links and saved views have it. */
export const NARROWED = ['running', 'trials', 'planned', 'behind', 'over', 'all'] as const
export type Narrowed = (typeof NARROWED)[number]

const WEEK = 7n * 86_400_000n

/** What an address asks for; what it does not know is what runs. */
export function narrowedOf(text: string | null): Narrowed {
  return NARROWED.find(one => one === text) ?? 'running'
}

/**
 * Whether a subscription is among what is asked for: trials are those that end within a week or have no other end,
 * planned are those with a change or an end to come, behind are those whose customer owes.
 */
export function isNarrowedTo(line: SubscriptionLine, to: Narrowed, now: bigint): boolean {
  const over = line.state === 'cancelled' || line.state === 'expired'
  switch (to) {
    case 'all':
      return true
    case 'over':
      return over
    case 'trials':
      return line.trialEndsAt !== null && line.trialEndsAt > now && line.trialEndsAt <= now + WEEK
    case 'planned':
      return line.planned !== null || (line.endsAt !== null && line.endsAt > now)
    case 'behind':
      return line.state === 'past-due' || line.state === 'unpaid'
    case 'running':
      return !over
  }
}

/** MRR by currency, the largest first; amounts of different currencies are never added. */
export function mrrByCurrency(lines: readonly SubscriptionLine[]): [currency: string, minor: bigint][] {
  const sums = new Map<string, bigint>()
  for (const { currency, mrr } of lines) sums.set(currency, (sums.get(currency) ?? 0n) + mrr)
  return [...sums].filter(([, sum]) => sum !== 0n).sort(([, a], [, b]) => (a > b ? -1 : 1))
}
