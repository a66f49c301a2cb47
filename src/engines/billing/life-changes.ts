import type { AddOn, AfterTrial, LifeChange, Lifeline } from '#shared/contract/billing/subscription-life.ts'
import type { Cadence } from '#shared/contract/billing/subscriptions.ts'
import { lifeStateAt } from './life-cycle.ts'
import { billingPeriodAt } from './periods.ts'
import {
  cancelAt,
  changeFrom,
  firstDifference,
  firstPhases,
  type PhaseDecision,
  type PhaseRefusal,
  pauseFrom,
  resumeFrom,
} from './phases.ts'
import { cadenceAt } from './strands.ts'

/** Why a change does not fit a subscription. */
export interface LifeRefusal {
  readonly state: string
  readonly reason:
    | PhaseRefusal['reason']
    /** It ends before it begins. */
    | 'inverted'
    /** It is not ended. */
    | 'not-ended'
    /** It never began: it was ended at its very beginning. */
    | 'never-began'
    /** Its period is over: it goes on as a new one only. */
    | 'period-over'
    | 'add-on-twice'
    | 'add-on-unknown'
    | 'add-on-ended'
}

export type LifeDecision =
  | { readonly ok: true; readonly life: Lifeline }
  | { readonly ok: false; readonly refusal: LifeRefusal }

/**
 * A new life: its trial of so many calendar days, where there is one, and what comes after. A trial without a
 * payment method goes on, pauses or ends, as its plan says, and that is decided here and not when it is over.
 */
export function firstLife(terms: {
  readonly planVersionId: string
  readonly quantity: bigint
  readonly at: bigint
  readonly trialDays: number
  readonly zone: string
  readonly cadence: Omit<Cadence, 'ordinal' | 'from'>
  readonly card: boolean
  readonly afterTrial: AfterTrial
}): Lifeline {
  const { at, card, afterTrial, cadence } = terms
  const life: Lifeline = {
    ...{ startedAt: at, endedAt: null, endReason: null, settlement: 'credit', card: true, afterTrial },
    phases: [...firstPhases(terms)],
    cadences: [{ ...cadence, ordinal: 0, from: at }],
    addOns: [],
  }
  return card ? life : withoutCard({ ...life, card: false }, at)
}

/**
 * What a change makes of a life, or why it does not fit. Nothing before `change.at` differs afterwards, except that
 * a reactivation goes back to the end that it takes away.
 */
export function applyChange(life: Lifeline, change: LifeChange, zone: string): LifeDecision {
  switch (change.kind) {
    case 'terms':
      return withPhases(life, changeFrom(life.phases, change.at, change), () => ({
        cadences: change.cadence
          ? [...life.cadences.filter(one => one.from < change.at), change.cadence]
          : life.cadences,
      }))
    case 'pause':
      return pause(life, change.at, change.until)
    case 'resume':
      return withPhases(life, resumeFrom(life.phases, change.at))
    case 'cancel': {
      const { at: endedAt, settlement, reason: endReason } = change
      return withPhases(life, cancelAt(life.phases, endedAt), () => ({ endedAt, settlement, endReason }))
    }
    case 'reactivate':
      return reactivate(life, change.at, zone)
    case 'card': {
      const known = { ...life, card: change.onFile }
      return yes(change.onFile ? withCard(known, change.at) : withoutCard(known, change.at))
    }
    case 'add-on':
      return addOn(life, change)
    case 'add-on-quantity':
      return ofAddOn(life, change.addOnId, change.at, one => [
        ...one.filter(stretch => stretch.to !== null && stretch.to <= change.at),
        ...one.flatMap(stretch => {
          if (stretch.to !== null && stretch.to <= change.at) return []
          const later = { ...stretch, quantity: change.quantity }
          if (stretch.from >= change.at) return [later]
          return [
            { ...stretch, to: change.at },
            { ...later, from: change.at },
          ]
        }),
      ])
    case 'add-on-end':
      return ofAddOn(life, change.addOnId, change.at, one =>
        one.flatMap(stretch => {
          if (stretch.from >= change.at) return []
          return [stretch.to !== null && stretch.to <= change.at ? stretch : { ...stretch, to: change.at }]
        }),
      )
  }
}

