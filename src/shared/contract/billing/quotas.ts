import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Aggregation } from './catalog.ts'
import { AmountText, CurrencyCode, DecimalText, Key, Minor, Month, Span } from './values.ts'

const WRITERS = ['analyst', 'ops'] as const

/** What one customer may use instead of what its plan says. */
export const Allowance = z.discriminatedUnion('kind', [
  /** The plan's limit holds; only the thresholds are its own. */
  z.object({ kind: z.literal('plan') }),
  z.object({
    kind: z.literal('limit'),
    /** In the metric's unit, for each period. */
    limit: AmountText,
    enforcement: z.enum(['soft', 'hard']),
  }),
  z.object({ kind: z.literal('unlimited') }),
])
export type Allowance = z.infer<typeof Allowance>

/** Percent of the limit at which somebody is told; 100 and more are breaches. */
export const Thresholds = z
  .array(z.number().int().min(1).max(1000))
  .min(1)
  .max(10)
  .refine(all => new Set(all).size === all.length, 'each threshold once')

const QuotaTerms = z.object({
  allowance: Allowance,
  /** Null: the workspace's. */
  thresholds: Thresholds.nullable().default(null),
  note: z.string().max(500).default(''),
})

export const Quota = QuotaTerms.extend({
  id: Uuid,
  customerId: Uuid,
  metricId: Uuid,
  /** The metric's key. */
  metric: Key,
  createdBy: z.string().nullable(),
  createdAt: Instant,
  changedAt: Instant,
})
export type Quota = z.infer<typeof Quota>

const StoredQuota = Quota.omit({ id: true, metric: true })

/** What a customer will have used when its period is over, from its own history. */
export const Projection = z.object({
  quantity: DecimalText,
  /** Between these it was in four of five periods of its history; null without enough history. */
  low: DecimalText.nullable(),
  high: DecimalText.nullable(),
  /** How: the days of the week as they were, evenly, as earlier periods went on, or as it stands. */
  method: z.enum(['weekdays', 'even', 'earlier-periods', 'as-it-stands']),
  /** Mean error of the method on the customer's own past, in percent of what came out; null without enough history. */
  error: z.number().nullable(),
  /** When the limit is reached; null where it is not within the period. */
  breachAt: Instant.nullable(),
})
export type Projection = z.infer<typeof Projection>

/** What a customer used of a metric in its present period, with what it may. */
export const Meter = z.object({
  metricId: Uuid,
  metric: Key,
  name: z.string(),
  unit: z.string(),
  aggregation: Aggregation,
  period: Span,
  used: DecimalText,
  events: z.number().int(),
  /** Null: none. */
  limit: DecimalText.nullable(),
  enforcement: z.enum(['soft', 'hard']).nullable(),
  /** Where the limit is from. */
  source: z.enum(['plan', 'customer', 'none']),
  thresholds: z.array(z.number().int()),
  /** The highest threshold that is reached; 0 for none. */
  reached: z.number().int(),
  percent: z.number().int().nullable(),
  /** Above the limit; 0 where there is none. */
  overage: DecimalText,
  projection: Projection.nullable(),
  /** What it costs by the price of the subscription: so far, and as projected; null where nothing prices it. */
  cost: z.object({ currency: CurrencyCode, amount: Minor, projected: Minor, overage: Minor }).nullable(),
})
export type Meter = z.infer<typeof Meter>

/** What a plan would have cost for what a customer used. */
export const PlanCost = z.object({
  planId: Uuid,
  planVersionId: Uuid,
  plan: z.string(),
  current: z.boolean(),
  /** Over all periods, before tax. */
  fees: Minor,
  usage: Minor,
  total: Minor,
  /** Periods in which a hard limit of the plan would have stopped the customer, and metrics that did it. */
  stopped: z.number().int(),
  stoppedBy: z.array(z.string()),
  /** Entitlements of the present plan that this one has not. */
  lost: z.array(Key),
})

