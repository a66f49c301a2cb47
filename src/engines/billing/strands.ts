import type { Cadence, Phase } from '#shared/contract/billing/subscriptions.ts'
import type { Alignment, Interval } from '#shared/contract/billing/values.ts'
import type { AddOnFacts, SubscriptionFacts } from './model.ts'

/**
 * What a subscription is billed for in one row of periods: its plan in one rhythm, or an add-on. Most
 * subscriptions have one strand, from their beginning to their end.
 */
export interface Strand {
  /** Its place in item keys; see `numberInStrand`. */
  readonly ordinal: number
  readonly interval: Interval
  readonly alignment: Alignment
  readonly anchorAt: bigint
  /** What is in force in it, within its own time. */
  readonly phases: readonly Phase[]
  /** The one price that it is of; null for all of its plan versions. */
  readonly priceId: string | null
  /** When the paid phase of another rhythm ended that it goes on from; null where there was none. */
  readonly follows: bigint | null
}

/** The strands of a subscription: its rhythms in their order, then its add-ons. */
export function strandsOf(subscription: SubscriptionFacts): Strand[] {
  const strands = rhythmsOf(subscription)
  for (const addOn of subscription.addOns ?? []) strands.push(addOnStrand(subscription, addOn))
  return strands
}

/** The rhythm that is in force at an instant: before the beginning the first one. */
export function cadenceAt(cadences: readonly Cadence[], at: bigint): Cadence {
  return cadences.findLast(cadence => cadence.from <= at) ?? cadences[0]!
}

function rhythmsOf(subscription: SubscriptionFacts): Strand[] {
  const { cadences, interval, alignment, anchorAt, phases } = subscription
  const whole = { phases, priceId: null, follows: null }
  if (cadences === undefined) return [{ ordinal: 0, interval, alignment, anchorAt, ...whole }]
  if (cadences.length === 1) return [{ ...cadences[0]!, ...whole }]
  return cadences.map((cadence, index): Strand => {
    const from = index === 0 ? null : cadence.from
    const before = from === null ? undefined : phases.find(one => one.from < from && reaches(one, from))
    return {
      ordinal: cadence.ordinal,
      interval: cadence.interval,
      alignment: cadence.alignment,
      anchorAt: cadence.anchorAt,
      phases: phases.flatMap(phase => within(phase, from, cadences[index + 1]?.from ?? null)),
      priceId: null,
      follows: before?.kind === 'active' ? from : null,
    }
  })
}

/** An add-on costs what its subscription's phase says: nothing in a trial, no fees in a pause. */
function addOnStrand({ phases }: SubscriptionFacts, addOn: AddOnFacts): Strand {
  const { ordinal, interval, alignment, anchorAt, priceId, planVersionId, stretches } = addOn
  return {
    ...{ ordinal, interval, alignment, anchorAt, priceId, follows: null },
    phases: stretches.flatMap(({ quantity, from, to }) =>
      phases.flatMap(phase => within(phase, from, to).map(part => ({ ...part, planVersionId, quantity }))),
    ),
  }
}

/** The part of a phase that lies in `[from, to)`; none where that is empty. */
function within(phase: Phase, from: bigint | null, to: bigint | null): Phase[] {
  const begin = from !== null && from > phase.from ? from : phase.from
  const end = to !== null && (phase.to === null || to < phase.to) ? to : phase.to
  return end !== null && end <= begin ? [] : [{ ...phase, from: begin, to: end }]
}

function reaches(phase: Phase, at: bigint): boolean {
  return phase.to === null || phase.to >= at
}
