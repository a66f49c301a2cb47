import type { DemoCompany } from '../company.ts'
import type { DemoCustomer } from '../customers.ts'
import type { BillingSpan } from './span.ts'

/** What happens to a customer in the open month, so that its draft deserves a second look. */
export type Part =
  /** Its API calls are four times what they were, from one day on. */
  | 'jump'
  /** It begins to use model tokens. */
  | 'new-metric'
  /** It goes from Professional to Free: more is given back than it owes. */
  | 'to-free'
  /** It goes from Enterprise to Professional. */
  | 'downgrade'
  | 'upgrade'
  /** It was paused for the whole month after that was billed: what is given back is what is due next. */
  | 'zero'
  /** A part of its usage of the month before came in late. */
  | 'late'

/** Customers whose usage was late. */
const LATE = 6

/**
 * Who plays which part: customers that are there from before the first month and stay. None has two. In a
 * company that has nobody for a part, nobody plays it.
 */
export function castOf({ customers }: Pick<DemoCompany, 'customers'>, { start }: BillingSpan) {
  const cast = new Map<string, Part>()
  const give = (part: Part, most: number, fits: (customer: DemoCustomer) => boolean) => {
    let left = most
    for (const one of customers) {
      if (left === 0) return
      if (one.churnDay !== null || one.signupDay > start - 45 || cast.has(one.key) || !fits(one)) continue
      cast.set(one.key, part)
      left--
    }
  }
  give('jump', 1, one => one.tier === 'professional' && one.currency === 'USD')
  give('new-metric', 1, one => one.tier === 'professional' && one.currency === 'GBP')
  give('to-free', 1, one => one.tier === 'free' && one.currency === 'USD')
  give('downgrade', 1, one => one.tier === 'professional' && one.currency === 'EUR')
  give('upgrade', 1, one => one.tier === 'professional' && one.currency === 'JPY')
  give('zero', 1, one => one.tier === 'starter')
  give('late', LATE, one => one.tier !== 'free' && one.tier !== 'starter' && one.currency === 'EUR')
  return cast as ReadonlyMap<string, Part>
}
