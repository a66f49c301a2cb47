import { describe, expect, it } from 'vitest'
import { tier } from './charge-draft.ts'
import { complaintOfPrice, emptyPrice, problemsOf } from './draft.ts'

const graduated = (...ends: string[]) => ({
  ...emptyPrice('USD'),
  ...{ model: 'graduated' as const, name: 'Calls', tiers: ends.map(end => tier(end, '1', '')) },
})

describe('what the editor of a price complains about', () => {
  it('names the field of a price below nothing and says what it has to be', () => {
    const below = { ...emptyPrice('USD'), model: 'standard' as const, name: 'Calls', unit: '-0.02' }
    expect(complaintOfPrice(below)).toBe('Price per unit: a decimal of 0 or more.')
    expect(complaintOfPrice({ ...emptyPrice('USD'), name: 'Base', amount: '99', minimum: 'x' })).toBe(
      'Minimum: a decimal of 0 or more.',
    )
  })

  it('says nothing of what is not filled in yet', () => {
    expect(complaintOfPrice(emptyPrice('USD'))).toBeNull()
  })

  it('finds a tier that leaves a gap to the next one', () => {
    const [problem] = problemsOf(graduated('100', '', ''), new Map())!
    expect(problem).toEqual({ path: 'charge.tiers.1.upTo', reason: 'tier-end-missing' })
  })
})
