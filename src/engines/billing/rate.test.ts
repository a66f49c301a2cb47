import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Charge, PriceTerms } from '#shared/contract/billing/prices.ts'
import { RatingStep } from '#shared/contract/billing/prices.ts'
import { compare, exactFromText, exactOf, exactText, roundHalfUp, scaled } from './exact.ts'
import { placesOf, rate, taxOn } from './rate.ts'

const at = (iso: string) => BigInt(Date.parse(iso))
const october = { from: at('2026-10-01T00:00:00Z'), to: at('2026-11-01T00:00:00Z') }
const fromThe16th = { from: at('2026-10-16T00:00:00Z'), to: october.to }
const half = { period: october, service: fromThe16th, zone: 'UTC' }

const terms = (charge: Charge, more: Partial<PriceTerms> = {}): PriceTerms => ({
  ...{ currency: 'USD', charge, minimum: null, maximum: null, proration: 'second', discountPercent: '0' },
  ...more,
})
const fee = (amount: string, more: Partial<PriceTerms> = {}) => terms({ model: 'flat', amount }, more)
const perUnit = (unit: string, more: Partial<PriceTerms> = {}) =>
  terms({ model: 'standard', unit, free: '0' }, more)

describe('rating', () => {
  test('normalise, price, round: each a step', () => {
    const rated = rate({
      terms: perUnit('0.002'),
      quantity: scaled(12_345n),
      metric: { aggregation: 'sum' },
      events: 7,
    })
    expect(rated.amount).toBe(2469n) // 12,345 × 0.002 = 24.69
    expect(rated.steps).toEqual([
      { step: 'normalise', aggregation: 'sum', events: 7, quantity: '12345' },
      {
        step: 'price',
        model: 'standard',
        formula: '12345 × 0.002',
        parts: [
          {
            ...{ tier: null, above: null, upTo: null, flat: null },
            ...{ quantity: '12345', unit: '0.002', amount: '24.69' },
          },
        ],
        amount: '24.69',
      },
      { step: 'round', rule: 'half-up', places: 2, exact: '24.69', amount: '24.69' },
    ])
  })

  test('a fee for a part of its period, by second and by day', () => {
    // 16 of 31 days of 99.00 are 51.096…, in October in UTC the same by second and by day.
    for (const [proration, used] of [
      ['second', '1382400'],
      ['day', '16'],
    ] as const) {
      const rated = rate({ terms: fee('99', { proration }), quantity: scaled(1n), proration: half })
      expect(rated.amount).toBe(5110n)
      expect(exactText(rated.exact)).toBe('1584/31')
      expect(rated.steps[2]).toMatchObject({ step: 'prorate', mode: proration, used, amount: '1584/31' })
    }
    expect(
      rate({ terms: fee('99', { proration: 'none' }), quantity: scaled(1n), proration: half }).amount,
    ).toBe(0n)
    expect(
      rate({ terms: fee('99', { proration: 'full' }), quantity: scaled(1n), proration: half }).amount,
    ).toBe(9900n)
  })

  test('a fee for its whole period has no step of proration', () => {
    const whole = { period: october, service: october, zone: 'UTC' }
    const { steps, amount } = rate({ terms: fee('99'), quantity: scaled(3n), proration: whole })
    expect(amount).toBe(29_700n)
    expect(steps.map(step => step.step)).toEqual(['normalise', 'price', 'round'])
  })

  test('usage is not prorated, its minimum and maximum are', () => {
    const usage = perUnit('1', { minimum: '100', maximum: '200' })
    const of = (quantity: bigint) => rate({ terms: usage, quantity: scaled(quantity), proration: half })
    // 16/31 of 100.00 are 51.61, of 200.00 are 103.23.
    expect(of(20n).amount).toBe(5161n)
    expect(of(80n).amount).toBe(8000n)
    expect(of(150n).amount).toBe(10_323n)
    expect(of(20n).steps.slice(2, 5)).toEqual([
      { step: 'prorate', mode: 'second', used: '1382400', whole: '2678400', unit: 'second', amount: '20' },
      { step: 'maximum', limit: '103.23', applied: false, amount: '20' },
      { step: 'minimum', limit: '51.61', applied: true, amount: '51.61' },
    ])
    expect(rate({ terms: perUnit('1'), quantity: scaled(20n), proration: half }).steps).toHaveLength(3)
  })

  test('discount before maximum, maximum before minimum', () => {
    const all = perUnit('1', { discountPercent: '12.5', maximum: '80', minimum: '10' })
    const { amount, steps } = rate({ terms: all, quantity: scaled(100n) })
    expect(amount).toBe(8000n)
    expect(steps.slice(2, 5)).toEqual([
      { step: 'discount', percent: '12.5', off: '12.5', amount: '87.5' },
      { step: 'maximum', limit: '80', applied: true, amount: '80' },
      { step: 'minimum', limit: '10', applied: false, amount: '80' },
    ])
    expect(rate({ terms: all, quantity: scaled(0n) }).amount).toBe(1000n)
    // What is just the limit is not changed by it.
    const exactly = perUnit('1', { minimum: '10', maximum: '10' })
    expect(rate({ terms: exactly, quantity: scaled(10n) }).steps.slice(2, 4)).toEqual([
      { step: 'maximum', limit: '10', applied: false, amount: '10' },
      { step: 'minimum', limit: '10', applied: false, amount: '10' },
    ])
  })

  test('half a cent less a whole one: what was billed is taken off after rounding', () => {
    const yen = perUnit('0.5', { currency: 'JPY' })
    const first = rate({ terms: yen, quantity: scaled(5n) }) // 2.5 → 3
    expect(first.amount).toBe(3n)
    const again = rate({ terms: yen, quantity: scaled(5n), billed: first.amount })
    expect(again.amount).toBe(0n)
    expect(exactText(again.exact)).toBe('-0.5')
    expect(again.steps.at(-1)).toEqual({ step: 'billed', billed: '3', amount: '0' })
  })

  test('currencies with 0, 2 and 3 places', () => {
    const of = (currency: string) =>
      rate({ terms: perUnit('0.3335', { currency }), quantity: scaled(10n) }).amount
    expect(of('JPY')).toBe(3n) // 3.335
    expect(of('USD')).toBe(334n)
    expect(of('KWD')).toBe(3335n)
    expect(placesOf('KWD')).toBe(3)
    expect(() => placesOf('XXX')).toThrow(RangeError)
  })

  test('tax is rounded half-up, alike for money that is given back', () => {
    expect(taxOn(10_050n, '0.075')).toBe(754n) // 753.75
    expect(taxOn(-10_050n, '0.075')).toBe(-754n)
    expect(taxOn(10n, '0.05')).toBe(1n) // 0.5
    expect(taxOn(0n, '0.2')).toBe(0n)
    expect(taxOn(500n, '0')).toBe(0n)
  })
})

