import type { PriceTerms, RatingStep } from '#shared/contract/billing/prices.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { priceOf } from './charge-models/by-model.ts'
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
} from './exact.ts'
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
  /** The part of its period that is charged; absent: all of it. */
  readonly proration?: { readonly period: Span; readonly service: Span; readonly zone: string }
  /** What was billed before for the same thing, in minor units; absent: nothing ever was. */
  readonly billed?: bigint
}

export interface Rated {
  /** Before it is rounded, in the currency's unit: what was billed before is left out. */
  readonly exact: Exact
  /** Minor units. */
  readonly amount: bigint
  readonly steps: readonly RatingStep[]
}

const HUNDRED = scaled(100n)

/**
 * What a quantity costs, with every step: normalise → price → prorate → discount → maximum → minimum → round →
 * billed before. Fees, minima and maxima are prorated, usage never is. A limit is an amount of money: its part
 * is rounded before it is compared. What was billed before was rounded, so that it is taken off after rounding:
 * half a cent less a whole one would round to another cent, and the same thing rated again would not be zero.
 * Throws a RangeError for an unknown currency.
 */
export function rate({ terms, quantity, metric, events, proration, billed }: RateRequest): Rated {
  const places = placesOf(terms.currency)
  const steps: RatingStep[] = [
    {
      step: 'normalise',
      aggregation: metric?.aggregation ?? null,
      events: events ?? null,
      quantity: exactText(quantity),
    },
  ]

  const { exact: price, formula, parts } = priceOf(terms.charge, quantity)
  let exact = price
  steps.push({
    step: 'price',
    model: terms.charge.model,
    formula,
    parts: parts as (typeof parts)[number][],
    amount: exactText(exact),
  })

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
    if (limit === null) continue
    const whole = exactOf(limit)
    const rounded = scaled(roundHalfUp(part === null ? whole : prorated(whole, part), places), places)
    const order = compare(exact, rounded)
    const applied = step === 'maximum' ? order > 0 : order < 0
    if (applied) exact = rounded
    steps.push({ step, limit: exactText(rounded), applied, amount: exactText(exact) })
  }

  const rounded = roundHalfUp(exact, places)
  steps.push({
    step: 'round',
    rule: 'half-up',
    places,
    exact: exactText(exact),
    amount: moneyText(rounded, places),
  })
  if (billed === undefined) return { exact, amount: rounded, steps }

  const amount = rounded - billed
  steps.push({ step: 'billed', billed: moneyText(billed, places), amount: moneyText(amount, places) })
  return { exact: add(exact, scaled(-billed, places)), amount, steps }
}

/** Places of a currency's minor unit. Throws a RangeError for an unknown currency. */
export function placesOf(currency: string): number {
  const found = findCurrency(currency)
  if (found === undefined) throw new RangeError(`unknown currency: ${currency}`)
  return found.minorDigits
}

/** The part of the period that is charged; null where it is all of it. */
function partOf(terms: PriceTerms, proration: RateRequest['proration']): Proportion | null {
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
