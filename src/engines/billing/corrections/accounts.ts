/**
 * Accounts of the double entry. Of the customer: `receivable` is what they owe, `balance` what we owe them, and
 * `refundable` what is to go back to them. Of the workspace: `credited` is revenue that was given back, `bad-debt`
 * what nobody pays, `void` what counts for nothing, `cash` money that came or went. Of wallets: `prepaid` is what was
 * paid ahead, `promotion` what we gave for free, `consumed` what was used without an invoice, `expired` what was paid
 * for and never used.
 */
export const ACCOUNTS = [
  'receivable',
  'balance',
  'refundable',
  'credited',
  'bad-debt',
  'void',
  'cash',
  'prepaid',
  'promotion',
  'consumed',
  'expired',
] as const
/** Each grant of a wallet has two accounts of its own: what is at rest of it, and what is held. */
export type Account = (typeof ACCOUNTS)[number] | `wallet:${string}` | `held:${string}`

/** What is at rest of a grant: what we owe the customer of it. */
export function walletOf(grantId: string): Account {
  return `wallet:${grantId}`
}

/** What is reserved of a grant. */
export function heldOf(grantId: string): Account {
  return `held:${grantId}`
}

/** An amount that goes from one account to another: a debit of one, a credit of the other. */
export interface Transfer {
  /** Minor units, more than zero. */
  readonly amount: bigint
  readonly debit: Account
  readonly credit: Account
}

/** What accounts come to: debits less credits. Of all of them together it is always zero. */
export function accountSums(transfers: Iterable<Transfer>): ReadonlyMap<Account, bigint> {
  const sums = new Map<Account, bigint>()
  for (const { amount, debit, credit } of transfers) {
    sums.set(debit, (sums.get(debit) ?? 0n) + amount)
    sums.set(credit, (sums.get(credit) ?? 0n) - amount)
  }
  return sums
}

/** The way back. */
export function reversed({ amount, debit, credit }: Transfer): Transfer {
  return { amount, debit: credit, credit: debit }
}

/** What a customer has in their favour: what was put on their balance, less what was taken from it. */
export function balanceOf(transfers: Iterable<Transfer>): bigint {
  return -(accountSums(transfers).get('balance') ?? 0n)
}
