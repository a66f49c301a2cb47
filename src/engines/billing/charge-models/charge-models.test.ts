import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Charge } from '#shared/contract/billing/prices.ts'
import { compare, exactOf, exactText, roundHalfUp, scaled } from '../exact.ts'
import { priceOf } from './by-model.ts'

const TIERS = [
  { upTo: '100', unit: '0.10', flat: '0' },
  { upTo: '1000', unit: '0.05', flat: '2' },
  { upTo: null, unit: '0.01', flat: '10' },
]
const graduated: Charge = { model: 'graduated', tiers: TIERS, flatAtZero: false }
const volume: Charge = { model: 'volume', tiers: TIERS, flatAtZero: false }
const amount = (charge: Charge, quantity: string) => exactText(priceOf(charge, exactOf(quantity)).exact)

describe('a flat fee', () => {
  test('counts once for each seat', () => {
    const fee: Charge = { model: 'flat', amount: '99.50' }
    expect(amount(fee, '1')).toBe('99.5')
    expect(amount(fee, '3')).toBe('298.5')
    expect(amount(fee, '0')).toBe('0')
    expect(priceOf(fee, exactOf('1')).formula).toBe('99.50')
    expect(priceOf(fee, exactOf('3')).formula).toBe('3 × 99.50')
  })
})

describe('standard', () => {
  test('a price for each unit above the free ones', () => {
    const charge: Charge = { model: 'standard', unit: '0.002', free: '10000' }
    expect(amount(charge, '10000')).toBe('0')
    expect(amount(charge, '12345.5')).toBe('4.691') // 2,345.5 × 0.002
    expect(amount(charge, '0')).toBe('0')
    expect(priceOf(charge, exactOf('12345.5'))).toMatchObject({
      formula: 'max(0, 12345.5 − 10000) × 0.002',
      parts: [{ above: '10000', quantity: '2345.5', unit: '0.002', amount: '4.691' }],
    })
  })

  test('a quantity below zero costs nothing', () => {
    expect(amount({ model: 'standard', unit: '5', free: '0' }, '-3')).toBe('0')
  })
})

describe('graduated', () => {
  test('each part at its own tier, ends inclusive, flat fees when a tier is entered', () => {
    expect(amount(graduated, '0')).toBe('0')
    expect(amount(graduated, '100')).toBe('10') // 100 × 0.10
    expect(amount(graduated, '100.5')).toBe('12.025') // 10 + 0.5 × 0.05 + 2
    expect(amount(graduated, '1000')).toBe('57') // 10 + 900 × 0.05 + 2
    expect(amount(graduated, '1500')).toBe('72') // 57 + 500 × 0.01 + 10
    expect(priceOf(graduated, exactOf('1500'))).toEqual({
      exact: expect.anything(),
      formula: '100 × 0.10 + 900 × 0.05 + 2 + 500 × 0.01 + 10',
      parts: [
        { tier: 1, above: null, upTo: '100', quantity: '100', unit: '0.10', flat: null, amount: '10' },
        { tier: 2, above: '100', upTo: '1000', quantity: '900', unit: '0.05', flat: '2', amount: '47' },
        { tier: 3, above: '1000', upTo: null, quantity: '500', unit: '0.01', flat: '10', amount: '15' },
      ],
    })
    expect(priceOf(graduated, exactOf('0'))).toMatchObject({ formula: '0', parts: [] })
  })

  test("the first tier's flat fee is due at zero only where the price says so", () => {
    const tiers = [{ upTo: null, unit: '1', flat: '20' }]
    expect(amount({ model: 'graduated', tiers, flatAtZero: false }, '0')).toBe('0')
    expect(amount({ model: 'graduated', tiers, flatAtZero: true }, '0')).toBe('20')
    expect(amount({ model: 'graduated', tiers, flatAtZero: true }, '2')).toBe('22')
  })
})

