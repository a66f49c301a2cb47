import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localDay, nextMidnight } from './calendar.ts'
import { billingPeriodAt, billingPeriods, type PeriodTerms } from './periods.ts'

const at = (iso: string) => BigInt(Date.parse(iso))
const iso = (instant: bigint) => new Date(Number(instant)).toISOString().replace(':00.000Z', 'Z')
const begins = (terms: PeriodTerms, from: string, to: string) =>
  billingPeriods(terms, at(from), at(to)).map(period => iso(period.from))

const monthly: PeriodTerms = {
  interval: 'month',
  alignment: 'anniversary',
  anchorAt: at('2024-01-31T00:00:00Z'),
  zone: 'UTC',
}

describe('billing periods', () => {
  test('a month-end anchor is counted from the anchor, also in a leap year', () => {
    expect(begins(monthly, '2024-01-31T00:00:00Z', '2024-06-01T00:00:00Z')).toEqual([
      '2024-01-31T00:00Z',
      '2024-02-29T00:00Z',
      '2024-03-31T00:00Z',
      '2024-04-30T00:00Z',
      '2024-05-31T00:00Z',
    ])
    expect(begins(monthly, '2025-02-01T00:00:00Z', '2025-03-31T00:00:01Z')).toEqual([
      '2025-01-31T00:00Z',
      '2025-02-28T00:00Z',
      '2025-03-31T00:00Z',
    ])
  })

  test('a yearly anchor on 29 February', () => {
    const terms = { ...monthly, interval: 'year' as const, anchorAt: at('2024-02-29T12:00:00Z') }
    expect(begins(terms, '2024-02-29T12:00:00Z', '2028-03-01T00:00:00Z')).toEqual([
      '2024-02-29T12:00Z',
      '2025-02-28T12:00Z',
      '2026-02-28T12:00Z',
      '2027-02-28T12:00Z',
      '2028-02-29T12:00Z',
    ])
  })

  test('the calendar: Monday, first of the month, of the quarter, of the year, in the zone', () => {
    const terms = { ...monthly, alignment: 'calendar' as const, zone: 'Europe/Berlin' }
    const first = (interval: PeriodTerms['interval']) => {
      const period = billingPeriodAt({ ...terms, interval }, at('2026-11-21T12:00:00Z'))
      return [iso(period.from), iso(period.to)]
    }
    expect(first('week')).toEqual(['2026-11-15T23:00Z', '2026-11-22T23:00Z'])
    expect(first('month')).toEqual(['2026-10-31T23:00Z', '2026-11-30T23:00Z'])
    expect(first('quarter')).toEqual(['2026-09-30T22:00Z', '2026-12-31T23:00Z'])
    expect(first('year')).toEqual(['2025-12-31T23:00Z', '2026-12-31T23:00Z'])
  })

  test('before the anchor and before the year 2000', () => {
    expect(begins(monthly, '2023-12-01T00:00:00Z', '2024-01-31T00:00:00Z')).toEqual([
      '2023-11-30T00:00Z',
      '2023-12-31T00:00Z',
    ])
    const weeks = { ...monthly, interval: 'week' as const }
    expect(iso(billingPeriodAt(weeks, at('1999-12-31T12:00:00Z')).from)).toBe('1999-12-29T00:00Z')
    expect(iso(billingPeriodAt({ ...weeks, alignment: 'calendar' }, at('1999-12-31T12:00:00Z')).from)).toBe(
      '1999-12-27T00:00Z',
    )
  })

  test('a boundary at an hour that summer time skips is the first instant after it', () => {
    // In New York 02:30 on 8 March 2026 does not exist: the clocks go from 02:00 to 03:00.
    const terms = { ...monthly, zone: 'America/New_York', anchorAt: at('2026-01-08T07:30:00Z') }
    expect(begins(terms, '2026-02-08T07:30:00Z', '2026-05-01T00:00:00Z')).toEqual([
      '2026-02-08T07:30Z',
      '2026-03-08T07:30Z',
      '2026-04-08T06:30Z',
    ])
  })

  test('where the clocks skip midnight, the day begins when it begins', () => {
    // In Cairo on 24 April 2026 the clocks go from 00:00 to 01:00.
    expect(iso(nextMidnight(at('2026-04-23T12:00:00Z'), 'Africa/Cairo'))).toBe('2026-04-23T22:00Z')
    expect(iso(nextMidnight(at('2026-04-23T22:00:00Z'), 'Africa/Cairo'))).toBe('2026-04-23T22:00Z')
  })

  test('an empty stretch has none', () => {
    expect(billingPeriods(monthly, 5n, 5n)).toEqual([])
  })

  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Africa/Cairo',
  ]
  const instant = fc.bigInt(at('2015-01-01T00:00:00Z'), at('2035-01-01T00:00:00Z'))
  const anyTerms = fc.record<PeriodTerms>({
    interval: fc.constantFrom('week', 'month', 'quarter', 'year'),
    alignment: fc.constantFrom('calendar', 'anniversary'),
    anchorAt: instant,
    zone: fc.constantFrom(...zones),
  })

  test('periods tile time: each begins where the one before ends, and whoever asks gets the same', () => {
    fc.assert(
      fc.property(anyTerms, instant, fc.bigInt(1n, 400n * 86_400_000n), (terms, from, length) => {
        const periods = billingPeriods(terms, from, from + length)
        expect(periods[0]!.from).toBeLessThanOrEqual(from)
        expect(periods.at(-1)!.to).toBeGreaterThanOrEqual(from + length)
        for (const [index, period] of periods.entries()) {
          expect(period.to).toBeGreaterThan(period.from)
          if (index > 0) expect(period.from).toBe(periods[index - 1]!.to)
          expect(billingPeriodAt(terms, period.to - 1n)).toEqual(period)
          expect(billingPeriodAt(terms, period.from)).toEqual(period)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('the anchor begins a period', () => {
    fc.assert(
      fc.property(anyTerms, terms => {
        const anniversary = { ...terms, alignment: 'anniversary' as const }
        expect(billingPeriodAt(anniversary, terms.anchorAt).from).toBe(terms.anchorAt)
      }),
    )
  })

  test('local days follow the clocks of the zone', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (when, zone) => {
        const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(Number(when)))
        expect(new Date(localDay(when, zone) * 86_400_000).toISOString().slice(0, 10)).toBe(parts)
      }),
    )
  })
})
