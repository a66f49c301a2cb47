import { describe, expect, it } from 'vitest'
import { minorFromText, textFromMinor } from './amount.ts'

describe('an amount that is typed', () => {
  it.each([
    ['1200', 'USD', 120_000n],
    ['1,200.5', 'USD', 120_050n],
    ["1'200,50", 'CHF', 120_050n],
    ['1 200', 'JPY', 1200n],
    ['1.234', 'KWD', 1234n],
    ['0.05', 'USD', 5n],
  ])('%s in %s', (text, currency, minor) => expect(minorFromText(text, currency)).toBe(minor))

  it.each([
    ['1.005', 'USD'],
    ['1.5', 'JPY'],
    ['-5', 'USD'],
    ['five', 'USD'],
    ['', 'USD'],
    ['5', 'XXQ'],
  ])('%s in %s is none', (text, currency) => expect(minorFromText(text, currency)).toBeUndefined())

  it('is written as it is read', () => {
    for (const [minor, currency] of [
      [120_050n, 'USD'],
      [5n, 'USD'],
      [1200n, 'JPY'],
      [1234n, 'KWD'],
    ] as const)
      expect(minorFromText(textFromMinor(minor, currency), currency)).toBe(minor)
  })
})