export const Advice = z.object({
  currency: CurrencyCode,
  periods: z.array(Span),
  plans: z.array(PlanCost),
  /** The plan that would have been cheapest without taking anything away; null where it is the present one. */
  recommended: Uuid.nullable(),
  /** What it would have saved over these periods. */
  saving: Minor,
})

/** A customer's metric in the list of all. */
export const QuotaReading = z.object({
  customerId: Uuid,
  customer: z.string(),
  /** In which its period begins and ends. */
  zone: z.string(),
  metricId: Uuid,
  metric: Key,
  name: z.string(),
  unit: z.string(),
  period: Span,
  limit: DecimalText.nullable(),
  used: DecimalText,
  projected: DecimalText.nullable(),
  enforcement: z.enum(['soft', 'hard']),
  percent: z.number().int().nullable(),
  reached: z.number().int(),
  breachAt: Instant.nullable(),
  at: Instant,
})
export type QuotaReading = z.infer<typeof QuotaReading>

const quotaErrors = {
  /** A metric of that key is unknown or no longer active. */
  BILLING_METRIC_UNKNOWN: { data: z.object({ metric: z.string() }) },
}

export const quotas = {
  /** What customers may instead of what their plans say. */
  list: query('billing.quota.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(z.object({ quotas: z.array(Quota) })),
  /** Says what one customer may use of a metric; what was said before is replaced. */
  set: command('billing.quota.set', { roles: WRITERS })
    .input(
      QuotaTerms.extend({
        customerId: Uuid,
        /** The metric's key. */
        metric: Key,
      }),
    )
    .output(Quota)
    .errors(quotaErrors),
  /** From then on the plan's limit holds again, with the thresholds of the workspace. */
  remove: command('billing.quota.remove', { roles: WRITERS })
    .input(z.object({ quotaId: Uuid }))
    .output(z.object({ quotaId: Uuid })),
  /** Puts a quota back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.quota.restore', { roles: [], internal: true })
    .input(z.object({ quotaId: Uuid, quota: StoredQuota.nullable() }))
    .output(z.object({ quotaId: Uuid })),
}

export const quotaMeters = {
  /** Meters of a customer: what it used, may, and will have used. */
  meters: query('billing.quota.meters', { roles: EVERYONE, remote: true })
    .input(z.object({ customerId: Uuid }))
    .output(z.object({ meters: z.array(Meter) })),
  /** What each plan would have cost for what a customer used in its last closed periods. */
  advise: query('billing.quota.advise', { roles: EVERYONE, remote: true })
    .input(z.object({ customerId: Uuid, periods: z.number().int().min(1).max(12).default(3) }))
    .output(z.object({ advice: Advice.nullable() })),
  /**
   * What usage beyond what fees include brought in a month, of all that its invoices charge: by currency, before tax,
   * void invoices left out.
   */
  overageShare: query('billing.quota.overageShare', { roles: EVERYONE })
    .input(z.object({ period: Month }))
    .output(
      z.object({
        shares: z.array(
          z.object({
            currency: CurrencyCode,
            fees: Minor,
            usage: Minor,
            /** Of fees and usage together; null where they come to nothing. */
            share: z.number().nullable(),
          }),
        ),
      }),
    ),
  /** How far all customers are, as the last scan found it; those that are farthest first. */
  overview: query('billing.quota.overview', { roles: EVERYONE, remote: true })
    .input(
      z.object({
        /** At least this threshold is reached. */
        reached: z.number().int().min(0).default(0),
        metricId: Uuid.optional(),
        customerId: Uuid.optional(),
        /** Only those whose limit will be reached within the period. */
        willBreach: z.boolean().default(false),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(5000).default(200),
      }),
    )
    .output(
      z.object({
        readings: z.array(QuotaReading),
        count: z.number().int(),
        /** When the last scan was. */
        scannedAt: Instant.nullable(),
      }),
    ),
}
