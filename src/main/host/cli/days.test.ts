import { expect, it } from 'vitest'
import { beginOfDay, dayOption } from './days.ts'

it('a day begins where the customer is', () => {
  const at = (day: string, zone: string) => new Date(Number(beginOfDay(day, zone))).toISOString()
  expect(at('2026-11-01', 'UTC')).toBe('2026-11-01T00:00:00.000Z')
  // The night in which New York goes back to standard time still has four hours on Greenwich at its beginning.
  expect(at('2026-11-01', 'America/New_York')).toBe('2026-11-01T04:00:00.000Z')
  expect(at('2026-11-02', 'America/New_York')).toBe('2026-11-02T05:00:00.000Z')
  expect(at('2026-11-01', 'Asia/Tokyo')).toBe('2026-10-31T15:00:00.000Z')
})

it('takes days that there are', () => {
  expect(dayOption('2028-02-29')).toBe('2028-02-29')
  for (const wrong of ['2027-02-29', '2026-11-1', 'soon', '2026-11-01T00:00:00Z'])
    expect(() => dayOption(wrong)).toThrow('A day is such as 2026-11-01.')
})
