import type { Value } from './flat-rows.ts'
import type { SyncRow } from './sync-rows.ts'
import type { ColumnKind, Table } from './table.ts'

/*
 * Many rows of one table as one text: the cells, row after row, as a JSON array of texts, numbers and nulls. Whole
 * numbers stand as numbers where a double holds them, else as texts; bytes as base64. The kinds of the columns say
 * what each cell is. A tenth of a million rows is read in the time in which rows with named members are looked at.
 */

export interface PackedColumn {
  readonly name: string
  readonly kind: ColumnKind
}

export interface PackedRows {
  readonly table: string
  readonly columns: readonly PackedColumn[]
  readonly rows: number
  readonly cells: string
}

/** The rows of a packed text, with their values as a statement binds them. */
export interface UnpackedRows {
  readonly length: number
  readonly values: Value[]
}

/** Packs rows that have the same columns: those of the table that the first one has. */
export function packRows(name: string, table: Table, rows: readonly SyncRow[]): PackedRows {
  const [first = {}] = rows
  const columns = Object.entries(table.columns).flatMap(([column, { kind }]) =>
    column in first ? [{ name: column, kind }] : [],
  )
  const cells: (string | number | null)[] = []
  for (const row of rows) for (const column of columns) cells.push(cellOf(row[column.name] as Value))
  return { table: name, columns, rows: rows.length, cells: JSON.stringify(cells) }
}

/** @throws Error a number that no JSON text stands for */
function cellOf(value: Value): string | number | null {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} is not allowed`)
  return value
}

/**
 * The values of packed rows.
 * @throws SyntaxError, TypeError what `packRows` does not write
 */
export function unpackRows({ columns, rows, cells }: Omit<PackedRows, 'table'>): UnpackedRows {
  const values: unknown = JSON.parse(cells)
  const width = columns.length
  if (!Array.isArray(values) || values.length !== rows * width)
    throw new TypeError(`there are not the cells of ${rows} rows`)
  // In place, column by column: most cells are what they stand for.
  for (const [column, { kind }] of columns.entries()) {
    const read = READ[kind]
    for (let at = column; at < values.length; at += width) {
      const cell: unknown = values[at]
      if (cell !== null) values[at] = read(cell)
    }
  }
  return { length: rows, values }
}

const READ: Record<ColumnKind, (cell: unknown) => Value> = {
  text(cell) {
    if (typeof cell !== 'string') throw new TypeError('a text was expected')
    return cell
  },
  int(cell) {
    if (typeof cell === 'number' && Number.isSafeInteger(cell)) return BigInt(cell)
    if (typeof cell === 'string' && WHOLE.test(cell)) {
      const value = BigInt(cell)
      if (BigInt.asIntN(64, value) === value) return value
    }
    throw new TypeError('a whole number was expected')
  },
  real(cell) {
    if (typeof cell !== 'number') throw new TypeError('a number was expected')
    return cell
  },
  blob(cell) {
    if (typeof cell !== 'string') throw new TypeError('bytes were expected')
    return Buffer.from(cell, 'base64')
  },
}

const WHOLE = /^-?\d{1,19}$/
