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

const tiers = z
  .array(Tier)
  .min(1)
  .max(100)
  .refine(all => all.at(-1)?.upTo === null && all.slice(0, -1).every(tier => tier.upTo !== null), {
    message: 'every tier but the last has an upper end, the last has none',
  })

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
  }),
  /** The whole quantity at the price of the tier that it reaches. */
  z.object({ model: z.literal('volume'), tiers, flatAtZero: z.boolean().default(false) }),
  /** Whole packages: `ceil((quantity - free) / size)`. */
  z.object({
    model: z.literal('package'),
    size: AmountText.refine(size => /[1-9]/.test(size), 'a package holds more than nothing'),
    amount: AmountText,
    free: AmountText.default('0'),
  }),
])
export type Charge = z.infer<typeof Charge>

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
      }),
    ),
    amount: z.string(),
  }),
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
  aggregation: z.enum(['count', 'sum', 'max', 'latest']).default('sum'),
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
