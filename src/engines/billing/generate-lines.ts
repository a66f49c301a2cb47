import type { Price } from '#shared/contract/billing/catalog.ts'
import type { PriceTerms, RatingStep } from '#shared/contract/billing/prices.ts'
import { exactText, moneyText, scaled } from './exact.ts'
import { periodOfItem } from './item-key.ts'
import type { BilledItem, ConsideredPeriod, DueItem, GeneratedLine, UsageQuantity } from './model.ts'
import { placesOf, rate, taxOn } from './rate.ts'

/** What the generator looks at. */
export interface GeneratorInput {
  /** What is owed up to the target, from `whatIsDue`. */
  readonly items: readonly DueItem[]
  /** By item; usage that is not there is none. */
  readonly quantities: ReadonlyMap<string, UsageQuantity>
  /** By item: what invoices that stand say, drafts among them. */
  readonly billed: ReadonlyMap<string, BilledItem>
  /** Of the customer, a fraction. */
  readonly taxRate: string
  /** From `whatIsDue`: what was billed for these periods and is no longer owed is given back. */
  readonly considered: readonly ConsideredPeriod[]
}

/**
 * The lines that are missing: for each item what it should come to, less what was billed for it. A line of an item
 * of which nothing stands is its fee or usage; each difference to what stands is an adjustment, or a credit where
 * it gives money back.
 * Run again with its own lines billed, it gives nothing. Preview, draft and issue are this function.
 *
 * Nothing makes no line: no fee of zero, and no usage where neither a quantity nor an amount came of it.
 */
export function generateLines({
  items,
  quantities,
  billed,
  taxRate,
  considered,
}: GeneratorInput): GeneratedLine[] {
  const lines: GeneratedLine[] = []
  const owed = new Set<string>()
  for (const item of items) {
    owed.add(item.item)
    const line = lineOf(item, quantities.get(item.item), billed.get(item.item), taxRate)
    if (line !== null) lines.push(line)
  }
  for (const { waiting } of considered) for (const item of waiting) owed.add(item)
  const looked = new Set(considered.map(({ subscriptionId, number }) => `${subscriptionId}/${number}`))
  for (const item of billed.values()) {
    if (owed.has(item.item) || item.amount === 0n) continue
    const { subscriptionId, number } = periodOfItem(item.item)
    if (looked.has(`${subscriptionId}/${number}`)) lines.push(givenBack(item))
  }
  return lines
}

/** The terms of a plan's price, as they are rated. */
export function termsOf({ currency, charge, minimum, maximum, proration }: Price): PriceTerms {
  return { currency, charge, minimum, maximum, proration, discountPercent: '0' }
}

function lineOf(
  item: DueItem,
  usage: UsageQuantity | undefined,
  billed: BilledItem | undefined,
  taxRate: string,
): GeneratedLine | null {
  const { price, metric } = item.terms
  const scale = item.seats === null ? (metric?.scale ?? 0) : 0
  const quantity = item.seats ?? usage?.quantity ?? 0n
  const rated = rate({
    terms: termsOf(price),
    quantity: scaled(quantity, scale),
    metric,
    events: item.seats === null ? (usage?.events ?? 0) : null,
    proration: { period: item.period, service: item.service, zone: item.zone },
    ...(billed === undefined ? {} : { billed: billed.amount }),
  })
  const { amount } = rated
  const isFee = item.seats !== null
  if (amount === 0n && (stands(billed) || isFee || quantity === 0n)) return null
  return {
    item: item.item,
    ordinal: billed?.lines ?? 0,
    kind: stands(billed) ? correction(amount) : isFee ? 'fee' : 'usage',
    subscriptionId: item.subscriptionId,
    priceId: price.id,
    priceKey: price.key,
    name: price.name,
    metricId: price.metricId,
    unit: metric?.unit ?? '',
    service: item.service,
    quantity: quantity - (billed?.quantity ?? 0n),
    scale,
    exact: exactText(rated.exact),
    amount,
    ...taxOf(amount, billed, taxRate),
    steps: rated.steps,
  }
}

/** What was billed and is not owed at all any more, back to nothing. */
function givenBack(billed: BilledItem): GeneratedLine {
  const places = placesOf(billed.currency)
  const amount = -billed.amount
  const steps: RatingStep[] = [
    { step: 'normalise', aggregation: null, events: null, quantity: '0' },
    { step: 'round', rule: 'half-up', places, exact: '0', amount: moneyText(0n, places) },
    { step: 'billed', billed: moneyText(billed.amount, places), amount: moneyText(amount, places) },
  ]
  return {
    item: billed.item,
    ordinal: billed.lines,
    kind: correction(amount),
    subscriptionId: billed.subscriptionId,
    priceId: billed.priceId,
    priceKey: billed.priceKey,
    name: billed.name,
    metricId: billed.metricId,
    unit: billed.unit,
    service: billed.service,
    quantity: -billed.quantity,
    scale: billed.scale,
    exact: exactText(scaled(amount, places)),
    amount,
    ...taxOf(amount, billed, billed.taxRate),
    steps,
  }
}

/** Whether anything is billed for an item now: its lines may have been voided, or given back whole. */
function stands(billed: BilledItem | undefined): boolean {
  return billed !== undefined && (billed.amount !== 0n || billed.quantity !== 0n)
}

function correction(amount: bigint): 'adjustment' | 'credit' {
  return amount < 0n ? 'credit' : 'adjustment'
}

/**
 * The tax of a line. Money is given back at the rate at which it was taken, and what brings an item back to
 * nothing gives back exactly the tax that was taken for it, whatever rounding did to its lines.
 */
function taxOf(
  amount: bigint,
  billed: BilledItem | undefined,
  taxRate: string,
): { taxRate: string; tax: bigint } {
  if (billed === undefined) return { taxRate, tax: taxOn(amount, taxRate) }
  if (amount === -billed.amount) return { taxRate: billed.taxRate, tax: -billed.tax }
  const own = amount < 0n ? billed.taxRate : taxRate
  return { taxRate: own, tax: taxOn(amount, own) }
}

/**
 * What invoices say of items after these lines: what the generator is given as `billed` the next time. The core
 * reads the same sums from its tables.
 */
export function addBilled(
  billed: ReadonlyMap<string, BilledItem>,
  lines: readonly GeneratedLine[],
  currency: string,
): Map<string, BilledItem> {
  const after = new Map(billed)
  for (const line of lines) {
    const before = after.get(line.item)
    const { item, subscriptionId, priceId, priceKey, name, metricId, unit, service, scale, taxRate } = line
    after.set(item, {
      ...{ item, subscriptionId, priceId, priceKey, name, metricId, unit, service, scale, taxRate, currency },
      lines: (before?.lines ?? 0) + 1,
      amount: (before?.amount ?? 0n) + line.amount,
      tax: (before?.tax ?? 0n) + line.tax,
      quantity: (before?.quantity ?? 0n) + line.quantity,
    })
  }
  return after
}
