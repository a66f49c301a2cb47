import { describe, expect, it } from 'vitest'
import { createDecimalCell, decimalText, readDecimalText } from './decimal-cell.ts'
import { addDecimals, fitDecimal } from './fit-decimal.ts'

const cell = (text: string) => {
  const out = createDecimalCell()
  readDecimalText(out, text)
  return out
}
const text = (one: ReturnType<typeof cell>) => decimalText(one.big ?? BigInt(one.mantissa), one.scale)

describe('addDecimals', () => {
  it.each([
    ['1.5', '2.25', false, '3.75'],
    ['1.25', '2.5', true, '-1.25'],
    ['9007199254740993', '0.5', false, '9007199254740993.5'],
  ])('%s and %s', (a, b, minus, sum) => {
    const out = cell(a)
    addDecimals(out, cell(b), minus)
    expect(text(out)).toBe(sum)
  })
})

describe('fitDecimal', () => {
  it.each([
    ['0.1234567890123456785', 'rounded', '0.123456789012345679'],
    ['-0.1234567890123456785', 'rounded', '-0.123456789012345679'],
    ['9223372036854775807', 'exact', '9223372036854775807'],
    ['9223372036854775.8070', 'exact', '9223372036854775.807'],
    ['9223372036854775.80712', 'rounded', '9223372036854775.807'],
    ['9223372036854775808', 'too-large', '9223372036854775808'],
  ])('%s: %s', (value, outcome, fitted) => {
    const one = cell(value)
    expect(fitDecimal(one)).toBe(outcome)
    expect(text(one)).toBe(fitted)
  })
})
