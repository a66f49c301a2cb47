import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createDecimalCell,
  decimalText,
  type NumberStyle,
  plainNumber,
  readDecimal,
  readStyledDecimal,
  tenTo,
} from './decimal-cell.ts'

function read(text: string) {
  const cell = createDecimalCell()
  const bytes = new TextEncoder().encode(`x${text}x`)
  readDecimal(cell, bytes, 1, bytes.length - 1)
  if (cell.fault !== null) return cell.fault
  return decimalText(cell.big ?? BigInt(cell.mantissa), cell.scale)
}

function styled(text: string, style: NumberStyle) {
  const cell = createDecimalCell()
  readStyledDecimal(cell, text, style)
  return cell.fault ?? decimalText(cell.big ?? BigInt(cell.mantissa), cell.scale)
}

describe('readDecimal', () => {
  it.each([
    ['0', '0'],
    ['-0.000', '0'],
    ['+7', '7'],
    ['0.00000080000', '0.0000008'],
    ['0.002007490000000', '0.00200749'],
    ['100.00', '100'],
    ['1000', '1000'],
    ['10203.0405', '10203.0405'],
    ['.5', '0.5'],
    ['5.', '5'],
    [' -12.50 ', '-12.5'],
    ['5.64902E-05', '0.0000564902'],
    ['6.71e-8', '0.0000000671'],
    ['1.5E3', '1500'],
    ['1E3', '1000'],
    ['-2.50e+1', '-25'],
    ['0E5', '0'],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.5'],
    ['9007199254740993', '9007199254740993'],
    ['1234567890.1234567', '1234567890.1234567'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1000000000000000000000', '1000000000000000000000'],
  ])('%s is %s', (text, value) => {
    expect(read(text)).toBe(value)
  })

  it.each([
    ['1,234.56', 'number-thousands-separator'],
    ['1.234,56', 'number-thousands-separator'],
    ["1'234.56", 'number-thousands-separator'],
    ['1,234', 'number-thousands-separator'],
    ['12,5', 'number-decimal-comma'],
    ['0,123', 'number-decimal-comma'],
    ['$5.00', 'number-currency-sign'],
    ['-$5.00', 'number-currency-sign'],
    ['abc', 'number-malformed'],
    ['', 'number-malformed'],
    ['.', 'number-malformed'],
    ['-', 'number-malformed'],
    ['1.2.3', 'number-malformed'],
    ['1e', 'number-malformed'],
    ['NaN', 'number-malformed'],
    ['0x10', 'number-malformed'],
    ['1e400', 'number-out-of-range'],
    ['1e-400', 'number-out-of-range'],
    [`0.${'0'.repeat(120)}1`, 'number-out-of-range'],
  ])('%s is refused: %s', (text, fault) => {
    expect(read(text)).toBe(fault)
  })

  it('reads every decimal exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(40), (mantissa, scale) => {
        expect(read(decimalText(mantissa, scale))).toBe(decimalText(mantissa, scale))
        const exponent = `${mantissa}e-${scale}`
        expect(read(exponent)).toBe(decimalText(mantissa, scale))
      }),
    )
  })
})

describe('other styles', () => {
  it.each([
    ['$50,000.00 ', 'grouped', '50000'],
    ['-$1,234.5', 'grouped', '-1234.5'],
    ['$-1,234.5', 'grouped', '-1234.5'],
    ['($12.00)', 'grouped', '-12'],
    ['1234.5', 'grouped', '1234.5'],
    ['1,2345', 'grouped', 'number-malformed'],
    ['(12', 'grouped', 'number-malformed'],
    ['-(12)', 'grouped', 'number-malformed'],
    ['1.234,50', 'decimal-comma', '1234.5'],
    ['1 234,50 €', 'decimal-comma', '1234.5'],
    ['0,000305367', 'decimal-comma', '0.000305367'],
    ['5,64902E-05', 'decimal-comma', '0.0000564902'],
    ['1,5', 'decimal-comma', '1.5'],
    ['1.5', 'decimal-comma', 'number-malformed'],
  ] as const)('%s as %s is %s', (text, style, value) => {
    expect(styled(text, style)).toBe(value)
  })

  it('leaves plain numbers alone', () => {
    expect(plainNumber(' 1.5 ', 'plain')).toBe('1.5')
  })
})

describe('tenTo', () => {
  it('is exact', () => {
    expect(tenTo(25)).toBe(10_000_000_000_000_000_000_000_000n)
  })
})
