import { textOf } from '#engines/finops/columns/byte-dictionary.ts'
import { type ColumnSegment, codeAt, integerAt, isNullAt } from '#engines/finops/columns/column.ts'
import { decimalText } from '#engines/finops/explore/decimal-text.ts'

/** A cell of a cost line as text: decimals exact and without idle zeros, instants as ISO 8601 in UTC. */
export function cellText(column: ColumnSegment, row: number): string | null {
  if (isNullAt(column, row)) return null
  if (column.kind === 'text') return textOf(column, codeAt(column, row) - 1)
  const value = integerAt(column, row)
  if (column.kind === 'instant') return new Date(Number(value)).toISOString()
  return plainDecimal(value, column.scale)
}

/** An exact decimal without zeros at its end. */
export function plainDecimal(units: bigint, scale: number): string {
  const text = decimalText(units, scale)
  return scale === 0 ? text : text.replace(/\.?0+$/, '')
}
