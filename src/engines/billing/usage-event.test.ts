import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EXACT_PLACES,
  groupsText,
  instantProblem,
  propertiesText,
  quantityText,
  scaledQuantity,
} from './usage-event.ts'

describe('a quantity', () => {
  it('is kept in units of its scale, and what is too fine is refused or rounded half-up', () => {
    expect(scaledQuantity('12.5', 3, 'refuse')).toEqual({ units: 12_500n, rest: 0n })
    expect(scaledQuantity('12.500', 1, 'refuse')).toEqual({ units: 125n, rest: 0n })
    expect(scaledQuantity('12.55', 1, 'refuse')).toEqual({ problem: 'scale' })
    expect(scaledQuantity('0.5', 0, 'round')).toMatchObject({ units: 1n })
    expect(scaledQuantity('-0.5', 0, 'round')).toMatchObject({ units: -1n })
    expect(scaledQuantity('0.4999', 0, 'round')).toMatchObject({ units: 0n })
    expect(scaledQuantity('1000000000000000', 0, 'refuse')).toMatchObject({ units: 10n ** 15n })
    expect(scaledQuantity('1000000000000001', 0, 'refuse')).toEqual({ problem: 'range' })
    expect(scaledQuantity('1000000', 9, 'refuse')).toMatchObject({ units: 10n ** 15n })
    for (const text of ['', '.5', '1e3', '+1', '1,5', '1.']) {
      expect(scaledQuantity(text, 0, 'round')).toEqual({ problem: 'malformed' })
    }
  })

  it('is what is kept and what rounding took away, together and exactly', () => {
    const digits = fc.stringMatching(/^\d{1,12}$/)
    fc.assert(
      fc.property(
        fc.boolean(),
        digits,
        digits,
        fc.integer({ min: 0, max: 3 }),
        (minus, whole, places, scale) => {
          const kept = scaledQuantity(`${minus ? '-' : ''}${whole}.${places}`, scale, 'round')
          if ('problem' in kept) throw new Error(kept.problem)
          const given = BigInt(whole + places.padEnd(EXACT_PLACES, '0'))
          const unit = 10n ** BigInt(EXACT_PLACES - scale)
          expect(kept.units * unit + kept.rest).toBe(minus ? -given : given)
          // Never further away than half a unit.
          expect((kept.rest < 0n ? -kept.rest : kept.rest) * 2n).toBeLessThanOrEqual(unit)
          expect(scaledQuantity(quantityText(kept.units, scale), scale, 'refuse')).toEqual({
            units: kept.units,
            rest: 0n,
          })
        },
      ),
    )
  })
})

it('an event may be a day ahead, and not from before 2000', () => {
  const now = BigInt(Date.UTC(2026, 10, 21))
  expect(instantProblem(now + 86_400_000n, now)).toBeNull()
  expect(instantProblem(now + 86_400_001n, now)).toBe('future')
  expect(instantProblem(BigInt(Date.UTC(2000, 0, 1)), now)).toBeNull()
  expect(instantProblem(BigInt(Date.UTC(2000, 0, 1)) - 1n, now)).toBe('too-old')
})

it('properties are canonical, and grouping keeps those that a metric names', () => {
  expect(propertiesText({})).toBe('')
  expect(propertiesText({ b: '1', a: '"', 10: 'x' })).toBe('{"10":"x","a":"\\"","b":"1"}')
  expect(groupsText([], { region: 'eu' })).toBe('{}')
  expect(groupsText(['region', 'tier'], { team: 'x', region: 'eu' })).toBe('{"region":"eu"}')
  expect(groupsText(['region'], {})).toBe('{}')
})
