import type { RateInput, RateOutput } from '#shared/contract/billing/prices.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { isZone } from '#shared/zones.ts'
import { type MeasuredEvent, rollUp, usageOf } from './aggregate.ts'
import { checkTerms } from './check-price.ts'
import { type Exact, exactOf, exactText, isStorable, moneyText, roundHalfUp, scaled } from './exact.ts'
import { PricingRefusal } from './pricing-refusal.ts'
import { placesOf, rate, taxOn } from './rate.ts'

/** Places of the quantities of events here, which have no metric with a scale. */
const SCALE = 12
/** What a decimal of the contract holds before the point. */
const QUANTITY_LIMIT = 10n ** 18n

/**
 * Rates any price on any usage: what `quarterdeck rate` does. The input has passed its schema.
 * Throws a PricingRefusal with the place and the reason where it makes no sense.
 */
export function rateInput(input: RateInput): RateOutput {
  const { price } = input
  const [problem] = checkTerms(price)
  if (problem !== undefined) throw new PricingRefusal(`price.${problem.path}`, problem.reason)
  if (!isZone(input.zone)) throw new PricingRefusal('zone', 'zone-unknown')
  const places = placesOf(price.currency)
  const spans = spansOf(input)
  const { quantity, events } = usedOf(input, spans?.service)
  const rated = rate({
    terms: price,
    quantity,
    // A quantity that was given is not the sum of anything.
    metric: events === null ? null : { aggregation: input.aggregation },
    events,
    ...(spans === undefined ? {} : { proration: { ...spans, zone: input.zone } }),
    ...billedOf(input.billed, places),
  })
  const tax = taxOn(rated.amount, input.taxRate)
  const total = rated.amount + tax
  if (![rated.amount, tax, total].every(isStorable)) throw new PricingRefusal('price', 'amount-too-large')
  return {
    currency: price.currency,
    quantity: exactText(quantity),
    exact: exactText(rated.exact),
    amount: moneyText(rated.amount, places),
    tax: moneyText(tax, places),
    total: moneyText(total, places),
    steps: [...rated.steps],
  }
}

function spansOf({ period, service }: RateInput): { period: Span; service: Span } | undefined {
  if (period === undefined) {
    if (service !== undefined) throw new PricingRefusal('period', 'period-missing')
    return undefined
  }
  const whole = spanOf('period', period)
  if (service === undefined) return { period: whole, service: whole }
  const part = spanOf('service', service)
  if (part.from < whole.from || part.to > whole.to)
    throw new PricingRefusal('service', 'service-outside-period')
  return { period: whole, service: part }
}

function spanOf(path: string, { from, to }: { from: string; to: string }): Span {
  const span = { from: instant(from), to: instant(to) }
  if (span.to <= span.from) throw new PricingRefusal(`${path}.to`, 'ends-before-it-begins')
  return span
}

function instant(iso: string): bigint {
  return BigInt(Date.parse(iso))
}

/** How much is rated, and of how many events; a fee for which nothing is said is one seat. */
function usedOf(input: RateInput, service: Span | undefined): { quantity: Exact; events: number | null } {
  const { quantity, events, price, aggregation } = input
  const isFee = price.charge.model === 'flat'
  if (quantity !== undefined && events !== undefined)
    throw new PricingRefusal('events', 'quantity-and-events')
  if (quantity !== undefined) return { quantity: exactOf(quantity), events: null }
  if (isFee) {
    if (events !== undefined) throw new PricingRefusal('events', 'events-of-fee')
    return { quantity: scaled(1n), events: null }
  }
  if (events === undefined) throw new PricingRefusal('quantity', 'quantity-missing')
  const usage = usageOf({ aggregation, scale: SCALE }, rollUp(measured(events, service)))
  const units = usage.quantity < 0n ? -usage.quantity : usage.quantity
  if (units >= QUANTITY_LIMIT * 10n ** BigInt(SCALE)) throw new PricingRefusal('events', 'quantity-too-large')
  return { quantity: scaled(usage.quantity, SCALE), events: usage.events }
}

/** Each event once: the same id again is the same event, or a contradiction. */
function measured(events: NonNullable<RateInput['events']>, service: Span | undefined): MeasuredEvent[] {
  const byId = new Map<string, MeasuredEvent>()
  const all: MeasuredEvent[] = []
  for (const [index, { id, quantity, at }] of events.entries()) {
    // Without an id the order in which events were given decides which is the latest of one instant.
    const event = { id: id ?? '', quantity: roundHalfUp(exactOf(quantity), SCALE), at: instant(at) }
    if (service !== undefined && (event.at < service.from || event.at >= service.to))
      throw new PricingRefusal(`events.${index}.at`, 'event-outside-service')
    const known = id === undefined ? undefined : byId.get(id)
    if (known !== undefined) {
      if (known.quantity !== event.quantity || known.at !== event.at)
        throw new PricingRefusal(`events.${index}.id`, 'event-conflict')
      continue
    }
    if (id !== undefined) byId.set(id, event)
    all.push(event)
  }
  return all
}

function billedOf(billed: string, places: number): { billed?: bigint } {
  const exact = exactOf(billed)
  const minor = roundHalfUp(exact, places)
  if (exactText(exact) !== exactText(scaled(minor, places)))
    throw new PricingRefusal('billed', 'more-places-than-the-currency')
  return minor === 0n ? {} : { billed: minor }
}
