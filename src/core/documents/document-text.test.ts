import { describe, expect, it } from 'vitest'
import type { Language } from '#engines/notify/topic.ts'
import { amountText, dayText, percentText, quantityText, serviceText } from './document-text.ts'

describe('the texts of a document', () => {
  it('writes minor units with the places of their currency', () => {
    expect(amountText(123_456n, 'USD', 'en')).toBe('1,234.56')
    expect(amountText(123_456n, 'JPY', 'en')).toBe('123,456')
    expect(amountText(1_234_567n, 'KWD', 'en')).toBe('1,234.567')
    expect(amountText(-5n, 'USD', 'en')).toBe('−0.05')
    expect(amountText(0n, 'USD', 'en')).toBe('0.00')
  })

  it('writes quantities with their unit', () => {
    expect(quantityText('1234567.25', 'GB', 'en')).toBe('1,234,567.25 GB')
    expect(quantityText('-3', '', 'en')).toBe('−3')
  })

  it('writes fractions as exact percent', () => {
    expect(percentText('0.08', 'en')).toBe('8 %')
    expect(percentText('0.0825', 'en')).toBe('8.25 %')
    expect(percentText('0.2', 'en')).toBe('20 %')
    expect(percentText('1', 'en')).toBe('100 %')
    expect(percentText('0', 'en')).toBe('0 %')
  })

  it('names the last day of a span, in its zone', () => {
    const from = BigInt(Date.UTC(2026, 9, 1, 4))
    const to = BigInt(Date.UTC(2026, 10, 1, 4))
    expect(serviceText({ from, to }, 'America/New_York', 'en')).toBe('1 Oct 2026 – 31 Oct 2026')
    expect(serviceText({ from, to: from + 3_600_000n }, 'UTC', 'en')).toBe('1 Oct 2026')
  })

  it('writes numbers and days as each language does', () => {
    const at = BigInt(Date.UTC(2026, 2, 5))
    const said = (language: Language) => [
      amountText(-123_456n, 'EUR', language),
      quantityText('12500.5', 'GB', language),
      percentText('0.0825', language),
      dayText(at, 'UTC', language),
    ]
    expect(said('en')).toEqual(['−1,234.56', '12,500.5 GB', '8.25 %', '5 Mar 2026'])
    expect(said('de')).toEqual(['−1.234,56', '12.500,5 GB', '8,25 %', '05.03.2026'])
    expect(said('fr')).toEqual(['−1\u00a0234,56', '12\u00a0500,5 GB', '8,25 %', '05/03/2026'])
    expect(said('es')).toEqual(['−1.234,56', '12.500,5 GB', '8,25 %', '05/03/2026'])
    expect(said('ja')).toEqual(['−1,234.56', '12,500.5 GB', '8.25%', '2026年3月5日'])
    expect(serviceText({ from: at, to: at + 2n * 86_400_000n }, 'UTC', 'ja')).toBe(
      '2026年3月5日 ～ 2026年3月6日',
    )
  })
})