const amount = fc.bigInt(0n, 10n ** 10n).map(units => exactText(scaled(units, 4)))
const charge: fc.Arbitrary<Charge> = fc.oneof(
  fc.record({ model: fc.constant('flat' as const), amount }),
  fc.record({ model: fc.constant('standard' as const), unit: amount, free: amount }),
  fc.record({
    model: fc.constant('package' as const),
    size: fc.bigInt(1n, 1000n).map(String),
    amount,
    free: amount,
  }),
  fc.record({
    model: fc.constantFrom('graduated' as const, 'volume' as const),
    tiers: fc.tuple(amount, amount, amount, fc.bigInt(1n, 10n ** 6n)).map(([a, b, flat, end]) => [
      { upTo: String(end), unit: a, flat: '0' },
      { upTo: null, unit: b, flat },
    ]),
    flatAtZero: fc.boolean(),
  }),
)
const anyTerms = fc.record<PriceTerms>({
  currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  charge,
  minimum: fc.option(amount),
  maximum: fc.option(amount),
  proration: fc.constantFrom('second', 'day', 'day-30', 'none', 'full'),
  discountPercent: fc.constantFrom('0', '10', '33.333', '100'),
})
const quantity = fc.bigInt(0n, 10n ** 9n).map(units => scaled(units, 3))
const instant = fc.bigInt(october.from, october.to - 1n)

describe('for any price', () => {
  const part = fc.tuple(instant, instant).map(([a, b]) => ({
    ...{ period: october, zone: 'Europe/Berlin' },
    service: a < b ? { from: a, to: b + 1n } : { from: b, to: a + 1n },
  }))

  test('rated again with what was billed it is nothing, and a correction brings the sum to what it should be', () => {
    fc.assert(
      fc.property(anyTerms, quantity, quantity, part, (price, before, now, proration) => {
        const billed = rate({ terms: price, quantity: before, proration }).amount
        expect(rate({ terms: price, quantity: before, proration, billed }).amount).toBe(0n)
        const correction = rate({ terms: price, quantity: now, proration, billed }).amount
        expect(billed + correction).toBe(rate({ terms: price, quantity: now, proration }).amount)
      }),
    )
  })

  test('the steps fit the contract, end in the amount, and the exact amount is within half a minor unit', () => {
    fc.assert(
      fc.property(
        anyTerms,
        quantity,
        part,
        fc.option(fc.bigInt(0n, 10n ** 9n)),
        (price, used, proration, billed) => {
          const rated = rate({
            terms: price,
            quantity: used,
            proration,
            ...(billed === null ? {} : { billed }),
          })
          for (const step of rated.steps) {
            const parsed = RatingStep.parse(step)
            expect(parsed).toEqual(step)
          }
          const last = rated.steps.at(-1)!
          const places = placesOf(price.currency)
          expect(roundHalfUp(exactOf('amount' in last ? last.amount : ''), places)).toBe(rated.amount)
          expect(compare(exactFromText(exactText(rated.exact)), rated.exact)).toBe(0)
          const off = 2n * (roundHalfUp(rated.exact, places + 6) - rated.amount * 10n ** 6n)
          expect(off <= 10n ** 6n && off >= -(10n ** 6n)).toBe(true)
        },
      ),
    )
  })

  test('a fee in parts comes to the whole but for the rounding of its lines', () => {
    fc.assert(
      fc.property(amount, fc.array(instant, { maxLength: 6 }), (price, cuts) => {
        const edges = [october.from, ...cuts.sort((a, b) => (a < b ? -1 : 1)), october.to]
        const parts = edges.slice(1).map((to, index) => ({ from: edges[index]!, to }))
        const rated = parts.map(service =>
          rate({
            ...{ terms: fee(price), quantity: scaled(1n) },
            proration: { period: october, service, zone: 'UTC' },
          }),
        )
        const whole = rate({ terms: fee(price), quantity: scaled(1n) })
        const sum = rated.reduce((total, one) => total + one.amount, 0n)
        const off = sum > whole.amount ? sum - whole.amount : whole.amount - sum
        expect(2n * off).toBeLessThanOrEqual(BigInt(parts.length) + 1n)
      }),
    )
  })
})
