import type { Span } from '#shared/contract/billing/values.ts'
import { dueItems } from './due-items.ts'
import { generateLines } from './generate-lines.ts'
import {
  type DueItem,
  needsUsage,
  type PlanPrice,
  type SubscriptionFacts,
  type UsageQuantity,
} from './model.ts'
import { billingPeriodAt, type PeriodTerms } from './periods.ts'

/** A subscription as a move to another version looks at it. */
export interface Moved extends PeriodTerms {
  readonly id: string
  readonly currency: string
  /** Seats. */
  readonly quantity: bigint
}

/**
 * The last billing period that is over at an instant.
 * @param at up to where the customer is closed, or now
 */
export function lastWholePeriod(terms: PeriodTerms, at: bigint): Span {
  const { from, to } = billingPeriodAt(terms, at - 1n)
  if (to <= at) return { from, to }
  const before = billingPeriodAt(terms, from - 1n)
  return { from: before.from, to: before.to }
}

/** What a subscription would owe for one whole period if it had been on a version all of it. */
export function itemsOfPeriod(
  { quantity, ...subscription }: Moved,
  planVersionId: string,
  prices: readonly PlanPrice[],
  period: Span,
): DueItem[] {
  const phase = { id: '', planVersionId, quantity, kind: 'active' as const, ...period }
  const facts: SubscriptionFacts = { ...subscription, billFrom: period.from, endedAt: null, phases: [phase] }
  return dueItems(facts, prices, period.from, period.to)
}

/** What the items come to, in minor units before tax, each line rounded as a close rounds it. */
export function amountOfItems(items: readonly DueItem[], quantities: readonly UsageQuantity[]): bigint {
  const usage = new Map(items.filter(needsUsage).map((item, index) => [item.item, quantities[index]!]))
  const lines = generateLines({ items, quantities: usage, billed: new Map(), taxRate: '0', considered: [] })
  return lines.reduce((sum, line) => sum + line.amount, 0n)
}
