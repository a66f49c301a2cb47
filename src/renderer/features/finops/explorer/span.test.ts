import { describe, expect, it } from 'vitest'
import { clampPeriod, grainFor } from './span.ts'

const day = (text: string) => BigInt(Date.parse(text))

describe('the span of the explorer', () => {
  it('takes calendar days as UTC days', () => {
    expect(clampPeriod({ start: '2026-10-01', end: '2026-11-01' }, null, null)).toEqual({
      from: day('2026-10-01'),
      to: day('2026-11-01'),
    })
  })

  it('confines everything to the whole months of the bills', () => {
    const all = { start: '1970-01-01', end: '2100-01-01' }
    expect(clampPeriod(all, day('2024-12-07'), day('2026-11-01'))).toEqual({
      from: day('2024-12-01'),
      to: day('2026-11-01'),
    })
    expect(clampPeriod(all, null, null)).toEqual({ from: day('1970-01-01'), to: day('2100-01-01') })
  })

  it('shows hours for a month at most, then coarser', () => {
    const span = (start: string, end: string) => ({ from: day(start), to: day(end) })
    expect(grainFor('hour', span('2026-10-01', '2026-11-01'))).toBe('hour')
    expect(grainFor('hour', span('2026-09-01', '2026-11-01'))).toBe('day')
    expect(grainFor('day', span('2020-01-01', '2026-11-01'))).toBe('week')
    expect(grainFor('none', span('1970-01-01', '2100-01-01'))).toBe('none')
  })
})
