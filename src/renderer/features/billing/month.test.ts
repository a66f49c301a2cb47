import { describe, expect, it } from 'vitest'
import { monthAfter, wholeMonth } from './month.ts'

describe('monthAfter', () => {
  it('walks over the end of a year', () => {
    expect(monthAfter('2026-12', 1)).toBe('2027-01')
    expect(monthAfter('2026-01', -1)).toBe('2025-12')
  })
})

describe('wholeMonth', () => {
  it('is a month only when it is exactly one', () => {
    expect(wholeMonth({ start: '2026-10-01', end: '2026-11-01' })).toBe('2026-10')
    expect(wholeMonth({ start: '2026-10-01', end: '2026-12-01' })).toBeNull()
    expect(wholeMonth({ start: '2026-10-02', end: '2026-11-02' })).toBeNull()
  })
})
