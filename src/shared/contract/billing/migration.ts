import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, query, Uuid } from '../define.ts'
import { CurrencyCode, Interval, Minor } from './values.ts'

/** A subscription on an earlier version of the plan, and what it would pay on this one. */
export const MovedSubscription = z.object({
  subscriptionId: Uuid,
  customerId: Uuid,
  customer: z.string(),
  /** The version that it is on. */
  fromVersionId: Uuid,
  fromNumber: z.number().int(),
  currency: CurrencyCode,
  interval: Interval,
  /** Seats. */
  quantity: z.bigint(),
  /** The last billing period that is over: both amounts are of its usage, for all of it, before tax. */
  period: z.object({ from: Instant, to: Instant }),
  /** When its current period ends. */
  periodEnd: Instant,
  before: Minor,
  after: Minor,
  /** Why it cannot be moved; null where it can. */
  obstacle: z.enum(['currency']).nullable(),
})
export type MovedSubscription = z.infer<typeof MovedSubscription>

export const migration = {
  /** Who is on another version of a plan, and what each would have paid on this one. */
  migration: query('billing.plan.migration', { roles: EVERYONE, heavy: true })
    .input(
      z.object({
        planVersionId: Uuid,
        /** The last subscription of the answer before. */
        after: Uuid.nullable().default(null),
        limit: z.number().int().min(1).max(500).default(200),
      }),
    )
    .output(z.object({ subscriptions: z.array(MovedSubscription), more: z.boolean() })),
}
