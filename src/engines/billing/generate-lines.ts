import type { Price } from '#shared/contract/billing/catalog.ts'
import type { PriceTerms, RatingStep } from '#shared/contract/billing/prices.ts'
import type { Taxed } from '#shared/contract/billing/tax-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { givenOnce } from './corrections/given-once.ts'
import { exactText, moneyText, scaled } from './exact.ts'
import { periodOfItem, periodText, strandOfNumber } from './item-key.ts'
import type { BilledItem, ConsideredPeriod, DueItem, GeneratedLine, UsageQuantity } from './model.ts'
import { limitOf, madeUp, partOf, placesOf, type Rated, rate } from './rate.ts'
import { priceAmount, withTax } from './tax/with-tax.ts'

/** What the generator looks at. */
export interface GeneratorInput {
  /** What is owed up to the target, from `whatIsDue`. */
  readonly items: readonly DueItem[]
  /** By item; usage that is not there is none. */
  readonly quantities: ReadonlyMap<string, UsageQuantity>
  /** By item: what invoices that stand say, drafts among them. */
  readonly billed: ReadonlyMap<string, BilledItem>
  /** Of the customer, a fraction: for what `taxOf` says nothing of. */
  readonly taxRate: string
  /** The rate of each item, and why. */
  readonly taxOf?: ((item: DueItem) => Taxed) | undefined
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
  taxOf = () => ({ rate: taxRate, basis: null }),
  considered,
}: GeneratorInput): GeneratedLine[] {
  const lines: GeneratedLine[] = []
  const owed = new Set<string>()
  const charged = createCharges()
  for (const item of items) {
    owed.add(item.item)
    if (item.trueUp) continue
    const before = billed.get(item.item)
    const taxed = taxOf(item)
    const stood = before && priceAmount(before)
    const made = ratedItem(item, quantities.get(item.item), stood)
    charged.add(item, made.amount + (stood ?? 0n))
    const line = lineOf(item, made, before, taxed)
    if (line !== null) lines.push(line)
  }
  for (const { waiting } of considered)
    for (const { item, service } of waiting) {
      const before = billed.get(item)
      // What was billed of it for a time before its service is not owed any more, and is not waited with.
      if (before === undefined || before.service.to > service.from) owed.add(item)
    }
  const isGivenBack = notOwedAnyMore(considered)
  for (const item of billed.values()) {
    if (owed.has(item.item)) continue
    if (isGivenBack(item)) {
      if (item.amount !== 0n) lines.push(givenBack(item))
    } else charged.addBilled(item)
  }
  // What makes up a minimum looks at all that its price came to, so that it is last.
  for (const item of items) {
    if (!item.trueUp) continue
    const line = trueUpLine(item, charged.within(item), billed.get(item.item), taxOf(item))
    if (line !== null) lines.push(line)
  }
  return lines.map(line => givenOnce(line, billed.get(line.item))).filter(line => line !== null)
}

/** What prices came to, by subscription and price, each with its service. */
function createCharges() {
  const byPrice = new Map<string, { readonly service: Span; readonly amount: bigint }[]>()
  const put = (subscriptionId: string, priceId: string, service: Span, amount: bigint) => {
    const key = `${subscriptionId}/${priceId}`
    const all = byPrice.get(key)
    if (all) all.push({ service, amount })
    else byPrice.set(key, [{ service, amount }])
  }
  return {
    add({ subscriptionId, terms, service }: DueItem, amount: bigint): void {
      if (terms.price.trueUp) put(subscriptionId, terms.price.id, service, amount)
    },
    addBilled(billed: BilledItem): void {
      const { item, subscriptionId, priceId, service } = billed
      if (!periodOfItem(item).trueUp) put(subscriptionId, priceId, service, priceAmount(billed))
    },
    within({ subscriptionId, terms, service }: DueItem): bigint {
      const all = byPrice.get(`${subscriptionId}/${terms.price.id}`) ?? []
      return all
        .filter(one => one.service.from >= service.from && one.service.to <= service.to)
        .reduce((sum, one) => sum + one.amount, 0n)
    },
  }
}

/**
 * Whether what was billed and is not owed has to be given back: its billing period was looked at. A rhythm, an
 * add-on or an interval that the subscription has no longer was taken back: nothing of it is owed at all.
 */
function notOwedAnyMore(considered: readonly ConsideredPeriod[]): (item: BilledItem) => boolean {
  const rowOf = (id: string, number: number, interval = '') => `${id}/${strandOfNumber(number)}/${interval}`
  const looked = new Set<string>()
  const rows = new Set<string>()
  const subscriptions = new Set<string>()
  for (const { subscriptionId: id, number, interval } of considered) {
    looked.add(`${id}/${periodText(number, interval)}`)
    rows.add(rowOf(id, number, interval))
    subscriptions.add(id)
  }
  return ({ item }) => {
    const { subscriptionId: id, number, interval } = periodOfItem(item)
    const dropped = subscriptions.has(id) && !rows.has(rowOf(id, number, interval))
    return dropped || looked.has(`${id}/${periodText(number, interval)}`)
  }
}

