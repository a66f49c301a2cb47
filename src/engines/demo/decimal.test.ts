import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  amountFrom,
  amountOf,
  amountText,
  decimalText,
  perMille,
  priceOf,
  quantityText,
  toMinorUnit,
} from './decimal.ts'

describe('decimals of the demo', () => {
  it('read back what they write, without trailing zeros', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), amount => {
        const text = amountText(amount)
        expect(amountFrom(text)).toBe(amount)
        expect(text).not.toMatch(/\.\d*0$|\.$/)
      }),
    )
  })

  it('multiply exactly', () => {
    expect(amountText(amountOf(priceOf('0.0000166667'), 1_234_567_891_000))).toBe('20.5761726689297')
    expect(quantityText(1_500_000)).toBe('1.5')
    expect(decimalText(-1_050n, 3)).toBe('-1.05')
  })

  it('round a discount down, so that it is never too small', () => {
    expect(perMille(priceOf('0.000000000003'), 940)).toBe(2n)
  })

  it('round to the minor unit half away from zero', () => {
    expect(amountText(toMinorUnit(amountFrom('1.005'), 2))).toBe('1.01')
    expect(amountText(toMinorUnit(amountFrom('-1.005'), 2))).toBe('-1.01')
    expect(amountText(toMinorUnit(amountFrom('149.4'), 0))).toBe('149')
  })

  it.each(['1,5', '', '.5', '1.', '-1', '1.1234567890123'])('refuse %j as a price', text => {
    expect(() => priceOf(text)).toThrow(RangeError)
  })

  it.each(['1,5', '', '1e3', '--1'])('refuse %j as an amount', text => {
    expect(() => amountFrom(text)).toThrow(RangeError)
  })
})
