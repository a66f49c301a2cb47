import { describe, expect, it } from 'vitest'
import { missingDays, publishedDay } from './publication.ts'

describe('the day whose rates should be there', () => {
  const at = (text: string) => publishedDay(BigInt(Date.parse(text)))
  it('is today from half past four in Frankfurt, else the day of TARGET before', () => {
    // 30 October 2026 is a Friday, in winter time: 16:30 is 15:30 UTC.
    expect(at('2026-10-30T15:29:00Z')).toBe('2026-10-29')
    expect(at('2026-10-30T15:30:00Z')).toBe('2026-10-30')
    expect(at('2026-11-01T18:00:00Z')).toBe('2026-10-30')
    // In summer time 14:30 UTC.
    expect(at('2026-07-01T14:30:00Z')).toBe('2026-07-01')
    // Good Friday of 2026 is 3 April, Easter Monday the 6th.
    expect(at('2026-04-06T20:00:00Z')).toBe('2026-04-02')
  })

  it('days between are missing where the bank worked', () => {
    // 24 and 27 October 2026: the 25th is a Sunday.
    const there = new Set(['2026-10-23', '2026-10-27'])
    expect(missingDays(there, '2026-10-30')).toEqual([
      ...['2026-10-26', '2026-10-28', '2026-10-29', '2026-10-30'],
    ])
    expect(missingDays(new Set(), '2026-10-30')).toEqual(['2026-10-30'])
    expect(missingDays(new Set(['2020-01-02']), '2026-10-30')).toEqual(['2026-10-30'])
    expect(missingDays(new Set(['2026-10-30']), '2026-10-30')).toEqual([])
  })
})
