import { describe, expect, it } from 'vitest'
import { readVatNumber } from './vat-number.ts'

/** Numbers that companies and authorities publish of themselves, or the examples of the laws. */
const GOOD = [
  ...['ATU13585627', 'BE0428759497', 'CHE-100.155.212 MWST', 'DE 136 695 976', 'DK13585628'],
  ...['EE100931558', 'EL094259216', 'FI20774740', 'FR 40 303 265 045', 'GB 980 7806 84', 'HU12892312'],
  ...['HR33392005961', 'IT00743110157', 'LU15027442', 'MT11679112', 'NL004495445B01', 'PL8567346215'],
  ...['PT501964843', 'SE123456789701', 'SI50223054', 'XI980780684'],
]

describe('VAT numbers', () => {
  it.each(GOOD)('%s has the form and the digit of its country', text => {
    expect(readVatNumber(text)).toMatchObject({ ok: true })
  })

  /** Any one digit that is another makes the check fail: that is what it is for. */
  it.each(GOOD.filter(text => !text.startsWith('FR')))('%s with another digit is none', text => {
    const at = [...text].findLastIndex((sign, index) => /\d/.test(sign) && index < text.length - 4)
    const wrong = `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`
    expect(readVatNumber(wrong).ok).toBe(false)
  })

  it('are known by their country where they do not say it', () => {
    expect(readVatNumber('136695976', 'DE')).toEqual({
      ...{ ok: true, country: 'DE', prefix: 'DE', rest: '136695976', number: 'DE136695976' },
    })
    expect(readVatNumber('094259216', 'GR')).toMatchObject({ country: 'GR', prefix: 'EL' })
    expect(readVatNumber('el 094259216')).toMatchObject({ country: 'GR', number: 'EL094259216' })
    expect(readVatNumber('CHE100155212TVA')).toMatchObject({ country: 'CH', prefix: 'CHE' })
    expect(readVatNumber('XI980780684')).toMatchObject({ country: 'GB', prefix: 'XI' })
  })

  it('are refused by country, form and digit', () => {
    expect(readVatNumber('US123456789')).toEqual({ ok: false, reason: 'country' })
    expect(readVatNumber('12-3456789', 'US')).toEqual({ ok: false, reason: 'country' })
    expect(readVatNumber('')).toEqual({ ok: false, reason: 'country' })
    expect(readVatNumber('DE12345678')).toEqual({ ok: false, reason: 'form' })
    expect(readVatNumber('DE136695977')).toEqual({ ok: false, reason: 'digit' })
    expect(readVatNumber('FR41303265045')).toEqual({ ok: false, reason: 'digit' })
  })

  it('of countries without a published digit, and new French keys, go by their form', () => {
    for (const text of [
      'BG202211464',
      'CY10259033P',
      'CZ25123891',
      'ESA13585625',
      'IE6433435F',
      'LT119511515',
    ])
      expect(readVatNumber(text)).toMatchObject({ ok: true })
    for (const text of ['LV40003521600', 'RO18547290', 'SK2022749619', 'FRK7399859412', 'GBGD001', 'GBHA500'])
      expect(readVatNumber(text)).toMatchObject({ ok: true })
  })

  it('of the Netherlands have an old digit or a new one', () => {
    expect(readVatNumber('NL004495445B01').ok).toBe(true)
    expect(readVatNumber('NL123456789B13').ok).toBe(true)
    expect(readVatNumber('NL123456789B14')).toEqual({ ok: false, reason: 'digit' })
  })

  it('of the United Kingdom have a digit of before 2010 or after', () => {
    expect(readVatNumber('GB980780684').ok).toBe(true)
    expect(readVatNumber('GB434031494').ok).toBe(true)
    expect(readVatNumber('GB434031495').ok).toBe(false)
  })
})