/** The life that changes in their order make of a first one. `index` is of the change that does not fit. */
export function replay(
  life: Lifeline,
  changes: readonly LifeChange[],
  zone: string,
): LifeDecision & { readonly index?: number } {
  let now = life
  for (const [index, change] of changes.entries()) {
    const next = applyChange(now, change, zone)
    if (!next.ok) return { ...next, index }
    now = next.life
  }
  return yes(now)
}

/**
 * The earliest instant at which two lives differ in what is billed, or null where they do not: from there on what was
 * billed has to be looked at again.
 */
export function firstLifeDifference(before: Lifeline | null, after: Lifeline | null): bigint | null {
  const found: bigint[] = []
  const phases = firstDifference(before?.phases ?? [], after?.phases ?? [])
  if (phases !== null) found.push(phases)
  if (before && after) {
    const count = Math.max(before.cadences.length, after.cadences.length)
    for (let index = 0; index < count; index++) {
      const [a, b] = [before.cadences[index], after.cadences[index]]
      if (a && b && sameCadence(a, b)) continue
      for (const one of [a, b]) if (one) found.push(one.from)
      break
    }
    if (keepsPaid(before) !== keepsPaid(after))
      for (const end of [before.endedAt, after.endedAt]) if (end !== null) found.push(end)
  }
  const ids = new Set([...(before?.addOns ?? []), ...(after?.addOns ?? [])].map(one => one.id))
  for (const id of ids) {
    const first = firstDifference(asPhases(before, id), asPhases(after, id))
    if (first !== null) found.push(first)
  }
  return found.reduce<bigint | null>((least, at) => (least === null || at < least ? at : least), null)
}

/** Whether its end gave nothing back of what was billed in advance. */
export function keepsPaid(life: Pick<Lifeline, 'endedAt' | 'settlement'>): boolean {
  return life.endedAt !== null && life.settlement === 'none'
}

/** The end of the billing period that an instant falls into. */
export function periodEnd(life: Pick<Lifeline, 'cadences'>, at: bigint, zone: string): bigint {
  return billingPeriodAt({ ...cadenceAt(life.cadences, at), zone }, at).to
}

/** Whether an ended life can still go on as if it had never ended: until the period is over in which it ended. */
export function isWithinItsPeriod(life: Lifeline, at: bigint, zone: string): boolean {
  return life.endedAt !== null && at < periodEnd(life, life.endedAt - 1n, zone)
}

function pause(life: Lifeline, at: bigint, until: bigint | null): LifeDecision {
  if (until !== null && until <= at) return no(life, at, 'inverted')
  const paused = pauseFrom(life.phases, at)
  if (!paused.ok || until === null) return withPhases(life, paused)
  return withPhases(life, resumeFrom(paused.phases, until))
}

function reactivate(life: Lifeline, at: bigint, zone: string): LifeDecision {
  const last = life.phases.at(-1)
  if (life.endedAt === null) return no(life, at, 'not-ended')
  if (!last) return no(life, at, 'never-began')
  if (!isWithinItsPeriod(life, at, zone)) return no(life, at, 'period-over')
  const open = { endedAt: null, endReason: null, settlement: 'credit' as const }
  // A trial that ran out goes on as what it was a trial of.
  const phases =
    last.kind === 'trial'
      ? [...life.phases, { ...last, id: '', kind: 'active' as const, from: life.endedAt, to: null }]
      : [...life.phases.slice(0, -1), { ...last, to: null }]
  return yes({ ...life, ...open, phases })
}

/** The trial that has not ended at an instant. */
function trialAfter(life: Lifeline, at: bigint) {
  return life.phases.find(phase => phase.kind === 'trial' && phase.to !== null && phase.to > at)
}

