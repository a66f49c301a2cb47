import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DateStyle, hasZone, readInstant, shiftInstant, writtenDateParts } from './instant-cell.ts'

const iso = (text: string, style: DateStyle = 'iso') => {
  const ms = readInstant(text, style)
  return typeof ms === 'number' ? new Date(ms).toISOString() : ms
}

describe('readInstant', () => {
  it.each([
    ['2024-09-01T00:00:00Z', '2024-09-01T00:00:00.000Z'],
    ['2024-09-18 23:00:00', '2024-09-18T23:00:00.000Z'],
    ['2024-09-18 23:00', '2024-09-18T23:00:00.000Z'],
    ['2024-09-18', '2024-09-18T00:00:00.000Z'],
    ['20240918', '2024-09-18T00:00:00.000Z'],
    ['2023-11-01T00:00:00.000Z', '2023-11-01T00:00:00.000Z'],
    ['2023-11-01T00:00:00.1239Z', '2023-11-01T00:00:00.123Z'],
    ['2023-11-01T02:30:00+02:30', '2023-11-01T00:00:00.000Z'],
    ['2023-11-01T02:00:00-0800', '2023-11-01T10:00:00.000Z'],
    ['2023-11-01T02:00:00+05', '2023-10-31T21:00:00.000Z'],
    ['2024-02-29 12:00:00 UTC', '2024-02-29T12:00:00.000Z'],
    ['2024-02-29T24:00:00Z', '2024-03-01T00:00:00.000Z'],
    [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z'],
    ['2023-02-29', 'instant-no-such-day'],
    ['2024-13-01', 'instant-no-such-day'],
    ['2024-00-10', 'instant-no-such-day'],
    ['2024-04-31', 'instant-no-such-day'],
    ['0000-01-01', 'instant-no-such-day'],
    ['2024-01-01T25:00:00Z', 'instant-no-such-day'],
    ['2024-01-01T24:00:01Z', 'instant-no-such-day'],
    ['2024-01-01T10:60:00Z', 'instant-no-such-day'],
    ['yesterday', 'instant-malformed'],
    ['2024-1-1', 'instant-malformed'],
    ['5/1/25', 'instant-date-style'],
  ])('%s is %s', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  it.each([
    ['5/1/25', 'month-first', '2025-05-01T00:00:00.000Z'],
    ['9/30/2023', 'month-first', '2023-09-30T00:00:00.000Z'],
    ['9/30/2023 1:05:09 PM', 'month-first', '2023-09-30T13:05:09.000Z'],
    ['9/30/2023, 12:05 am', 'month-first', '2023-09-30T00:05:00.000Z'],
    ['9/30/2023 13:05 PM', 'month-first', 'instant-no-such-day'],
    ['30/9/2023', 'month-first', 'instant-no-such-day'],
    ['30.9.2023', 'day-first', '2023-09-30T00:00:00.000Z'],
    ['1/5/25 10:00', 'day-first', '2025-05-01T10:00:00.000Z'],
    ['2025-05-01', 'day-first', '2025-05-01T00:00:00.000Z'],
  ] as const)('%s as %s is %s', (text, style, expected) => {
    expect(iso(text, style)).toBe(expected)
  })

  it('reads back every instant that it can write', () => {
    const instants = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instants, date => {
        expect(readInstant(date.toISOString(), 'iso')).toBe(date.getTime())
      }),
    )
  })
})

describe('around instants', () => {
  it('knows whether a zone is named', () => {
    expect(hasZone('2024-09-01T00:00:00Z')).toBe(true)
    expect(hasZone('2024-09-01T00:00:00+01:00')).toBe(true)
    expect(hasZone('2024-09-01 00:00:00')).toBe(false)
    expect(hasZone('5/1/25')).toBe(false)
  })

  it('finds the parts of written dates', () => {
    expect(writtenDateParts('13/1/25')).toEqual([13, 1])
    expect(writtenDateParts('2025-01-13')).toBeNull()
  })

  it('shifts', () => {
    const at = Date.UTC(2023, 11, 30, 5)
    expect(new Date(shiftInstant(at, 'next-day')).toISOString()).toBe('2023-12-31T05:00:00.000Z')
    expect(new Date(shiftInstant(at, 'month-start')).toISOString()).toBe('2023-12-01T00:00:00.000Z')
    expect(new Date(shiftInstant(at, 'next-month-start')).toISOString()).toBe('2024-01-01T00:00:00.000Z')
  })
})
