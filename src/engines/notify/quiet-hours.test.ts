import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextAt, quietUntil } from './quiet-hours.ts'

const at = (text: string) => BigInt(Date.parse(text))
const ALL = [1, 2, 3, 4, 5, 6, 7]
const NIGHT = { from: 22 * 60, until: 7 * 60, days: ALL }

describe('quiet hours', () => {
  it('over midnight are quiet on both sides of it, until their end', () => {
    const zone = 'Europe/Berlin'
    expect(quietUntil(NIGHT, at('2026-11-21T20:59:59Z'), zone)).toBeNull()
    expect(quietUntil(NIGHT, at('2026-11-21T21:00:00Z'), zone)).toBe(at('2026-11-22T06:00:00Z'))
    expect(quietUntil(NIGHT, at('2026-11-22T05:59:59Z'), zone)).toBe(at('2026-11-22T06:00:00Z'))
    expect(quietUntil(NIGHT, at('2026-11-22T06:00:00Z'), zone)).toBeNull()
  })

  it('begin on the days that are chosen, whatever day they end on', () => {
    const weekdays = { ...NIGHT, days: [1, 2, 3, 4, 5] }
    // Friday night is quiet into Saturday, Saturday night is not.
    expect(quietUntil(weekdays, at('2026-11-21T05:00:00Z'), 'UTC')).toBe(at('2026-11-21T07:00:00Z'))
    expect(quietUntil(weekdays, at('2026-11-21T23:00:00Z'), 'UTC')).toBeNull()
    expect(quietUntil({ ...NIGHT, days: [] }, at('2026-11-21T23:00:00Z'), 'UTC')).toBeNull()
  })

  it('within a day, and those of a whole day', () => {
    const noon = { from: 12 * 60, until: 13 * 60, days: ALL }
    expect(quietUntil(noon, at('2026-11-21T12:30:00Z'), 'UTC')).toBe(at('2026-11-21T13:00:00Z'))
    const always = { from: 8 * 60, until: 8 * 60, days: ALL }
    expect(quietUntil(always, at('2026-11-21T07:59:00Z'), 'UTC')).toBe(at('2026-11-21T08:00:00Z'))
    expect(quietUntil(always, at('2026-11-21T08:00:00Z'), 'UTC')).toBe(at('2026-11-22T08:00:00Z'))
  })

  it('follow the clocks when they change', () => {
    // On 28 March 2027 Berlin goes from two to three: seven o’clock is five in UTC.
    expect(quietUntil(NIGHT, at('2027-03-27T23:00:00Z'), 'Europe/Berlin')).toBe(at('2027-03-28T05:00:00Z'))
    expect(nextAt(2 * 60 + 30, at('2027-03-28T00:00:00Z'), 'Europe/Berlin')).toBe(at('2027-03-28T01:30:00Z'))
  })

  it('are over at the end that they name, whenever one asks', () => {
    fc.assert(
      fc.property(
        fc.record({ from: fc.nat(1439), until: fc.nat(1439), days: fc.subarray(ALL) }),
        fc.integer({ min: 0, max: 365 * 1440 }),
        (quiet, minute) => {
          const now = at('2026-01-01T00:00:00Z') + BigInt(minute) * 60_000n
          const end = quietUntil(quiet, now, 'America/New_York')
          if (end === null) return
          expect(end).toBeGreaterThan(now)
          expect(end - now).toBeLessThanOrEqual(25n * 3_600_000n)
        },
      ),
    )
  })

  it('the next time of a day is today’s, else tomorrow’s', () => {
    expect(nextAt(480, at('2026-11-21T07:59:00Z'), 'UTC')).toBe(at('2026-11-21T08:00:00Z'))
    expect(nextAt(480, at('2026-11-21T08:00:00Z'), 'UTC')).toBe(at('2026-11-22T08:00:00Z'))
  })
})
