import { describe, expect, it } from 'vitest'
import { amountText, percentText, quantityText, serviceText } from './document-text.ts'

describe('the texts of a document', () => {
  it('writes minor units with the places of their currency', () => {
    expect(amountText(123_456n, 'USD')).toBe('1,234.56')
    expect(amountText(123_456n, 'JPY')).toBe('123,456')
    expect(amountText(1_234_567n, 'KWD')).toBe('1,234.567')
    expect(amountText(-5n, 'USD')).toBe('−0.05')
    expect(amountText(0n, 'USD')).toBe('0.00')
  })

  it('writes quantities with their unit', () => {
    expect(quantityText('1234567.25', 'GB')).toBe('1,234,567.25 GB')
    expect(quantityText('-3', '')).toBe('−3')
  })

  it('writes fractions as exact percent', () => {
    expect(percentText('0.08')).toBe('8 %')
    expect(percentText('0.0825')).toBe('8.25 %')
    expect(percentText('0.2')).toBe('20 %')
    expect(percentText('1')).toBe('100 %')
    expect(percentText('0')).toBe('0 %')
  })

  it('names the last day of a span, in its zone', () => {
    const from = BigInt(Date.UTC(2026, 9, 1, 4))
    const to = BigInt(Date.UTC(2026, 10, 1, 4))
    expect(serviceText({ from, to }, 'America/New_York')).toBe('1 Oct 2026 – 31 Oct 2026')
    expect(serviceText({ from, to: from + 3_600_000n }, 'UTC')).toBe('1 Oct 2026')
  })
})
