import type { Interval, Span } from '#shared/contract/billing/values.ts'
import { dayStart, localDay } from './calendar.ts'
import { itemKey, numberInStrand } from './item-key.ts'
import type { ConsideredPeriod, DueItem, PlanPrice, SubscriptionFacts } from './model.ts'
import { type BillingPeriod, billingPeriods } from './periods.ts'
import { type Strand, strandsOf } from './strands.ts'

/** What a subscription owes, and the billing periods that were looked at. */
export interface Due {
  readonly items: readonly DueItem[]
  readonly considered: readonly ConsideredPeriod[]
}

/** A stretch of a billing period on one plan version. */
interface Stretch extends Span {
  readonly planVersionId: string
  readonly seats: bigint
}

/**
 * What a subscription owes at or before `target`, in all billing periods from the one on in which `from` lies.
 * A trial costs nothing; a pause costs no fees, and usage as always. Another plan version in the middle of a
 * period ends one item and begins another; so does another number of seats for fees, while usage goes on. Each
 * rhythm that it has had is billed for its own time, and each add-on in its own periods.
 * @param prices of the plan versions of its phases; those of other versions and currencies are left out
 */
export function dueItems(
  subscription: SubscriptionFacts,
  prices: readonly PlanPrice[],
  from: bigint,
  target: bigint,
): DueItem[] {
  return [...whatIsDue(subscription, prices, from, target).items]
}

/** `dueItems`, with the billing periods that were looked at: what the generator needs to give money back. */
export function whatIsDue(
  subscription: SubscriptionFacts,
  prices: readonly PlanPrice[],
  from: bigint,
  target: bigint,
): Due {
  const items: DueItem[] = []
  const considered: ConsideredPeriod[] = []
  const own = prices.filter(({ price }) => price.currency === subscription.currency)
  for (const strand of strandsOf(subscription)) {
    for (const interval of intervalsOf(strand, own)) {
      // A period that begins at the target itself counts: its fees in advance are due then.
      for (const period of billingPeriods(
        { ...strand, interval, zone: subscription.zone },
        from,
        target + 1n,
      )) {
        const waiting: ConsideredPeriod['waiting'][number][] = []
        for (const item of owedIn(subscription, strand, own, { ...period, interval })) {
          if (item.dueAt <= target) items.push(item)
          else waiting.push({ item: item.item, service: item.service })
        }
        considered.push({
          subscriptionId: subscription.id,
          number: numberInStrand(strand.ordinal, period.number),
          ...ownInterval(strand, interval),
          period: { from: period.from, to: period.to },
          waiting,
        })
      }
    }
  }
  return { items, considered }
}

/** The strand's interval, and those of prices and minima that have another one. */
function intervalsOf(strand: Strand, prices: readonly PlanPrice[]): Set<Interval> {
  const all = new Set([strand.interval])
  for (const { price } of prices) {
    all.add(intervalOf(strand, price))
    if (price.trueUp) all.add(minimumIntervalOf(strand, price))
  }
  return all
}

/** How often a price is billed: an add-on as it says itself, and a plan's price as it says or as the plan. */
function intervalOf(strand: Strand, price: PlanPrice['price']): Interval {
  return strand.priceId === null ? (price.interval ?? strand.interval) : strand.interval
}

function minimumIntervalOf(strand: Strand, price: PlanPrice['price']): Interval {
  return price.minimumInterval ?? intervalOf(strand, price)
}

function ownInterval(strand: Strand, interval: Interval): { readonly interval?: Interval } {
  return interval === strand.interval ? {} : { interval }
}

/** All that is ever owed for a billing period as things stand: fees first, then usage, then what minima lack. */
function owedIn(
  subscription: SubscriptionFacts,
  strand: Strand,
  prices: readonly PlanPrice[],
  period: BillingPeriod & { readonly interval: Interval },
): DueItem[] {
  const { id, zone } = subscription
  const { interval } = period
  const number = numberInStrand(strand.ordinal, period.number)
  const items: DueItem[] = []

  const add = (terms: PlanPrice, stretches: readonly Stretch[], index: number, trueUp: boolean) => {
    const stretch = stretches[index]!
    const isFee = terms.price.charge.model === 'flat'
    const first = stretches.findIndex(other => other.planVersionId === stretch.planVersionId) === index
    for (const [place, segment] of segmentsOf(terms, stretch).entries()) {
      const before = place === 0 ? endBefore(strand, stretches, index) : segment.from
      const begun = isFee ? withoutSharedDay(terms, segment, before, zone) : segment
      const service = isFee && !trueUp ? keptWhole(subscription, terms, begun, period) : begun
      if (service.from >= service.to) continue
      const part = first && place === 0 ? 0n : segment.from
      const seats = isFee && !trueUp ? stretch.seats : null
      items.push({
        item: itemKey(id, terms.price.id, number, part, { ...ownInterval(strand, interval), trueUp }),
        subscriptionId: id,
        terms: segment.terms,
        period: { from: period.from, to: period.to },
        service: { from: service.from, to: service.to },
        zone,
        dueAt: seats !== null && terms.price.due === 'advance' ? service.from : service.to,
        seats,
        ...(trueUp ? { trueUp } : {}),
        ...(segment.override === undefined ? {} : { override: segment.override }),
      })
    }
  }

  const inStrand = prices.filter(({ price }) => strand.priceId === null || price.id === strand.priceId)
  const billed = inStrand.filter(({ price }) => intervalOf(strand, price) === interval)
  const madeUp = inStrand.filter(({ price }) => price.trueUp && minimumIntervalOf(strand, price) === interval)
  for (const [some, trueUp] of [
    [billed, false],
    [madeUp, true],
  ] as const) {
    for (const fees of [true, false]) {
      const own = some.filter(({ price }) => (price.charge.model === 'flat') === fees)
      if (own.length === 0) continue
      const stretches = stretchesIn(subscription, strand, period, { fees, apart: fees && !trueUp })
      for (const [index, { planVersionId }] of stretches.entries())
        for (const terms of own)
          if (terms.planVersionId === planVersionId) add(terms, stretches, index, trueUp)
    }
  }
  return items
}

