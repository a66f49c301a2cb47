import { corruptUnless, doubleAt, type IntegerSegment } from '../columns/column.ts'
import { pushInteger } from '../columns/integer-builder.ts'
import { type ColumnSpec, type NamedColumn, segmentBuilder, takeSegment } from '../columns/segment-builder.ts'
import { pushText } from '../columns/text-builder.ts'
import type { RolledDimension } from './plan.ts'
import { CURRENCY_COLUMN, MEASURE_COLUMNS, TIME_COLUMN } from './query.ts'
import { ROLLED_MEASURES, type RollUpRow } from './roll-up.ts'
import type { ExploreSegment } from './segment.ts'
import { adoptText, type CodeColumn, columnOf, type TextSpace } from './text-space.ts'

/** Cost lines that a sum is of. */
const LINES_COLUMN = 'lines'

/** Sums of one dimension and grain as columns. */
export function rollUpColumns(
  dimension: RolledDimension,
  rows: readonly Omit<RollUpRow, 'dimension' | 'grain'>[],
): NamedColumn[] {
  const specs: ColumnSpec[] = [
    { id: TIME_COLUMN, kind: 'instant' },
    { id: CURRENCY_COLUMN, kind: 'text' },
    ...ROLLED_MEASURES.map(measure => ({ id: MEASURE_COLUMNS[measure], kind: 'cost' }) as const),
    { id: LINES_COLUMN, kind: 'decimal' },
    ...(dimension === null ? [] : [{ id: columnOf(dimension), kind: 'text' } as const]),
  ]
  const builder = segmentBuilder(specs)
  for (const row of rows) {
    const values = [row.at, row.currency, ...ROLLED_MEASURES.map(measure => row[measure]), row.lines, row.key]
    builder.columns.forEach((column, index) => {
      const value = values[index]!
      if (column.kind === 'text') pushText(column, value as string | null)
      else pushInteger(column, value as number | bigint, specs[index]!.kind === 'cost' ? row.scale : 0)
    })
  }
  return takeSegment(builder)
}

/**
 * Sums of a batch in the form of a segment, so that one code answers from lines and from sums: each row stands
 * for the lines that it sums up.
 */
export function rollUpSegment(space: TextSpace, columns: readonly NamedColumn[]): ExploreSegment {
  const texts = new Map<string, CodeColumn>()
  const integers = new Map<string, IntegerSegment>()
  for (const { id, column } of columns) {
    if (column.kind === 'text') texts.set(id, adoptText(space, id, column))
    else integers.set(id, column)
  }
  const lines = integers.get(LINES_COLUMN)
  corruptUnless(lines !== undefined, 'sums do not say of how many lines they are')
  const { rows } = lines
  return {
    rows,
    text: id => texts.get(id) ?? null,
    integers: id => integers.get(id) ?? null,
    weights: Float64Array.from({ length: rows }, (_, row) => doubleAt(lines, row)),
  }
}
