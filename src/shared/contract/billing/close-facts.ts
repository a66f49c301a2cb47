import { z } from 'zod'
import { Instant, query, Uuid } from '../define.ts'
import type { InvoiceGrouping } from './arrangements.ts'
import type { Metric, Price } from './catalog.ts'
import type { ContractFacts } from './contract-facts.ts'
import type { CouponFacts } from './coupon-facts.ts'
import type { OverrideTerms } from './overrides.ts'
import type { Charge, PriceFilter } from './prices.ts'
import type { AddOn, Cadence, Phase } from './subscription-life.ts'
import type { BuyerFacts, TaxBasis, TaxWorld } from './tax-facts.ts'
import type { Alignment, Interval, Span } from './values.ts'

/*
 * What a close reads, customer by customer: asked by its job in the core's own name, never by people. The
 * answers are the core's own words, so that nothing has to check them again.
 */

/** A subscription as it has to be billed. */
export interface BilledSubscription {
  readonly id: string
  readonly currency: string
  readonly interval: Interval
  readonly alignment: Alignment
  readonly anchorAt: bigint
  readonly billFrom: bigint
  readonly endedAt: bigint | null
  readonly phases: readonly Phase[]
  readonly cadences: readonly Cadence[]
  readonly addOns: readonly AddOn[]
  /** Its end gave nothing back. */
  readonly keepsPaid: boolean
}

/** An earlier invoice, for comparison. */
export interface EarlierInvoice {
  readonly invoiceId: string
  readonly currency: string
  /** What it is kept apart for; empty where all is together. */
  readonly apart: string
  readonly period: string
  readonly plan: string
  readonly total: bigint
  /** As `summaryFrom` reads it. */
  readonly summary: string
}

export interface CustomerFacts {
  readonly customerId: string
  readonly key: string
  readonly name: string
  readonly zone: string
  /** Null: the workspace's. */
  readonly taxRate: string | null
  /** What else decides its tax; absent where the workspace has no rules. */
  readonly buyer?: BuyerFacts | undefined
  readonly closedUntil: bigint | null
  readonly rerateFrom: bigint | null
  readonly marks: bigint
  readonly subscriptions: readonly BilledSubscription[]
  /** Prices of the customer alone, in the order of their beginning. */
  readonly overrides?: readonly CustomerOverride[]
  /** The customer's currency, and the least of its invoices in it; null where the workspace's holds. */
  readonly currency?: string | undefined
  readonly least?: bigint | null | undefined
  /** Whether its subscriptions are on one invoice or on one each; together where nothing is said. */
  readonly invoices?: InvoiceGrouping | undefined
  /** What the month's invoices that stand come to before tax, by currency. */
  readonly invoiced?: Readonly<Record<string, bigint>> | undefined
  /** What was agreed with the customer, but for drafts of contracts. */
  readonly contracts?: readonly ContractFacts[]
  /** Coupons that the customer has or had. */
  readonly coupons?: readonly CouponFacts[]
  /** What is charged once and was on no invoice yet, for this month or one before. */
  readonly oneOffs?: readonly OneOff[]
  /** Of which there has ever been usage. */
  readonly metricIds: readonly string[]
  /** Of the twelve months before, the newest first. */
  readonly earlier: readonly EarlierInvoice[]
  /** Invoices of the month that can still be added to, as `currency/what it is kept apart for`. */
  readonly open: readonly string[]
}

/** Something that is charged once, and that no price of a plan is for. */
export interface OneOff {
  readonly id: string
  readonly currency: string
  /** What the invoice says. */
  readonly name: string
  readonly unit: string
  /** In units of 10^-scale of the unit. */
  readonly quantity: bigint
  readonly scale: number
  /** Of one unit, in the currency's unit: a decimal. */
  readonly unitPrice: string
  /** A fraction; null: the customer's. */
  readonly taxRate: string | null
  /** When it was done; null: in the month that bills it. */
  readonly service: Span | null
  /** On whose invoice it goes, where each subscription has its own; null for none. */
  readonly subscriptionId?: string | null
}

/** A price of one customer alone. */
export interface CustomerOverride {
  readonly id: string
  readonly planId: string
  readonly priceKey: string
  readonly currency: string
  readonly from: bigint
  readonly to: bigint | null
  readonly terms: OverrideTerms
  readonly reason: string
}

