import { describe, expect, test } from 'vitest'
import type { Charge } from '#shared/contract/billing/prices.ts'
import { checkPlan, checkPrice, checkTerms, missingCurrency, type PriceDraft } from './check-price.ts'

const metrics = new Map([
  ['m1', { key: 'api-calls', active: true }],
  ['m2', { key: 'storage', active: false }],
])
const usage: PriceDraft = {
  ...{ key: 'api-calls', name: 'API calls', metricId: 'm1', currency: 'USD', minimum: null, maximum: null },
  ...{ charge: { model: 'standard', unit: '0.01', free: '0' }, due: 'arrears', proration: 'second' },
}
const fee: PriceDraft = {
  ...usage,
  ...{ key: 'platform', metricId: null, charge: { model: 'flat', amount: '99' }, due: 'advance' },
}
const faults = (price: PriceDraft) =>
  checkPrice(price, metrics).map(({ path, reason }) => `${path} ${reason}`)
const tiers = (...ends: (string | null)[]): Charge => ({
  ...{ model: 'graduated', flatAtZero: false },
  tiers: ends.map(upTo => ({ upTo, unit: '1', flat: '0' })),
})

describe('a price', () => {
  test('that makes sense has no faults', () => {
    expect(faults(usage)).toEqual([])
    expect(faults(fee)).toEqual([])
    expect(faults({ ...usage, charge: tiers('10', '20.5', null), minimum: '5', maximum: '5' })).toEqual([])
  })

  test('and its metric', () => {
    expect(faults({ ...usage, metricId: null })).toEqual(['metricId metric-missing'])
    expect(faults({ ...fee, metricId: 'm1' })).toEqual(['metricId metric-on-fee'])
    expect(faults({ ...usage, metricId: 'm9' })).toEqual(['metricId metric-unknown'])
    expect(faults({ ...usage, metricId: 'm2' })).toEqual(['metricId metric-inactive'])
    expect(faults({ ...usage, due: 'advance' })).toEqual(['due usage-in-advance'])
  })

  test('currency, limits, discount', () => {
    expect(faults({ ...usage, currency: 'XXX' })).toEqual(['currency currency-unknown'])
    expect(faults({ ...usage, minimum: '10', maximum: '9.99' })).toEqual(['minimum minimum-over-maximum'])
    expect(checkTerms({ ...usage, discountPercent: '100.01' })).toEqual([
      { path: 'discountPercent', reason: 'discount-over-100' },
    ])
  })

  test('tiers that overlap, stand still, or end where they must not', () => {
    expect(faults({ ...usage, charge: tiers('10', '10', null) })).toEqual([
      'charge.tiers.1.upTo tiers-not-ascending',
    ])
    expect(faults({ ...usage, charge: tiers('0', null) })).toEqual([
      'charge.tiers.0.upTo tiers-not-ascending',
    ])
    expect(faults({ ...usage, charge: tiers(null, null) })).toEqual(['charge.tiers.0.upTo tier-end-missing'])
    expect(faults({ ...usage, charge: tiers('10', '20') })).toEqual(['charge.tiers.1.upTo last-tier-ends'])
    const volume: Charge = { ...tiers('20', '10', null), model: 'volume' } as Charge
    expect(faults({ ...usage, charge: volume })).toEqual(['charge.tiers.1.upTo tiers-not-ascending'])
  })

  test('a package holds something', () => {
    const charge: Charge = { model: 'package', size: '0.00', amount: '5', free: '0' }
    expect(faults({ ...usage, charge })).toEqual(['charge.size package-empty'])
  })
})

