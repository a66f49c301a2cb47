import { describe, expect, it } from 'vitest'
import { billsFor, nextBillingDay } from './billing-day.ts'

const at = (text: string) => BigInt(Date.parse(text))

describe('the billing day', () => {
  it('bills the month before it, from its midnight on', () => {
    expect(billsFor(15, at('2026-11-14T23:59:59Z'), 'UTC')).toBe('2026-09')
    expect(billsFor(15, at('2026-11-15T00:00:00Z'), 'UTC')).toBe('2026-10')
    expect(billsFor(1, at('2026-01-01T00:00:00Z'), 'UTC')).toBe('2025-12')
    // In New York it is still the fourteenth.
    expect(billsFor(15, at('2026-11-15T03:00:00Z'), 'America/New_York')).toBe('2026-09')
  })

  it('is the last day of a shorter month', () => {
    expect(billsFor(31, at('2026-02-27T12:00:00Z'), 'UTC')).toBe('2025-12')
    expect(billsFor(31, at('2026-02-28T12:00:00Z'), 'UTC')).toBe('2026-01')
    expect(billsFor(30, at('2028-02-29T00:00:00Z'), 'UTC')).toBe('2028-01')
  })

  it('comes next in this month or in the next', () => {
    expect(nextBillingDay(15, at('2026-11-14T23:59:59Z'), 'UTC')).toBe(at('2026-11-15T00:00:00Z'))
    expect(nextBillingDay(15, at('2026-11-15T00:00:00Z'), 'UTC')).toBe(at('2026-12-15T00:00:00Z'))
    expect(nextBillingDay(31, at('2026-01-31T00:00:00Z'), 'Europe/Berlin')).toBe(at('2026-02-27T23:00:00Z'))
  })
})
