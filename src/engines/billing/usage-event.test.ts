import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compare, exactOf, scaled } from './exact.ts'
import {
  EARLIEST,
  EXACT_PLACES,
  groupsText,
  instantProblem,
  MOST_AHEAD,
  propertiesText,
  quantityText,
  scaledQuantity,
} from './usage-event.ts'

describe('the quantity of an event', () => {
  test('fits the scale, is rounded half-up, or is refused', () => {
    expect(scaledQuantity('12.5', 3, 'refuse')).toEqual({ units: 12_500n, rest: 0n })
    expect(scaledQuantity('12.5000', 1, 'refuse')).toEqual({ units: 125n, rest: 0n })
    expect(scaledQuantity('1.25', 1, 'refuse')).toEqual({ problem: 'scale' })
    const half = 5n * 10n ** BigInt(EXACT_PLACES - 2)
    expect(scaledQuantity('1.25', 1, 'round')).toEqual({ units: 13n, rest: -half })
    expect(scaledQuantity('-1.25', 1, 'round')).toEqual({ units: -13n, rest: half })
    expect(scaledQuantity('1.24', 1, 'round')).toEqual({
      units: 12n,
      rest: 4n * 10n ** BigInt(EXACT_PLACES - 2),
    })
  })

  test('is a plain decimal in range', () => {
    for (const bad of ['', 'x', '1e3', '.5', '1,5', '+1'])
      expect(scaledQuantity(bad, 2, 'round')).toEqual({ problem: 'malformed' })
    expect(scaledQuantity('1000000000000000', 0, 'refuse')).toEqual({ units: 10n ** 15n, rest: 0n })
    expect(scaledQuantity('1000000000000001', 0, 'refuse')).toEqual({ problem: 'range' })
    expect(scaledQuantity('-1000000000000001', 0, 'refuse')).toEqual({ problem: 'range' })
  })

  test('units and rest are the quantity, exactly, and its text is read back', () => {
    const decimal = fc
      .tuple(fc.bigInt(-(10n ** 14n), 10n ** 14n), fc.integer({ min: 0, max: 20 }))
      .map(([units, places]) => quantityText(units, places))
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 9 }), (text, scale) => {
        const read = scaledQuantity(text, scale, 'round')
        if ('problem' in read) {
          expect(read.problem).toBe('range')
          return
        }
        const whole = read.units * 10n ** BigInt(EXACT_PLACES - scale) + read.rest
        expect(compare(scaled(whole, EXACT_PLACES), exactOf(text))).toBe(0)
        expect(scaledQuantity(quantityText(read.units, scale), scale, 'refuse')).toEqual({
          units: read.units,
          rest: 0n,
        })
      }),
    )
  })
})

describe('an event', () => {
  test('is neither of the far future nor of another century', () => {
    const now = 1_800_000_000_000n
    expect(instantProblem(now + MOST_AHEAD, now)).toBeNull()
    expect(instantProblem(now + MOST_AHEAD + 1n, now)).toBe('future')
    expect(instantProblem(EARLIEST, now)).toBeNull()
    expect(instantProblem(EARLIEST - 1n, now)).toBe('too-old')
  })

  test('keeps its properties as canonical text, and its groups apart', () => {
    expect(propertiesText({})).toBe('')
    expect(propertiesText({ b: '1', a: 'x"y' })).toBe('{"a":"x\\"y","b":"1"}')
    expect(groupsText([], { a: '1' })).toBe('{}')
    expect(groupsText(['region'], { a: '1' })).toBe('{}')
    expect(groupsText(['region', 'team'], { team: 't', a: '1', region: 'eu' })).toBe(
      '{"region":"eu","team":"t"}',
    )
  })
})
