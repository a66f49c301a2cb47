import type { PriceTerms, RatingStep } from '#shared/contract/billing/prices.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { priceOf } from './charge-models/by-model.ts'
import type { EventFacts, Priced } from './charge-models/priced.ts'
import {
  add,
  compare,
  divide,
  type Exact,
  exactOf,
  exactText,
  isZero,
  moneyText,
  multiply,
  roundHalfUp,
  scaled,
  subtract,
  ZERO,
} from './exact.ts'
import { chargesOf } from './price-filters.ts'
import { type Proportion, proportion } from './proration.ts'

/** One thing to rate. */
export interface RateRequest {
  readonly terms: PriceTerms
  /** In the metric's unit; seats for a flat fee. `scaled(units, scale)` makes one of a stored quantity. */
  readonly quantity: Exact
  /** What became of the events; null or absent for a fee. */
  readonly metric?: { readonly aggregation: string } | null
  /** How many events there were; null or absent where nobody counted. */
  readonly events?: number | null
  /**
   * The usage by the charges of the price, in the order of `chargesOf`, where it has filters or looks at events
   * one by one. Absent: all of it is the price's own charge's.
   */
  readonly parts?: readonly RatedPart[] | undefined
  /** The part of its period that is charged; absent: all of it. */
  readonly proration?: { readonly period: Span; readonly service: Span; readonly zone: string }
  /** Why the price is this customer's own; absent where it is everybody's. */
  readonly override?: string | undefined
  /** What was billed before for the same thing, in minor units; absent: nothing ever was. */
  readonly billed?: bigint
}

/** The usage that one charge of a price is for. */
export interface RatedPart extends EventFacts {
  readonly quantity: Exact
}

export interface Rated {
  /** Before it is rounded, in the currency's unit: what was billed before is left out. */
  readonly exact: Exact
  /** Minor units. */
  readonly amount: bigint
  /** What of the amount makes up a minimum, where the price does that on its own. */
  readonly trueUp: bigint
  readonly steps: readonly RatingStep[]
}

const HUNDRED = scaled(100n)

/**
 * What a quantity costs, with every step: normalise → price → prorate → discount → maximum → minimum → round →
 * true-up → billed before. Fees, minima and maxima are prorated, usage never is. A limit is an amount of money:
 * its part is rounded before it is compared. A minimum that is made up on its own is what it is, rounded, less
 * the rounded charge. What was billed before was rounded, so that it is taken off after rounding: half a cent
 * less a whole one would round to another cent, and the same thing rated again would not be zero.
 * Throws a RangeError for an unknown currency.
 */
export function rate(request: RateRequest): Rated {
  const { terms, quantity, metric, events, proration, billed, override } = request
  const places = placesOf(terms.currency)
  const steps: RatingStep[] = [
    {
      step: 'normalise',
      aggregation: metric?.aggregation ?? null,
      events: events ?? null,
      quantity: exactText(quantity),
    },
  ]
  if (override !== undefined) steps.push({ step: 'override', reason: override })

  let exact = priced(request, steps)

  const isFee = terms.charge.model === 'flat'
  const part = isFee || terms.minimum !== null || terms.maximum !== null ? partOf(terms, proration) : null
  if (part !== null) {
    if (isFee) exact = prorated(exact, part)
    const [used, whole] = [exactText(part.used), exactText(part.whole)]
    const { unit } = part
    steps.push({ step: 'prorate', mode: terms.proration, used, whole, unit, amount: exactText(exact) })
  }

  if (terms.discountPercent !== '0') {
    const off = divide(multiply(exact, exactOf(terms.discountPercent)), HUNDRED)
    exact = subtract(exact, off)
    const amount = exactText(exact)
    steps.push({ step: 'discount', percent: terms.discountPercent, off: exactText(off), amount })
  }

  for (const step of ['maximum', 'minimum'] as const) {
    const limit = terms[step]
    if (limit === null || (step === 'minimum' && terms.trueUp)) continue
    const rounded = scaled(limitOf(limit, part, places), places)
    const order = compare(exact, rounded)
    const applied = step === 'maximum' ? order > 0 : order < 0
    if (applied) exact = rounded
    steps.push({ step, limit: exactText(rounded), applied, amount: exactText(exact) })
  }

  const charged = roundHalfUp(exact, places)
  steps.push({
    step: 'round',
    rule: 'half-up',
    places,
    exact: exactText(exact),
    amount: moneyText(charged, places),
  })

  let trueUp = 0n
  if (terms.trueUp && terms.minimum !== null) {
    const made = madeUp(limitOf(terms.minimum, part, places), charged, places)
    trueUp = made.amount
    exact = add(exact, scaled(trueUp, places))
    steps.push(made.step)
  }
  const rounded = charged + trueUp
  if (billed === undefined) return { exact, amount: rounded, trueUp, steps }

  const amount = rounded - billed
  steps.push({ step: 'billed', billed: moneyText(billed, places), amount: moneyText(amount, places) })
  return { exact: add(exact, scaled(-billed, places)), amount, trueUp, steps }
}

