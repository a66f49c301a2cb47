import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { closeFacts } from './close-facts.ts'
import { CurrencyCode, Minor, Month } from './values.ts'

/** A customer that a close could not bill, and why. */
export const CloseProblem = z.object({
  customerId: Uuid,
  customer: z.string(),
  code: z.enum([
    /** A plan version without a price in the subscription's currency. */
    'no-price',
    /** Usage of a metric that no price of the customer's plan covers. */
    'unpriced-usage',
    /** Usage and no subscription at its time. */
    'no-subscription',
    /** An amount that is larger than can be stored. */
    'too-large',
    /** Events of a dynamic price that do not say what they cost. */
    'event-without-price',
  ]),
  detail: z.string(),
})
export type CloseProblem = z.infer<typeof CloseProblem>

export const CloseReport = z.object({
  customers: z.number().int(),
  /** Drafts that were made, or would be in a dry run. */
  drafts: z.number().int(),
  /** Open drafts that got further lines. */
  extended: z.number().int(),
  /** Of the drafts, those with a doubt. Missing in reports from before it was counted. */
  doubtful: z.number().int().optional(),
  lines: z.number().int(),
  /** Lines that correct what was billed before. */
  adjustments: z.number().int(),
  totals: z.array(
    z.object({ currency: CurrencyCode, drafts: z.number().int(), net: Minor, tax: Minor, total: Minor }),
  ),
  /** Drafts by what makes them worth a look. */
  doubts: z.array(z.object({ code: z.string(), drafts: z.number().int() })),
  problems: z.array(CloseProblem),
  problemCount: z.number().int(),
})
export type CloseReport = z.infer<typeof CloseReport>

export const CloseRun = z.object({
  id: Uuid,
  jobId: Uuid,
  period: Month,
  dryRun: z.boolean(),
  state: z.enum(['running', 'done', 'failed']),
  requestedBy: z.string().nullable(),
  startedAt: Instant,
  finishedAt: Instant.nullable(),
  report: CloseReport.nullable(),
})
export type CloseRun = z.infer<typeof CloseRun>

export const close = {
  ...closeFacts,
  /**
   * Closes a month as a job: usage becomes rated lines, lines become drafts, for all customers. A dry run
   * computes the same and stores only its report. Doing it again adds what is missing, which is usually nothing.
   */
  start: command('billing.close.start', { roles: ['analyst'], authorityOnly: true })
    .input(z.object({ period: Month, dryRun: z.boolean().default(false) }))
    .output(z.object({ runId: Uuid, jobId: Uuid }))
    .errors({
      /** The month is not over in every customer's zone. */
      BILLING_PERIOD_OPEN: { data: z.object({ period: z.string(), overAt: Instant }) },
      BILLING_CLOSE_RUNNING: { data: z.object({ runId: Uuid, period: z.string() }) },
      BILLING_PERIOD_LOCKED: { data: z.object({ period: z.string() }) },
    }),
  runs: query('billing.close.runs', { roles: EVERYONE })
    .input(
      z.object({
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ runs: z.array(CloseRun) })),
  get: query('billing.close.get', { roles: EVERYONE })
    .input(z.object({ runId: Uuid }))
    .output(CloseRun),
  /** What a close of the month would meet: customers, subscriptions, usage, last usage, earlier runs, open drafts. */
  readiness: query('billing.close.readiness', { roles: EVERYONE, heavy: true })
    .input(z.object({ period: Month }))
    .output(
      z.object({
        period: Month,
        /** Over in every customer's zone. */
        over: z.boolean(),
        overAt: Instant,
        customers: z.number().int(),
        subscriptions: z.number().int(),
        events: z.number().int(),
        lastUsageAt: Instant.nullable(),
        lateCustomers: z.number().int(),
        drafts: z.array(z.object({ state: z.string(), count: z.number().int() })),
        /** When a close of the month, and not a dry run, last came to its end. */
        closedAt: Instant.nullable(),
        lastRun: CloseRun.nullable(),
      }),
    ),
}
