import { canonicalJson } from '#shared/canonical.ts'
import type { RateInput, RateOutput } from '#shared/contract/billing/prices.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { isZone } from '#shared/zones.ts'
import { compareIds, type MeasuredEvent, measure } from './aggregate.ts'
import { isPriced, measurer } from './charge-models/measured.ts'
import { checkMetric } from './check-metric.ts'
import { checkTerms } from './check-price.ts'
import { add, type Exact, exactOf, exactText, isStorable, moneyText, roundHalfUp, scaled } from './exact.ts'
import { chargeOfEvent, chargesOf } from './price-filters.ts'
import { minorOf, PricingRefusal } from './pricing-refusal.ts'
import { placesOf, type RatedPart, rate, taxOn } from './rate.ts'

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
  const { quantity, events, parts } = usedOf(input, spans)
  const rated = rate({
    terms: price,
    quantity,
    // A quantity that was given is not the sum of anything.
    metric: events === null ? null : { aggregation: input.aggregation },
    events,
    parts,
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
    ...(price.trueUp ? { trueUp: moneyText(rated.trueUp, places) } : {}),
  }
}

interface Spans {
  readonly period: Span
  readonly service: Span
}

function spansOf({ period, service }: RateInput): Spans | undefined {
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

interface Used {
  readonly quantity: Exact
  readonly events: number | null
  readonly parts?: readonly RatedPart[]
}

/** How much is rated, and of how many events; a fee for which nothing is said is one seat. */
function usedOf(input: RateInput, spans: Spans | undefined): Used {
  const { quantity, events, price } = input
  const isFee = price.charge.model === 'flat'
  if (quantity !== undefined && events !== undefined)
    throw new PricingRefusal('events', 'quantity-and-events')
  if (quantity !== undefined) {
    if (price.charge.model === 'dynamic') throw new PricingRefusal('events', 'events-missing')
    return ofOneEvent(price, exactOf(quantity))
  }
  if (isFee) {
    if (events !== undefined) throw new PricingRefusal('events', 'events-of-fee')
    return { quantity: scaled(1n), events: null }
  }
  if (events === undefined) throw new PricingRefusal('quantity', 'quantity-missing')
  const metric = metricOf(input, spans)
  return ofEvents(input, metric, spans, measured(events, spans?.service, looksBack(metric)))
}

/** A quantity of which nothing else is said has the price's own charge, and counts as one event. */
function ofOneEvent({ charge, filters = [] }: RateInput['price'], quantity: Exact): Used {
  const meter = measurer(charge)
  if (meter === null) return { quantity, events: null }
  meter.take({ quantity, properties: {} })
  const rest = { quantity, events: 1, measured: meter.result() }
  return { quantity, events: null, parts: [...filters.map(() => NO_USAGE), rest] }
}

/** What the events are measured by; they have no metric with a scale. */
function metricOf({ aggregation, property, rounding, carries = false }: RateInput, spans: Spans | undefined) {
  const fault = checkMetric({
    ...{ aggregation, carries, scale: SCALE },
    ...{ property: property ?? null, rounding: rounding ?? null },
  })
  if (fault) throw new PricingRefusal(fault.path, fault.reason)
  if (aggregation === 'weighted-sum' && spans === undefined)
    throw new PricingRefusal('period', 'period-missing')
  return { aggregation, carries, scale: SCALE, rounding: rounding ?? null, property: property ?? null }
}
type GivenMetric = ReturnType<typeof metricOf>

/** Whether events before the service say what was there when it began. */
function looksBack({ aggregation, carries }: GivenMetric): boolean {
  return carries || aggregation === 'weighted-sum'
}

const NO_USAGE: RatedPart = { quantity: scaled(0n), events: 0 }

/** Events by the charges of the price; the quantity of a price with filters is the sum of theirs. */
function ofEvents(
  { price }: RateInput,
  metric: GivenMetric,
  spans: Spans | undefined,
  all: readonly GivenEvent[],
): Used {
  const filters = price.filters ?? []
  const byCharge = Map.groupBy(all, event => chargeOfEvent(filters, event.properties))
  const parts = chargesOf(price).map(({ charge }, index): RatedPart => {
    const own = byCharge.get(index) ?? []
    const usage = measure(metric, own.map(valued(metric)), spans?.service ?? null, spans?.period)
    const units = usage.quantity < 0n ? -usage.quantity : usage.quantity
    if (units >= QUANTITY_LIMIT * 10n ** BigInt(SCALE))
      throw new PricingRefusal('events', 'quantity-too-large')
    const quantity = scaled(usage.quantity, SCALE)
    const meter = measurer(charge)
    if (meter === null) return { quantity, events: usage.events }
    for (const event of own.filter(within(spans?.service)).toSorted(byTime))
      meter.take({ quantity: scaled(event.quantity, SCALE), properties: event.properties })
    const result = meter.result()
    if (result.model === 'dynamic' && result.unpriced > 0) {
      const bad = own.find(event => !isPriced(charge, event.properties))
      throw new PricingRefusal(`events.${bad?.index}.properties`, 'event-without-price')
    }
    return { quantity, events: usage.events, measured: result }
  })
  return {
    quantity: parts.map(part => part.quantity).reduce(add),
    events: parts.reduce((sum, part) => sum + (part.events ?? 0), 0),
    parts,
  }
}

/** An event with the value that is counted. */
function valued({ property }: GivenMetric): (event: GivenEvent) => GivenEvent {
  if (property === null) return event => event
  return event => {
    const value = event.properties[property]
    if (value === undefined) throw new PricingRefusal(`events.${event.index}.properties`, 'property-missing')
    return { ...event, value }
  }
}

function within(service: Span | undefined): (event: GivenEvent) => boolean {
  return ({ at }) => service === undefined || (at >= service.from && at < service.to)
}

function byTime(a: GivenEvent, b: GivenEvent): number {
  return a.at === b.at ? compareIds(a.id, b.id) : a.at < b.at ? -1 : 1
}

interface GivenEvent extends MeasuredEvent {
  /** Its place in the input. */
  readonly index: number
  readonly properties: Readonly<Record<string, string>>
}

/** Each event once: the same id again is the same event, or a contradiction. */
function measured(
  events: NonNullable<RateInput['events']>,
  service: Span | undefined,
  early: boolean,
): GivenEvent[] {
  const byId = new Map<string, GivenEvent>()
  const all: GivenEvent[] = []
  for (const [index, { id, quantity, at, properties }] of events.entries()) {
    // Without an id the order in which events were given decides which is the latest of one instant.
    const units = roundHalfUp(exactOf(quantity), SCALE)
    const event = { index, id: id ?? '', quantity: units, at: instant(at), properties }
    if (service !== undefined && ((event.at < service.from && !early) || event.at >= service.to))
      throw new PricingRefusal(`events.${index}.at`, 'event-outside-service')
    const known = id === undefined ? undefined : byId.get(id)
    if (known !== undefined) {
      const same = canonicalJson(known.properties) === canonicalJson(properties)
      if (known.quantity !== event.quantity || known.at !== event.at || !same)
        throw new PricingRefusal(`events.${index}.id`, 'event-conflict')
      continue
    }
    if (id !== undefined) byId.set(id, event)
    all.push(event)
  }
  return all
}

function billedOf(billed: string, places: number): { billed?: bigint } {
  const minor = minorOf('billed', billed, places)
  return minor === 0n ? {} : { billed: minor }
}
