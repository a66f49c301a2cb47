import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Charge, PriceTerms, ProrationMode } from './prices.ts'
import { Alignment, AmountText, CurrencyCode, Interval, Key } from './values.ts'

const READERS = EVERYONE
const WRITERS = ['analyst'] as const

/** What becomes of the events of a period. A metric's never changes. */
export const Aggregation = z.enum([
  'count',
  'sum',
  'max',
  'latest',
  'min',
  'average',
  /** Different values of a property. */
  'unique-count',
  /** An event says the level from then on: levels by the time that they were in force, divided by that of the period. */
  'weighted-sum',
])
export type Aggregation = z.infer<typeof Aggregation>

/** How the quantity of a period is rounded: half-up, to what is not smaller, to what is not larger. */
export const Rounding = z.object({
  mode: z.enum(['round', 'ceil', 'floor']),
  /** At most the metric's scale. */
  places: z.number().int().min(0).max(9),
})
export type Rounding = z.infer<typeof Rounding>

export const Metric = z.object({
  id: Uuid,
  key: Key,
  name: z.string().min(1).max(120),
  /** As people read it behind a number: `calls`, `GB`. */
  unit: z.string().max(40),
  /** Quantities are stored as integers of 10^-scale of the unit. Fixed when the metric is made. */
  scale: z.number().int().min(0).max(9),
  aggregation: Aggregation,
  /** What does not fit the scale is refused, or rounded half-up. */
  excess: z.enum(['refuse', 'round']),
  /** Properties of events by which usage is also kept apart. */
  groupBy: z.array(z.string().min(1).max(60)).max(4),
  /** Of `unique-count`: the property whose different values are counted; every event has it. */
  property: z.string().min(1).max(60).nullable().default(null),
  /** Of the quantity of a period; null: half-up to the scale. */
  rounding: Rounding.nullable().default(null),
  /** What was there when a period began counts in it: seats, storage. Of sum, max, min and latest. */
  carries: z.boolean().default(false),
  active: z.boolean(),
})
export type Metric = z.infer<typeof Metric>

/** What a metric measures makes no sense, with the place. */
const MetricInvalid = {
  data: z.object({
    metric: z.string(),
    path: z.string(),
    reason: z.enum([
      /** A count of different values that does not say of what; a property of another aggregation. */
      'property-missing',
      'property-not-counted',
      /** Only sums, the largest, the smallest and the latest carry over by themselves. */
      'carries-not',
      /** More places than the metric keeps. */
      'places-over-scale',
    ]),
  }),
}

export const metrics = {
  list: query('billing.metric.list', { roles: READERS }).output(z.object({ metrics: z.array(Metric) })),
  create: command('billing.metric.create', { roles: WRITERS })
    .input(Metric.omit({ id: true, active: true }))
    .output(Metric)
    .errors({
      BILLING_KEY_TAKEN: { data: z.object({ key: z.string() }) },
      BILLING_METRIC_INVALID: MetricInvalid,
    }),
  /** Only its words change: what it measures is fixed. */
  edit: command('billing.metric.edit', { roles: WRITERS })
    .input(z.object({ metricId: Uuid, name: Metric.shape.name, unit: Metric.shape.unit }))
    .output(Metric),
  setActive: command('billing.metric.setActive', { roles: WRITERS })
    .input(z.object({ metricId: Uuid, active: z.boolean() }))
    .output(Metric),
}

