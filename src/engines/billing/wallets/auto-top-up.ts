import type { AutoTopUp } from '#shared/contract/billing/wallets.ts'

/** What decides whether a wallet tops itself up. Minor units. */
export interface TopUpFacts {
  readonly available: bigint
  /** Asked for by top-ups that are not paid yet. */
  readonly waiting: bigint
  /** What the wallet topped itself up by in the calendar month, paid or not. */
  readonly thisMonth: bigint
}

/**
 * Whether a wallet tops itself up now: when less is left than it may, nothing is asked for already, and the amount is
 * within what is allowed in a month.
 */
export function isTopUpDue(auto: AutoTopUp, { available, waiting, thisMonth }: TopUpFacts): boolean {
  return available < auto.below && waiting === 0n && thisMonth + auto.amount <= auto.most
}
