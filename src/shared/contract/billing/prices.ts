import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { query } from '../define.ts'
import { AmountText, CurrencyCode, DecimalText } from './values.ts'

/** `upTo` is inclusive; the last tier has none. `flat` applies once when the tier is entered. */
export const Tier = z.object({
  upTo: AmountText.nullable(),
  unit: AmountText,
  flat: AmountText.default('0'),
})
export type Tier = z.infer<typeof Tier>

// Where tiers end is for the engine to judge, which names the tier.
const tiers = z.array(Tier).min(1).max(100)

/** A tier of parts of an amount: `percent` of what lies in it. */
export const PercentTier = z.object({
  upTo: AmountText.nullable(),
  percent: AmountText,
  flat: AmountText.default('0'),
})
export type PercentTier = z.infer<typeof PercentTier>

const percentTiers = z.array(PercentTier).min(1).max(100)

/** The name of a property of events. */
const Property = z.string().min(1).max(60)

/** One charge model with its parameters; amounts in the currency's unit, quantities in the metric's. */
export const Charge = z.discriminatedUnion('model', [
  /** A fee, whatever is used. With a subscription of several seats it counts once for each. */
  z.object({ model: z.literal('flat'), amount: AmountText }),
  z.object({ model: z.literal('standard'), unit: AmountText, free: AmountText.default('0') }),
  /** Each part of the quantity at its own tier's price. */
  z.object({
    model: z.literal('graduated'),
    tiers,
    /** Whether the first tier's flat fee is due when nothing was used. */
    flatAtZero: z.boolean().default(false),
    /** Units that cost nothing and come before the first tier. */
    free: AmountText.optional(),
  }),
  /** The whole quantity at the price of the tier that it reaches. */
  z.object({
    model: z.literal('volume'),
    tiers,
    flatAtZero: z.boolean().default(false),
    /** Units that cost nothing; the tier is reached by what lies above them. */
    free: AmountText.optional(),
  }),
  /** Whole packages: `ceil((quantity - free) / size)`. */
  z.object({
    model: z.literal('package'),
    size: AmountText,
    amount: AmountText,
    free: AmountText.default('0'),
  }),
  /** The quantity is an amount in the currency's unit; each part of it at its own tier's percentage. */
  z.object({
    model: z.literal('graduated-percentage'),
    tiers: percentTiers,
    flatAtZero: z.boolean().default(false),
    /** So much of the amount costs nothing and comes before the first tier. */
    free: AmountText.optional(),
  }),
  /** The quantity is an amount in the currency's unit: a part of it, and a fee for each event. */
  z.object({
    model: z.literal('percentage'),
    percent: AmountText,
    /** For each event that is charged. */
    fixed: AmountText.default('0'),
    /** So many events cost nothing, and so much of the amount: the allowance ends at what comes first. */
    freeEvents: z.number().int().min(1).max(1_000_000_000).nullable().default(null),
    freeAmount: AmountText.nullable().default(null),
    /** What one event costs at least and at most, its fixed fee included. */
    minimumPerEvent: AmountText.nullable().default(null),
    maximumPerEvent: AmountText.nullable().default(null),
  }),
  /** Each event says itself what it costs, in one of its properties. */
  z.object({
    model: z.literal('dynamic'),
    property: Property,
    /** Whether the property is the amount of the event, or the price of each of its units. */
    per: z.enum(['event', 'unit']).default('event'),
    /** So much of the amount costs nothing. */
    free: AmountText.optional(),
  }),
])
export type Charge = z.infer<typeof Charge>

/** A charge of its own for events whose properties have one of the values, for each property that it names. */
export const PriceFilter = z.object({
  name: z.string().min(1).max(120),
  values: z.record(Property, z.array(z.string().max(255)).min(1).max(200)),
  charge: Charge,
})
export type PriceFilter = z.infer<typeof PriceFilter>

/**
 * What a part of a period costs of the whole: by the second, by the calendar day (a day that was begun counts),
 * by a month of 30 days, nothing (`none`: a part costs nothing) or everything (`full`).
 */
export const ProrationMode = z.enum(['second', 'day', 'day-30', 'none', 'full'])
export type ProrationMode = z.infer<typeof ProrationMode>

