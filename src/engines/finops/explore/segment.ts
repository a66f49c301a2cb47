import type { IntegerSegment } from '../columns/column.ts'
import type { CodeColumn } from './text-space.ts'

/** One segment with the columns that a query needs, in codes of the text space. */
export interface ExploreSegment {
  readonly rows: number
  /** Null when the batch has no such column: every row is null. */
  text(column: string): CodeColumn | null
  integers(column: string): IntegerSegment | null
  /** Cost lines that each row stands for; absent where each is one. */
  readonly weights?: Float64Array
}

/** A column that a batch does not have. */
export const ABSENT: CodeColumn = { codes: null, constant: 0 }
