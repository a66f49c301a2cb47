import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Charge } from '#shared/contract/billing/prices.ts'
import { compare, exactOf, exactText, scaled, ZERO } from '../exact.ts'
import { priceOf } from './by-model.ts'
import { isPriced, measurer, needsEvents } from './measured.ts'
import { withAmounts } from './with-amounts.ts'

type Percentage = Extract<Charge, { model: 'percentage' }>
const percentage = (more: Partial<Percentage> = {}): Percentage => ({
  ...{ model: 'percentage', percent: '2.9', fixed: '0', freeEvents: null, freeAmount: null },
  ...{ minimumPerEvent: null, maximumPerEvent: null },
  ...more,
})

/** What events of these amounts cost. */
function cost(charge: Charge, values: readonly string[], properties: Readonly<Record<string, string>> = {}) {
  const meter = measurer(charge)
  for (const value of values) meter?.take({ quantity: exactOf(value), properties })
  const sum = values.reduce((total, value) => total + Number(value), 0)
  const facts = { events: values.length, measured: meter?.result() }
  const { exact, formula, parts } = priceOf(charge, exactOf(String(sum)), facts)
  return { amount: exactText(exact), formula, parts }
}

describe('percentage', () => {
  test('a part of the amount, and a fee for each event', () => {
    expect(cost(percentage(), ['100', '50'])).toMatchObject({ amount: '4.35', formula: '150 × 2.9%' })
    // 150 × 2.9 % + 2 × 0.30
    expect(cost(percentage({ fixed: '0.30' }), ['100', '50'])).toMatchObject({
      amount: '4.95',
      formula: '150 × 2.9% + 2 × 0.30',
      parts: [
        { quantity: '150', percent: '2.9', amount: '4.35' },
        { quantity: '2', unit: '0.30', events: 'fixed', amount: '0.6' },
      ],
    })
    expect(needsEvents(percentage({ fixed: '0.30' }))).toBe(false)
    expect(needsEvents(percentage({ freeAmount: '50' }))).toBe(false)
    expect(cost(percentage({ freeAmount: '50' }), ['100', '50']).amount).toBe('2.9')
  })

  test('a quantity of which nobody counted the events is one event, nothing is none', () => {
    const charge = percentage({ fixed: '0.30' })
    expect(exactText(priceOf(charge, exactOf('100')).exact)).toBe('3.2')
    expect(exactText(priceOf(charge, ZERO).exact)).toBe('0')
  })

  test('free events: the first ones, whatever they are worth', () => {
    const charge = percentage({ fixed: '0.30', freeEvents: 2 })
    expect(cost(charge, ['100', '50']).amount).toBe('0')
    // The third and the fourth: 30 × 2.9 % + 2 × 0.30
    expect(cost(charge, ['100', '50', '20', '10']).amount).toBe('1.47')
  })

  test('a free amount: what lies above it in the event that uses it up', () => {
    const charge = percentage({ fixed: '0.30', freeAmount: '120' })
    expect(cost(charge, ['100', '20']).amount).toBe('0')
    // 30 of the second and all of the third: 40 × 2.9 % + 2 × 0.30
    expect(cost(charge, ['100', '50', '10']).amount).toBe('1.76')
  })

  test('with both the allowance ends at what is used up first', () => {
    const both = percentage({ fixed: '0.30', freeEvents: 2, freeAmount: '1000' })
    expect(cost(both, ['100', '50', '20']).amount).toBe('0.88') // 20 × 2.9 % + 0.30
    const amountFirst = percentage({ fixed: '0.30', freeEvents: 3, freeAmount: '120' })
    expect(cost(amountFirst, ['100', '50', '10']).amount).toBe('1.76')
  })

  test('each event costs at least and at most so much, its fee included', () => {
    const charge = percentage({ fixed: '0.30', minimumPerEvent: '0.50', maximumPerEvent: '3' })
    // 0.329 raised to 0.50, 1.75 as it is, 29.3 lowered to 3
    expect(cost(charge, ['1', '50', '1000'])).toMatchObject({
      amount: '5.25',
      formula: '1051 × 2.9% + 3 × 0.30 + 0.171 − 26.3',
      parts: [
        { amount: '30.479' },
        { amount: '0.9' },
        { quantity: '1', events: 'raised', amount: '0.171' },
        { quantity: '1', events: 'lowered', amount: '-26.3' },
      ],
    })
    // A free event costs nothing at all.
    const free = percentage({ minimumPerEvent: '0.50', freeEvents: 1 })
    expect(cost(free, ['1', '1']).amount).toBe('0.5')
    // An event below zero costs its least.
    expect(cost(free, ['1', '-5']).amount).toBe('0.5')
  })
})

describe('graduated percentage', () => {
  const charge: Charge = {
    ...{ model: 'graduated-percentage', flatAtZero: false },
    tiers: [
      { upTo: '1000', percent: '3', flat: '0' },
      { upTo: null, percent: '1.5', flat: '5' },
    ],
  }
  test('each part of the amount at its own percentage, ends inclusive', () => {
    expect(cost(charge, ['1000'])).toMatchObject({ amount: '30', formula: '1000 × 3%' })
    expect(cost(charge, ['1001'])).toMatchObject({ amount: '35.015', formula: '1000 × 3% + 1 × 1.5% + 5' })
    expect(cost({ ...charge, free: '500' }, ['1500'])).toMatchObject({
      amount: '30',
      formula: 'max(0, 1500 − 500) = 1000; 1000 × 3%',
    })
    expect(cost(charge, [])).toMatchObject({ amount: '0', formula: '0' })
    const fee = { ...charge, flatAtZero: true, tiers: [{ upTo: null, percent: '3', flat: '7' }] }
    expect(cost(fee, []).amount).toBe('7')
    const endless = { ...charge, tiers: [{ upTo: '10', percent: '3', flat: '0' }] }
    expect(cost(endless, ['10']).amount).toBe('0.3')
  })
})