function withoutCard(life: Lifeline, at: bigint): Lifeline {
  const end = trialAfter(life, at)?.to
  if (end === undefined || end === null || life.afterTrial === 'convert' || life.endedAt !== null) return life
  if (life.afterTrial === 'pause') {
    const paused = pauseFrom(life.phases, end)
    return paused.ok ? { ...life, phases: [...paused.phases] } : life
  }
  const ended = cancelAt(life.phases, end)
  return ended.ok ? { ...life, phases: [...ended.phases], endedAt: end, endReason: 'trial' } : life
}

function withCard(life: Lifeline, at: bigint): Lifeline {
  const trial = trialAfter(life, at)
  if (!trial) return life
  const end = trial.to!
  if (life.endReason === 'trial' && life.endedAt === end) {
    const next = { ...trial, id: '', kind: 'active' as const, from: end, to: null }
    return { ...life, endedAt: null, endReason: null, phases: [...life.phases, next] }
  }
  const resumed = resumeFrom(life.phases, end)
  return resumed.ok ? { ...life, phases: [...resumed.phases] } : life
}

function addOn(life: Lifeline, change: Extract<LifeChange, { kind: 'add-on' }>): LifeDecision {
  const { at, until, quantity } = change
  if (until !== null && until <= at) return no(life, at, 'inverted')
  if (at < life.startedAt) return no(life, at, 'before-start')
  if (life.endedAt !== null && at >= life.endedAt) return no(life, at, 'ended')
  const { planVersionId, priceId } = change.addOn
  const meets = (one: { readonly from: bigint; readonly to: bigint | null }) =>
    (until === null || one.from < until) && (one.to === null || at < one.to)
  const same = (one: AddOn) =>
    one.planVersionId === planVersionId &&
    (one.priceId === null || priceId === null || one.priceId === priceId)
  const twice =
    life.addOns.some(one => same(one) && one.stretches.some(meets)) ||
    life.phases.some(phase => phase.planVersionId === planVersionId && meets(phase))
  if (twice) return no(life, at, 'add-on-twice')
  const stretches = [{ quantity, from: at, to: until }]
  return yes({ ...life, addOns: [...life.addOns, { ...change.addOn, stretches }] })
}

function ofAddOn(
  life: Lifeline,
  id: string,
  at: bigint,
  make: (stretches: AddOn['stretches']) => AddOn['stretches'],
): LifeDecision {
  const found = life.addOns.find(one => one.id === id)
  const [first] = found?.stretches ?? []
  if (!found || !first) return no(life, at, 'add-on-unknown')
  const end = found.stretches.at(-1)!.to
  if (at < first.from) return no(life, at, 'before-start')
  if ((end !== null && at >= end) || (life.endedAt !== null && at >= life.endedAt))
    return no(life, at, 'add-on-ended')
  const addOns = life.addOns.map(one => (one === found ? { ...one, stretches: make(one.stretches) } : one))
  return yes({ ...life, addOns })
}

function withPhases(
  life: Lifeline,
  decision: PhaseDecision,
  more: () => Partial<Lifeline> = () => ({}),
): LifeDecision {
  if (!decision.ok) return decision
  return yes({ ...life, phases: [...decision.phases], ...more() })
}

function asPhases(life: Lifeline | null, id: string) {
  const found = life?.addOns.find(one => one.id === id)
  return (found?.stretches ?? []).map(({ quantity, from, to }) => ({
    ...{ id: '', planVersionId: found!.planVersionId, kind: 'active' as const, quantity, from, to },
  }))
}

function sameCadence(a: Cadence, b: Cadence): boolean {
  return (
    a.ordinal === b.ordinal &&
    a.interval === b.interval &&
    a.alignment === b.alignment &&
    a.anchorAt === b.anchorAt &&
    a.from === b.from
  )
}

function yes(life: Lifeline): LifeDecision {
  return { ok: true, life }
}

function no(life: Lifeline, at: bigint, reason: LifeRefusal['reason']): LifeDecision {
  return { ok: false, refusal: { state: lifeStateAt(life, null, at), reason } }
}
