import type { ColumnKind, Table } from './table.ts'

export type DatabaseKind = 'sqlite' | 'postgres'

const TYPES: Record<DatabaseKind, Record<ColumnKind, string>> = {
  sqlite: { text: 'TEXT', int: 'INTEGER', real: 'REAL', blob: 'BLOB' },
  postgres: { text: 'text COLLATE "C"', int: 'bigint', real: 'double precision', blob: 'bytea' },
}

/** A name in double quotes, as both databases read it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The statements that make one table with its keys and indexes. */
export function createTable(kind: DatabaseKind, name: string, table: Table): string[] {
  const types = TYPES[kind]
  const lines = [`${quote('workspace')} ${types.text} NOT NULL`]
  for (const [column, spec] of Object.entries(table.columns)) {
    lines.push(`${quote(column)} ${types[spec.kind]}${spec.nullable ? '' : ' NOT NULL'}`)
  }
  lines.push(`PRIMARY KEY (${columns(table.key)})`)
  for (const unique of table.unique) lines.push(`UNIQUE (${columns(unique)})`)
  // Without a rowid of its own a table is clustered on its key; tables with blobs keep the rowid, because
  // SQLite is slow to search interior pages filled with large rows.
  const large = Object.values(table.columns).some(column => column.kind === 'blob')
  const options = kind === 'sqlite' ? (large ? ' STRICT' : ' STRICT, WITHOUT ROWID') : ''
  const statements = [`CREATE TABLE ${quote(name)} (\n  ${lines.join(',\n  ')}\n)${options}`]
  for (const index of table.indexes) {
    statements.push(
      `CREATE INDEX ${quote(`${name}_by_${index.join('_')}`)} ON ${quote(name)} (${columns(index)})`,
    )
  }
  return statements
}

function columns(names: readonly string[]): string {
  return ['workspace', ...names].map(quote).join(', ')
}
