import { share } from './churn.ts'

/** What recurs of a customer at the ends of months, the first being that in which it was new. Minor units. */
export interface CohortLife {
  readonly ends: readonly bigint[]
}

/** How a cohort is so many months after the one in which it came. */
export interface CohortMonth {
  /** Of those who came, how many pay. */
  readonly customers: number
  readonly revenue: bigint
  /** Revenue by what it was in the first month; more than 1 where those who stay pay more. */
  readonly nrr: string | null
  /** The same, counting of nobody more than in the first month. */
  readonly grr: string | null
  /** Customers by those who came. */
  readonly logos: string | null
}

/** Customers who came in the same month, month by month: 0 is that month. Shares are decimals of four places. */
export function cohortMonths(lives: readonly CohortLife[]): CohortMonth[] {
  const count = Math.max(0, ...lives.map(({ ends }) => ends.length))
  const first = lives.reduce((sum, { ends }) => sum + (ends[0] ?? 0n), 0n)
  return Array.from({ length: count }, (_, month) => {
    let revenue = 0n
    let kept = 0n
    let customers = 0
    for (const { ends } of lives) {
      const [began = 0n] = ends
      const now = ends[month] ?? 0n
      revenue += now
      kept += now < began ? now : began
      if (now > 0n) customers += 1
    }
    return {
      ...{ customers, revenue, nrr: share(revenue, first), grr: share(kept, first) },
      logos: share(BigInt(customers), BigInt(lives.length)),
    }
  })
}
