import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_HEIGHT, rowWindow, scrollToRow } from './row-window.ts'

const input = (count: number, rowHeight = 28) => ({ count, rowHeight, viewHeight: 600, overscan: 12 })

describe('rowWindow', () => {
  it('draws what is seen and some more, at its own place', () => {
    const window = rowWindow(input(10_000), 2800)
    expect(window.first).toBeLessThanOrEqual(100)
    expect(window.end).toBeGreaterThanOrEqual(122)
    expect(window.end - window.first).toBeLessThan(60)
    expect(window.top).toBe(window.first * 28)
    expect(window.height).toBe(280_000)
  })

  it('draws nothing of nothing', () => {
    expect(rowWindow(input(0), 0)).toMatchObject({ first: 0, end: 0, height: 0 })
  })

  it('shows the last row of any table at the end of the scrollbar, within what browsers can draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 5_000_000 }), fc.constantFrom(28, 36), (count, rowHeight) => {
        const given = input(count, rowHeight)
        const { height } = rowWindow(given, 0)
        const bottom = Math.max(0, height - given.viewHeight)
        const last = rowWindow(given, bottom)
        const endOfLast = last.top + (count - last.first) * rowHeight
        return (
          height <= MAX_HEIGHT && last.end === count && Math.abs(endOfLast - (bottom + given.viewHeight)) <= 1
        )
      }),
    )
  })

  it('always covers the whole view', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 3_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, at) => {
          const given = input(count)
          const { height } = rowWindow(given, 0)
          const scrollTop = at * (height - given.viewHeight)
          const window = rowWindow(given, scrollTop)
          const bottom = window.top + (window.end - window.first) * given.rowHeight
          return window.top <= scrollTop + 0.5 && bottom >= scrollTop + given.viewHeight - 0.5
        },
      ),
    )
  })

  it('does not change while scrolling within a step', () => {
    const steps = new Set(Array.from({ length: 28 }, (_, i) => rowWindow(input(10_000), 5600 + i).first))
    expect(steps.size).toBe(1)
  })
})

describe('scrollToRow', () => {
  it('scrolls as little as it takes, and not at all for what is seen', () => {
    expect(scrollToRow(input(1000), 0, 5)).toBeNull()
    expect(scrollToRow(input(1000), 2800, 99)).toBe(99 * 28)
    expect(scrollToRow(input(1000), 0, 40)).toBe(41 * 28 - 600)
  })

  it('finds its row in a table that is higher than a browser can draw', () => {
    const given = input(2_000_000)
    const to = scrollToRow(given, 0, 1_500_000)!
    const window = rowWindow(given, to)
    expect(window.first).toBeLessThan(1_500_000)
    expect(window.end).toBeGreaterThan(1_500_000)
  })
})
