import { checkTerms, type PriceProblem } from '#engines/billing/check-price.ts'
import { PricingRefusal } from '#engines/billing/pricing-refusal.ts'
import { rateInput } from '#engines/billing/rate-input.ts'
import { PriceTerms, RateInput, type RateOutput } from '#shared/contract/billing/prices.ts'

/** What is rated: so much, some events, or what a customer used in a month. */
export type Usage =
  | { readonly kind: 'quantity'; readonly quantity: string }
  | { readonly kind: 'events'; readonly events: string }
  | {
      readonly kind: 'customer'
      readonly customerId: string
      readonly metricId: string
      readonly month: string
    }

/** A simulation as its address has it: one price or two, and the usage. */
export interface Simulation {
  readonly prices: readonly [PriceTerms | null, PriceTerms | null]
  readonly usage: Usage
}

export type Simulated =
  | { readonly ok: true; readonly rated: RateOutput }
  /** What is wrong and where: a path and a reason of the engine, or what a parser says. */
  | { readonly ok: false; readonly path: string; readonly reason: string | null }

export const FIRST: PriceTerms = {
  currency: 'USD',
  charge: {
    model: 'graduated',
    tiers: [
      { upTo: '1000', unit: '0.10', flat: '0' },
      { upTo: '10000', unit: '0.08', flat: '0' },
      { upTo: null, unit: '0.05', flat: '0' },
    ],
    flatAtZero: false,
  },
  ...{ minimum: null, maximum: null, proration: 'second', discountPercent: '0' },
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

/** Reads the parameters of an address; what makes no sense in it is left out. */
export function simulationOf(params: URLSearchParams): Simulation {
  const price = (name: string) => termsOfText(params.get(name) ?? '')
  const customerId = params.get('customer')
  const metricId = params.get('metric')
  const month = params.get('month')
  const events = params.get('events')
  const usage: Usage =
    customerId && metricId && month && MONTH.test(month)
      ? { kind: 'customer', customerId, metricId, month }
      : events !== null
        ? { kind: 'events', events }
        : { kind: 'quantity', quantity: params.get('q') ?? '2500' }
  return { prices: [price('a') ?? (params.has('a') ? null : FIRST), price('b')], usage }
}

/** The parameters of a simulation's address. */
export function paramsOf({ prices, usage }: Simulation): URLSearchParams {
  const params = new URLSearchParams()
  for (const [index, name] of (['a', 'b'] as const).entries())
    if (prices[index]) params.set(name, JSON.stringify(prices[index]))
  if (usage.kind === 'quantity') params.set('q', usage.quantity)
  else if (usage.kind === 'events') params.set('events', usage.events)
  else {
    params.set('customer', usage.customerId)
    params.set('metric', usage.metricId)
    params.set('month', usage.month)
  }
  return params
}

/** A price from JSON; null where it is none. */
export function termsOfText(text: string): PriceTerms | null {
  try {
    const parsed = PriceTerms.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** What is wrong with a price; null where nothing is. */
export function problemOf(terms: PriceTerms): PriceProblem | null {
  return checkTerms(terms)[0] ?? null
}

/** What a price makes of a quantity or of events, by the engine itself. */
export function simulate(price: PriceTerms, usage: Exclude<Usage, { kind: 'customer' }>): Simulated {
  let events: unknown
  if (usage.kind === 'events')
    try {
      events = JSON.parse(usage.events)
    } catch {
      return { ok: false, path: 'events', reason: null }
    }
  const parsed = RateInput.safeParse(
    usage.kind === 'events' ? { price, events } : { price, quantity: usage.quantity.trim() || '0' },
  )
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { ok: false, path: issue?.path.join('.') ?? '', reason: null }
  }
  try {
    return { ok: true, rated: rateInput(parsed.data) }
  } catch (error) {
    if (error instanceof PricingRefusal) return { ok: false, path: error.path, reason: error.reason }
    throw error
  }
}

/** Quantities that a curve shows. */
const POINTS = 40

/** Up to where a curve shows: past the quantity and past the last end of a tier of either price. */
export function reachOf(prices: readonly (PriceTerms | null)[], quantity: number): number {
  const ends = prices.flatMap(price => (price ? endsOf(price) : []))
  const most = Math.max(quantity, ...ends.map(end => end * 1.25), 1)
  const size = 10 ** Math.floor(Math.log10(most))
  return Math.ceil((most * 1.1) / size) * size
}

function endsOf({ charge, filters = [] }: PriceTerms): number[] {
  return [charge, ...filters.map(filter => filter.charge)].flatMap(one =>
    'tiers' in one ? one.tiers.flatMap(({ upTo }) => (upTo === null ? [] : [Number(upTo)])) : [],
  )
}

/** The quantities of a curve, from nothing to its reach. */
export function quantitiesTo(reach: number): readonly string[] {
  return Array.from({ length: POINTS + 1 }, (_, index) =>
    String(Number(((reach * index) / POINTS).toPrecision(6))),
  )
}

/** What a price comes to at each quantity; null where a quantity alone does not say. */
export function curveOf(price: PriceTerms, quantities: readonly string[]): readonly (number | null)[] {
  return quantities.map(quantity => {
    const rated = simulate(price, { kind: 'quantity', quantity })
    return rated.ok ? Number(rated.rated.amount) : null
  })
}