describe('a plan version', () => {
  test('with its places', () => {
    const entitlements = [
      { kind: 'metered', key: 'api-calls', limit: '5', enforcement: 'hard' },
      { kind: 'metered', key: 'unknown', limit: null, enforcement: 'soft' },
      { kind: 'boolean', key: 'api-calls', allowed: true },
    ] as const
    const prices = [fee, usage, { ...usage, currency: 'EUR' }, { ...usage, metricId: null }]
    expect(checkPlan({ prices, entitlements }, metrics)).toEqual([
      { path: 'prices.3.key', reason: 'key-twice' },
      { path: 'prices.3.metricId', reason: 'metric-missing' },
      { path: 'entitlements.1.key', reason: 'metric-unknown' },
      { path: 'entitlements.2.key', reason: 'key-twice' },
    ])
  })
})

describe('the currencies of a plan', () => {
  const price = (key: string, currency: string) => ({ key, name: key.toUpperCase(), currency })

  test('are those of every price of it', () => {
    expect(missingCurrency([])).toBeNull()
    expect(missingCurrency([price('base', 'USD'), price('calls', 'USD')])).toBeNull()
    const both = [price('base', 'USD'), price('base', 'EUR'), price('calls', 'USD')]
    expect(missingCurrency(both)).toEqual({ price: 'CALLS', currency: 'EUR' })
    expect(missingCurrency([...both, price('calls', 'EUR')])).toBeNull()
  })
})

describe('further terms of a price', () => {
  const percentage: Charge = {
    ...{ model: 'percentage', percent: '2.9', fixed: '0', freeEvents: null, freeAmount: null },
    ...{ minimumPerEvent: '1', maximumPerEvent: '2' },
  }
  test('percentages are at most a hundred, and events cost at most no less than at least', () => {
    expect(faults({ ...usage, charge: percentage })).toEqual([])
    expect(faults({ ...usage, charge: { ...percentage, percent: '100.1' } })).toEqual([
      'charge.percent percent-over-100',
    ])
    expect(faults({ ...usage, charge: { ...percentage, maximumPerEvent: '0.99' } })).toEqual([
      'charge.minimumPerEvent event-minimum-over-maximum',
    ])
    const graduated: Charge = {
      ...{ model: 'graduated-percentage', flatAtZero: false },
      tiers: [
        { upTo: '10', percent: '101', flat: '0' },
        { upTo: '5', percent: '1', flat: '0' },
        { upTo: null, percent: '1', flat: '0' },
      ],
    }
    expect(faults({ ...usage, charge: graduated })).toEqual([
      'charge.tiers.0.percent percent-over-100',
      'charge.tiers.1.upTo tiers-not-ascending',
    ])
  })

  test('a minimum that is made up needs one, and its periods hold whole ones of the price', () => {
    expect(faults({ ...usage, trueUp: true })).toEqual(['trueUp true-up-without-minimum'])
    const least = { ...usage, minimum: '10' }
    expect(faults({ ...least, trueUp: true })).toEqual([])
    expect(faults({ ...least, minimumInterval: 'year' })).toEqual([
      'minimumInterval minimum-interval-without-true-up',
    ])
    const up = { ...least, trueUp: true }
    expect(faults({ ...up, interval: 'month', minimumInterval: 'quarter' })).toEqual([])
    expect(faults({ ...up, interval: 'year', minimumInterval: 'quarter' })).toEqual([
      'minimumInterval interval-not-within',
    ])
    expect(faults({ ...up, interval: 'week', minimumInterval: 'month' })).toEqual([
      'minimumInterval interval-not-within',
    ])
    const plan = (interval: 'month' | 'year') =>
      checkPlan({ prices: [{ ...up, minimumInterval: 'quarter' }], entitlements: [], interval }, metrics)
    expect(plan('month')).toEqual([])
    expect(plan('year')).toEqual([{ path: 'prices.0.minimumInterval', reason: 'interval-not-within' }])
  })

  test('a floor is at most the price', () => {
    expect(faults({ ...usage, floorPercent: '100' })).toEqual([])
    expect(faults({ ...usage, floorPercent: '100.5' })).toEqual(['floorPercent floor-over-100'])
  })
})
