import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { AddOn, AfterTrial, Cadence, EndReason, LifeState, Phase, Settlement } from './subscription-life.ts'
import { subscriptionViews, ThoughtLine } from './subscription-views.ts'
import { Alignment, CurrencyCode, Interval, Minor, Month } from './values.ts'

export { Cadence, Phase } from './subscription-life.ts'

const WRITERS = ['analyst'] as const

export const SubscriptionState = LifeState
export type SubscriptionState = LifeState

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
  /** Its rhythms, the first one first. */
  cadences: z.array(Cadence),
  addOns: z.array(AddOn),
  endReason: EndReason.nullable(),
  /** What became of what was billed in advance for the time after its end. */
  settlement: Settlement,
  /** A payment method is on file. */
  card: z.boolean(),
  afterTrial: AfterTrial,
  /** The subscription that it goes on from. */
  predecessorId: Uuid.nullable(),
  /** What the plan versions of its phases and add-ons are called. */
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
  /** It ends before it begins. */
  BILLING_SPAN_INVERTED: { data: z.object({ from: Instant, to: Instant }) },
  /** The subscription has the same add-on in that time already, or it is its own plan. */
  BILLING_ADD_ON_TWICE: { data: z.object({ plan: z.string() }) },
  /** A trial of the plan begins only with a payment method on file. */
  BILLING_CARD_NEEDED: { data: z.object({ plan: z.string() }) },
  /** A change that came about already, or was taken back. */
  BILLING_CHANGE_OVER: { data: z.object({ at: Instant, takenBack: z.boolean() }) },
  /** A change that was made after it does not fit without it. */
  BILLING_CHANGE_NEEDED: { data: z.object({ kind: z.string(), at: Instant, reason: z.string() }) },
}
const At = z.object({
  subscriptionId: Uuid,
  /** The moment of the command where nothing is said. */
  at: Instant.optional(),
  /** At the end of the billing period of the moment that is said. */
  atPeriodEnd: z.boolean().default(false),
})
const Seats = z.bigint().min(1n).max(1_000_000n)

/** What a change of terms asks for. */
const Terms = At.extend({
  planVersionId: Uuid.optional(),
  quantity: Seats.optional(),
  /**
   * From where periods of another interval are counted: from the change on, or as until now. Where nothing is said
   * they begin anew with another interval, and stay with the same.
   */
  anchor: z.enum(['keep', 'reset']).optional(),
})
const Pause = At.extend({
  /** It is resumed then by itself. */
  until: Instant.optional(),
})
const Cancel = At.extend({ settlement: Settlement.default('credit') })
const NewAddOn = At.extend({
  planVersionId: Uuid,
  /** One price of the version; all of it where nothing is said. */
  priceId: Uuid.optional(),
  quantity: Seats.default(1n),
  until: Instant.optional(),
})
const AddOnQuantity = At.extend({ addOnId: Uuid, quantity: Seats })
const AddOnEnd = At.extend({ addOnId: Uuid })

/** A change that is only thought of. */
export const ThoughtOf = z.discriminatedUnion('kind', [
  Terms.extend({ kind: z.literal('terms') }),
  Pause.extend({ kind: z.literal('pause') }),
  At.extend({ kind: z.literal('resume') }),
  Cancel.extend({ kind: z.literal('cancel') }),
  At.extend({ kind: z.literal('reactivate') }),
  NewAddOn.extend({ kind: z.literal('add-on') }),
  AddOnQuantity.extend({ kind: z.literal('add-on-quantity') }),
  AddOnEnd.extend({ kind: z.literal('add-on-end') }),
])
export type ThoughtOf = z.infer<typeof ThoughtOf>

const writes = { roles: WRITERS } as const

const Totals = z.object({ net: Minor, tax: Minor, total: Minor })
const Recurs = z.object({ interval: Interval, perPeriod: Minor, monthly: Minor })

