import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText, formatNumber, formatShort, groupDecimal, rescale } from './decimal.ts'
import { showCost, showMoney } from './money.ts'
import {
  dayOf,
  formatBytes,
  formatDay,
  formatDuration,
  formatInstant,
  formatMonth,
  relativeTo,
} from './time.ts'

describe('decimals', () => {
  it('writes units of any scale exactly', () => {
    expect(decimalText(-1050n, 2)).toBe('-10.50')
    expect(decimalText(5n, 3)).toBe('0.005')
    expect(decimalText(-7n, 0)).toBe('-7')
  })

  it('keeps every digit, whatever the style', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.nat(12), (units, scale) => {
        const text = groupDecimal(decimalText(units, scale), 'comma-point')
        const back = BigInt(text.replaceAll(',', '').replace('−', '-').replace('.', ''))
        return back === units
      }),
    )
  })

  it('rounds half away from zero', () => {
    expect(rescale(25n, 1, 0)).toBe(3n)
    expect(rescale(-25n, 1, 0)).toBe(-3n)
    expect(rescale(24n, 1, 0)).toBe(2n)
    expect(rescale(3n, 0, 2)).toBe(300n)
  })

  it('uses the signs of each style', () => {
    expect(groupDecimal('-1234567.89', 'comma-point')).toBe('−1,234,567.89')
    expect(groupDecimal('1234567.89', 'point-comma')).toBe('1.234.567,89')
    expect(groupDecimal('1234.5', 'space-comma')).toBe('1\u202f234,5')
    expect(groupDecimal('1234', 'apostrophe-point')).toBe('1’234')
    expect(groupDecimal('not a number', 'comma-point')).toBe('not a number')
  })

  it('writes doubles without a minus before nothing', () => {
    expect(formatNumber(-0.001, 2, 'comma-point')).toBe('0.00')
    expect(formatNumber(Number.NaN, 2, 'comma-point')).toBe('–')
    expect(formatNumber(1e22, 0, 'comma-point')).toBe('10,000,000,000,000,000,000,000')
  })

  it('is short on axes', () => {
    const short = (value: number) => formatShort(value, 'comma-point')
    expect([0, 999, 1000, 12_345, 999_999, 1_250_000, -2_000_000_000].map(short)).toEqual([
      '0',
      '999',
      '1k',
      '12.3k',
      '1M',
      '1.25M',
      '−2B',
    ])
    expect(short(0.05)).toBe('0.05')
    expect(short(0.000012)).toBe('0.000012')
  })
})

describe('amounts', () => {
  it('shows money in the minor units of its currency', () => {
    expect(showMoney(123456n, 'USD', 'comma-point')).toMatchObject({
      figure: '1,234.56',
      code: 'USD',
      places: 2,
    })
    expect(showMoney(123456n, 'JPY', 'comma-point').figure).toBe('123,456')
    expect(showMoney(-5n, 'KWD', 'comma-point').figure).toBe('−0.005')
  })

  it('shows cost rounded and knows it exactly', () => {
    expect(showCost(1_234_567_891n, 'USD', 'comma-point')).toMatchObject({
      figure: '1.23',
      exact: '1.234567891',
      rounded: true,
    })
    expect(showCost(1_230_000_000n, 'USD', 'comma-point')).toMatchObject({
      figure: '1.23',
      exact: '1.23',
      rounded: false,
    })
    expect(showCost(5_000_000n, 'JPY', 'comma-point')).toMatchObject({
      figure: '5',
      exact: '5',
      rounded: false,
    })
  })

  it('never shows something as nothing', () => {
    expect(showCost(1n, 'EUR', 'comma-point').figure).toBe('<0.01')
    expect(showCost(-1n, 'EUR', 'comma-point').figure).toBe('>−0.01')
    expect(showCost(0n, 'EUR', 'comma-point').figure).toBe('0.00')
  })
})

describe('times', () => {
  const at = Date.UTC(2026, 2, 29, 0, 59, 5)

  it('stands on the calendar of the zone, through changes of the clock', () => {
    expect(formatInstant(at, 'Europe/Berlin', 'iso')).toBe('2026-03-29 01:59')
    expect(formatInstant(at + 60_000, 'Europe/Berlin', 'iso')).toBe('2026-03-29 03:00')
    expect(formatInstant(at, 'America/New_York', 'day-month', 'second')).toBe('28 Mar 2026 20:59:05')
    expect(formatInstant(at, 'Asia/Kathmandu', 'month-day', 'day')).toBe('Mar 29, 2026')
    expect(dayOf(at, 'Pacific/Auckland')).toBe('2026-03-29')
  })

  it('reads an unknown zone as UTC', () => {
    expect(formatInstant(at, 'Mars/Olympus', 'iso')).toBe('2026-03-29 00:59')
  })

  it('writes days and months, and leaves alone what is neither', () => {
    expect(formatDay('2026-11-01', 'day-month')).toBe('1 Nov 2026')
    expect(formatMonth('2026-11', 'month-day')).toBe('Nov 2026')
    expect(formatMonth('2026-11', 'iso')).toBe('2026-11')
    expect(formatDay('someday', 'day-month')).toBe('someday')
  })

  it('says how long ago, and nothing for the present', () => {
    const now = Date.UTC(2026, 10, 21)
    expect(relativeTo(now - 30_000, now, 'en')).toBeNull()
    expect(relativeTo(now - 5 * 60_000, now, 'en')).toBe('5 minutes ago')
    expect(relativeTo(now + 3 * 86_400_000, now, 'en')).toBe('in 3 days')
    expect(relativeTo(now - 400 * 86_400_000, now, 'en')).toBe('last year')
  })

  it('writes lengths in their two largest units', () => {
    expect([0.5, 8.25, 850, 4200, 65_000, 3_900_000, 90_000_000].map(formatDuration)).toEqual([
      '500 µs',
      '8.3 ms',
      '850 ms',
      '4.2 s',
      '1 min 05 s',
      '1 h 05 min',
      '1 d 1 h',
    ])
    expect([0, 999, 1500, 2_000_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '2.0 GB'])
  })
})
