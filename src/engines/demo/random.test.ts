import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomOf } from './random.ts'

describe('the seeded source of chance', () => {
  it('gives these numbers for this seed, on every machine', () => {
    const random = randomOf('quarterdeck')
    expect(Array.from({ length: 4 }, () => random.next())).toMatchInlineSnapshot(`
      [
        966486694,
        3867545414,
        1137156858,
        3904173315,
      ]
    `)
    expect(randomOf('quarterdeck').hex(12)).toMatchInlineSnapshot(`"399b6aa6e686"`)
  })

  it('stays within its bounds and reaches both ends', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), (seed, limit) => {
        const random = randomOf(seed)
        const seen = new Set(Array.from({ length: 400 }, () => random.between(0, limit)))
        expect([Math.min(...seen), Math.max(...seen)]).toEqual([0, limit])
      }),
    )
  })

  it('spreads evenly around one', () => {
    const random = randomOf('spread')
    const factors = Array.from({ length: 20_000 }, () => random.around(100))
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.9)
    expect(Math.max(...factors)).toBeLessThan(1.1)
    expect(factors.reduce((sum, value) => sum + value, 0) / factors.length).toBeCloseTo(1, 2)
  })

  it('differs between seeds that differ by one character', () => {
    expect(randomOf('a/1').next()).not.toBe(randomOf('a/2').next())
  })
})
