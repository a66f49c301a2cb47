import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf, isLess, spanOf, sumOf } from './values.ts'

const Exact = Decimal.clone({ precision: 80 })
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 9 }))
  .map(([units, places]) => new Exact(units.toString()).div(new Exact(10).pow(places)).toFixed())

describe('decimals', () => {
  it('add up exactly', () => {
    fc.assert(
      fc.property(fc.array(decimals, { maxLength: 20 }), all => {
        expect(sumOf(all)).toBe(all.reduce((sum, one) => sum.plus(one), new Exact(0)).toFixed())
      }),
    )
  })

  it('are compared as numbers', () => {
    fc.assert(
      fc.property(decimals, decimals, (one, other) => {
        expect(isLess(one, other)).toBe(new Exact(one).lt(other))
      }),
    )
  })
})

describe('instants', () => {
  it('are read from ISO 8601, digits and numbers, and anything else is left as it is', () => {
    expect(instantOf('2026-11-21T09:00:00Z')).toBe(BigInt(Date.UTC(2026, 10, 21, 9)))
    expect(instantOf('2026-11-21T09:00:00.250+01:00')).toBe(BigInt(Date.UTC(2026, 10, 21, 8, 0, 0, 250)))
    expect(instantOf('2028-02-29T00:00:00Z')).toBe(BigInt(Date.UTC(2028, 1, 29)))
    expect(instantOf('1795251600000')).toBe(1795251600000n)
    expect(instantOf(1795251600000)).toBe(1795251600000n)
    for (const wrong of [
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-11-21',
      '2026-11-21T25:00:00Z',
      '',
      null,
      1.5,
    ])
      expect(instantOf(wrong)).toBe(wrong)
  })

  it('make the present month where nothing is said, and a span that ends before it begins is refused', () => {
    const now = Date.UTC(2026, 10, 21)
    expect(spanOf({}, now)).toEqual({ from: BigInt(Date.UTC(2026, 10, 1)), to: BigInt(now) })
    expect(() => spanOf({ from: 5n, to: 5n }, now)).toThrow()
  })
})
