import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { RateInput, RateOutput } from '#shared/contract/billing/prices.ts'
import { PricingRefusal } from './pricing-refusal.ts'
import { rateInput } from './rate-input.ts'

type Input = z.input<typeof RateInput>
const standard = { currency: 'USD', charge: { model: 'standard', unit: '0.02' } } as const
const run = (input: Input) => rateInput(RateInput.parse(input))
const october = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }

function refusal(input: Input): string {
  try {
    run(input)
  } catch (error) {
    if (error instanceof PricingRefusal) return `${error.path}: ${error.reason}`
    throw error
  }
  return 'rated'
}

describe('rating any price', () => {
  test('a quantity: amounts exact and rounded, tax, total', () => {
    const output = run({ price: standard, quantity: '123.456', taxRate: '0.19' })
    expect(RateOutput.parse(output)).toEqual(output)
    // 123.456 × 0.02 = 2.46912 → 2.47; 19 % of it is 0.4693 → 0.47
    expect(output).toMatchObject({
      quantity: '123.456',
      exact: '2.46912',
      amount: '2.47',
      tax: '0.47',
      total: '2.94',
    })
  })

  test('further aggregations: what was there before the service, different values, rounding', () => {
    const day = (n: number, hour = 0) => new Date(Date.UTC(2026, 9, n, hour)).toISOString()
    const before = { quantity: '10', at: '2026-09-20T00:00:00Z', properties: { user: 'a' } }
    const events = [
      before,
      { quantity: '20', at: day(11), properties: { user: 'b' } },
      { quantity: '5', at: day(21), properties: { user: 'b' } },
    ]
    const of = (more: object, all = events) =>
      run({ price: standard, period: october, events: all, ...more } as never).quantity
    // 10 for ten days of 31, 20 for ten, 5 for eleven.
    expect(of({ aggregation: 'weighted-sum', rounding: { mode: 'floor', places: 3 } })).toBe('11.451')
    expect(of({ aggregation: 'max', carries: true })).toBe('20')
    expect(of({ aggregation: 'sum', carries: true })).toBe('35')
    expect(of({ aggregation: 'latest', carries: true }, [before])).toBe('10')
    const own = events.slice(1)
    expect(of({ aggregation: 'min' }, own)).toBe('5')
    expect(of({ aggregation: 'average' }, own)).toBe('12.5')
    expect(of({ aggregation: 'unique-count', property: 'user' }, own)).toBe('1')
    const refused = (more: object, words: string, all = own) => expect(() => of(more, all)).toThrow(words)
    refused({ aggregation: 'unique-count' }, 'property: property-missing')
    refused({ aggregation: 'unique-count', property: 'team' }, 'events.0.properties: property-missing')
    refused({ aggregation: 'average', carries: true }, 'carries: carries-not')
    refused({ aggregation: 'weighted-sum', period: undefined }, 'period: period-missing')
    refused({ aggregation: 'sum' }, 'events.0.at: event-outside-service', events)
  })

  test('events, each once, by every aggregation', () => {
    const events = [
      { id: 'a', quantity: '5', at: '2026-10-02T00:00:00Z' },
      { id: 'b', quantity: '7.5', at: '2026-10-03T00:00:00+02:00' },
      { id: 'a', quantity: '5', at: '2026-10-02T00:00:00Z' },
      { at: '2026-10-02T12:00:00Z' },
    ]
    const of = (aggregation: 'count' | 'sum' | 'max' | 'latest') =>
      run({ price: standard, events, aggregation, period: october }).quantity
    expect(of('count')).toBe('3')
    expect(of('sum')).toBe('13.5')
    expect(of('max')).toBe('7.5')
    expect(of('latest')).toBe('7.5')
    expect(run({ price: standard, events: [] }).amount).toBe('0.00')
  })

  test('without ids the later of one instant is the latest', () => {
    const at = '2026-10-02T00:00:00Z'
    const events = [
      { quantity: '1', at },
      { quantity: '2', at },
    ]
    expect(run({ price: standard, events, aggregation: 'latest' }).quantity).toBe('2')
  })

  test('a fee: one seat where nothing is said, a part of its period, what was billed', () => {
    const price = { currency: 'USD', charge: { model: 'flat', amount: '99' } } as const
    expect(run({ price }).amount).toBe('99.00')
    expect(run({ price, quantity: '3' }).amount).toBe('297.00')
    const service = { from: '2026-10-16T00:00:00Z', to: '2026-11-01T00:00:00Z' }
    expect(run({ price, period: october, service, billed: '99' })).toMatchObject({
      exact: '-1485/31', // 1584/31 − 99
      amount: '-47.90', // 51.10 − 99.00
    })
    expect(run({ price, period: october }).exact).toBe('99')
  })

  test('what makes no sense is refused with its place', () => {
    const price = standard
    const event = { id: 'a', quantity: '5', at: '2026-10-02T00:00:00Z' }
    const cases: [Input, string][] = [
      [{ price: { ...price, currency: 'XXX' }, quantity: '1' }, 'price.currency: currency-unknown'],
      [
        { price: { ...price, discountPercent: '101' }, quantity: '1' },
        'price.discountPercent: discount-over-100',
      ],
      [
        {
          price: {
            currency: 'USD',
            charge: {
              model: 'volume',
              tiers: [
                { upTo: '10', unit: '1' },
                { upTo: '5', unit: '1' },
                { upTo: null, unit: '1' },
              ],
            },
          },
          quantity: '1',
        },
        'price.charge.tiers.1.upTo: tiers-not-ascending',
      ],
      [{ price, quantity: '1', zone: 'Mars/Olympus' }, 'zone: zone-unknown'],
      [{ price }, 'quantity: quantity-missing'],
      [{ price, quantity: '1', events: [] }, 'events: quantity-and-events'],
      [
        { price: { currency: 'USD', charge: { model: 'flat', amount: '1' } }, events: [] },
        'events: events-of-fee',
      ],
      [{ price, quantity: '1', service: october }, 'period: period-missing'],
      [
        { price, quantity: '1', period: { from: october.to, to: october.from } },
        'period.to: ends-before-it-begins',
      ],
      [
        { price, quantity: '1', period: october, service: { from: october.to, to: october.to } },
        'service.to: ends-before-it-begins',
      ],
      [
        { price, quantity: '1', period: october, service: { ...october, to: '2026-11-02T00:00:00Z' } },
        'service: service-outside-period',
      ],
      [
        { price, events: [{ ...event, at: '2026-11-01T00:00:00Z' }], period: october },
        'events.0.at: event-outside-service',
      ],
      [{ price, events: [event, { ...event, quantity: '6' }] }, 'events.1.id: event-conflict'],
      [{ price, events: [event, { ...event, at: '2026-10-03T00:00:00Z' }] }, 'events.1.id: event-conflict'],
      [
        {
          price,
          events: [
            { quantity: '999999999999999999', at: event.at },
            { quantity: '999999999999999999', at: event.at },
          ],
        },
        'events: quantity-too-large',
      ],
      [
        {
          price,
          events: [
            { quantity: '-999999999999999999', at: event.at },
            { quantity: '-999999999999999999', at: event.at },
          ],
        },
        'events: quantity-too-large',
      ],
      [{ price, quantity: '1', billed: '0.001' }, 'billed: more-places-than-the-currency'],
      [
        {
          price: { currency: 'USD', charge: { model: 'standard', unit: '1000000' } },
          quantity: '999999999999999',
        },
        'price: amount-too-large',
      ],
    ]
    for (const [input, expected] of cases) expect(refusal(input)).toBe(expected)
  })
})
