import { describe, expect, it } from 'vitest'
import { currencies, findCurrency } from './currencies.ts'

describe('currencies', () => {
  it('holds each code once, in order', () => {
    const codes = currencies.map(currency => currency.code)
    expect(codes).toEqual([...new Set(codes)].sort())
    expect(codes.every(code => /^[A-Z]{3}$/.test(code))).toBe(true)
    expect(codes.length).toBeGreaterThan(150)
  })

  it('knows minor digits and the cost scale', () => {
    expect(findCurrency('USD')).toEqual({ code: 'USD', minorDigits: 2, name: 'US dollar', costScale: 9 })
    expect(findCurrency('JPY')).toMatchObject({ minorDigits: 0, costScale: 6 })
    expect(findCurrency('KWD')).toMatchObject({ minorDigits: 3, costScale: 9 })
    expect(findCurrency('IQD')).toMatchObject({ minorDigits: 3, costScale: 6 })
    expect(findCurrency('CLF')).toMatchObject({ minorDigits: 4 })
  })

  it('knows no other code and no lower case', () => {
    expect(findCurrency('usd')).toBeUndefined()
    expect(findCurrency('XXX')).toBeUndefined()
  })
})
