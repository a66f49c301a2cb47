import { SEGMENT_ROWS } from '../columns/column.ts'
import type { RowFilter } from './filters.ts'
import { TIME_COLUMN } from './query.ts'
import type { ExploreSegment } from './segment.ts'
import { bucketRows, coversAll, sharedBucket, type TimeTable } from './time-table.ts'

/** The rows of a segment that a query is about, and the bucket of each. */
export interface Selection {
  /** How many rows. */
  readonly count: number
  /** Which rows; null when it is all of them. */
  readonly rows: Int32Array | null
  /** The bucket by row of the segment (not by place in `rows`); null when all share `bucket`. */
  readonly buckets: Int32Array | null
  readonly bucket: number
}

/** Picks rows by period and filters. What it returns holds until it is asked again. */
export type Selector = (segment: ExploreSegment) => Selection | null

/** A selector for these spans of time (null takes any time) and filters; null from it when no row passes. */
export function selector(table: TimeTable | null, filters: readonly RowFilter[]): Selector {
  const buckets = new Int32Array(SEGMENT_ROWS)
  const keep = new Uint8Array(SEGMENT_ROWS)
  const picked = new Int32Array(SEGMENT_ROWS)
  return segment => {
    const { rows } = segment
    let bucket: number | null = 0
    let some = false
    if (table) {
      const time = segment.integers(TIME_COLUMN)
      if (time) bucket = bucketRows(table, time, buckets)
      else bucket = segment.span ? sharedBucket(table, segment.span.first, segment.span.last) : -1
      if (bucket === -1) return null
      some = bucket === null && !coversAll(table, time!)
    }
    if (filters.length > 0) keep.fill(1, 0, rows)
    for (const filter of filters) {
      const verdict = filter(segment, keep)
      if (verdict === 'none') return null
      some ||= verdict === 'some'
    }
    const all = { count: rows, rows: null, buckets: bucket === null ? buckets : null, bucket: bucket ?? 0 }
    if (!some) return all
    const count = pick(filters.length > 0 ? keep : null, all.buckets, rows, picked)
    if (count === 0) return null
    return count === rows ? all : { ...all, count, rows: picked }
  }
}

/** Writes the rows that are kept and in a bucket into `out`, and says how many. */
function pick(keep: Uint8Array | null, buckets: Int32Array | null, rows: number, out: Int32Array): number {
  let count = 0
  for (let row = 0; row < rows; row++) {
    out[count] = row
    if ((keep === null || keep[row] === 1) && (buckets === null || buckets[row]! >= 0)) count++
  }
  return count
}