describe('volume', () => {
  test('the whole quantity at the tier that it reaches', () => {
    expect(amount(volume, '0')).toBe('0')
    expect(amount(volume, '100')).toBe('10')
    expect(amount(volume, '100.01')).toBe('7.0005') // 100.01 × 0.05 + 2: dearer tiers come first, so it falls
    expect(amount(volume, '1000')).toBe('52')
    expect(amount(volume, '2000')).toBe('30') // 2,000 × 0.01 + 10
    expect(priceOf(volume, exactOf('1000'))).toMatchObject({
      formula: '1000 × 0.05 + 2',
      parts: [{ tier: 2, above: '100', upTo: '1000', flat: '2', amount: '52' }],
    })
    expect(priceOf(volume, exactOf('50'))).toMatchObject({ formula: '50 × 0.10', parts: [{ above: null }] })
  })

  test("the first tier's flat fee at zero", () => {
    const tiers = [{ upTo: null, unit: '1', flat: '20' }]
    expect(amount({ model: 'volume', tiers, flatAtZero: false }, '0')).toBe('0')
    expect(amount({ model: 'volume', tiers, flatAtZero: true }, '0')).toBe('20')
  })

  test('beyond an end that nobody wrote, the last tier goes on', () => {
    const tiers = [{ upTo: '10', unit: '1', flat: '0' }]
    expect(amount({ model: 'volume', tiers, flatAtZero: false }, '11')).toBe('11')
    expect(
      amount({ model: 'graduated', tiers: [{ upTo: '10', unit: '1', flat: '0' }], flatAtZero: false }, '4'),
    ).toBe('4')
  })
})

describe('package', () => {
  test('whole packages above the free units', () => {
    const charge: Charge = { model: 'package', size: '1000', amount: '5', free: '200' }
    expect(amount(charge, '200')).toBe('0')
    expect(amount(charge, '200.001')).toBe('5')
    expect(amount(charge, '1200')).toBe('5')
    expect(amount(charge, '1201')).toBe('10')
    expect(priceOf(charge, exactOf('1201'))).toMatchObject({
      formula: '⌈max(0, 1201 − 200) ÷ 1000⌉ × 5',
      parts: [{ quantity: '2', unit: '5', amount: '10' }],
    })
    const plain: Charge = { model: 'package', size: '0.5', amount: '1', free: '0' }
    expect(priceOf(plain, exactOf('1.1'))).toMatchObject({
      formula: '⌈1.1 ÷ 0.5⌉ × 1',
      parts: [{ amount: '3' }],
    })
  })
})

const quantity = fc.bigInt(0n, 10n ** 12n).map(units => scaled(units, 4))
const price = fc.bigInt(0n, 10n ** 8n).map(units => exactText(scaled(units, 6)))
const ends = fc.uniqueArray(fc.bigInt(1n, 10n ** 9n), { minLength: 0, maxLength: 6 }).map(list => {
  const sorted = list.sort((a, b) => (a < b ? -1 : 1)).map(end => exactText(scaled(end, 2)))
  return [...sorted, null]
})
const tiered = ends.chain(list =>
  fc.tuple(...list.map(upTo => fc.record({ upTo: fc.constant(upTo), unit: price, flat: price }))),
)
const monotone: fc.Arbitrary<Charge> = fc.oneof(
  fc.record({ model: fc.constant('flat' as const), amount: price }),
  fc.record({ model: fc.constant('standard' as const), unit: price, free: price }),
  fc.record({ model: fc.constant('graduated' as const), tiers: tiered, flatAtZero: fc.boolean() }),
  fc.record({
    model: fc.constant('package' as const),
    size: fc.bigInt(1n, 10n ** 6n).map(units => exactText(scaled(units, 2))),
    amount: price,
    free: price,
  }),
)

describe('for any price', () => {
  test('more costs no less: flat, standard, graduated, package; volume jumps and may fall', () => {
    fc.assert(
      fc.property(monotone, quantity, quantity, (charge, a, b) => {
        const [less, more] = compare(a, b) <= 0 ? [a, b] : [b, a]
        expect(compare(priceOf(charge, less).exact, priceOf(charge, more).exact)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('the parts add up to the amount, and hold the whole quantity', () => {
    const any = fc.oneof(
      monotone,
      fc.record({ model: fc.constant('volume' as const), tiers: tiered, flatAtZero: fc.boolean() }),
    )
    fc.assert(
      fc.property(any, quantity, (charge, used) => {
        const { exact, parts } = priceOf(charge, used)
        const sum = (pick: (part: (typeof parts)[number]) => string) =>
          parts.reduce((total, part) => total + roundHalfUp(exactOf(pick(part)), 20), 0n)
        expect(sum(part => part.amount)).toBe(roundHalfUp(exact, 20))
        if (charge.model === 'graduated') expect(sum(part => part.quantity)).toBe(roundHalfUp(used, 20))
      }),
    )
  })
})
