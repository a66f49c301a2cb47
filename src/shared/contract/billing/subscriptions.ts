import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Alignment, CurrencyCode, Interval } from './values.ts'

const WRITERS = ['analyst'] as const

/** A stretch of a subscription with one plan version. Phases follow each other and never overlap. */
export const Phase = z.object({
  id: Uuid,
  planVersionId: Uuid,
  /** Seats: fees count once for each. */
  quantity: z.bigint(),
  /** A trial costs nothing; a pause costs no fees, and usage as always. */
  kind: z.enum(['trial', 'active', 'paused']),
  from: Instant,
  to: Instant.nullable(),
})
export type Phase = z.infer<typeof Phase>

export const SubscriptionState = z.enum(['scheduled', 'trialing', 'active', 'paused', 'cancelled'])
export type SubscriptionState = z.infer<typeof SubscriptionState>

export const Subscription = z.object({
  id: Uuid,
  customerId: Uuid,
  planId: Uuid,
  planName: z.string(),
  currency: CurrencyCode,
  interval: Interval,
  alignment: Alignment,
  /** At the time of asking. */
  state: SubscriptionState,
  startedAt: Instant,
  /** Periods are counted from here. */
  anchorAt: Instant,
  /** What lies before was billed elsewhere. */
  billFrom: Instant,
  endedAt: Instant.nullable(),
  phases: z.array(Phase),
  /** What the plan versions of its phases are called. */
  versions: z.array(
    z.object({ planVersionId: Uuid, planId: Uuid, plan: z.string(), number: z.number().int() }),
  ),
})
export type Subscription = z.infer<typeof Subscription>

const errors = {
  /** The plan version has no price in the customer's currency. */
  BILLING_NO_PRICE_FOR_CURRENCY: { data: z.object({ currency: z.string(), plan: z.string() }) },
  /** The plan takes no new subscriptions. */
  BILLING_PLAN_INACTIVE: { data: z.object({ plan: z.string() }) },
  /** The customer has a subscription to the same plan in that time. */
  BILLING_SUBSCRIPTION_OVERLAP: { data: z.object({ subscriptionId: Uuid }) },
  /** It does not fit what the subscription is doing at that time: paused twice, changed after its end. */
  BILLING_SUBSCRIPTION_STATE: { data: z.object({ state: z.string(), reason: z.string() }) },
  /** A change to a plan of another interval. */
  BILLING_INTERVAL_DIFFERS: { data: z.object({ from: z.string(), to: z.string() }) },
}
const At = z.object({
  subscriptionId: Uuid,
  /** The moment of the command where nothing is said. */
  at: Instant.optional(),
})

export const subscriptions = {
  list: query('billing.subscription.list', { roles: EVERYONE })
    .input(
      z.object({
        customerId: Uuid.optional(),
        id: Uuid.optional(),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.object({ subscriptions: z.array(Subscription) })),
  start: command('billing.subscription.start', { roles: WRITERS })
    .input(
      z.object({
        customerId: Uuid,
        /** The newest version of a plan where only the plan is named. */
        planId: Uuid,
        planVersionId: Uuid.optional(),
        quantity: z.bigint().min(1n).max(1_000_000n).default(1n),
        /** The moment of the command where nothing is said. */
        at: Instant.optional(),
        /** Where it differs from the beginning. */
        anchorAt: Instant.optional(),
        billFrom: Instant.optional(),
        /** As the plan says where nothing is said. */
        trialDays: z.number().int().min(0).max(365).optional(),
        alignment: Alignment.optional(),
      }),
    )
    .output(Subscription)
    .errors(errors),
  /** Another plan version or another number of seats, from an instant on. */
  change: command('billing.subscription.change', { roles: WRITERS })
    .input(
      At.extend({ planVersionId: Uuid.optional(), quantity: z.bigint().min(1n).max(1_000_000n).optional() }),
    )
    .output(Subscription)
    .errors(errors),
  pause: command('billing.subscription.pause', { roles: WRITERS })
    .input(At)
    .output(Subscription)
    .errors(errors),
  resume: command('billing.subscription.resume', { roles: WRITERS })
    .input(At)
    .output(Subscription)
    .errors(errors),
  cancel: command('billing.subscription.cancel', { roles: WRITERS })
    .input(At)
    .output(Subscription)
    .errors(errors),
  /** Puts a subscription with its phases back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.subscription.restore', { roles: [], internal: true })
    .input(
      z.object({
        subscriptionId: Uuid,
        subscription: Subscription.omit({ id: true, planName: true, state: true, versions: true })
          .extend({ createdAt: Instant })
          .nullable(),
      }),
    )
    .output(z.object({ subscriptionId: Uuid })),
}
