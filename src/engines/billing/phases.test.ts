import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
import {
  addDays,
  cancelAt,
  changeFrom,
  firstDifference,
  firstPhases,
  type PhaseDecision,
  type Phases,
  pauseFrom,
  phaseAt,
  resumeFrom,
  stateAt,
} from './phases.ts'

const begun = firstPhases({ planVersionId: 'v1', quantity: 2n, at: 100n, trialDays: 0, zone: 'UTC' })
const phasesOf = (decision: PhaseDecision): Phases => {
  if (!decision.ok) throw new Error(`refused: ${decision.refusal.reason}`)
  return decision.phases
}
const terms = (phases: Phases) =>
  phases.map(({ kind, planVersionId, quantity, from, to }) => [kind, planVersionId, quantity, from, to])

describe('phases of a subscription', () => {
  it('a trial lasts calendar days of the zone, also over the change to summer time', () => {
    const at = BigInt(Date.parse('2026-03-25T09:00:00+01:00'))
    const phases = firstPhases({ planVersionId: 'v', quantity: 1n, at, trialDays: 14, zone: 'Europe/Berlin' })
    const end = BigInt(Date.parse('2026-04-08T09:00:00+02:00'))
    expect(terms(phases)).toEqual([
      ['trial', 'v', 1n, at, end],
      ['active', 'v', 1n, end, null],
    ])
    expect(addDays(at, 14, 'UTC')).toBe(end + 3_600_000n)
    expect(stateAt(phases, at, null, end - 1n)).toBe('trialing')
    expect(stateAt(phases, at, null, end)).toBe('active')
    expect(stateAt(phases, at, null, at - 1n)).toBe('scheduled')
  })

  it('a change cuts the phase in force and reaches what is planned for later', () => {
    const seats = phasesOf(changeFrom(begun, 300n, { quantity: 5n }))
    const upgraded = phasesOf(changeFrom(seats, 200n, { planVersionId: 'v2' }))
    expect(terms(upgraded)).toEqual([
      ['active', 'v1', 2n, 100n, 200n],
      ['active', 'v2', 2n, 200n, 300n],
      ['active', 'v2', 5n, 300n, null],
    ])
    expect(changeFrom(begun, 99n, { quantity: 1n })).toMatchObject({ refusal: { reason: 'before-start' } })
  })

  it('is paused once, resumed once, and not in its trial', () => {
    const paused = phasesOf(pauseFrom(begun, 200n))
    expect(pauseFrom(paused, 250n)).toMatchObject({ refusal: { reason: 'already-paused', state: 'paused' } })
    const resumed = phasesOf(resumeFrom(paused, 300n))
    expect(terms(resumed)).toEqual([
      ['active', 'v1', 2n, 100n, 200n],
      ['paused', 'v1', 2n, 200n, 300n],
      ['active', 'v1', 2n, 300n, null],
    ])
    expect(resumeFrom(resumed, 400n)).toMatchObject({ refusal: { reason: 'not-paused' } })
    expect(terms(phasesOf(resumeFrom(paused, 200n)))).toEqual(terms(begun))
    const trial = firstPhases({ planVersionId: 'v1', quantity: 1n, at: 0n, trialDays: 7, zone: 'UTC' })
    expect(pauseFrom(trial, 5n)).toMatchObject({ refusal: { reason: 'in-trial', state: 'trialing' } })
    // A pause before a planned one runs into it, and ends where that one ends.
    const planned = phasesOf(resumeFrom(phasesOf(pauseFrom(begun, 400n)), 500n))
    expect(terms(phasesOf(pauseFrom(planned, 300n)))).toEqual([
      ['active', 'v1', 2n, 100n, 300n],
      ['paused', 'v1', 2n, 300n, 500n],
      ['active', 'v1', 2n, 500n, null],
    ])
  })

  it('ends once, and may be made to end earlier', () => {
    const ended = phasesOf(cancelAt(begun, 500n))
    expect(terms(ended)).toEqual([['active', 'v1', 2n, 100n, 500n]])
    expect(stateAt(ended, 100n, 500n, 500n)).toBe('cancelled')
    expect(terms(phasesOf(cancelAt(ended, 300n)))).toEqual([['active', 'v1', 2n, 100n, 300n]])
    expect(cancelAt(ended, 500n)).toMatchObject({ refusal: { reason: 'ended', state: 'cancelled' } })
    expect(phasesOf(cancelAt(begun, 100n))).toEqual([])
  })

  it('says from where on billing differs', () => {
    expect(firstDifference(begun, begun)).toBe(null)
    expect(firstDifference(begun, phasesOf(changeFrom(begun, 300n, { quantity: 9n })))).toBe(300n)
    expect(firstDifference([], begun)).toBe(100n)
    expect(firstDifference(begun, phasesOf(cancelAt(begun, 250n)))).toBe(250n)
  })

  it('any sequence of changes leaves phases that follow each other, and never touches the past', () => {
    const at = fc.bigInt(0n, 1000n)
    const step = fc.oneof(
      fc.record({ what: fc.constant('change' as const), at, version: fc.constantFrom('v1', 'v2', 'v3') }),
      fc.record({ what: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const), at }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 3 }), (steps, trialDays) => {
        let phases: Phases = firstPhases({
          planVersionId: 'v1',
          quantity: 1n,
          at: 0n,
          trialDays,
          zone: 'UTC',
        })
        for (const one of steps) {
          const decision =
            one.what === 'change'
              ? changeFrom(phases, one.at, { planVersionId: one.version })
              : { pause: pauseFrom, resume: resumeFrom, cancel: cancelAt }[one.what](phases, one.at)
          if (!decision.ok) continue
          for (let earlier = 0n; earlier < one.at; earlier += 97n)
            expect(same(phaseAt(decision.phases, earlier), phaseAt(phases, earlier))).toBe(true)
          const difference = firstDifference(phases, decision.phases)
          expect(difference === null || difference >= one.at).toBe(true)
          phases = decision.phases
          for (const [index, phase] of phases.entries()) {
            const next = phases[index + 1]
            expect(phase.to === null || phase.to > phase.from).toBe(true)
            if (next) expect(phase.to).toBe(next.from)
          }
        }
      }),
    )
  })
})

function same(a: Phase | undefined, b: Phase | undefined): boolean {
  return a?.planVersionId === b?.planVersionId && a?.quantity === b?.quantity && a?.kind === b?.kind
}
