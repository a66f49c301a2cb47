import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProrationMode } from '#shared/contract/billing/prices.ts'
import { dayStart, localDay } from './calendar.ts'
import { add, compare, divide, exactText, scaled } from './exact.ts'
import { billingPeriodAt } from './periods.ts'
import { proportion } from './proration.ts'

const at = (iso: string) => BigInt(Date.parse(iso))
const span = (from: string, to: string) => ({ from: at(from), to: at(to) })
const shares = (mode: ProrationMode, whole: ReturnType<typeof span>, part: typeof whole, zone = 'UTC') => {
  const { used, whole: all, unit } = proportion(mode, whole, part, zone)
  return `${exactText(used)}/${exactText(all)} ${unit}`
}

const february = span('2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z')
const october = span('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z')

describe('proration', () => {
  test('by second: elapsed time', () => {
    expect(shares('second', october, span('2026-10-16T12:00:00Z', '2026-11-01T00:00:00Z'))).toBe(
      '1339200/2678400 second',
    )
    expect(shares('second', october, span('2026-10-01T00:00:00.500Z', '2026-10-01T00:00:02Z'))).toBe(
      '1.5/2678400 second',
    )
  })

  test('by second over a change of the clocks: October in Berlin has an hour more', () => {
    const berlin = span('2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z')
    expect(
      shares('second', berlin, span('2026-09-30T22:00:00Z', '2026-10-01T22:00:00Z'), 'Europe/Berlin'),
    ).toBe('86400/2682000 second')
    // By day the 25th, with its 25 hours, is one day like any other.
    expect(shares('day', berlin, span('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'), 'Europe/Berlin')).toBe(
      '1/31 day',
    )
  })

  test('by day: a day that was begun counts, in a leap February of 29', () => {
    expect(shares('day', february, span('2028-02-01T00:00:00Z', '2028-02-10T00:00:00Z'))).toBe('9/29 day')
    expect(shares('day', february, span('2028-02-01T00:00:00Z', '2028-02-10T00:00:01Z'))).toBe('10/29 day')
    expect(shares('day', february, span('2028-02-10T18:00:00Z', '2028-03-01T00:00:00Z'))).toBe('20/29 day')
    expect(shares('day', february, span('2028-02-10T18:00:00Z', '2028-02-10T18:00:00Z'))).toBe('0/29 day')
  })

  test('by day in the zone, not in UTC', () => {
    const tokyo = span('2026-09-30T15:00:00Z', '2026-10-31T15:00:00Z')
    expect(shares('day', tokyo, span('2026-10-15T15:00:00Z', '2026-10-31T15:00:00Z'), 'Asia/Tokyo')).toBe(
      '16/31 day',
    )
  })

  test('by day from an anchor in the middle of a day: the date of the end belongs to the next period', () => {
    const period = span('2026-10-15T10:00:00Z', '2026-11-15T10:00:00Z')
    expect(shares('day', period, period)).toBe('31/31 day')
    expect(shares('day', period, span('2026-10-15T10:00:00Z', '2026-10-20T09:00:00Z'))).toBe('6/31 day')
    expect(shares('day', period, span('2026-10-20T09:00:00Z', '2026-11-15T10:00:00Z'))).toBe('26/31 day')
    expect(shares('day', period, span('2026-11-15T08:00:00Z', '2026-11-15T10:00:00Z'))).toBe('0/31 day')
  })

  test('a period within one date has that date', () => {
    const hour = span('2026-10-15T10:00:00Z', '2026-10-15T11:00:00Z')
    expect(shares('day', hour, span('2026-10-15T10:00:00Z', '2026-10-15T10:30:00Z'))).toBe('1/1 day')
    expect(shares('day', hour, hour)).toBe('1/1 day')
  })

  test('by months of 30 days: the 31st is free, a short month fills up at its end', () => {
    expect(shares('day-30', october, span('2026-10-16T00:00:00Z', '2026-11-01T00:00:00Z'))).toBe('15/30 day')
    expect(shares('day-30', october, span('2026-10-31T00:00:00Z', '2026-11-01T00:00:00Z'))).toBe('0/30 day')
    expect(shares('day-30', february, span('2028-02-01T00:00:00Z', '2028-02-11T00:00:00Z'))).toBe('10/30 day')
    expect(shares('day-30', february, span('2028-02-11T00:00:00Z', '2028-03-01T00:00:00Z'))).toBe('20/30 day')
    const quarter = span('2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z')
    expect(shares('day-30', quarter, span('2026-11-15T00:00:00Z', '2027-01-01T00:00:00Z'))).toBe('46/90 day')
    expect(shares('day-30', quarter, quarter)).toBe('90/90 day')
    const week = span('2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z')
    expect(shares('day-30', week, span('2026-11-18T00:00:00Z', '2026-11-23T00:00:00Z'))).toBe('5/7 day')
  })

  test('none and full, and the whole in every mode', () => {
    const part = span('2026-10-16T00:00:00Z', '2026-11-01T00:00:00Z')
    expect(shares('none', october, part)).toBe('0/2678400 second')
    expect(shares('full', october, part)).toBe('2678400/2678400 second')
    expect(shares('none', october, october)).toBe('2678400/2678400 second')
    expect(shares('second', october, { from: october.from, to: october.from })).toBe('0/2678400 second')
  })

  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Africa/Cairo']
  const period = fc
    .record({
      interval: fc.constantFrom('week', 'month', 'quarter', 'year'),
      alignment: fc.constantFrom('calendar', 'anniversary'),
      anchorAt: fc.bigInt(at('2020-01-01T00:00:00Z'), at('2030-01-01T00:00:00Z')),
      zone: fc.constantFrom(...zones),
    } as const)
    .map(terms => ({ ...billingPeriodAt(terms, terms.anchorAt), zone: terms.zone }))
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 })

  function partsAddUp(mode: ProrationMode, whole: { from: bigint; to: bigint; zone: string }, at: bigint[]) {
    const edges = [whole.from, ...at.sort((a, b) => (a < b ? -1 : 1)), whole.to]
    const total = edges
      .slice(1)
      .map((to, index) => proportion(mode, whole, { from: edges[index]!, to }, whole.zone))
      .map(({ used, whole: all }) => divide(used, all))
      .reduce(add)
    expect(compare(total, scaled(1n))).toBe(0)
  }

  test('by second, parts of a period add up to the whole, wherever it is cut', () => {
    fc.assert(
      fc.property(period, cuts, (whole, fractions) => {
        const length = Number(whole.to - whole.from)
        partsAddUp(
          'second',
          whole,
          fractions.map(f => whole.from + BigInt(Math.floor(f * length))),
        )
      }),
    )
  })

  test('by day and by months of 30 days, parts add up wherever it is cut at midnight', () => {
    fc.assert(
      fc.property(fc.constantFrom('day', 'day-30'), period, cuts, (mode, whole, fractions) => {
        const first = localDay(whole.from, whole.zone) + 1
        const last = localDay(whole.to - 1n, whole.zone)
        const days = fractions.map(f => first + Math.floor(f * (last - first)))
        const midnights = days.map(day => dayStart(day, whole.zone)).filter(start => start < whole.to)
        partsAddUp(mode, whole, midnights)
      }),
      { numRuns: 300 },
    )
  })

  test('a longer service is never a smaller part, and none is more than the whole', () => {
    const modes = fc.constantFrom<ProrationMode>('second', 'day', 'day-30', 'none', 'full')
    const inside = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(modes, period, inside, inside, (mode, whole, a, b) => {
        const length = Number(whole.to - whole.from)
        const to = (f: number) => whole.from + BigInt(Math.floor(f * length))
        const [less, more] = a < b ? [a, b] : [b, a]
        const small = proportion(mode, whole, { from: whole.from, to: to(less) }, whole.zone)
        const large = proportion(mode, whole, { from: whole.from, to: to(more) }, whole.zone)
        expect(compare(small.used, large.used)).toBeLessThanOrEqual(0)
        expect(compare(large.used, large.whole)).toBeLessThanOrEqual(0)
      }),
    )
  })
})
