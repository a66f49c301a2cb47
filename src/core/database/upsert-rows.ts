import { quote } from './ddl.ts'
import { parameter } from './row-key.ts'
import type { Tx } from './store.ts'
import type { SyncRow } from './sync-rows.ts'
import type { Table } from './table.ts'

/** Rows of one statement: few sizes, so that each is prepared once. */
const SIZES = [50, 1] as const

const statements = new WeakMap<Table, Map<string, string>>()

/**
 * Stores rows under their keys, whether something stands there or not. For content that comes whole from the
 * authority, again and again; whatever has a scope goes by the feed instead.
 * @param rows all with the same columns
 */
export async function upsertRows(
  tx: Tx,
  name: string,
  table: Table,
  rows: readonly SyncRow[],
): Promise<void> {
  const [first] = rows
  if (!first) return
  tx.touched.changed.add(name)
  const columns = Object.keys(table.columns).filter(column => column in first)
  let at = 0
  for (const size of SIZES)
    for (; rows.length - at >= size; at += size) {
      const values: unknown[] = []
      for (let i = at; i < at + size; i++) {
        values.push(tx.workspace)
        for (const column of columns) values.push(rows[i]![column])
      }
      await tx.run(upsertOf(tx.kind, name, table, columns, size), values)
    }
}

function upsertOf(
  kind: Tx['kind'],
  name: string,
  table: Table,
  columns: readonly string[],
  rows: number,
): string {
  let known = statements.get(table)
  if (!known) statements.set(table, (known = new Map()))
  const key = `${kind} ${rows} ${columns.join(' ')}`
  let text = known.get(key)
  if (text === undefined) {
    const width = columns.length + 1
    const tuples = Array.from({ length: rows }, (_, row) => {
      const places = Array.from({ length: width }, (__, column) => parameter(kind, row * width + column + 1))
      return `(${places.join(', ')})`
    })
    const own = columns.filter(column => !table.key.includes(column))
    const set = own.map(column => `${quote(column)} = excluded.${quote(column)}`).join(', ')
    text = `INSERT INTO ${quote(name)} (${['workspace', ...columns].map(quote).join(', ')})
      VALUES ${tuples.join(', ')} ON CONFLICT (${['workspace', ...table.key].map(quote).join(', ')})
      DO ${own.length === 0 ? 'NOTHING' : `UPDATE SET ${set}`}`
    known.set(key, text)
  }
  return text
}
