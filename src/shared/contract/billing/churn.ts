import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, query, Uuid } from '../define.ts'
import { CurrencyCode, Minor, Month } from './values.ts'

/** A share, or a ratio, as a decimal of four places. */
const Share = z.string().nullable()

/** How recurring revenue moved in a month. Usage, one-off charges and tax are not in it. */
export const ChurnMonth = z.object({
  month: Month,
  from: Instant,
  /** The end of the month, or when it was looked at in the month that runs. */
  to: Instant,
  start: Minor,
  new: Minor,
  reactivation: Minor,
  expansion: Minor,
  contraction: Minor,
  churn: Minor,
  end: Minor,
  /** (churn + contraction) / start; null where there was nothing. */
  gross: Share,
  /** The same less expansion and reactivation. */
  net: Share,
  /** (new + expansion) / (churn + contraction); null where nothing was lost. */
  quickRatio: Share,
  /** Revenue that was kept: 1 - net, and 1 - gross. */
  nrr: Share,
  grr: Share,
  /** Customers of whom something recurs at the start and at the end, and how they came and went. */
  customers: z.object({
    start: z.number().int(),
    new: z.number().int(),
    reactivation: z.number().int(),
    churn: z.number().int(),
    end: z.number().int(),
  }),
  /** Customers who left, by those of the start. */
  logoChurn: Share,
})
export type ChurnMonth = z.infer<typeof ChurnMonth>

export const MoveKind = z.enum(['new', 'reactivation', 'expansion', 'contraction', 'churn'])
export type MoveKind = z.infer<typeof MoveKind>

const Months = z.number().int().min(1).max(36).default(12)
/**
 * Only what recurs on this plan. Who comes to it from another plan or goes to one expands or contracts in it: new, churn
 * and reactivation are of customers.
 */
const OnlyPlan = Uuid.optional()
/** Until when the answer is the same where nothing is changed: the next change that is known, or the month's end. */
const validUntil = { validUntil: Instant }

export const churn = {
  /** What recurs, month by month, and why it moved: of a customer, or of all together. */
  analyse: query('billing.churn.analyse', { roles: EVERYONE, heavy: true })
    .input(z.object({ customerId: Uuid.optional(), planId: OnlyPlan, months: Months }))
    .output(
      z.object({
        customerId: Uuid.nullable(),
        currencies: z.array(z.object({ currency: CurrencyCode, months: z.array(ChurnMonth) })),
        ...validUntil,
      }),
    ),
  /** Whose recurring revenue moved in a month, the largest first: what a number of the month is made of. */
  changes: query('billing.churn.changes', { roles: EVERYONE, heavy: true })
    .input(
      z.object({
        ...{ month: Month, currency: CurrencyCode, planId: OnlyPlan },
        kinds: z.array(MoveKind).max(5).optional(),
      }),
    )
    .output(
      z.object({
        changes: z.array(
          z.object({
            ...{ customerId: Uuid, customer: z.string(), kind: MoveKind },
            ...{ before: Minor, after: Minor, change: Minor },
            /** The plans of the customer's subscriptions at the start and at the end of the month. */
            ...{ plansBefore: z.array(z.string()), plansAfter: z.array(z.string()) },
          }),
        ),
        ...validUntil,
      }),
    ),
  /** Customers by the month in which they were new, and what is left of them month after month. */
  cohorts: query('billing.churn.cohorts', { roles: EVERYONE, heavy: true })
    .input(z.object({ currency: CurrencyCode, months: Months }))
    .output(
      z.object({
        cohorts: z.array(
          z.object({
            month: Month,
            customers: z.number().int(),
            start: Minor,
            /** From the month in which they came on. */
            months: z.array(
              z.object({
                customers: z.number().int(),
                revenue: Minor,
                nrr: Share,
                grr: Share,
                logos: Share,
              }),
            ),
          }),
        ),
        ...validUntil,
      }),
    ),
}
