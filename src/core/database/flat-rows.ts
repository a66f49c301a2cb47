import { type DatabaseKind, quote } from './ddl.ts'
import { parameter } from './row-key.ts'
import type { Tx } from './store.ts'
import type { RowOf, Table } from './table.ts'

/*
 * Rows as one list of values, row after row, in the order of the table's columns. That is what crosses threads
 * quickly, since objects take the names of their members along, and what a statement binds as it is.
 */

/** A value of a column. */
export type Value = string | bigint | number | Uint8Array | null

/** Rows of one table. */
export interface FlatRows {
  readonly length: number
  readonly values: readonly Value[]
}

export function flatRows<T extends Table>(table: T, rows: readonly RowOf<T>[]): FlatRows {
  const columns = Object.keys(table.columns)
  const values: Value[] = []
  for (const row of rows) for (const column of columns) values.push((row as Record<string, Value>)[column]!)
  return { length: rows.length, values }
}

/** Several lists of rows of one table as one. */
export function joined(all: readonly FlatRows[]): FlatRows {
  return {
    length: all.reduce((sum, one) => sum + one.length, 0),
    values: all.flatMap(one => one.values),
  }
}

/** The rows that `flatRows` was given. */
export function rowsOfFlat<T extends Table>(table: T, { length, values }: FlatRows): RowOf<T>[] {
  const columns = Object.keys(table.columns)
  return Array.from(
    { length },
    (_, row) =>
      Object.fromEntries(
        columns.map((column, i) => [column, values[row * columns.length + i]]),
      ) as unknown as RowOf<T>,
  )
}

/** Rows of one statement: few sizes, so that each is prepared once. */
const GROUPS = [50, 10, 1] as const

/**
 * Inserts rows, which must not be there.
 * @param columns what the values are of, where they are not of all columns: the others get their default
 */
export async function insertFlat(
  tx: Tx,
  name: string,
  table: Table,
  rows: FlatRows,
  columns: readonly string[] = Object.keys(table.columns),
): Promise<void> {
  if (rows.length === 0) return
  tx.touched.changed.add(name)
  const width = columns.length
  let from = 0
  for (const size of GROUPS) {
    for (; rows.length - from >= size; from += size) {
      const bound: Value[] = []
      for (let row = from; row < from + size; row++) {
        bound.push(tx.workspace)
        for (let i = row * width; i < (row + 1) * width; i++) bound.push(rows.values[i]!)
      }
      await tx.run(insertion(tx.kind, name, table, columns, size), bound)
    }
  }
}

const worded = new WeakMap<Table, Map<string, string>>()

/** The statement that inserts so many rows, worded once: a thousand places take longer to write than to run. */
function insertion(
  kind: DatabaseKind,
  name: string,
  table: Table,
  columns: readonly string[],
  rows: number,
): string {
  let known = worded.get(table)
  if (!known) worded.set(table, (known = new Map()))
  const key = `${kind} ${name} ${rows} ${columns.join()}`
  let text = known.get(key)
  if (text === undefined) {
    const all = ['workspace', ...columns]
    const tuple = (row: number) =>
      `(${all.map((_, i) => parameter(kind, row * all.length + i + 1)).join(', ')})`
    const tuples = Array.from({ length: rows }, (_, row) => tuple(row)).join(', ')
    text = `INSERT INTO ${quote(name)} (${all.map(quote).join(', ')}) VALUES ${tuples}`
    known.set(key, text)
  }
  return text
}