/** A price as an engine needs it: how a quantity becomes an amount. */
export const PriceTerms = z.object({
  currency: CurrencyCode,
  charge: Charge,
  /** Per period, in the currency's unit, prorated as the price is. */
  minimum: AmountText.nullable().default(null),
  maximum: AmountText.nullable().default(null),
  proration: ProrationMode.default('second'),
  /** Percent off, from 0 to 100, before maximum and minimum. */
  discountPercent: AmountText.default('0'),
  /** Charges for some events; all others have the price's own. No event fits two of them. */
  filters: z.array(PriceFilter).max(50).optional(),
  /**
   * Whether the minimum is made up on its own when the period is over: the rounded minimum less what was billed.
   * Otherwise it raises the amount itself.
   */
  trueUp: z.boolean().optional(),
})
export type PriceTerms = z.infer<typeof PriceTerms>

/** One step of a rating, in order; every amount is exact, in the currency's unit. */
export const RatingStep = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('normalise'),
    aggregation: z.string().nullable(),
    events: z.number().int().nullable(),
    /** In the metric's unit. */
    quantity: DecimalText,
  }),
  z.object({
    step: z.literal('price'),
    model: z.string(),
    /** In symbols and numbers, `100 × 0.02 + 50 × 0.01`. */
    formula: z.string(),
    parts: z.array(
      z.object({
        /** Tier (from 1) or package; null where the model has neither. */
        tier: z.number().int().nullable(),
        above: AmountText.nullable(),
        upTo: AmountText.nullable(),
        quantity: DecimalText,
        unit: AmountText.nullable(),
        flat: AmountText.nullable(),
        amount: z.string(),
        /** Of the quantity, where a part of an amount is charged. */
        percent: AmountText.nullable().optional(),
        /** What events one by one came to: fixed fees, and those that were raised or lowered. */
        events: z.enum(['fixed', 'raised', 'lowered', 'own']).nullable().optional(),
      }),
    ),
    amount: z.string(),
    /** Which of the price's filters it is; `name` is null for all other events. Absent where it has no filters. */
    filter: z
      .object({
        name: z.string().nullable(),
        quantity: DecimalText,
        events: z.number().int().nullable(),
      })
      .nullable()
      .optional(),
  }),
  /** What the charges of a price with filters come to together. */
  z.object({ step: z.literal('sum'), amount: z.string() }),
  z.object({
    step: z.literal('prorate'),
    mode: ProrationMode,
    /** In seconds or days, as the mode counts. */
    used: z.string(),
    whole: z.string(),
    unit: z.enum(['second', 'day']),
    amount: z.string(),
  }),
  z.object({ step: z.literal('discount'), percent: AmountText, off: z.string(), amount: z.string() }),
  z.object({ step: z.literal('maximum'), limit: z.string(), applied: z.boolean(), amount: z.string() }),
  z.object({ step: z.literal('minimum'), limit: z.string(), applied: z.boolean(), amount: z.string() }),
  /** A minimum that is made up on its own: rounded, less what was charged, rounded; never below zero. */
  z.object({
    step: z.literal('true-up'),
    minimum: DecimalText,
    charged: DecimalText,
    amount: DecimalText,
  }),
  /** A coupon takes something off a line, which is this line; `order` is its place among those that did. */
  z.object({
    step: z.literal('coupon'),
    code: z.string(),
    order: z.number().int(),
    /** What the line that it is taken off came to before it. */
    from: DecimalText,
    percent: AmountText.nullable(),
    /** Of a coupon over an amount: what of it was there for the month, and what of that found nothing to be taken off. */
    off: DecimalText.nullable(),
    unused: DecimalText.nullable(),
    amount: z.string(),
  }),
  /** What is given back was charged less: its part of what the coupon took off is not given back. */
  z.object({ step: z.literal('coupon-back'), code: z.string(), given: DecimalText, amount: z.string() }),
  /** A volume discount takes something off a line, which is this line: a share of all that the month has of its kind. */
  z.object({
    step: z.literal('volume'),
    contract: z.string(),
    name: z.string(),
    basis: z.enum(['spend', 'quantity']),
    mode: z.enum(['graduated', 'whole']),
    /** What its tiers were read at, and what they come to: a decimal, or a fraction `a/b`. */
    measure: z.string(),
    percent: z.string(),
    /** What the month has of its kind, and what was taken off it before; null where nothing was. */
    spent: DecimalText,
    taken: DecimalText.nullable(),
    /** What the line that it is taken off came to before it. */
    from: DecimalText,
    amount: z.string(),
  }),
  /** What is given back was charged less: its part of what the volume discount took off is not given back. */
  z.object({ step: z.literal('volume-back'), contract: z.string(), given: DecimalText, amount: z.string() }),
  /** What was promised for a period, what counts towards it, and what is missing. */
  z.object({
    step: z.literal('commitment'),
    contract: z.string(),
    committed: DecimalText,
    counted: DecimalText,
    amount: z.string(),
  }),
  /** What was used beyond what was promised, and what is charged on top of it or taken off. */
  z.object({
    step: z.literal('overage'),
    contract: z.string(),
    committed: DecimalText,
    counted: DecimalText,
    over: DecimalText,
    percent: DecimalText,
    amount: z.string(),
  }),
  /** What the month's invoices come to otherwise, and what they lack to the least that was agreed. */
  z.object({
    step: z.literal('minimum-invoice'),
    contract: z.string(),
    minimum: DecimalText,
    net: DecimalText,
    amount: z.string(),
  }),
  /** The price is this customer's own, and why. */
  z.object({ step: z.literal('override'), reason: z.string() }),
  /** What was billed before for the same thing, which this line leaves out. */
  z.object({ step: z.literal('billed'), billed: z.string(), amount: z.string() }),
  z.object({
    step: z.literal('round'),
    rule: z.literal('half-up'),
    /** Places of the currency's minor unit. */
    places: z.number().int(),
    exact: z.string(),
    /** In the currency's unit. */
    amount: DecimalText,
  }),
])
export type RatingStep = z.infer<typeof RatingStep>

