import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  ceiling,
  compare,
  decimalText,
  divide,
  type Exact,
  exactFromText,
  exactOf,
  exactText,
  isStorable,
  isZero,
  least,
  moneyText,
  multiply,
  negate,
  powerOfTen,
  roundHalfUp,
  scaled,
  subtract,
  ZERO,
} from './exact.ts'

const decimal = fc
  .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: 0, max: 12 }))
  .map(([units, places]) => scaled(units, places))
const exact: fc.Arbitrary<Exact> = fc
  .tuple(decimal, fc.bigInt(1n, 5000n))
  .map(([value, over]) => divide(value, scaled(over)))
const same = (a: Exact, b: Exact): void => {
  expect(compare(a, b)).toBe(0)
}

describe('exact numbers', () => {
  test('read and write decimals', () => {
    expect(exactOf('12.50')).toEqual({ units: 1250n, places: 2, over: 1n })
    expect(exactText(exactOf('-0.050'))).toBe('-0.05')
    expect(exactText(exactOf('100'))).toBe('100')
    expect(exactText(exactOf('-0.000'))).toBe('0')
    expect(decimalText(5n, 3)).toBe('0.005')
    for (const bad of ['', '1.', '.5', '1e3', '+1', '1,5', 'x', '1/3', ' 1'])
      expect(() => exactOf(bad)).toThrow(RangeError)
  })

  test('a quotient that ends is a decimal, one that does not is a fraction', () => {
    expect(exactText(divide(exactOf('99'), exactOf('8')))).toBe('12.375')
    expect(exactText(divide(exactOf('1'), exactOf('-40')))).toBe('-0.025')
    expect(exactText(divide(exactOf('10'), exactOf('30')))).toBe('1/3')
    expect(exactText(divide(exactOf('0.1'), exactOf('6')))).toBe('1/60')
    expect(exactText(divide(exactOf('0'), exactOf('7')))).toBe('0')
    same(exactFromText('-5/6'), divide(exactOf('5'), exactOf('-6')))
    expect(() => divide(exactOf('1'), ZERO)).toThrow(RangeError)
  })

  test('half goes up, and away from zero below it', () => {
    const cases: [string, number, bigint][] = [
      ['0.005', 2, 1n],
      ['0.0049999', 2, 0n],
      ['-0.005', 2, -1n],
      ['-0.0049999', 2, 0n],
      ['2.5', 0, 3n],
      ['-2.5', 0, -3n],
      ['1.5', 3, 1500n],
      ['1', 2, 100n],
    ]
    for (const [text, places, expected] of cases) expect(roundHalfUp(exactOf(text), places)).toBe(expected)
    expect(roundHalfUp(divide(exactOf('10'), exactOf('3')), 2)).toBe(333n)
    expect(roundHalfUp(divide(exactOf('20'), exactOf('3')), 2)).toBe(667n)
    expect(roundHalfUp(divide(exactOf('1.25'), exactOf('2')), 1)).toBe(6n)
  })

  test('ceiling, least, money, what can be stored', () => {
    expect(ceiling(exactOf('2.0'))).toBe(2n)
    expect(ceiling(exactOf('2.01'))).toBe(3n)
    expect(ceiling(exactOf('-2.5'))).toBe(-2n)
    expect(least(exactOf('2'), exactOf('1.9'))).toEqual(exactOf('1.9'))
    expect(least(exactOf('1'), exactOf('1.0')).places).toBe(0)
    expect(moneyText(-5n, 2)).toBe('-0.05')
    expect(moneyText(1230n, 2)).toBe('12.30')
    expect(moneyText(7n, 0)).toBe('7')
    expect(isStorable(2n ** 63n - 1n)).toBe(true)
    expect(isStorable(2n ** 63n)).toBe(false)
    expect(isStorable(-(2n ** 63n))).toBe(true)
    expect(isStorable(-(2n ** 63n) - 1n)).toBe(false)
    expect(powerOfTen(70)).toBe(10n ** 70n)
    expect(isZero(exactOf('0.00'))).toBe(true)
  })

  test('the laws of arithmetic hold', () => {
    fc.assert(
      fc.property(exact, exact, exact, (a, b, c) => {
        same(add(a, b), add(b, a))
        same(add(add(a, b), c), add(a, add(b, c)))
        same(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))
        same(add(subtract(a, b), b), a)
        if (!isZero(b)) same(multiply(divide(a, b), b), a)
        expect(compare(a, b)).toBe(-compare(b, a) + 0)
      }),
    )
  })

  test('text and back is the same number', () => {
    fc.assert(fc.property(exact, a => same(exactFromText(exactText(a)), a)))
  })

  test('rounding is symmetric, and never further than half a unit away', () => {
    fc.assert(
      fc.property(exact, fc.integer({ min: 0, max: 4 }), (a, places) => {
        const rounded = roundHalfUp(a, places)
        expect(roundHalfUp(negate(a), places)).toBe(-rounded)
        const off = subtract(a, scaled(rounded, places))
        const half = divide(scaled(1n, places), scaled(2n))
        expect(compare(off, half)).toBeLessThanOrEqual(0)
        expect(compare(negate(off), half)).toBeLessThanOrEqual(0)
      }),
    )
  })
})