/** A version of a plan with the prices of all its currencies. */
export interface VersionFacts {
  readonly planVersionId: string
  readonly planId: string
  readonly planName: string
  readonly prices: readonly Price[]
}

/** A line that was billed before. */
export interface BilledLine {
  readonly item: string
  readonly ordinal: bigint
  /** Whether its invoice stands; of a void one only the ordinal counts. */
  readonly stands: boolean
  /** It gives back the item of another line, by a credit note; or stands, and was given back whole with its invoice. */
  readonly credits?: 'item' | 'itself'
  readonly amount: bigint
  readonly tax: bigint
  readonly taxRate: string
  readonly taxBasis: TaxBasis | null
  readonly quantity: bigint
  readonly scale: bigint
  readonly service: Span
  readonly subscriptionId: string
  readonly priceId: string
  readonly priceKey: string
  readonly name: string
  readonly metricId: string | null
  readonly unit: string
  readonly currency: string
}

/** A charge of a price with the events that it is for; null for all that are none of the others'. */
export interface SplitUsage {
  readonly values: PriceFilter['values'] | null
  readonly charge: Charge
}

/** What events come to, in units of the metric's scale; by the charges of a price where that was asked. */
export interface UsageAnswer {
  readonly quantity: bigint
  readonly events: number
  readonly parts?: readonly UsagePartAnswer[] | undefined
}

export interface UsagePartAnswer {
  readonly quantity: bigint
  readonly events: number
  readonly measured?: MeasuredEvents | undefined
}

/**
 * What events come to one by one under a charge. Its size does not depend on how many there were, so that a
 * period's events need not be held or carried; amounts are decimals in the currency's unit.
 */
export type MeasuredEvents =
  | {
      readonly model: 'percentage'
      /** Events that are charged, and how much of their amounts. */
      readonly charged: number
      readonly amount: string
      /** By how much events that cost less than the least were raised, and those over the most lowered. */
      readonly raised: { readonly events: number; readonly by: string }
      readonly lowered: { readonly events: number; readonly by: string }
    }
  | {
      readonly model: 'dynamic'
      readonly amount: string
      /** Events whose property is missing or is no amount: they come to nothing, and somebody has to know. */
      readonly unpriced: number
    }

const internal = { roles: [], internal: true, heavy: true } as const

export const closeFacts = {
  /** Customers after one, in the order of ids, as they have to be billed for a month. */
  customers: query('billing.close.customers', internal)
    .input(
      z.object({
        /** The last customer of the answer before. */
        after: Uuid.nullable(),
        limit: z.number().int().min(1).max(1000),
        /** `2026-10`: what is earlier is history. */
        period: z.string(),
        /** These alone. */
        only: z.array(Uuid).optional(),
      }),
    )
    .output(z.custom<{ readonly customers: readonly CustomerFacts[]; readonly more: boolean }>()),
  /** Versions of plans, and all metrics: those of their prices and those that were used without a price. */
  prices: query('billing.close.prices', internal)
    .input(z.object({ planVersionIds: z.array(Uuid) }))
    .output(z.custom<{ readonly versions: readonly VersionFacts[]; readonly metrics: readonly Metric[] }>()),
  /** What decides about tax; null where the workspace has no rules. */
  tax: query('billing.close.tax', internal).input(z.object({})).output(
    z.custom<{
      readonly world: TaxWorld | null
      /** The workspace's least amount of a month's invoices, in minor units. */
      readonly least: { readonly amount: bigint; readonly currency: string } | null
    }>(),
  ),
  /** What was billed for subscriptions, each from an instant on. */
  billed: query('billing.close.billed', internal)
    .input(z.object({ subscriptions: z.array(z.object({ subscriptionId: Uuid, from: Instant })) }))
    .output(z.custom<{ readonly lines: readonly BilledLine[] }>()),
  /**
   * What events come to, in the order of the requests: usage of a metric by a customer in a stretch of time, where
   * `split` says so by the charges of a price.
   */
  quantities: query('billing.close.quantities', internal)
    .input(
      z.object({
        requests: z.array(
          z.object({
            ...{ customerId: Uuid, metricId: Uuid, from: Instant, to: Instant },
            period: z.object({ from: Instant, to: Instant }).optional(),
            split: z.custom<readonly SplitUsage[]>().optional(),
          }),
        ),
      }),
    )
    .output(z.custom<{ readonly quantities: readonly UsageAnswer[] }>()),
}