/** The terms of a plan's price, as they are rated: a minimum that is made up on its own is not among them. */
export function termsOf(
  { currency, charge, minimum, maximum, proration, filters, trueUp }: Price,
  discountPercent = '0',
): PriceTerms {
  return {
    ...{ currency, charge, maximum, proration, discountPercent },
    minimum: trueUp ? null : minimum,
    ...(filters === undefined ? {} : { filters }),
  }
}

/** What an item comes to, less what was billed for it. */
function ratedItem(item: DueItem, usage: UsageQuantity | undefined, billed: bigint | undefined): Made {
  const { price, metric } = item.terms
  const scale = item.seats === null ? (metric?.scale ?? 0) : 0
  const quantity = item.seats ?? usage?.quantity ?? 0n
  const parts = usage?.parts?.map(part => ({ ...part, quantity: scaled(part.quantity, scale) }))
  const rated = rate({
    terms: termsOf(price, item.override?.discountPercent),
    quantity: scaled(quantity, scale),
    metric,
    events: item.seats === null ? (usage?.events ?? 0) : null,
    parts,
    proration: { period: item.period, service: item.service, zone: item.zone },
    override: item.override?.reason,
    ...(billed === undefined ? {} : { billed }),
  })
  return { ...rated, quantity, scale }
}

interface Made extends Rated {
  readonly quantity: bigint
  readonly scale: number
}

function lineOf(
  item: DueItem,
  rated: Made,
  billed: BilledItem | undefined,
  taxed: Taxed,
): GeneratedLine | null {
  const { price, metric } = item.terms
  const { quantity, scale } = rated
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
    ...withTax(amount, rated.exact, billed, taxed, placesOf(price.currency)),
    steps: rated.steps,
  }
}

/** What a minimum lacks after all that its price came to in the service, less what was billed for it. */
function trueUpLine(
  item: DueItem,
  charged: bigint,
  billed: BilledItem | undefined,
  taxed: Taxed,
): GeneratedLine | null {
  const { price, metric } = item.terms
  const places = placesOf(price.currency)
  const { period, service, zone } = item
  const part = partOf(price, { period, service, zone })
  const minimum = price.minimum === null ? 0n : limitOf(price.minimum, part, places)
  const made = madeUp(minimum, charged, places)
  const stood = billed && priceAmount(billed)
  const amount = made.amount - (stood ?? 0n)
  if (amount === 0n) return null
  const steps: RatingStep[] = []
  if (item.override !== undefined) steps.push({ step: 'override', reason: item.override.reason })
  if (part !== null) {
    const [used, whole] = [exactText(part.used), exactText(part.whole)]
    const prorated = moneyText(minimum, places)
    steps.push({ step: 'prorate', mode: price.proration, used, whole, unit: part.unit, amount: prorated })
  }
  steps.push(made.step)
  if (stood !== undefined) {
    const [before, rest] = [moneyText(stood, places), moneyText(amount, places)]
    steps.push({ step: 'billed', billed: before, amount: rest })
  }
  return {
    item: item.item,
    ordinal: billed?.lines ?? 0,
    kind: stands(billed) ? correction(amount) : 'fee',
    subscriptionId: item.subscriptionId,
    priceId: price.id,
    priceKey: `${price.key}.minimum`,
    name: `${price.name} (minimum)`,
    metricId: null,
    unit: metric?.unit ?? '',
    service,
    quantity: 0n,
    scale: metric?.scale ?? 0,
    ...withTax(amount, scaled(amount, places), billed, taxed, places),
    steps,
  }
}

/** What was billed and is not owed at all any more, back to nothing. */
function givenBack(billed: BilledItem): GeneratedLine {
  const places = placesOf(billed.currency)
  const stood = priceAmount(billed)
  const amount = -stood
  const steps: RatingStep[] = [
    { step: 'normalise', aggregation: null, events: null, quantity: '0' },
    { step: 'round', rule: 'half-up', places, exact: '0', amount: moneyText(0n, places) },
    { step: 'billed', billed: moneyText(stood, places), amount: moneyText(amount, places) },
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
    ...withTax(amount, scaled(amount, places), billed, { rate: billed.taxRate, basis: null }, places),
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
    const {
      item,
      subscriptionId,
      priceId,
      priceKey,
      name,
      metricId,
      unit,
      service,
      scale,
      taxRate,
      taxBasis,
    } = line
    after.set(item, {
      ...{ item, subscriptionId, priceId, priceKey, name, metricId, unit, service, scale, taxRate, currency },
      ...(taxBasis === undefined ? {} : { taxBasis }),
      lines: (before?.lines ?? 0) + 1,
      amount: (before?.amount ?? 0n) + line.amount,
      tax: (before?.tax ?? 0n) + line.tax,
      quantity: (before?.quantity ?? 0n) + line.quantity,
    })
  }
  return after
}