/** One price of a plan version: a charge model on a metric, or a flat fee. Never edited. */
export const Price = z.object({
  id: Uuid,
  /** The same in every version of the plan and in every currency: how a line is compared with last month's. */
  key: Key,
  name: z.string().min(1).max(120),
  /** None for a fee. */
  metricId: Uuid.nullable(),
  currency: CurrencyCode,
  charge: Charge,
  minimum: AmountText.nullable(),
  maximum: AmountText.nullable(),
  /** A fee is due at the beginning of its period or at the end; usage always at the end. */
  due: z.enum(['advance', 'arrears']),
  proration: ProrationMode,
  /** How often it is billed, where that is not how often the plan is. */
  interval: Interval.optional(),
  filters: PriceTerms.shape.filters,
  trueUp: PriceTerms.shape.trueUp,
  /** Of which period a minimum is that is made up on its own, where that is not the price's. */
  minimumInterval: Interval.optional(),
  /** A price of one customer alone comes to so much of this one at least, in per cent, or somebody has to approve it. */
  floorPercent: AmountText.optional(),
})
export type Price = z.infer<typeof Price>
export const PriceInput = Price.omit({ id: true }).extend({
  minimum: AmountText.nullable().default(null),
  maximum: AmountText.nullable().default(null),
  due: Price.shape.due.default('advance'),
  proration: ProrationMode.default('second'),
})

/** What a plan allows: a feature, a value, or so much of a metric in a period. */
export const Entitlement = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('boolean'), key: Key, allowed: z.boolean() }),
  z.object({ kind: z.literal('static'), key: Key, value: z.string().max(200) }),
  z.object({
    kind: z.literal('metered'),
    /** The metric's key. */
    key: Key,
    /** In the metric's unit; null: unlimited. */
    limit: AmountText.nullable(),
    /** A hard limit refuses, a soft one warns. */
    enforcement: z.enum(['soft', 'hard']),
  }),
])
export type Entitlement = z.infer<typeof Entitlement>

/** Days that a plan is tried for where nobody says anything else. */
export const USUAL_TRIAL_DAYS = 14

export const PlanVersion = z.object({
  id: Uuid,
  planId: Uuid,
  number: z.number().int(),
  interval: Interval,
  alignment: Alignment,
  trialDays: z.number().int().min(0).max(365),
  note: z.string().max(500),
  createdAt: Instant,
  prices: z.array(Price),
  entitlements: z.array(Entitlement),
})
export type PlanVersion = z.infer<typeof PlanVersion>

export const Plan = z.object({
  id: Uuid,
  key: Key,
  name: z.string().min(1).max(120),
  description: z.string().max(500),
  active: z.boolean(),
  /** How many subscriptions are on a version of it now. */
  subscriptions: z.number().int(),
  latest: PlanVersion.nullable(),
})
export type Plan = z.infer<typeof Plan>

/** What a plan's row holds, for putting it back as it was. */
const StoredPlan = Plan.omit({ id: true, subscriptions: true, latest: true }).extend({ createdAt: Instant })

const planErrors = {
  BILLING_KEY_TAKEN: { data: z.object({ key: z.string() }) },
  /** A price names a metric that is unknown or no longer active. */
  BILLING_METRIC_UNKNOWN: { data: z.object({ metric: z.string() }) },
  /** A price that makes no sense, with the place: tiers out of order, a fee on a metric, a minimum over the maximum. */
  BILLING_PRICE_INVALID: { data: z.object({ path: z.string(), reason: z.string() }) },
  /** A price is not there in every currency in which the plan has prices. */
  BILLING_PRICE_CURRENCY_MISSING: { data: z.object({ price: z.string(), currency: z.string() }) },
}

/** Metrics and plans as people keep them in a file: by their keys, without ids. */
export const Catalogue = z.object({
  format: z.literal('quarterdeck-catalogue-1'),
  metrics: z.array(Metric.omit({ id: true })).max(500),
  plans: z
    .array(
      z.object({
        key: Key,
        name: Plan.shape.name,
        description: Plan.shape.description,
        active: z.boolean().default(true),
        version: z.object({
          interval: Interval.default('month'),
          alignment: Alignment.default('calendar'),
          trialDays: PlanVersion.shape.trialDays.default(0),
          note: PlanVersion.shape.note.default(''),
          prices: z
            .array(
              PriceInput.omit({ metricId: true }).extend({
                /** The metric's key; none for a fee. */
                metric: Key.nullable().default(null),
              }),
            )
            .max(200),
          entitlements: z.array(Entitlement).max(100).default([]),
        }),
      }),
    )
    .max(200),
})
export type Catalogue = z.infer<typeof Catalogue>

