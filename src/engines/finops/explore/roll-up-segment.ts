import type { IntegerSegment } from '../columns/column.ts'
import { pushInteger } from '../columns/integer-builder.ts'
import { type ColumnSpec, segmentBuilder, takeSegment } from '../columns/segment-builder.ts'
import { pushText } from '../columns/text-builder.ts'
import type { RolledDimension } from './plan.ts'
import { CURRENCY_COLUMN, MEASURE_COLUMNS, TIME_COLUMN } from './query.ts'
import { ROLLED_MEASURES, type RollUpRow } from './roll-up.ts'
import type { ExploreSegment } from './segment.ts'
import { adoptText, type CodeColumn, columnOf, type TextSpace } from './text-space.ts'

/**
 * Sums kept of a batch in the form of a segment, so that one code answers from lines and from sums: each row
 * stands for the lines that it sums up. All rows are of one dimension and grain.
 */
export function rollUpSegment(
  space: TextSpace,
  dimension: RolledDimension,
  rows: readonly Omit<RollUpRow, 'dimension' | 'grain'>[],
): ExploreSegment {
  const specs: ColumnSpec[] = [
    { id: TIME_COLUMN, kind: 'instant' },
    { id: CURRENCY_COLUMN, kind: 'text' },
    ...ROLLED_MEASURES.map(measure => ({ id: MEASURE_COLUMNS[measure], kind: 'cost' }) as const),
    ...(dimension === null ? [] : [{ id: columnOf(dimension), kind: 'text' } as const]),
  ]
  const builder = segmentBuilder(specs)
  for (const row of rows) {
    const values = [row.at, row.currency, ...ROLLED_MEASURES.map(measure => row[measure]), row.key]
    builder.columns.forEach((column, index) => {
      const value = values[index]!
      if (column.kind === 'text') pushText(column, value as string | null)
      else pushInteger(column, value as number | bigint, column.kind === 'instant' ? 0 : row.scale)
    })
  }
  const texts = new Map<string, CodeColumn>()
  const integers = new Map<string, IntegerSegment>()
  for (const { id, column } of takeSegment(builder)) {
    if (column.kind === 'text') texts.set(id, adoptText(space, id, column))
    else integers.set(id, column)
  }
  return {
    rows: rows.length,
    text: id => texts.get(id) ?? null,
    integers: id => integers.get(id) ?? null,
    weights: Float64Array.from(rows, row => row.lines),
  }
}
