import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, query, Uuid } from '../define.ts'
import { LifeChange, LifeState } from './subscription-life.ts'
import { CurrencyCode, DecimalText, Interval, Minor, Month, Span } from './values.ts'

/** One subscription in the list of all. */
export const SubscriptionLine = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  customerKey: z.string(),
  zone: z.string(),
  planId: Uuid,
  plan: z.string(),
  version: z.number().int(),
  state: LifeState,
  currency: CurrencyCode,
  interval: Interval,
  seats: z.bigint(),
  addOns: z.number().int(),
  /** What recurs of it by the month, in minor units. */
  mrr: Minor,
  startedAt: Instant,
  /** Of the trial that goes on or is to come. */
  trialEndsAt: Instant.nullable(),
  /** When its billing period ends; null for what does not run. */
  renewsAt: Instant.nullable(),
  endsAt: Instant.nullable(),
  /** The next change that somebody planned. */
  planned: z.object({ kind: z.string(), at: Instant }).nullable(),
})
export type SubscriptionLine = z.infer<typeof SubscriptionLine>

/** A change as it was made. */
export const MadeChange = z.object({
  id: Uuid,
  number: z.bigint(),
  change: LifeChange,
  by: Uuid.nullable(),
  madeAt: Instant,
  takenBackAt: Instant.nullable(),
  takenBackBy: Uuid.nullable(),
})
export type MadeChange = z.infer<typeof MadeChange>

/** A line of an invoice that is only thought of. */
export const ThoughtLine = z.object({
  kind: z.enum(['fee', 'usage', 'adjustment', 'credit', 'discount', 'one-off']),
  name: z.string(),
  quantity: DecimalText,
  unit: z.string(),
  service: Span,
  amount: Minor,
  tax: Minor,
  /** It would not be there, or be another amount, without the change. */
  because: z.boolean(),
})
export type ThoughtLine = z.infer<typeof ThoughtLine>

const Totals = z.object({ net: Minor, tax: Minor, total: Minor })
const Recurs = z.object({ interval: Interval, perPeriod: Minor, monthly: Minor })

export const subscriptionViews = {
  /** All subscriptions with what recurs of each, the newest first. */
  overview: query('billing.subscription.overview', { roles: EVERYONE, heavy: true })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(z.object({ subscriptions: z.array(SubscriptionLine) })),
  /** What became of a subscription, what is planned, and what it was billed. */
  story: query('billing.subscription.story', { roles: EVERYONE, heavy: true })
    .input(z.object({ subscriptionId: Uuid }))
    .output(
      z.object({
        /** In the order in which they were made. */
        changes: z.array(MadeChange),
        /** In the order of time, of the year to come as well. */
        moments: z.array(
          z.object({
            at: Instant,
            transition: z.string(),
            from: z.string(),
            to: LifeState,
            /** When the daily look noted it; null for what it has not seen. */
            notedAt: Instant.nullable(),
          }),
        ),
        /** Invoices with lines of the subscription, the newest first; amounts of those lines alone, before tax. */
        bills: z.array(
          z.object({
            invoiceId: Uuid,
            number: z.string().nullable(),
            state: z.string(),
            period: Month,
            amount: Minor,
            at: Instant,
          }),
        ),
        /** The fees of the next periods, as things stand, before tax. */
        renewals: z.array(z.object({ at: Instant, amount: Minor })),
        recurring: Recurs.nullable(),
        standing: z.object({ pastDueAt: Instant, unpaidAt: Instant }).nullable(),
        successors: z.array(Uuid),
      }),
    ),
  /** What the customer's next invoice would say as things stand: the same computation as its close. */
  nextInvoice: query('billing.subscription.nextInvoice', { roles: EVERYONE, heavy: true })
    .input(z.object({ subscriptionId: Uuid }))
    .output(
      z.object({ period: Month, currency: CurrencyCode, ...Totals.shape, lines: z.array(ThoughtLine) }),
    ),
}
