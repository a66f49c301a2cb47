/** How long an invoice is past due, in the steps in which lists of what is open are kept. */
export type Age = 'notDue' | 'days30' | 'days60' | 'days90' | 'older'

/** @param days whole days since it was due, in the customer's zone; zero and less before */
export function ageOf(days: number): Age {
  if (days <= 0) return 'notDue'
  return days <= 30 ? 'days30' : days <= 60 ? 'days60' : days <= 90 ? 'days90' : 'older'
}

/** What is open by age, in minor units, and what of the balance no invoice has used. */
export type Aging = Readonly<Record<Age | 'unused', bigint>>

/**
 * What a balance is made of: open invoices by how long they are overdue, and payments and credits that no invoice
 * has used, as a negative amount. The parts add up to the balance, whatever was used when.
 */
export function agingOf(balance: bigint, open: readonly { amount: bigint; overdueDays: number }[]): Aging {
  const sums = { notDue: 0n, days30: 0n, days60: 0n, days90: 0n, older: 0n }
  let rest = balance
  for (const { amount, overdueDays } of open) {
    sums[ageOf(overdueDays)] += amount
    rest -= amount
  }
  return { ...sums, unused: rest }
}
