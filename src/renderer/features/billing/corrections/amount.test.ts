import { describe, expect, it } from 'vitest'
import { minorOf, typedOf } from './amount.ts'

describe('minorOf', () => {
  it('reads amounts in the places of their currency', () => {
    expect(minorOf('12.5', 'EUR')).toBe(1250n)
    expect(minorOf(' 12,05 ', 'EUR')).toBe(1205n)
    expect(minorOf('-3', 'JPY')).toBe(-3n)
    expect(minorOf('0.125', 'KWD')).toBe(125n)
  })

  it('takes nothing that is no amount of the currency', () => {
    for (const text of ['', 'x', '1.234', '1.2.3', '.5', '1 000']) expect(minorOf(text, 'EUR')).toBeNull()
    expect(minorOf('1.5', 'JPY')).toBeNull()
  })
})

describe('typedOf', () => {
  it('writes what is read again', () => {
    for (const minor of [0n, 5n, -5n, 1250n, 123456n]) {
      expect(minorOf(typedOf(minor, 'EUR'), 'EUR')).toBe(minor)
      expect(minorOf(typedOf(minor, 'JPY'), 'JPY')).toBe(minor)
    }
  })
})