export const plans = {
  list: query('billing.plan.list', { roles: READERS }).output(z.object({ plans: z.array(Plan) })),
  get: query('billing.plan.get', { roles: READERS })
    .input(z.object({ planId: Uuid }))
    .output(Plan.extend({ versions: z.array(PlanVersion) })),
  create: command('billing.plan.create', { roles: WRITERS })
    .input(Plan.pick({ key: true, name: true, description: true }))
    .output(Plan)
    .errors(planErrors),
  edit: command('billing.plan.edit', { roles: WRITERS })
    .input(Plan.pick({ name: true, description: true }).extend({ planId: Uuid }))
    .output(Plan),
  setActive: command('billing.plan.setActive', { roles: WRITERS })
    .input(z.object({ planId: Uuid, active: z.boolean() }))
    .output(Plan),
  /** Prices are never edited in place: a new version takes the place of the one before for new subscriptions. */
  addVersion: command('billing.plan.addVersion', { roles: WRITERS })
    .input(
      z.object({
        planId: Uuid,
        interval: Interval.default('month'),
        alignment: Alignment.default('calendar'),
        trialDays: PlanVersion.shape.trialDays.default(0),
        note: PlanVersion.shape.note.default(''),
        prices: z.array(PriceInput).max(200),
        entitlements: z.array(Entitlement).max(100).default([]),
      }),
    )
    .output(PlanVersion)
    .errors(planErrors),
  /** Puts a plan's own words back as they were, or removes it: what undoing a command runs. */
  restore: command('billing.plan.restore', { roles: [], internal: true })
    .input(
      z.object({
        planId: Uuid,
        plan: StoredPlan.nullable(),
      }),
    )
    .output(z.object({ planId: Uuid })),
  /** Removes a version that nobody was subscribed to yet, or puts it back. */
  restoreVersion: command('billing.plan.restoreVersion', { roles: [], internal: true })
    .input(z.object({ planVersionId: Uuid, version: PlanVersion.nullable() }))
    .output(z.object({ planVersionId: Uuid })),
  /** Takes metrics, plans and versions that were brought in together out again, or puts them back. */
  restoreCatalogue: command('billing.plan.restoreCatalogue', { roles: [], internal: true })
    .input(
      z.object({
        metrics: z.array(
          z.object({
            metricId: Uuid,
            metric: Metric.omit({ id: true }).extend({ createdAt: Instant }).nullable(),
          }),
        ),
        plans: z.array(z.object({ planId: Uuid, plan: StoredPlan.nullable() })),
        versions: z.array(z.object({ planVersionId: Uuid, version: PlanVersion.nullable() })),
      }),
    )
    .output(z.object({})),
  /** All metrics and plans as one document, the newest version of each plan. */
  export: query('billing.plan.export', { roles: READERS }).output(Catalogue),
  /**
   * Brings a document of metrics and plans in, all of it or nothing. A plan whose newest version is the same
   * stays as it is; another content becomes a new version.
   */
  import: command('billing.plan.import', { roles: WRITERS })
    .input(Catalogue)
    .output(
      z.object({
        metrics: z.number().int(),
        plans: z.number().int(),
        versions: z.number().int(),
        unchanged: z.number().int(),
      }),
    )
    .errors({
      ...planErrors,
      /** A metric of that key measures something else here, and what a metric measures is fixed. */
      BILLING_METRIC_DIFFERS: { data: z.object({ metric: z.string() }) },
      BILLING_METRIC_INVALID: MetricInvalid,
    }),
  /** The eight usual metrics and the four plans Free, Starter, Professional and Enterprise. Idempotent. */
  initializeDefaults: command('billing.plan.initializeDefaults', { roles: WRITERS })
    .input(z.object({ currency: CurrencyCode.default('USD') }))
    .output(z.object({ metrics: z.number().int(), plans: z.number().int() }))
    .errors({ ...planErrors, BILLING_CURRENCY_UNKNOWN: { data: z.object({ currency: z.string() }) } }),
}