const iso = z.iso.datetime({ offset: true })
export const IsoSpan = z.object({ from: iso, to: iso })

/** What `quarterdeck rate` reads. Published as JSON schema; later versions only add optional members. */
export const RateInput = z.object({
  price: PriceTerms,
  /** The whole billing period. */
  period: IsoSpan.optional(),
  /** The part of it that is charged; all of it where nothing is said. */
  service: IsoSpan.optional(),
  /** In which days are counted. */
  zone: z.string().default('UTC'),
  /** How much was used, in the metric's unit; or the events that say so. A flat fee counts it as seats. */
  quantity: DecimalText.optional(),
  events: z
    .array(
      z.object({
        id: z.string().min(1).max(255).optional(),
        quantity: DecimalText.default('1'),
        at: iso,
        properties: z.record(z.string(), z.string()).default({}),
      }),
    )
    .max(100_000)
    .optional(),
  aggregation: z
    .enum(['count', 'sum', 'max', 'latest', 'min', 'average', 'unique-count', 'weighted-sum'])
    .default('sum'),
  /** Of `unique-count`: the property whose different values are counted. */
  property: Property.optional(),
  /** Of the quantity; where nothing is said half-up to 12 places. */
  rounding: z
    .object({ mode: z.enum(['round', 'ceil', 'floor']), places: z.number().int().min(0).max(9) })
    .optional(),
  /** What was there when the service began counts in it: events before it may be given. A weighted sum always does so. */
  carries: z.boolean().optional(),
  /** Already billed for the same thing, rounded, in the currency's unit. */
  billed: DecimalText.default('0'),
  /** Of the customer, for example 0.08. */
  taxRate: AmountText.default('0'),
})
export type RateInput = z.infer<typeof RateInput>

export const RateOutput = z.object({
  currency: CurrencyCode,
  quantity: DecimalText,
  /** Before it is rounded: a decimal, or a fraction `a/b` where no decimal is exact. */
  exact: z.string(),
  /** Rounded half-up once, in the currency's unit. */
  amount: DecimalText,
  tax: DecimalText,
  total: DecimalText,
  steps: z.array(RatingStep),
  /** What of the amount makes up a minimum, where the price does that on its own. */
  trueUp: DecimalText.optional(),
})
export type RateOutput = z.infer<typeof RateOutput>

export const prices = {
  /** Runs the pricing engine on any price, saved or not. */
  rate: query('billing.price.rate', { roles: EVERYONE })
    .input(RateInput)
    .output(RateOutput)
    .errors({
      /** Neither a quantity nor events, or both; a span that ends before it begins; tiers out of order. */
      BILLING_RATE_INPUT: { data: z.object({ path: z.string(), reason: z.string() }) },
    }),
}
