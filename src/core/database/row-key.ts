import { type DatabaseKind, quote } from './ddl.ts'
import type { Table } from './table.ts'

/*
 * A row's key as one text: its key columns joined by `/`, with `~` and `/` inside them written as `~0` and
 * `~1`. The same text is made by triggers in SQL and by code.
 */

/** The key of a row as SQL, with `from` in front of each column: `new.`, `old.` or nothing. */
export function rowKeySql(table: Table, from: string): string {
  if (table.key.length === 0) throw new Error('a table that is synced needs a key besides the workspace')
  return table.key
    .map(name => {
      const { kind } = columnOf(table, name)
      if (kind === 'int') return `CAST(${from}${quote(name)} AS text)`
      if (kind !== 'text') throw new Error(`${name} cannot be part of the key of a synced table`)
      return `replace(replace(${from}${quote(name)}, '~', '~0'), '/', '~1')`
    })
    .join(" || '/' || ")
}

/** The key of a row. */
export function rowKeyOf(table: Table, row: Record<string, unknown>): string {
  return table.key.map(name => String(row[name]).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
}

/** The values of the key columns that a row key stands for, in the order of the table's key. */
export function keyValues(table: Table, rowKey: string): (string | bigint)[] {
  return rowKey.split('/').map((part, index) => {
    const text = part.replaceAll('~1', '/').replaceAll('~0', '~')
    return columnOf(table, table.key[index]!).kind === 'int' ? BigInt(text) : text
  })
}

function columnOf(table: Table, name: string) {
  return table.columns[name]!
}

/** The n-th parameter of a statement. */
export function parameter(kind: DatabaseKind, number: number): string {
  return kind === 'sqlite' ? '?' : `$${number}`
}
