import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fractionOf, percentOf } from './percent.ts'

describe('per cent', () => {
  it('moves the point exactly', () => {
    expect(percentOf('0.085')).toBe('8.5')
    expect(percentOf('0.19')).toBe('19')
    expect(percentOf('0')).toBe('0')
    expect(percentOf('1')).toBe('100')
    expect(fractionOf('8.5')).toBe('0.085')
    expect(fractionOf('19')).toBe('0.19')
    expect(fractionOf('0')).toBe('0')
    expect(fractionOf('100')).toBe('1')
    expect(fractionOf('7,7')).toBe('0.077')
    for (const bad of ['', 'x', '-1', '101', '1.123456789', '1e2']) expect(fractionOf(bad)).toBe(undefined)
  })

  it('there and back is the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), thousandths => {
        const text = String(thousandths / 1000)
        expect(percentOf(fractionOf(text)!)).toBe(text)
      }),
    )
  })
})
