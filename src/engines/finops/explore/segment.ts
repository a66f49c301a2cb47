import type { IntegerSegment } from '../columns/column.ts'
import type { CodeColumn } from './text-space.ts'

/** One segment with the columns that a query needs, in codes of the text space. */
export interface ExploreSegment {
  readonly rows: number
  /** Null when the batch has no such column: every row is null. */
  text(column: string): CodeColumn | null
  integers(column: string): IntegerSegment | null
  /**
   * The first and the last beginning of a charge, where known. A segment without its column of time must have it,
   * and lie in one bucket as a whole.
   */
  readonly span?: { readonly first: number; readonly last: number }
  /** Cost lines that each row stands for; absent where each is one. */
  readonly weights?: Float64Array
}

/** A column that a batch does not have. */
export const ABSENT: CodeColumn = { codes: null, constant: 0 }
