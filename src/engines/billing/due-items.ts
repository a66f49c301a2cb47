import type { Span } from '#shared/contract/billing/values.ts'
import { dayStart, localDay } from './calendar.ts'
import { itemKey } from './item-key.ts'
import type { ConsideredPeriod, DueItem, PlanPrice, SubscriptionFacts } from './model.ts'
import { type BillingPeriod, billingPeriods } from './periods.ts'

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
 * period ends one item and begins another; so does another number of seats for fees, while usage goes on.
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
  // A period that begins at the target itself counts: its fees in advance are due then.
  for (const period of billingPeriods(subscription, from, target + 1n)) {
    const waiting: string[] = []
    for (const item of owedIn(subscription, own, period)) {
      if (item.dueAt <= target) items.push(item)
      else waiting.push(item.item)
    }
    const span = { from: period.from, to: period.to }
    considered.push({ subscriptionId: subscription.id, number: period.number, period: span, waiting })
  }
  return { items, considered }
}

/** All that is ever owed for a billing period as things stand: fees first, then usage. */
function owedIn(
  subscription: SubscriptionFacts,
  prices: readonly PlanPrice[],
  period: BillingPeriod,
): DueItem[] {
  const { id, zone } = subscription
  const items: DueItem[] = []
  const add = (terms: PlanPrice, service: Span, part: bigint, seats: bigint | null) =>
    items.push({
      item: itemKey(id, terms.price.id, period.number, part),
      subscriptionId: id,
      terms,
      period: { from: period.from, to: period.to },
      service,
      zone,
      dueAt: seats !== null && terms.price.due === 'advance' ? service.from : service.to,
      seats,
    })

  const charged = stretchesIn(subscription, period, 'fees')
  const used = stretchesIn(subscription, period, 'usage')
  for (const [stretches, isFee] of [
    [charged, true],
    [used, false],
  ] as const) {
    for (const [index, stretch] of stretches.entries()) {
      const first = stretches.findIndex(other => other.planVersionId === stretch.planVersionId) === index
      for (const terms of prices) {
        if (terms.planVersionId !== stretch.planVersionId) continue
        if ((terms.price.charge.model === 'flat') !== isFee) continue
        const service = isFee ? withoutSharedDay(terms, stretches, index, zone) : stretch
        if (service.from >= service.to) continue
        const span = { from: service.from, to: service.to }
        add(terms, span, first ? 0n : stretch.from, isFee ? stretch.seats : null)
      }
    }
  }
  return items
}

/**
 * The stretches of a period for which fees are due (active phases, apart by seats) or usage (active and paused
 * phases), with neighbours that do not differ joined.
 */
function stretchesIn(
  { phases, billFrom, endedAt }: SubscriptionFacts,
  period: Span,
  of: 'fees' | 'usage',
): Stretch[] {
  const stretches: Stretch[] = []
  for (const phase of phases) {
    if (phase.kind === 'trial' || (of === 'fees' && phase.kind === 'paused')) continue
    const from = latest(phase.from, billFrom, period.from)
    const to = earliest(period.to, phase.to, endedAt)
    if (from >= to) continue
    const before = stretches.at(-1)
    const joins =
      before !== undefined &&
      before.to === from &&
      before.planVersionId === phase.planVersionId &&
      (of === 'usage' || before.seats === phase.quantity)
    if (joins) stretches[stretches.length - 1] = { ...before, to }
    else stretches.push({ planVersionId: phase.planVersionId, seats: phase.quantity, from, to })
  }
  return stretches
}

/**
 * The service of a fee. Where days are counted, a date belongs to the stretch that had it first: a plan that
 * follows within a date begins with the next one, so that no date is paid twice.
 */
function withoutSharedDay(
  terms: PlanPrice,
  stretches: readonly Stretch[],
  index: number,
  zone: string,
): Span {
  const stretch = stretches[index]!
  const before = stretches[index - 1]
  const { proration } = terms.price
  if (before === undefined || (proration !== 'day' && proration !== 'day-30')) return stretch
  const last = localDay(before.to - 1n, zone)
  return localDay(stretch.from, zone) > last ? stretch : { from: dayStart(last + 1, zone), to: stretch.to }
}

function latest(...instants: bigint[]): bigint {
  return instants.reduce((a, b) => (a > b ? a : b))
}

function earliest(first: bigint, ...others: (bigint | null)[]): bigint {
  return others.reduce<bigint>((a, b) => (b === null || a < b ? a : b), first)
}
