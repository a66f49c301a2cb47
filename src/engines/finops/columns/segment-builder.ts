import type { ColumnSegment } from './column.ts'
import {
  clearIntegers,
  decimalBuilder,
  type IntegerBuilder,
  instantBuilder,
  integerSegment,
} from './integer-builder.ts'
import { clearText, type TextBuilder, textBuilder, textSegment } from './text-builder.ts'

/**
 * What a column of a batch is called and how it is kept. A `cost` and a `decimal` are both stored as decimals;
 * a cost keeps the scale of its currency, a decimal takes the smallest that holds its values.
 */
export interface ColumnSpec {
  readonly id: string
  readonly kind: 'text' | 'cost' | 'decimal' | 'instant'
}

export type ColumnBuilder = TextBuilder | IntegerBuilder

/** One segment in the making. Each row pushes exactly once to every column. */
export interface SegmentBuilder {
  readonly specs: readonly ColumnSpec[]
  /** In the order of the specs. */
  readonly columns: readonly ColumnBuilder[]
}

export function segmentBuilder(specs: readonly ColumnSpec[]): SegmentBuilder {
  return { specs, columns: specs.map(columnBuilder) }
}

function columnBuilder(spec: ColumnSpec): ColumnBuilder {
  if (spec.kind === 'text') return textBuilder()
  return spec.kind === 'instant' ? instantBuilder() : decimalBuilder(spec.kind === 'decimal')
}

/** A finished column of a segment under its name. */
export interface NamedColumn {
  readonly id: string
  readonly column: ColumnSegment
}

/**
 * The columns of the segment, on arrays of their own; the builder is empty afterwards and keeps its room.
 * Throws when the columns do not have the same number of rows, which is a mistake of the caller.
 */
export function takeSegment(builder: SegmentBuilder): NamedColumn[] {
  const rows = builder.columns[0]?.rows ?? 0
  const taken = builder.columns.map((column, index) => {
    const { id } = builder.specs[index]!
    if (column.rows !== rows) throw new Error(`Column ${id} has ${column.rows} rows, others have ${rows}`)
    return { id, column: column.kind === 'text' ? textSegment(column) : integerSegment(column) }
  })
  for (const column of builder.columns) column.kind === 'text' ? clearText(column) : clearIntegers(column)
  return taken
}