/** What the charges of a price come to together, with a step for each that has something to say. */
function priced({ terms, quantity, events = null, parts }: RateRequest, steps: RatingStep[]): Exact {
  const filters = terms.filters ?? []
  if (filters.length === 0) {
    const facts = parts?.[0] ?? { events }
    const { exact, ...made } = priceOf(terms.charge, quantity, facts)
    steps.push(priceStep(terms.charge.model, exact, made))
    return exact
  }
  const charges = chargesOf(terms)
  const own: readonly RatedPart[] = parts ?? [...filters.map(() => NO_USAGE), { quantity, events }]
  let sum = ZERO
  for (const [index, { name, charge }] of charges.entries()) {
    const part = own[index] ?? NO_USAGE
    const { exact, ...made } = priceOf(charge, part.quantity, part)
    if (isZero(exact) && isZero(part.quantity) && !part.events) continue
    sum = add(sum, exact)
    const filter = { name, quantity: exactText(part.quantity), events: part.events }
    steps.push({ ...priceStep(charge.model, exact, made), filter })
  }
  steps.push({ step: 'sum', amount: exactText(sum) })
  return sum
}

const NO_USAGE: RatedPart = { quantity: ZERO, events: 0 }

function priceStep(model: string, exact: Exact, { formula, parts }: Omit<Priced, 'exact'>) {
  return {
    ...{ step: 'price' as const, model, formula },
    parts: parts as (typeof parts)[number][],
    amount: exactText(exact),
  }
}

/**
 * What is missing to a minimum, both rounded before: nothing where the charge reaches it.
 * @param minimum of the period or its part, in minor units, as is `charged`
 */
export function madeUp(
  minimum: bigint,
  charged: bigint,
  places: number,
): { readonly amount: bigint; readonly step: RatingStep } {
  const amount = charged < minimum ? minimum - charged : 0n
  const [limit, billed, missing] = [minimum, charged, amount].map(minor => moneyText(minor, places))
  return {
    amount,
    step: { step: 'true-up', minimum: limit!, charged: billed!, amount: missing! },
  }
}

/** A minimum or maximum of a period in minor units, or that of its part. */
export function limitOf(limit: string, part: Proportion | null, places: number): bigint {
  const whole = exactOf(limit)
  return roundHalfUp(part === null ? whole : prorated(whole, part), places)
}

/** Places of a currency's minor unit. Throws a RangeError for an unknown currency. */
export function placesOf(currency: string): number {
  const found = findCurrency(currency)
  if (found === undefined) throw new RangeError(`unknown currency: ${currency}`)
  return found.minorDigits
}

/** The part of the period that is charged; null where it is all of it. */
export function partOf(
  terms: Pick<PriceTerms, 'proration'>,
  proration: RateRequest['proration'],
): Proportion | null {
  if (proration === undefined) return null
  const { period, service, zone } = proration
  if (service.from === period.from && service.to === period.to) return null
  return proportion(terms.proration, period, service, zone)
}

function prorated(exact: Exact, { used, whole }: Proportion): Exact {
  return isZero(exact) ? exact : divide(multiply(exact, used), whole)
}

/** Tax on an amount in minor units, rounded half-up on its own (EN 16931: per line, then added up). */
export function taxOn(amount: bigint, taxRate: string): bigint {
  if (taxRate === '0' || amount === 0n) return 0n
  return roundHalfUp(multiply(scaled(amount), exactOf(taxRate)), 0)
}
