import { textOf } from '../columns/byte-dictionary.ts'
import { doubleAt, type IntegerSegment, integerAt, isNullAt } from '../columns/column.ts'
import { ceilAt, floorAt, parseDecimal } from './decimal-text.ts'
import { type EmptyFilter, type Filter, MEASURE_COLUMNS, type ValueFilter } from './query.ts'
import { ABSENT, type ExploreSegment } from './segment.ts'
import { columnOf, type DimensionTexts, dimensionTexts, keyOf, type TextSpace } from './text-space.ts'

/**
 * Clears `keep[row]` of the rows that do not pass. Says whether every row of the segment passes, none does, or
 * `keep` tells.
 */
export type RowFilter = (segment: ExploreSegment, keep: Uint8Array) => 'all' | 'none' | 'some'

/** The columns that a filter reads: texts, and integers. */
export function columnsOfFilter(filter: Filter): { texts: string[]; integers: string[] } {
  return 'measure' in filter
    ? { texts: [], integers: [MEASURE_COLUMNS[filter.measure]] }
    : { texts: [columnOf(filter.dimension)], integers: [] }
}

/** Makes a filter ready for the texts known so far. */
export function compileFilter(space: TextSpace, filter: Filter): RowFilter {
  if ('measure' in filter) {
    return amountFilter(MEASURE_COLUMNS[filter.measure], filter.min, filter.max)
  }
  const texts = dimensionTexts(space, filter.dimension)
  return textFilter(texts.column, byColumnCode(texts, passingKeys(texts, filter)))
}

/** 1 for every key of the dimension that passes. */
function passingKeys(texts: DimensionTexts, filter: ValueFilter | EmptyFilter): Uint8Array {
  const pass = new Uint8Array(texts.size)
  if (!('values' in filter)) {
    if (filter.op === 'is-not-empty') pass.fill(1, 1)
    else pass[0] = 1
    return pass
  }
  if (filter.op === 'contains') {
    const wanted = filter.values.map(value => value.toLowerCase())
    for (let key = 1; key < texts.size; key++) {
      const text = textOf(texts.dictionary, key - 1).toLowerCase()
      if (wanted.some(value => text.includes(value))) pass[key] = 1
    }
    return pass
  }
  const named = filter.op === 'is' ? 1 : 0
  pass.fill(1 - named)
  for (const value of filter.values) {
    const key = keyOf(texts, value)
    if (key >= 0) pass[key] = named
  }
  return pass
}

function byColumnCode({ map }: DimensionTexts, pass: Uint8Array): Uint8Array {
  return map === null ? pass : Uint8Array.from(map, key => pass[key]!)
}

function textFilter(column: string, pass: Uint8Array): RowFilter {
  return (segment, keep) => {
    const { codes, constant } = segment.text(column) ?? ABSENT
    if (codes === null) return pass[constant] ? 'all' : 'none'
    for (let row = 0; row < codes.length; row++) keep[row]! &= pass[codes[row]!]!
    return 'some'
  }
}

function amountFilter(column: string, min: string | null, max: string | null): RowFilter {
  const low = min === null ? null : parseDecimal(min)
  const high = max === null ? null : parseDecimal(max)
  return (segment, keep) => {
    const amounts = segment.integers(column)
    if (!amounts || amounts.min === null || amounts.max === null) return 'none'
    const from = low && ceilAt(low, amounts.scale)
    const to = high && floorAt(high, amounts.scale)
    const above = from === null || from <= amounts.min
    const below = to === null || to >= amounts.max
    if (above && below && amounts.nulls === 0) return 'all'
    if ((from !== null && from > amounts.max) || (to !== null && to < amounts.min)) return 'none'
    keepBetween(amounts, from ?? amounts.min, to ?? amounts.max, keep)
    return 'some'
  }
}

/** A double compares exactly with a bigint, so narrow and wide columns are judged alike. */
function keepBetween(amounts: IntegerSegment, from: bigint, to: bigint, keep: Uint8Array): void {
  const narrow = amounts.limbs === null
  // Within the range of the column, which is narrow: these are exact.
  const [low, high] = narrow ? [clamp(from, amounts), clamp(to, amounts)] : [from, to]
  for (let row = 0; row < amounts.rows; row++) {
    const value = narrow ? doubleAt(amounts, row) : integerAt(amounts, row)
    if (value < low || value > high || isNullAt(amounts, row)) keep[row] = 0
  }
}

function clamp(bound: bigint, { min, max }: IntegerSegment): number {
  if (bound < min!) return Number(min)
  return Number(bound > max! ? max : bound)
}
