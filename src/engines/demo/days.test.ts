import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, firstDay, instantOf, isoDay, monthNumber, monthPlus, weekday } from './days.ts'

describe('days', () => {
  it('agree with the platform calendar over five centuries', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), day => {
        const date = new Date(day * 86_400_000)
        expect(isoDay(day)).toBe(date.toISOString().slice(0, 10))
        expect(dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(day)
        expect(weekday(day)).toBe((date.getUTCDay() + 6) % 7)
      }),
    )
  })

  it('step through months over the turn of a year', () => {
    expect(monthPlus('2026-01', -1)).toBe('2025-12')
    expect(monthPlus('2026-10', -23)).toBe('2024-11')
    expect(instantOf(firstDay('2024-03') - 1)).toBe('2024-02-29T00:00:00Z')
  })

  it.each(['2026-13', '2026-00', '2026-1', 'October', ''])('refuse %j as a month', text => {
    expect(() => monthNumber(text)).toThrow(RangeError)
  })
})
