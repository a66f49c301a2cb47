import { describe, expect, it } from 'vitest'
import type { Price } from '#shared/contract/billing/catalog.ts'
import type { Contract } from '#shared/contract/billing/contracts.ts'
import {
  draftOf,
  inputOf,
  isBadAmount,
  newCommitment,
  newPhase,
  newPrice,
  newVolume,
  takesAmount,
} from './contract-draft.ts'

const price = (charge: object) => ({ charge }) as unknown as Price
const PRICES = new Map([
  ['pro/base', price({ model: 'flat', amount: '100' })],
  ['pro/calls', price({ model: 'standard', unit: '0.1', free: '5' })],
  ['pro/gb', price({ model: 'graduated', tiers: [], flatAtZero: false })],
])

describe('a contract as it is typed', () => {
  const draft = {
    ...draftOf(null, '2026-01-01'),
    ...{ number: 'C-1', name: 'Acme', currency: 'USD', minimum: '50', paymentDays: 60 },
  }

  it('is sent once all of it makes sense', () => {
    expect(inputOf(draftOf(null, '2026-01-01'), 'UTC', PRICES)).toBeNull()
    expect(inputOf(draft, 'UTC', PRICES)).toMatchObject({
      ...{ number: 'C-1', from: BigInt(Date.UTC(2026, 0, 1)), until: null, paymentDays: 60 },
      terms: { minimum: 5000n, phases: [], volume: [], commitments: [] },
    })
    expect(inputOf({ ...draft, from: 'soon' }, 'UTC', PRICES)).toBeNull()
    expect(inputOf({ ...draft, minimum: '1.234' }, 'UTC', PRICES)).toBeNull()
    expect([isBadAmount(''), isBadAmount('-1'), isBadAmount('1.5')]).toEqual([false, true, false])
  })

  it('has an amount in the place of simple prices, and a percentage off others', () => {
    const phase = (...prices: object[]) => ({
      ...draft,
      phases: [
        { ...newPhase('Year 1', '2026-01-01'), prices: prices.map(one => ({ ...newPrice(), ...one })) },
      ],
    })
    const termsOf = (...prices: object[]) =>
      inputOf(phase(...prices), 'UTC', PRICES)?.terms.phases.flatMap(one => one.prices.map(own => own.terms))
    expect(
      termsOf(
        { price: 'pro/base', amount: '80' },
        { price: 'pro/calls', amount: '0.08', percent: '5' },
        { price: 'pro/gb', percent: '10' },
      ),
    ).toEqual([
      { charge: { model: 'flat', amount: '80' } },
      { charge: { model: 'standard', unit: '0.08', free: '5' }, discountPercent: '5' },
      { discountPercent: '10' },
    ])
    expect(termsOf({ price: 'pro/gb', amount: '1' })).toBeUndefined()
    expect(termsOf({ price: 'pro/base' })).toBeUndefined()
    expect(termsOf({ amount: '1' })).toBeUndefined()
    expect([...PRICES.values(), undefined].map(takesAmount)).toEqual([true, true, false, false])
  })

  it('names commitments by their words, each by a key of its own', () => {
    const commitments = ['Spend per Year', 'spend per year!', '—'].map(name => ({
      ...{ ...newCommitment(name), amount: '1200', overage: '-5' },
    }))
    const keys = inputOf({ ...draft, commitments }, 'UTC', PRICES)!.terms.commitments
    expect(keys.map(one => one.key)).toEqual(['spend-per-year', 'spend-per-year-2', 'commitment'])
    expect(keys[0]).toMatchObject({ amount: 120_000n, overagePercent: '-5', every: 'year' })
    const bad = [{ ...newCommitment('x'), amount: '1', overage: 'much' }]
    expect(inputOf({ ...draft, commitments: bad }, 'UTC', PRICES)).toBeNull()
  })

  it('comes back as it was stored', () => {
    const volume = [{ ...newVolume('Volume'), metricIds: ['m'] }].map(one => ({
      ...one,
      tiers: [
        { id: 1, upTo: '1000', percent: '0' },
        { id: 2, upTo: '', percent: '10' },
      ],
    }))
    const odd = { maximum: '5' }
    const prices = [
      { ...newPrice(), price: 'pro/base', amount: '80' },
      { ...newPrice(), price: 'pro/gb', percent: '10' },
      { ...newPrice(), price: 'pro/calls', kept: odd },
    ]
    const phases = [{ ...newPhase('Year 1', '2026-01-01'), to: '2027-01-01', discount: '20', prices }]
    const commitments = [{ ...newCommitment('Spend'), amount: '10.50', from: '2026-02-01' }]
    const whole = { ...draft, renewMonths: 12, noticeDays: 30, phases, volume, commitments } as const
    const input = inputOf(whole, 'UTC', PRICES)!
    const again = draftOf({ ...input, zone: 'UTC' } as unknown as Contract, '')
    expect(inputOf(again, 'UTC', PRICES)).toEqual(input)
    const bare = inputOf({ ...draft, minimum: '' }, 'UTC', PRICES)!
    expect(inputOf(draftOf({ ...bare, zone: 'UTC' } as unknown as Contract, ''), 'UTC', PRICES)).toEqual(bare)
  })
})