interface Segment extends Span {
  readonly terms: PlanPrice
  readonly override?: NonNullable<DueItem['override']>
}

/** A stretch cut where a price of the customer alone begins or ends. */
function segmentsOf(terms: PlanPrice, { from, to }: Span): Segment[] {
  const segments: Segment[] = []
  let at = from
  for (const { reason, terms: own, ...span } of terms.overrides ?? []) {
    const begin = latest(span.from, at)
    const end = earliest(to, span.to)
    if (begin >= end) continue
    if (begin > at) segments.push({ from: at, to: begin, terms })
    const { discountPercent = '0', ...changes } = own
    const override = { reason, discountPercent }
    segments.push({
      from: begin,
      to: end,
      terms: { ...terms, price: { ...terms.price, ...changes } },
      override,
    })
    at = end
  }
  if (at < to) segments.push({ from: at, to, terms })
  return segments
}

/** Of what stretches are: of fees or of usage, and whether seats set them apart. */
interface Charged {
  readonly fees: boolean
  readonly apart: boolean
}

/**
 * The stretches of a period for which fees are due (active phases, where asked apart by seats) or usage (active
 * and paused phases), with neighbours that do not differ joined.
 */
function stretchesIn(
  { billFrom, endedAt }: SubscriptionFacts,
  { phases }: Strand,
  period: Span,
  { fees, apart }: Charged,
): Stretch[] {
  const stretches: Stretch[] = []
  for (const phase of phases) {
    if (phase.kind === 'trial' || (fees && phase.kind === 'paused')) continue
    const from = latest(phase.from, billFrom, period.from)
    const to = earliest(period.to, phase.to, endedAt)
    if (from >= to) continue
    const before = stretches.at(-1)
    const joins =
      before !== undefined &&
      before.to === from &&
      before.planVersionId === phase.planVersionId &&
      (!apart || before.seats === phase.quantity)
    if (joins) stretches[stretches.length - 1] = { ...before, to }
    else stretches.push({ planVersionId: phase.planVersionId, seats: phase.quantity, from, to })
  }
  return stretches
}

/** When what was charged before a stretch ended, in its period or in the rhythm that it goes on from. */
function endBefore({ follows }: Strand, stretches: readonly Stretch[], index: number): bigint | null {
  return stretches[index - 1]?.to ?? (follows === stretches[index]!.from ? follows : null)
}

/**
 * The service of a fee. Where days are counted, a date belongs to the stretch that had it first: a plan that
 * follows within a date begins with the next one, so that no date is paid twice.
 * @param before when what was charged before it ended; null where nothing was
 */
function withoutSharedDay(terms: PlanPrice, span: Span, before: bigint | null, zone: string): Span {
  const { proration } = terms.price
  if (before === null || (proration !== 'day' && proration !== 'day-30')) return span
  const last = localDay(before - 1n, zone)
  return localDay(span.from, zone) > last ? span : { from: dayStart(last + 1, zone), to: span.to }
}

/**
 * The service of a fee in advance of a subscription that was ended without giving anything back: its last period
 * stays billed whole.
 */
function keptWhole(
  { keepsPaid = false, endedAt }: SubscriptionFacts,
  { price }: PlanPrice,
  service: Span,
  period: Span,
): Span {
  const kept = keepsPaid && price.due === 'advance' && service.to === endedAt && service.from < service.to
  return kept ? { from: service.from, to: period.to } : service
}

function latest(...instants: bigint[]): bigint {
  return instants.reduce((a, b) => (a > b ? a : b))
}

function earliest(first: bigint, ...others: (bigint | null)[]): bigint {
  return others.reduce<bigint>((a, b) => (b === null || a < b ? a : b), first)
}
