import { addDays } from '#engines/billing/phases.ts'
import type { DemoCustomer } from '../customers.ts'
import { type Day, firstDay, monthPlus } from '../days.ts'
import { type Random, randomOf } from '../random.ts'
import type { Part } from './cast.ts'
import type { PlanKey } from './price-list.ts'
import { type BillingSpan, instantAt } from './span.ts'

/** A stretch of a subscription on one version of a plan. Instants are milliseconds since the epoch. */
export interface DemoPhase {
  readonly plan: PlanKey
  readonly version: number
  readonly quantity: number
  readonly kind: 'trial' | 'active' | 'paused'
  readonly from: bigint
  readonly to: bigint | null
}

export interface DemoSubscription {
  /** The customer's key. */
  readonly customer: string
  /** The plan that it began with. */
  readonly plan: PlanKey
  readonly currency: string
  readonly startedAt: bigint
  readonly billFrom: bigint
  readonly endedAt: bigint | null
  readonly phases: readonly DemoPhase[]
}

/** What a customer does, before it is cut into phases. */
interface Life {
  readonly plans: readonly { readonly from: bigint; readonly plan: PlanKey }[]
  readonly trialUntil: bigint | null
  readonly pause: { readonly from: bigint; readonly to: bigint | null } | null
  /** Two of the plan from an instant on. */
  readonly doubled: bigint | null
  /** It stays on the first version of the price list. */
  readonly kept: boolean
}

const TRIAL_DAYS = 14
/** From so many months before the open one on, changes of plan are few: they make drafts differ. */
const CALM = 7

/**
 * A customer's subscription: it begins on the day of signing up with a trial where the plan has one, ends on
 * the day of leaving, and comes to the plan of the customer's tier, for some by way of another one.
 */
export function subscriptionOf(
  seed: string,
  customer: DemoCustomer,
  span: BillingSpan,
  part: Part | undefined,
): DemoSubscription {
  const random = randomOf(`${seed}/billing/life/${customer.key}`)
  const { timeZone: zone, churnDay } = customer
  const startedAt = instantAt(customer.signupDay, zone, 8 + random.below(9 * 3600) / 3600)
  const endedAt = churnDay === null ? null : instantAt(churnDay, zone, 6 + random.below(6))
  const billed = instantAt(span.start, zone)
  const life =
    part === undefined ? lifeOf(random, customer, span, startedAt) : playedBy(part, customer, span, startedAt)
  return {
    customer: customer.key,
    plan: life.plans[0]!.plan,
    currency: customer.currency,
    startedAt,
    billFrom: startedAt > billed ? startedAt : billed,
    endedAt,
    phases: phasesOf(life, startedAt, endedAt, instantAt(span.priceChange, zone)),
  }
}

const BELOW: Readonly<Record<PlanKey, PlanKey>> = {
  free: 'starter',
  starter: 'free',
  professional: 'starter',
  enterprise: 'professional',
}
/** In thousandths: how many came to their plan from another. */
const MOVED: Readonly<Record<PlanKey, number>> = { free: 0, starter: 220, professional: 280, enterprise: 350 }

function lifeOf(random: Random, customer: DemoCustomer, span: BillingSpan, startedAt: bigint): Life {
  const { tier, timeZone: zone, signupDay } = customer
  const last = Math.min(customer.churnDay ?? span.until, span.until) - 30
  const calm = firstDay(monthPlus(span.open, -CALM))
  const some = (perMille: number) => random.below(1000) < perMille
  const within = (from: Day, to: Day): bigint | null =>
    from < to ? instantAt(random.between(from, to - 1), zone, 9 + random.below(8 * 3600) / 3600) : null
  const from = Math.max(signupDay, span.start)

  const recent = some(60)
  const moved = some(MOVED[tier])
    ? within(Math.max(from + 45, recent ? calm : 0), Math.min(last, recent ? span.openDay - 40 : calm))
    : null
  const before = tier === 'starter' && some(250) ? 'professional' : BELOW[tier]
  const tried = tier === 'free' && some(300)
  const begins: PlanKey = moved !== null ? before : tried ? 'starter' : tier
  const trial = begins === 'starter' || begins === 'professional'
  const trialUntil = trial ? addDays(startedAt, TRIAL_DAYS, zone) : null
  const plans = [{ from: startedAt, plan: begins }]
  if (moved !== null) plans.push({ from: moved, plan: tier })
  else if (tried) plans.push({ from: trialUntil!, plan: 'free' })

  const pausedAt = tier !== 'free' && some(70) ? within(from + 60, Math.min(last - 90, calm)) : null
  const pause =
    pausedAt === null ? null : { from: pausedAt, to: addDays(pausedAt, random.between(20, 75), zone) }
  const doubled = tier === 'enterprise' && some(150) ? within(from + 30, Math.min(last, calm)) : null
  return { plans, trialUntil, pause, doubled, kept: tier === 'enterprise' && some(250) }
}

/** The customers of the cast do nothing else, so that their drafts show what they are there for. */
function playedBy(
  part: Part,
  { tier, timeZone: zone }: DemoCustomer,
  { open, openDay }: BillingSpan,
  startedAt: bigint,
): Life {
  const change = (before: PlanKey, day: number, hour: number) => [
    { from: startedAt, plan: before },
    { from: instantAt(openDay + day - 1, zone, hour), plan: tier },
  ]
  const plans =
    part === 'to-free'
      ? change('professional', 4, 10.5)
      : part === 'downgrade'
        ? change('enterprise', 11, 14)
        : part === 'upgrade'
          ? change('starter', 15, 11.25)
          : [{ from: startedAt, plan: tier }]
  const pause =
    part === 'zero'
      ? { from: instantAt(openDay, zone), to: instantAt(firstDay(monthPlus(open, 1)), zone) }
      : null
  return { plans, trialUntil: null, pause, doubled: null, kept: false }
}

/** Cuts a life wherever plan, version, kind or number changes. */
function phasesOf(life: Life, startedAt: bigint, endedAt: bigint | null, priceChange: bigint): DemoPhase[] {
  const { plans, trialUntil, pause, doubled, kept } = life
  const edges = [
    startedAt,
    ...plans.map(one => one.from),
    trialUntil,
    pause?.from,
    pause?.to,
    doubled,
    priceChange,
  ]
    .filter(edge => edge !== null && edge !== undefined)
    .filter(edge => edge >= startedAt && (endedAt === null || edge < endedAt))
  const cuts = [...new Set(edges)].sort((a, b) => (a < b ? -1 : 1))
  const phases: DemoPhase[] = []
  for (const [index, from] of cuts.entries()) {
    const { plan } = plans.findLast(one => one.from <= from)!
    const paused = pause !== null && from >= pause.from && (pause.to === null || from < pause.to)
    const phase: DemoPhase = {
      plan,
      version: plan === 'free' || kept || from < priceChange ? 1 : 2,
      quantity: plan === 'enterprise' && doubled !== null && from >= doubled ? 2 : 1,
      kind: trialUntil !== null && from < trialUntil ? 'trial' : paused ? 'paused' : 'active',
      from,
      to: cuts[index + 1] ?? endedAt,
    }
    const last = phases.at(-1)
    if (last !== undefined && sameTerms(last, phase)) phases[phases.length - 1] = { ...last, to: phase.to }
    else phases.push(phase)
  }
  return phases
}

function sameTerms(a: DemoPhase, b: DemoPhase): boolean {
  return a.plan === b.plan && a.version === b.version && a.quantity === b.quantity && a.kind === b.kind
}
