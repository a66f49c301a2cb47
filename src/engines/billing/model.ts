import type { Metric, Price } from '#shared/contract/billing/catalog.ts'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
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
}

/** A price of a plan version, in the subscription's currency. */
export interface PlanPrice {
  readonly price: Price
  readonly planVersionId: string
  /** Of the price; null for a fee. */
  readonly metric: Metric | null
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
}

/** What the events of a service come to. */
export interface UsageQuantity {
  /** In units of the metric's scale. */
  readonly quantity: bigint
  readonly events: number
}

/** What invoices that stand say of an item: the sums of its lines, and the words of its last one. */
export interface BilledItem {
  readonly item: string
  /** How many lines it has: the ordinal of the next. */
  readonly lines: number
  /** Minor units, before tax. */
  readonly amount: bigint
  /** Minor units. */
  readonly tax: bigint
  /** Of its last line: money is given back at the rate at which it was taken. */
  readonly taxRate: string
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
  /** The period's number in item keys. */
  readonly number: number
  readonly period: Span
  /** Items that are owed but not due before the target. */
  readonly waiting: readonly string[]
}

/** A line as the generator makes it; the core gives it its id. */
export interface GeneratedLine {
  readonly item: string
  /** 0 for the first line of an item. */
  readonly ordinal: number
  readonly kind: 'fee' | 'usage' | 'adjustment' | 'credit'
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
  readonly steps: readonly RatingStep[]
}
