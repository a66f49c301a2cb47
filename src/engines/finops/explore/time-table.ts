import { doubleAt, type IntegerSegment } from '../columns/column.ts'
import type { Period } from './query.ts'

/** Spans of time in ascending order that do not overlap, each with the number of its bucket. */
export interface TimeTable {
  readonly spans: readonly Period[]
  readonly numbers: readonly number[]
}

/** Above this many steps between the first and the last instant, rows are looked up one by one. */
const LARGEST_LOOKUP = 1 << 17

/**
 * Writes the bucket of every row into `out`, -1 for a row in none, or returns the one bucket that all rows
 * share (-1 when no row is in any). Returns null when `out` was written.
 */
export function bucketRows(table: TimeTable, column: IntegerSegment, out: Int32Array): number | null {
  const { min, max, nulls, low, high, base, factor, rows } = column
  if (min === null || max === null) return -1
  const [first, last] = [Number(min), Number(max)]
  const shared = sharedBucket(table, first, last)
  if (shared !== null && (nulls === 0 || shared === -1)) return shared
  const steps = (last - base) / factor
  if (low !== null && high === null && steps < LARGEST_LOOKUP) {
    const lookup = lookupOf(table, base, factor, steps)
    out.set(low)
    for (let row = 0; row < rows; row++) out[row] = lookup[out[row]!]!
  } else {
    searchRows(table, column, out)
  }
  if (column.nullBits) {
    for (let row = 0; row < rows; row++) if ((column.nullBits[row >> 3]! >> (row & 7)) & 1) out[row] = -1
  }
  return null
}

/** The bucket of all instants between two, both included: -1 when none is in any, null when they differ. */
export function sharedBucket({ spans, numbers }: TimeTable, first: number, last: number): number | null {
  const index = spanAt(spans, first)
  const span = spans[index]
  if (!span || span.from > last) return -1
  return span.from <= first && last < span.to ? numbers[index]! : null
}

/** Whether every row of the column is in some bucket. */
export function coversAll({ spans }: TimeTable, { min, max, nulls }: IntegerSegment): boolean {
  if (nulls > 0 || min === null || max === null) return false
  const first = spanAt(spans, Number(min))
  const last = spanAt(spans, Number(max))
  if (!spans[last] || spans[first]!.from > min || spans[last].from > max) return false
  for (let i = first; i < last; i++) if (spans[i]!.to !== spans[i + 1]!.from) return false
  return true
}

/** The bucket by the number of steps of `factor` from `base`. */
function lookupOf(table: TimeTable, base: number, factor: number, steps: number): Int32Array {
  const lookup = new Int32Array(steps + 1).fill(-1)
  table.spans.forEach((span, index) => {
    const start = Math.max(0, Math.ceil((span.from - base) / factor))
    const end = Math.min(steps + 1, Math.ceil((span.to - base) / factor))
    if (start < end) lookup.fill(table.numbers[index]!, start, end)
  })
  return lookup
}

function searchRows(table: TimeTable, column: IntegerSegment, out: Int32Array): void {
  let { from, to } = { from: 0, to: 0 }
  let number = -1
  for (let row = 0; row < column.rows; row++) {
    const at = doubleAt(column, row)
    if (at < from || at >= to) {
      const index = spanAt(table.spans, at)
      const span = table.spans[index]
      number = span && at >= span.from ? table.numbers[index]! : -1
      if (span && number >= 0) {
        from = span.from
        to = span.to
      } else {
        from = at
        to = at + 1
      }
    }
    out[row] = number
  }
}

/** The first span that ends after `at`. */
function spanAt(spans: readonly Period[], at: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.to <= at) low = middle + 1
    else high = middle
  }
  return low
}
