import type { Metric, Price } from '#shared/contract/billing/catalog.ts'
import type { MeasuredEvents } from '#shared/contract/billing/close-facts.ts'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import type { Cadence, Phase } from '#shared/contract/billing/subscriptions.ts'
import type { TaxBasis } from '#shared/contract/billing/tax-facts.ts'
import type { Alignment, Interval, Span } from '#shared/contract/billing/values.ts'

/** What happened to a subscription, as the generator needs it. */
export interface SubscriptionFacts {
  readonly id: string
  readonly currency: string
  readonly interval: Interval
  readonly alignment: Alignment
  readonly anchorAt: bigint
  /** Nothing before it is billed. */
  readonly billFrom: bigint
  readonly endedAt: bigint | null
  /** In which its periods begin, and days are counted. */
  readonly zone: string
  readonly phases: readonly Phase[]
  /** Its rhythms, the first one first; without them the one above is in force from the beginning to the end. */
  readonly cadences?: readonly Cadence[]
  readonly addOns?: readonly AddOnFacts[]
  /** It was ended without giving back what was billed in advance. */
  readonly keepsPaid?: boolean
}

/** A further plan version, or one price of it, that a subscription has for some time, in a rhythm of its own. */
export interface AddOnFacts {
  /** Of its strand, from 1: no rhythm and no other add-on of the subscription has the same. */
  readonly ordinal: number
  readonly planVersionId: string
  /** The one price that it is of; null for all of the version. */
  readonly priceId: string | null
  readonly interval: Interval
  readonly alignment: Alignment
  readonly anchorAt: bigint
  /** In order, without overlaps. */
  readonly stretches: readonly AddOnStretch[]
}

/** How many of an add-on there are in a stretch of time. */
export interface AddOnStretch {
  readonly quantity: bigint
  readonly from: bigint
  readonly to: bigint | null
}

/** A price of a plan version, in the subscription's currency. */
export interface PlanPrice {
  readonly price: Price
  readonly planVersionId: string
  /** Of the price; null for a fee. */
  readonly metric: Metric | null
  /** Prices of the customer alone in its place, one after the other. */
  readonly overrides?: readonly PriceOverride[]
}

/** A price of one customer alone: what it says in the place of the plan's price, and for how long. */
export interface PriceOverride {
  readonly id: string
  readonly from: bigint
  /** Null: until further notice. */
  readonly to: bigint | null
  readonly reason: string
  readonly terms: OverrideTerms
}

/** What is not there stays as the plan says it. */
export interface OverrideTerms {
  readonly charge?: Price['charge']
  readonly filters?: NonNullable<Price['filters']>
  readonly minimum?: string | null
  readonly maximum?: string | null
  readonly discountPercent?: string
}

/** One billed thing: a price over the part of a billing period in which it was in force. */
export interface DueItem {
  /** See `item-key.ts`: stable, whatever becomes of the rest. */
  readonly item: string
  readonly subscriptionId: string
  readonly terms: PlanPrice
  /** The whole billing period, and the part of it that is charged. */
  readonly period: Span
  readonly service: Span
  /** In which its days are counted. */
  readonly zone: string
  /** A fee in advance is due when its service begins, everything else when it ends. */
  readonly dueAt: bigint
  /** Seats of a fee; null where usage has to be looked up for the service. */
  readonly seats: bigint | null
  /** It makes up the minimum of its price: nothing is looked up, what the price came to in the service decides. */
  readonly trueUp?: boolean
  /** The customer's own price that `terms` are of. */
  readonly override?: { readonly reason: string; readonly discountPercent: string }
}

/** Whether usage has to be looked up for an item. */
export function needsUsage({ seats, trueUp = false }: DueItem): boolean {
  return seats === null && !trueUp
}

/** What the events of a service come to. */
export interface UsageQuantity {
  /** In units of the metric's scale. */
  readonly quantity: bigint
  readonly events: number
  /**
   * By the charges of the price, in the order of `chargesOf`, where it has filters or looks at events one by one:
   * the quantity is then the sum of theirs.
   */
  readonly parts?: readonly UsagePart[] | undefined
}

/** The usage that one charge of a price is for. */
export interface UsagePart {
  readonly quantity: bigint
  readonly events: number
  readonly measured?: MeasuredEvents | undefined
}

/** What invoices that stand say of an item: the sums of its lines, and the words of its last one. */
export interface BilledItem {
  readonly item: string
  /** What credit notes gave back of it; absent where none did. It stays billed. */
  readonly credited?: { readonly amount: bigint; readonly tax: bigint }
  /** How many lines it has: the ordinal of the next. */
  readonly lines: number
  /** Minor units, before tax. */
  readonly amount: bigint
  /** Minor units. */
  readonly tax: bigint
  /** Of its last line: money is given back at the rate at which it was taken. */
  readonly taxRate: string
  /** Why it had that rate; null where nothing is kept of it. */
  readonly taxBasis?: TaxBasis | null
  /** Summed over its lines, in units of the scale. */
  readonly quantity: bigint
  readonly scale: number
  readonly service: Span
  /** What a line says of its price, for what is no longer owed and whose plan nobody has to load. */
  readonly subscriptionId: string
  readonly priceId: string
  readonly priceKey: string
  readonly name: string
  readonly metricId: string | null
  readonly unit: string
  readonly currency: string
}

/**
 * A billing period that a run of the generator looks at. What was billed for it and is neither due nor waiting
 * is no longer owed, and is given back.
 */
export interface ConsideredPeriod {
  readonly subscriptionId: string
  /** The period's number in item keys, and its interval where it is not the subscription's. */
  readonly number: number
  readonly interval?: Interval | undefined
  readonly period: Span
  /** Items that are owed but not due before the target. */
  readonly waiting: readonly { readonly item: string; readonly service: Span }[]
}

/** A line as the generator makes it; the core gives it its id. */
export interface GeneratedLine {
  readonly item: string
  /** 0 for the first line of an item. */
  readonly ordinal: number
  /** A discount takes a coupon off another line, or takes back what it took off. */
  readonly kind: 'fee' | 'usage' | 'adjustment' | 'credit' | 'discount' | 'one-off'
  readonly subscriptionId: string
  readonly priceId: string
  readonly priceKey: string
  readonly name: string
  readonly metricId: string | null
  readonly unit: string
  readonly service: Span
  readonly quantity: bigint
  readonly scale: number
  readonly exact: string
  /** Minor units. */
  readonly amount: bigint
  readonly taxRate: string
  readonly tax: bigint
  /** Why it has that rate; null where nobody said it. */
  readonly taxBasis?: TaxBasis | null
  readonly steps: readonly RatingStep[]
}
