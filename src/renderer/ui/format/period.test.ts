import { describe, expect, it } from 'vitest'
import { PERIOD_PRESETS, type Period } from '#renderer/state/filters.ts'
import {
  addDays,
  firstOfMonth,
  isDay,
  periodFromText,
  periodRange,
  periodToText,
  previousRange,
} from './period.ts'

const TODAY = '2026-03-31'
const preset = (name: (typeof PERIOD_PRESETS)[number]): Period => ({ kind: 'preset', preset: name })

describe('periodRange', () => {
  it('is half open, in whole months where the name says months', () => {
    expect(periodRange(preset('this-month'), TODAY)).toEqual({ start: '2026-03-01', end: '2026-04-01' })
    expect(periodRange(preset('last-month'), TODAY)).toEqual({ start: '2026-02-01', end: '2026-03-01' })
    expect(periodRange(preset('last-6-months'), TODAY)).toEqual({ start: '2025-10-01', end: '2026-04-01' })
    expect(periodRange(preset('last-12-months'), '2026-01-15')).toEqual({
      start: '2025-02-01',
      end: '2026-02-01',
    })
    expect(periodRange(preset('last-30-days'), TODAY)).toEqual({ start: '2026-03-02', end: '2026-04-01' })
    expect(periodRange(preset('this-year'), TODAY)).toEqual({ start: '2026-01-01', end: '2027-01-01' })
  })

  it('includes the last day that was chosen', () => {
    expect(periodRange({ kind: 'days', first: '2024-02-28', last: '2024-02-29' }, TODAY)).toEqual({
      start: '2024-02-28',
      end: '2024-03-01',
    })
  })
})

describe('previousRange', () => {
  it('puts whole months before whole months, else as many days', () => {
    expect(previousRange({ start: '2026-03-01', end: '2026-04-01' })).toEqual({
      start: '2026-02-01',
      end: '2026-03-01',
    })
    expect(previousRange({ start: '2026-01-01', end: '2027-01-01' })).toEqual({
      start: '2025-01-01',
      end: '2026-01-01',
    })
    expect(previousRange({ start: '2026-03-02', end: '2026-03-12' })).toEqual({
      start: '2026-02-20',
      end: '2026-03-02',
    })
  })
})

describe('periods in addresses', () => {
  it('come back as they went in', () => {
    for (const name of PERIOD_PRESETS) {
      expect(periodFromText(periodToText(preset(name)), PERIOD_PRESETS)).toEqual(preset(name))
    }
    const days: Period = { kind: 'days', first: '2026-01-05', last: '2026-02-01' }
    expect(periodFromText(periodToText(days), PERIOD_PRESETS)).toEqual(days)
  })

  it('are refused when they are none', () => {
    for (const text of [
      '',
      'last-week',
      '2026-02-30..2026-03-01',
      '2026-03-02..2026-03-01',
      '2026-3-1..2026-3-2',
    ]) {
      expect(periodFromText(text, PERIOD_PRESETS)).toBeNull()
    }
  })
})

describe('days', () => {
  it('follow the calendar', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
    expect(firstOfMonth('2026-01-31', -1)).toBe('2025-12-01')
    expect(isDay('2026-02-29')).toBe(false)
    expect(isDay('2024-02-29')).toBe(true)
  })
})
