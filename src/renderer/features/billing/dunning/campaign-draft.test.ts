import { describe, expect, it } from 'vitest'
import { DEFAULT_CAMPAIGN } from '#engines/billing/dunning/default-campaign.ts'
import { draftOf, saidOf } from './campaign-draft.ts'

const before = { ...DEFAULT_CAMPAIGN, active: true }

describe('a campaign while it is written', () => {
  it('unchanged it is the same again', () => {
    expect(saidOf(draftOf(before))).toEqual({ said: before })
    const other = {
      ...before,
      terms: {
        ...before.terms,
        segment: { ...before.terms.segment, countries: ['DE', 'AT'], tiers: ['free'], amountFrom: '10.5' },
        final: { action: 'cancel' as const, days: 45 },
      },
    }
    expect(saidOf(draftOf(other))).toEqual({ said: other })
  })

  it('a new one begins with the standard steps and wants a name', () => {
    const draft = draftOf(null)
    expect(saidOf(draft)).toEqual({ problem: 'unnamed', step: null })
    expect(saidOf({ ...draft, name: ' Big ', rank: '5' })).toMatchObject({
      said: { name: 'Big', rank: 5, terms: { steps: DEFAULT_CAMPAIGN.terms.steps } },
    })
    for (const rank of ['', 'x', '10001'])
      expect(saidOf({ ...draft, name: 'Big', rank })).toEqual({ problem: 'unnamed', step: null })
  })

  it('says which step means nothing, and what the engine finds', () => {
    const draft = draftOf(before)
    const steps = draft.steps.map((step, index) => (index === 2 ? { ...step, days: 'soon' } : step))
    expect(saidOf({ ...draft, steps })).toEqual({ problem: 'unreadable', step: 2 })
    expect(saidOf({ ...draft, minimum: '1,5' })).toEqual({ problem: 'unreadable', step: null })
    expect(saidOf({ ...draft, countries: 'de germany' })).toEqual({ problem: 'unreadable', step: null })
    expect(saidOf({ ...draft, weekdays: [] })).toEqual({ problem: 'no-weekday', step: null })
    expect(saidOf({ ...draft, steps: [], action: 'leave' })).toEqual({ problem: 'nothing-to-do', step: null })
  })
})
