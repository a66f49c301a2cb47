import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawnText, levelsOf, visualOrder } from './bidi.ts'

describe('the direction of a text', () => {
  it('is not asked where nothing runs from right to left', () => {
    expect(levelsOf('Müller 株式会社 नमस्ते')).toBeNull()
    expect([...levelsOf('ab שלום')!]).toEqual([0, 0, 0, 1, 1, 1, 1])
  })

  it('is that of the first letter of each paragraph', () => {
    expect([...levelsOf('(שלום)')!]).toEqual([1, 1, 1, 1, 1, 1])
    expect([...levelsOf('שלום\nab.')!].slice(-3)).toEqual([0, 0, 0])
  })

  it('turns words round, and figures in them back', () => {
    expect(visualOrder([0, 0, 0])).toEqual([0, 1, 2])
    expect(visualOrder([1, 1, 1])).toEqual([2, 1, 0])
    expect(visualOrder([0, 1, 2, 1, 0])).toEqual([0, 3, 2, 1, 4])
    expect(visualOrder([1, 2, 2, 1])).toEqual([3, 1, 2, 0])
    expect(visualOrder([])).toEqual([])
  })

  it('puts every piece in one place', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4)), levels => {
        const order = visualOrder(levels)
        expect(order.toSorted((a, b) => a - b)).toEqual(levels.map((_, index) => index))
        // Without a level from right to left nothing moves.
        if (levels.every(level => level === 0)) expect(order).toEqual(levels.map((_, index) => index))
      }),
    )
  })

  it('hands to the shaper what it turns round by itself, and turns the rest', () => {
    expect(drawnText('שלום', 1)).toBe('שלום')
    expect(drawnText('(שלום', 1)).toBe(')שלום')
    expect(drawnText('.)', 1)).toBe('(.')
    expect(drawnText('abc', 0)).toBe('abc')
    expect(drawnText('12.5', 2)).toBe('12.5')
    expect(drawnText('۱۲۳', 2)).toBe('۳۲۱')
    expect(drawnText('٥٦٧', 2)).toBe('٧٦٥')
  })
})
