import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Timing } from '#shared/contract/workspace/schedules.ts'
import { timesOf } from './timing.ts'

const at = (text: string) => BigInt(Date.parse(text))
const BERLIN = 'Europe/Berlin'

/** So many times after an instant, in UTC. */
function timesAfter(timing: Timing, zone: string, from: string, count: number): string[] {
  const times = timesOf(timing, zone)
  const found: string[] = []
  let last = at(from)
  while (found.length < count) {
    last = times.next(last)!
    found.push(new Date(Number(last)).toISOString().slice(0, 16))
  }
  return found
}

describe('times', () => {
  it('that the clocks skip come when they have jumped', () => {
    expect(timesAfter({ every: 'day', at: '02:30' }, BERLIN, '2026-03-28T00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
  })

  it('that the clocks show twice come once', () => {
    const timings: Timing[] = [
      { every: 'day', at: '02:30' },
      { every: 'cron', expression: '30 2 * * *' },
      { every: 'cron', expression: '30 1-2 * * 0' },
    ]
    const found = timings.map(timing => timesAfter(timing, BERLIN, '2026-10-24T22:00Z', 2))
    expect(found).toEqual([
      ['2026-10-25T00:30', '2026-10-26T01:30'],
      ['2026-10-25T00:30', '2026-10-26T01:30'],
      ['2026-10-24T23:30', '2026-10-25T00:30'],
    ])
  })

  it('of steps are what the clocks show, each time', () => {
    expect(timesAfter({ every: 'cron', expression: '*/30 * * * *' }, BERLIN, '2026-10-25T00:00Z', 3)).toEqual(
      ['2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30'],
    )
  })

  it('are of the week and of the month, also its last day', () => {
    expect(timesAfter({ every: 'week', weekday: 7, at: '12:00' }, BERLIN, '2026-11-21T00:00Z', 2)).toEqual([
      '2026-11-22T11:00',
      '2026-11-29T11:00',
    ])
    expect(timesAfter({ every: 'month', day: 'last', at: '23:59' }, 'UTC', '2027-01-31T23:59Z', 2)).toEqual([
      '2027-02-28T23:59',
      '2027-03-31T23:59',
    ])
    expect(
      timesAfter({ every: 'month', day: 3, at: '00:05' }, 'Asia/Kolkata', '2026-11-21T00:00Z', 1),
    ).toEqual(['2026-12-02T18:35'])
  })

  it('latest and next agree, wherever one stands', () => {
    const clock = fc
      .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
      .map(parts => parts.map(part => String(part).padStart(2, '0')).join(':'))
    const timing = fc.oneof(
      fc.record({ every: fc.constant('day' as const), at: clock }),
      fc.record({ every: fc.constant('week' as const), weekday: fc.integer({ min: 1, max: 7 }), at: clock }),
      fc.record({
        every: fc.constant('month' as const),
        day: fc.oneof(fc.integer({ min: 1, max: 28 }), fc.constant('last' as const)),
        at: clock,
      }),
    )
    const zone = fc.constantFrom('UTC', BERLIN, 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo')
    const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }).map(BigInt)
    fc.assert(
      fc.property(timing, zone, now, (what, where, from) => {
        const times = timesOf(what, where)
        const next = times.next(from)!
        expect(next).toBeGreaterThan(from)
        expect(times.latest(next)).toBe(next)
        const latest = times.latest(next - 1n)!
        expect(latest).toBeLessThanOrEqual(from)
        expect(times.next(latest)).toBe(next)
      }),
      { numRuns: 300 },
    )
  })
})