export const subscriptions = {
  ...subscriptionViews,
  /**
   * What a change would come to, before it is made: the invoice of its month with it and without it, by the
   * computation that the close runs, and what recurs.
   */
  preview: query('billing.subscription.preview', { roles: EVERYONE, heavy: true })
    .input(z.object({ change: ThoughtOf }))
    .output(
      z.object({
        at: Instant,
        period: Month,
        currency: CurrencyCode,
        direction: z.enum(['upgrade', 'downgrade', 'longer', 'shorter', 'same']),
        without: Totals,
        within: Totals,
        lines: z.array(ThoughtLine),
        /** Lines of the invoice without the change that are not on it with the change. */
        gone: z.array(ThoughtLine),
        recurring: z.object({ before: Recurs, after: Recurs }),
      }),
    )
    .errors(errors),
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
  start: command('billing.subscription.start', writes)
    .input(
      z.object({
        customerId: Uuid,
        /** The newest version of a plan where only the plan is named. */
        planId: Uuid,
        planVersionId: Uuid.optional(),
        quantity: Seats.default(1n),
        /** The moment of the command where nothing is said. */
        at: Instant.optional(),
        /** Where it differs from the beginning. */
        anchorAt: Instant.optional(),
        billFrom: Instant.optional(),
        /** As the plan says where nothing is said. */
        trialDays: z.number().int().min(0).max(365).optional(),
        alignment: Alignment.optional(),
        /** A payment method is on file. Where nothing is said: as far as the plan's trial asks for none. */
        card: z.boolean().optional(),
      }),
    )
    .output(Subscription)
    .errors(errors),
  /** Another plan version, another number of seats or another interval, from an instant on. */
  change: command('billing.subscription.change', writes).input(Terms).output(Subscription).errors(errors),
  pause: command('billing.subscription.pause', writes).input(Pause).output(Subscription).errors(errors),
  resume: command('billing.subscription.resume', writes).input(At).output(Subscription).errors(errors),
  cancel: command('billing.subscription.cancel', writes).input(Cancel).output(Subscription).errors(errors),
  /**
   * Takes an end away: within the billing period in which it ended as if it had never ended, later as a new
   * subscription that remembers the old one.
   */
  reactivate: command('billing.subscription.reactivate', writes)
    .input(At)
    .output(Subscription)
    .errors(errors),
  /** Notes that a payment method is on file, or is no longer: a trial goes on or ends accordingly. */
  setCard: command('billing.subscription.setCard', writes)
    .input(z.object({ subscriptionId: Uuid, onFile: z.boolean() }))
    .output(Subscription)
    .errors(errors),
  addAddOn: command('billing.subscription.addAddOn', writes)
    .input(NewAddOn)
    .output(Subscription)
    .errors(errors),
  changeAddOn: command('billing.subscription.changeAddOn', writes)
    .input(AddOnQuantity)
    .output(Subscription)
    .errors(errors),
  endAddOn: command('billing.subscription.endAddOn', writes)
    .input(AddOnEnd)
    .output(Subscription)
    .errors(errors),
  /** Takes a planned change back; those that were made after it stay, as far as they fit without it. */
  takeBack: command('billing.subscription.takeBack', writes)
    .input(z.object({ changeId: Uuid }))
    .output(Subscription)
    .errors(errors),
  /** What a trial of a plan asks for, and what becomes of one that ends without a payment method. */
  setTrialRule: command('billing.subscription.setTrialRule', writes)
    .input(z.object({ planId: Uuid, cardRequired: z.boolean(), afterTrial: AfterTrial }))
    .output(z.object({ planId: Uuid })),
  trialRules: query('billing.subscription.trialRules', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        rules: z.array(z.object({ planId: Uuid, cardRequired: z.boolean(), afterTrial: AfterTrial })),
      }),
    ),
  /**
   * Begins the daily look at all subscriptions: what came about up to an instant is noted, each at its own, people
   * are told, and what stayed unpaid for too long ends. What was noted is not noted again.
   */
  sweep: command('billing.subscription.sweep', { roles: WRITERS, authorityOnly: true })
    .input(z.object({ until: Instant.optional() }))
    .output(z.object({ jobId: Uuid })),
  /** Of subscriptions after one, in the order of ids, those about which something is to be noted. */
  due: query('billing.subscription.due', { roles: [], internal: true, heavy: true })
    .input(z.object({ after: Uuid.nullable(), limit: z.number().int().min(1).max(2000), until: Instant }))
    .output(z.object({ subscriptionIds: z.array(Uuid), last: Uuid.nullable(), looked: z.number().int() })),
  /** Notes what came about, tells it, and ends what stayed unpaid for too long. */
  note: command('billing.subscription.note', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ subscriptionIds: z.array(Uuid).max(100), until: Instant }))
    .output(z.object({ noted: z.number().int(), reminded: z.number().int(), ended: z.number().int() })),
  /** Puts a subscription with its phases back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.subscription.restore', { roles: [], internal: true })
    .input(
      z.object({
        subscriptionId: Uuid,
        subscription: Subscription.omit({ id: true, planName: true, state: true, versions: true })
          .extend({
            createdAt: Instant,
            // What a command of an earlier release did not know.
            cadences: z.array(Cadence).default([]),
            addOns: z.array(AddOn).default([]),
            endReason: EndReason.nullable().default(null),
            settlement: Settlement.default('credit'),
            card: z.boolean().default(true),
            afterTrial: AfterTrial.default('convert'),
            predecessorId: Uuid.nullable().default(null),
          })
          .nullable(),
        /** The change that goes with it, as its row; null takes it away. */
        change: z.object({ id: Uuid, row: z.record(z.string(), z.unknown()).nullable() }).optional(),
      }),
    )
    .output(z.object({ subscriptionId: Uuid })),
}
