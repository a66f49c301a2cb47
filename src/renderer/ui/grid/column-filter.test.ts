import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareValues, filterText, parseRange, passes, scaled } from './column-filter.ts'

describe('parseRange', () => {
  it('reads what people type above numbers', () => {
    expect(parseRange('5', 'number')).toEqual({ kind: 'range', min: '5', max: '5' })
    expect(parseRange('>1,000', 'number')).toEqual({ kind: 'range', min: '1000', minOpen: true })
    expect(parseRange('<= -2.5', 'number')).toEqual({ kind: 'range', max: '-2.5' })
    expect(parseRange('10 .. 20', 'number')).toEqual({ kind: 'range', min: '10', max: '20' })
    expect(parseRange('..20', 'number')).toEqual({ kind: 'range', max: '20' })
  })

  it('reads years, months and days', () => {
    expect(parseRange('2026-05', 'date')).toEqual({ kind: 'range', min: '2026-05', max: '2026-05' })
    expect(parseRange('<2026', 'date')).toEqual({ kind: 'range', max: '2026', maxOpen: true })
    expect(parseRange('2026-01..2026-03-15', 'date')).toEqual({
      kind: 'range',
      min: '2026-01',
      max: '2026-03-15',
    })
  })

  it('does not guess', () => {
    for (const text of ['', '..', 'abc', '>', '1..2..3', '5 EUR'])
      expect(parseRange(text, 'number')).toBeNull()
    expect(parseRange('May 2026', 'date')).toBeNull()
  })

  it('is written as it was typed', () => {
    for (const text of ['5', '>1000', '>=1', '<=2', '<3', '1..2']) {
      expect(filterText(parseRange(text, 'number') ?? undefined)).toBe(text)
    }
    expect(filterText(undefined)).toBe('')
    expect(filterText({ kind: 'in', values: ['a', 'b'] })).toBe('a, b')
  })
})

describe('passes', () => {
  const range = (text: string, kind: 'number' | 'date' = 'number') => parseRange(text, kind)!

  it('compares amounts exactly, in units of the currency', () => {
    expect(passes(1050n, range('>10.49'), 2)).toBe(true)
    expect(passes(1050n, range('>10.5'), 2)).toBe(false)
    expect(passes(1050n, range('10.5'), 2)).toBe(true)
    expect(passes(1050n, range('<10.500000001'), 2)).toBe(true)
    expect(passes(9_007_199_254_740_993n, range('9007199254740993'))).toBe(true)
    expect(passes(9_007_199_254_740_992n, range('9007199254740993'))).toBe(false)
  })

  it('compares as much of an instant as was given', () => {
    expect(passes('2026-05-31T23:59:59.000Z', range('2026-05', 'date'))).toBe(true)
    expect(passes('2026-06-01T00:00:00.000Z', range('2026-05', 'date'))).toBe(false)
    expect(passes('2026-06-01T00:00:00.000Z', range('>2026-05', 'date'))).toBe(true)
    expect(passes('2026-05-09', range('>2026-05', 'date'))).toBe(false)
  })

  it('finds text without regard to case, and choices among the empty ones too', () => {
    expect(passes('Amazon EC2', { kind: 'contains', text: 'ec2' })).toBe(true)
    expect(passes(null, { kind: 'contains', text: 'x' })).toBe(false)
    expect(passes(undefined, { kind: 'in', values: [''] })).toBe(true)
    expect(passes('b', { kind: 'in', values: ['a'] })).toBe(false)
    expect(passes(null, range('>0'))).toBe(false)
  })

  it('agrees with the order of the numbers, for any amount and bound', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(-(10n ** 12n), 10n ** 12n), (a, b) => {
        const bound = (Number(b) / 100).toFixed(2)
        return (
          passes(a, { kind: 'range', min: bound }, 2) === a >= scaled(bound, 2) &&
          passes(a, { kind: 'range', max: bound, maxOpen: true }, 2) === a < scaled(bound, 2)
        )
      }),
    )
  })
})

describe('compareValues', () => {
  it('keeps what is empty last, and numbers inside text in their order', () => {
    expect(['b10', null, 'b9', 'a'].toSorted(compareValues)).toEqual(['a', 'b9', 'b10', null])
    expect([3n, 1n, 2n].toSorted(compareValues)).toEqual([1n, 2n, 3n])
  })
})
