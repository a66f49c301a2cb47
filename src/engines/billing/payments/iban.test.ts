import { describe, expect, it } from 'vitest'
import { creditorIdFault, ibanFault, plainIban } from './iban.ts'

describe('account numbers', () => {
  it.each([
    'DE89 3704 0044 0532 0130 00',
    'gb82west12345698765432',
    'FR1420041010050500013M02606',
    'NO9386011117947',
  ])('%s is one', text => expect(ibanFault(text)).toBeNull())

  it.each([
    ['DE89370400440532013001', 'check-digits'],
    ['DE8937040044053201300', 'length'],
    ['ZZ89370400440532013000', 'country'],
    ['', 'characters'],
    ['DE89-3704', 'characters'],
  ])('%s is none: %s', (text, fault) => expect(ibanFault(text)).toBe(fault))

  it('finds any two neighbours that were swapped', () => {
    const iban = 'DE89370400440532013000'
    for (let i = 4; i < iban.length - 1; i++) {
      if (iban[i] === iban[i + 1]) continue
      const swapped = iban.slice(0, i) + iban[i + 1] + iban[i] + iban.slice(i + 2)
      expect(ibanFault(swapped)).toBe('check-digits')
    }
  })

  it('is written without spaces', () => {
    expect(plainIban(' de89\u00a03704 ')).toBe('DE893704')
  })
})

describe('creditor identifiers', () => {
  it('are checked without their business code', () => {
    expect(creditorIdFault('DE98ZZZ09999999999')).toBeNull()
    expect(creditorIdFault('DE98ABC09999999999')).toBeNull()
    expect(creditorIdFault('DE97ZZZ09999999999')).toBe('check-digits')
    expect(creditorIdFault('nothing')).toBe('characters')
  })
})