describe('dynamic', () => {
  const charge: Charge = { model: 'dynamic', property: 'price', per: 'event' }
  test('what the events say, as an amount or as the price of a unit', () => {
    expect(cost(charge, ['1', '2'], { price: '1.25' })).toMatchObject({ amount: '2.5', formula: '2.5' })
    expect(cost({ ...charge, per: 'unit' }, ['1', '2'], { price: '1.25' }).amount).toBe('3.75')
    expect(cost({ ...charge, free: '1' }, ['1', '2'], { price: '1.25' })).toMatchObject({
      amount: '1.5',
      formula: 'max(0, 2.5 − 1)',
    })
    expect(cost({ ...charge, per: 'unit' }, ['-2'], { price: '1.25' }).amount).toBe('0')
  })

  test('an event that says nothing or no amount comes to nothing, and is counted', () => {
    const meter = measurer(charge)!
    for (const price of ['2', '-1', 'free', '1e3', ''])
      meter.take({ quantity: scaled(1n), properties: { price } })
    meter.take({ quantity: scaled(1n), properties: {} })
    expect(meter.result()).toEqual({ model: 'dynamic', amount: '2', unpriced: 5 })
    expect(isPriced(charge, { price: '2' })).toBe(true)
    expect(isPriced(charge, {})).toBe(false)
    expect(isPriced(percentage(), {})).toBe(true)
    expect(exactText(priceOf(charge, exactOf('3')).exact)).toBe('0')
  })
})

describe('what a charge asks of its events', () => {
  test('sums are enough but where single events decide', () => {
    expect(measurer({ model: 'standard', unit: '1', free: '0' })).toBeNull()
    expect(measurer(percentage())).toBeNull()
    const asks: Partial<Percentage>[] = [
      { freeEvents: 1 },
      { minimumPerEvent: '1' },
      { maximumPerEvent: '1' },
      { freeAmount: '1', fixed: '1' },
    ]
    for (const more of asks) expect(needsEvents(percentage(more))).toBe(true)
  })

  const cents = fc.bigInt(0n, 10_000_000n).map(units => exactText(scaled(units, 2)))
  const limits = fc.record({
    percent: fc.bigInt(0n, 10_000n).map(units => exactText(scaled(units, 2))),
    fixed: fc.bigInt(0n, 500n).map(units => exactText(scaled(units, 2))),
    freeEvents: fc.option(fc.integer({ min: 1, max: 5 })),
    freeAmount: fc.option(cents),
    limits: fc.option(fc.tuple(fc.bigInt(0n, 500n), fc.bigInt(0n, 50_000n))),
  })
  test('for any events the parts add up, and more events cost no less', () => {
    fc.assert(
      fc.property(limits, fc.array(cents, { maxLength: 12 }), ({ limits: pair, ...rest }, values) => {
        const charge = percentage({
          ...rest,
          minimumPerEvent: pair && exactText(scaled(pair[0], 2)),
          maximumPerEvent: pair && exactText(scaled(pair[0] + pair[1], 2)),
        })
        const { amount, parts } = cost(charge, values)
        const sum = parts.map(part => exactOf(part.amount)).reduce((a, b) => addTo(a, b), ZERO)
        expect(compare(sum, exactOf(amount))).toBe(0)
        if (values.length > 0)
          expect(compare(exactOf(cost(charge, values.slice(0, -1)).amount), exactOf(amount))).not.toBe(1)
        if (pair) {
          const most = scaled((pair[0] + pair[1]) * BigInt(values.length), 2)
          expect(compare(exactOf(amount), most)).not.toBe(1)
        }
      }),
    )
  })
})

function addTo(a: ReturnType<typeof exactOf>, b: ReturnType<typeof exactOf>) {
  const places = Math.max(a.places, b.places)
  return scaled(
    a.units * 10n ** BigInt(places - a.places) + b.units * 10n ** BigInt(places - b.places),
    places,
  )
}

test('amounts of a charge in another currency', () => {
  const twice = (amount: string) => exactText(scaled(exactOf(amount).units * 2n, exactOf(amount).places))
  expect(withAmounts(percentage({ fixed: '0.3', minimumPerEvent: '1', freeAmount: '5' }), twice)).toEqual(
    percentage({ fixed: '0.6', minimumPerEvent: '2', freeAmount: '5' }),
  )
  const tiers = [{ upTo: null, percent: '3', flat: '7' }]
  expect(withAmounts({ model: 'graduated-percentage', flatAtZero: false, tiers }, twice)).toMatchObject({
    tiers: [{ percent: '3', flat: '14' }],
  })
  const dynamic: Charge = { model: 'dynamic', property: 'p', per: 'event' }
  expect(withAmounts(dynamic, twice)).toBe(dynamic)
  expect(withAmounts({ model: 'flat', amount: '2' }, twice)).toEqual({ model: 'flat', amount: '4' })
  expect(withAmounts({ model: 'standard', unit: '2', free: '1' }, twice)).toMatchObject({
    unit: '4',
    free: '1',
  })
  const volume: Charge = { model: 'volume', flatAtZero: false, tiers: [{ upTo: null, unit: '1', flat: '2' }] }
  expect(withAmounts(volume, twice)).toMatchObject({ tiers: [{ unit: '2', flat: '4' }] })
})
