import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitting } from './fitting.ts'

const room = { gap: 4, more: 24 }

describe('fitting', () => {
  it('shows all where they fit, to the pixel', () => {
    expect(fitting([50, 60, 40], { ...room, space: 158 })).toBe(3)
    expect(fitting([50, 60, 40], { ...room, space: 157 })).toBe(2)
  })

  it('keeps room for the sign of the rest', () => {
    expect(fitting([50, 60, 40], { ...room, space: 142 })).toBe(2)
    expect(fitting([50, 60, 40], { ...room, space: 141 })).toBe(1)
  })

  it('shows one, however narrow it is', () => {
    expect(fitting([300, 20], { ...room, space: 10 })).toBe(1)
  })

  it('never cuts more than the only one that it shows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 900 }),
        (widths, space) => {
          const count = fitting(widths, { ...room, space })
          const taken = widths.slice(0, count).reduce((sum, width) => sum + width, 0) + 4 * (count - 1)
          const rest = count < widths.length ? 4 + 24 : 0
          expect(count === 1 || taken + rest <= space).toBe(true)
        },
      ),
    )
  })
})
