import { describe, expect, it } from 'vitest'
import { DunningTerms } from '#shared/contract/billing/dunning.ts'
import { belongsTo, campaignFor, isBelow, problemOf, stepsOn } from './campaign.ts'
import { DEFAULT_CAMPAIGN } from './default-campaign.ts'

const [P0, P1] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'] as const
const reminder = { track: 'due', days: 3, message: 'reminder' }
const terms = (more: object = {}) => DunningTerms.parse({ steps: [reminder], ...more })
const facts = {
  ...{ planIds: [P1], currency: 'USD', places: 2, country: 'US', tier: 'enterprise', total: 10_000n },
}

describe('terms of campaigns', () => {
  it('the campaign that a new workspace gets is one', () => {
    expect(problemOf(DEFAULT_CAMPAIGN.terms)).toBeNull()
    expect(DunningTerms.parse(DEFAULT_CAMPAIGN.terms)).toEqual(DEFAULT_CAMPAIGN.terms)
  })

  it.each([
    ['nothing-to-do', null, { steps: [] }],
    ['empty-step', 1, { steps: [reminder, { track: 'due', days: 4 }] }],
    ['same-day-twice', 1, { steps: [reminder, { ...reminder, message: 'urgent' }] }],
    ['final-too-early', null, { final: { action: 'cancel', days: 3 } }],
    ['no-weekday', null, { hours: { weekdays: [], from: '09:00', to: '17:00' } }],
    ['hours-inverted', null, { hours: { weekdays: [1], from: '09:00', to: '09:59' } }],
    ['amounts-inverted', null, { segment: { amountFrom: '10.5', amountBelow: '10.50' } }],
  ])('%s', (reason, step, more) => {
    expect(problemOf(terms(more))).toEqual({ reason, step })
  })

  it('what is right at its edges', () => {
    expect(problemOf(terms({ steps: [], final: { action: 'cancel', days: 1 } }))).toBeNull()
    expect(problemOf(terms({ final: { action: 'mark-unpaid', days: 4 } }))).toBeNull()
    expect(problemOf(terms({ final: { action: 'leave', days: 1 } }))).toBeNull()
    expect(problemOf(terms({ steps: [reminder, { ...reminder, track: 'failure' }] }))).toBeNull()
    expect(problemOf(terms({ steps: [{ track: 'failure', days: 3, retry: true }] }))).toBeNull()
    expect(problemOf(terms({ hours: { weekdays: [7], from: '09:30', to: '10:30' } }))).toBeNull()
    expect(problemOf(terms({ segment: { amountFrom: '1', amountBelow: '2' } }))).toBeNull()
  })

  it('steps of a track stand in the order of their days', () => {
    const later = { ...reminder, days: 1, task: 'Call' }
    const { steps } = terms({ steps: [reminder, later, { ...reminder, track: 'failure' }] })
    expect(stepsOn(steps, 'due').map(step => step.days)).toEqual([1, 3])
  })
})

describe('whose invoices a campaign is for', () => {
  it.each([
    [{}, true],
    [{ planIds: [P0, P1] }, true],
    [{ planIds: [P0] }, false],
    [{ currencies: ['USD'] }, true],
    [{ currencies: ['EUR'] }, false],
    [{ countries: ['US'] }, true],
    [{ countries: ['DE'] }, false],
    [{ tiers: ['enterprise'] }, true],
    [{ tiers: ['starter'] }, false],
    // 100.00: from is reached, below is not passed.
    [{ amountFrom: '100' }, true],
    [{ amountFrom: '100.01' }, false],
    [{ amountBelow: '100' }, false],
    [{ amountBelow: '100.001' }, true],
  ])('%j: %s', (segment, belongs) => {
    expect(belongsTo(terms({ segment: segment as object }).segment, facts)).toBe(belongs)
  })

  it('the first active one by rank holds, and by id where ranks are equal', () => {
    const one = (id: string, rank: number, more: object = {}) => ({
      ...{ id, rank, active: true, terms: terms(), ...more },
    })
    const euro = terms({ segment: { currencies: ['EUR'] } })
    const campaigns = [one('d', 5), one('b', 2), one('a', 2), one('off', 1, { active: false })]
    expect(campaignFor(campaigns, facts)?.id).toBe('a')
    expect(campaignFor([one('c', 2), one('b', 2)], facts)?.id).toBe('b')
    expect(campaignFor([one('eu', 0, { terms: euro }), one('d', 5)], facts)?.id).toBe('d')
    expect(campaignFor([one('eu', 0, { terms: euro })], facts)).toBeNull()
  })

  it('minimum amounts are in the unit of the currency', () => {
    expect(isBelow(499n, '5', 2)).toBe(true)
    expect(isBelow(500n, '5', 2)).toBe(false)
    expect(isBelow(5n, '5.5', 0)).toBe(true)
    expect(isBelow(0n, '0', 2)).toBe(false)
  })
})
