import { describe, expect, test } from 'vitest'
import type { Charge, PriceTerms } from '#shared/contract/billing/prices.ts'
import { belowFloor } from './price-floor.ts'

const terms = (charge: Charge, more: Partial<PriceTerms> = {}): PriceTerms => ({
  ...{ currency: 'USD', charge, minimum: null, maximum: null, proration: 'second', discountPercent: '0' },
  ...more,
})
const unit = (price: string, more: Partial<PriceTerms> = {}) =>
  terms({ model: 'standard', unit: price, free: '0' }, more)
const graduated = (...tiers: [string | null, string][]): Charge => ({
  ...{ model: 'graduated', flatAtZero: false },
  tiers: tiers.map(([upTo, price]) => ({ upTo, unit: price, flat: '0' })),
})

describe('the floor of a price', () => {
  test('a lower unit price, a discount, more free units, a lower maximum', () => {
    expect(belowFloor(unit('0.10'), unit('0.08'), '80')).toBeNull()
    expect(belowFloor(unit('0.10'), unit('0.0799'), '80')).toMatchObject({ list: expect.any(String) })
    expect(belowFloor(unit('0.10'), unit('0.10', { discountPercent: '20' }), '80')).toBeNull()
    expect(belowFloor(unit('0.10'), unit('0.10', { discountPercent: '21' }), '80')).not.toBeNull()
    const free: Charge = { model: 'standard', unit: '0.10', free: '100' }
    expect(belowFloor(unit('0.10'), terms(free), '80')).not.toBeNull()
    expect(belowFloor(unit('0.10'), unit('0.10', { maximum: '1000' }), '80')).not.toBeNull()
    expect(belowFloor(unit('0.10', { minimum: '50' }), unit('0.10'), '80')).toMatchObject({ quantity: '0' })
    expect(
      belowFloor(terms({ model: 'flat', amount: '100' }), terms({ model: 'flat', amount: '80' }), '80'),
    ).toBeNull()
    expect(belowFloor(unit('0.10'), unit('0'), '0')).toBeNull()
  })

  test('at the ends of tiers and far beyond them', () => {
    const list = terms(graduated(['100', '1'], ['1000', '0.8'], [null, '0.5']))
    expect(belowFloor(list, terms(graduated([null, '0.8'])), '80')).toBeNull()
    expect(belowFloor(list, terms(graduated(['100', '1'], [null, '0.3'])), '80')).not.toBeNull()
    expect(belowFloor(list, terms(graduated(['100', '0.7'], [null, '0.9'])), '80')).toMatchObject({
      quantity: '0.000001',
    })
    const packages: Charge = { model: 'package', size: '10', amount: '5', free: '0' }
    expect(belowFloor(terms(packages), unit('0.5'), '80')).not.toBeNull()
  })

  test('each of its charges by property', () => {
    const filters = (price: string) => [
      { name: 'Large', values: { model: ['large'] }, charge: unit(price).charge },
    ]
    const list = unit('0.10', { filters: filters('0.30') })
    expect(belowFloor(list, unit('0.10', { filters: filters('0.24') }), '80')).toBeNull()
    expect(belowFloor(list, unit('0.10', { filters: filters('0.20') }), '80')).not.toBeNull()
    expect(belowFloor(list, unit('0.10'), '80')).not.toBeNull()
    expect(belowFloor(list, unit('0.30'), '80')).toBeNull()
  })

  test('percentages of single events, and amounts that events say', () => {
    const percentage = (percent: string, more: object = {}): PriceTerms =>
      terms({
        ...{ model: 'percentage', percent, fixed: '0.30', freeEvents: null, freeAmount: null },
        ...{ minimumPerEvent: null, maximumPerEvent: null },
        ...more,
      })
    expect(belowFloor(percentage('2'), percentage('1.6', { fixed: '0.24' }), '80')).toBeNull()
    expect(belowFloor(percentage('2'), percentage('2', { maximumPerEvent: '5' }), '80')).not.toBeNull()
    expect(belowFloor(percentage('2'), percentage('2', { freeAmount: '10' }), '80')).not.toBeNull()
    const dynamic = (property: string, free?: string) =>
      terms({ model: 'dynamic', property, per: 'event', ...(free ? { free } : {}) })
    expect(belowFloor(dynamic('a'), dynamic('a'), '80')).toBeNull()
    expect(belowFloor(dynamic('a'), { ...dynamic('a'), discountPercent: '30' }, '80')).not.toBeNull()
    expect(belowFloor(dynamic('a'), dynamic('a', '5'), '80')).not.toBeNull()
    expect(belowFloor(dynamic('a'), dynamic('b'), '80')).toEqual({ quantity: '1', list: '', own: '' })
    expect(belowFloor(dynamic('a'), unit('1'), '80')).not.toBeNull()
    const volume: Charge = {
      model: 'volume',
      flatAtZero: false,
      tiers: [{ upTo: null, unit: '1', flat: '0' }],
      free: '5',
    }
    const partial: Charge = {
      ...{ model: 'graduated-percentage', flatAtZero: false, free: '5' },
      tiers: [
        { upTo: '10', percent: '3', flat: '0' },
        { upTo: null, percent: '1', flat: '0' },
      ],
    }
    expect(belowFloor(terms(volume), terms(volume), '100')).toBeNull()
    expect(belowFloor(terms(partial), terms(partial), '100')).toBeNull()
  })
})
