import { Temporal } from 'temporal-polyfill'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'

/** What the phases of a subscription say it is doing; how it is paid is not in them. */
export type PhaseState = 'scheduled' | 'trialing' | 'active' | 'paused' | 'cancelled'

/**
 * What becomes of the phases of a subscription. Phases are in order, follow each other without a gap, and only
 * the last may be open. Functions that make phases leave `id` empty where a phase is new: the caller names it.
 */
export type Phases = readonly Phase[]

/** A change that does not fit what the subscription does at that time. */
export interface PhaseRefusal {
  readonly state: PhaseState
  readonly reason: 'before-start' | 'ended' | 'already-paused' | 'not-paused' | 'in-trial'
}

export type PhaseDecision =
  | { readonly ok: true; readonly phases: Phases }
  | { readonly ok: false; readonly refusal: PhaseRefusal }

/** What a subscription is doing at an instant. */
export function stateAt(phases: Phases, startedAt: bigint, endedAt: bigint | null, at: bigint): PhaseState {
  if (endedAt !== null && at >= endedAt) return 'cancelled'
  if (at < startedAt) return 'scheduled'
  const kind = phaseAt(phases, at)?.kind
  return kind === 'trial' ? 'trialing' : kind === 'paused' ? 'paused' : 'active'
}

/** The phase in force at an instant. */
export function phaseAt(phases: Phases, at: bigint): Phase | undefined {
  return phases.find(phase => phase.from <= at && (phase.to === null || at < phase.to))
}

/**
 * The phases of a new subscription: a trial of so many calendar days of the customer's zone, where there is
 * one, and then the plan.
 */
export function firstPhases(terms: {
  readonly planVersionId: string
  readonly quantity: bigint
  readonly at: bigint
  readonly trialDays: number
  readonly zone: string
}): Phases {
  const { planVersionId, quantity, at, trialDays, zone } = terms
  const common = { id: '', planVersionId, quantity }
  if (trialDays === 0) return [{ ...common, kind: 'active', from: at, to: null }]
  const end = addDays(at, trialDays, zone)
  return [
    { ...common, kind: 'trial', from: at, to: end },
    { ...common, kind: 'active', from: end, to: null },
  ]
}

/**
 * Another plan version, another number of seats, or both, from an instant on: also in what was planned for
 * later. Trials and pauses stay where they are.
 */
export function changeFrom(
  phases: Phases,
  at: bigint,
  to: { readonly planVersionId?: string | undefined; readonly quantity?: bigint | undefined },
): PhaseDecision {
  return from(phases, at, null, later =>
    later.map(phase => ({
      ...phase,
      planVersionId: to.planVersionId ?? phase.planVersionId,
      quantity: to.quantity ?? phase.quantity,
    })),
  )
}

/** No fees from an instant on, until it is resumed or a pause begins that was planned before. */
export function pauseFrom(phases: Phases, at: bigint): PhaseDecision {
  const now = phaseAt(phases, at)
  const refusal = now?.kind === 'paused' ? 'already-paused' : now?.kind === 'trial' ? 'in-trial' : null
  return from(phases, at, refusal, later => {
    const next = later.findIndex(phase => phase.kind === 'paused')
    const end = next < 0 ? later.length : next
    return later.map((phase, index) => (index < end ? { ...phase, kind: 'paused' as const } : phase))
  })
}

/** Ends a pause at an instant. */
export function resumeFrom(phases: Phases, at: bigint): PhaseDecision {
  const refusal = phaseAt(phases, at)?.kind === 'paused' ? null : 'not-paused'
  return from(phases, at, refusal, later => {
    const next = later.findIndex(phase => phase.kind !== 'paused')
    const end = next < 0 ? later.length : next
    return later.map((phase, index) => (index < end ? { ...phase, kind: 'active' as const } : phase))
  })
}

/** Nothing from an instant on. Cancelled at its very beginning, a subscription has no phases. */
export function cancelAt(phases: Phases, at: bigint): PhaseDecision {
  return from(phases, at, null, () => [])
}

/**
 * The earliest instant at which two sets of phases differ in what is billed, or null where they do not: from
 * there on what was billed has to be looked at again.
 */
export function firstDifference(before: Phases, after: Phases): bigint | null {
  const edges = new Set<bigint>()
  for (const { from: begin, to } of [...before, ...after]) {
    edges.add(begin)
    if (to !== null) edges.add(to)
  }
  const sorted = [...edges].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted.find(edge => termsAt(before, edge) !== termsAt(after, edge)) ?? null
}

/** An instant so many calendar days of a zone later, at the same time of day. */
export function addDays(at: bigint, days: number, zone: string): bigint {
  const there = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
  return BigInt(there.add({ days }).epochMilliseconds)
}

function termsAt(phases: Phases, at: bigint): string {
  const phase = phaseAt(phases, at)
  return phase ? `${phase.planVersionId}/${phase.quantity}/${phase.kind}` : ''
}

/** Replaces what is from an instant on; what lies before stays, cut at that instant. */
function from(
  phases: Phases,
  at: bigint,
  refusal: PhaseRefusal['reason'] | null,
  make: (later: Phases) => Phases,
): PhaseDecision {
  const [first] = phases
  const last = phases.at(-1)
  if (!first || !last || (last.to !== null && at >= last.to)) return no('cancelled', 'ended')
  if (at < first.from) return no('scheduled', 'before-start')
  if (refusal !== null) return no(stateAt(phases, first.from, last.to, at), refusal)
  const earlier: Phase[] = []
  const later: Phase[] = []
  for (const phase of phases) {
    if (phase.to !== null && phase.to <= at) earlier.push(phase)
    else if (phase.from >= at) later.push(phase)
    else {
      earlier.push({ ...phase, to: at })
      later.push({ ...phase, id: '', from: at })
    }
  }
  return { ok: true, phases: joined([...earlier, ...make(later)]) }
}

/** Neighbours of the same terms are one phase; it keeps the name of the first. */
function joined(phases: Phases): Phases {
  const result: Phase[] = []
  for (const phase of phases) {
    const last = result.at(-1)
    if (
      last &&
      last.to === phase.from &&
      last.kind === phase.kind &&
      last.quantity === phase.quantity &&
      last.planVersionId === phase.planVersionId
    )
      result[result.length - 1] = { ...last, to: phase.to }
    else result.push(phase)
  }
  return result
}

function no(state: PhaseState, reason: PhaseRefusal['reason']): PhaseDecision {
  return { ok: false, refusal: { state, reason } }
}
