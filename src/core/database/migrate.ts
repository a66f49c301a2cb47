import { digestOf } from '#shared/ids.ts'
import { createTable, type DatabaseKind } from './ddl.ts'
import type { Execute } from './dialect.ts'
import * as foundation from './migrations/0001-foundation.ts'
import { searchObjects } from './search.ts'
import type { Table } from './table.ts'

export interface Migration {
  readonly name: string
  /** Tables that this migration makes. */
  readonly tables: Record<string, Table>
  /** Further statements, portable or by database; they run after the tables are made. */
  readonly statements?: (kind: DatabaseKind) => readonly string[]
}

/** Append-only: a released migration is never changed, its digest is checked at every start. */
export const migrations: readonly Migration[] = [{ name: '0001-foundation', tables: foundation.tables }]

/** The database was made by a newer Quarterdeck, or by one whose migrations differ. Nothing was touched. */
export class SchemaMismatch extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SchemaMismatch'
  }
}

/** The statements of a migration, in order. */
export function statementsOf(kind: DatabaseKind, migration: Migration): string[] {
  const statements = Object.entries(migration.tables).flatMap(([name, table]) =>
    createTable(kind, name, table),
  )
  return [...statements, ...(migration.statements?.(kind) ?? [])]
}

/** The names of the migrations that this database still needs. Throws SchemaMismatch. */
export async function pendingMigrations(
  kind: DatabaseKind,
  execute: Execute,
  list: readonly Migration[] = migrations,
): Promise<readonly Migration[]> {
  const done = await applied(kind, execute)
  for (const [index, row] of done.entries()) {
    const known = list[index]
    if (!known) throw new SchemaMismatch(`this database was made by a newer Quarterdeck (it has ${row.name})`)
    if (known.name !== row.name || digest(kind, known) !== row.digest) {
      throw new SchemaMismatch(`migration ${row.name} of this database differs from ours (${known.name})`)
    }
  }
  return list.slice(done.length)
}

/**
 * Brings the schema up to date in one transaction: what is missing is made, then triggers and search are
 * made anew from the descriptions of the tables. Stops with an error and changes nothing when it cannot.
 */
export async function migrate(
  kind: DatabaseKind,
  execute: Execute,
  at: bigint,
  list: readonly Migration[] = migrations,
): Promise<readonly string[]> {
  await execute(kind === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN', [])
  try {
    if (kind === 'postgres') await execute('SELECT pg_advisory_xact_lock(7146532)', [])
    await execute(
      kind === 'sqlite'
        ? 'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT'
        : 'CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at bigint NOT NULL)',
      [],
    )
    const pending = await pendingMigrations(kind, execute, list)
    const first = list.length - pending.length
    for (const [index, migration] of pending.entries()) {
      for (const statement of statementsOf(kind, migration)) await execute(statement, [])
      const mark = kind === 'sqlite' ? ['?', '?', '?', '?'] : ['$1', '$2', '$3', '$4']
      await execute(`INSERT INTO migrations (number, name, digest, applied_at) VALUES (${mark.join(', ')})`, [
        BigInt(first + index + 1),
        migration.name,
        digest(kind, migration),
        at,
      ])
    }
    if (pending.length > 0) {
      const tables = Object.assign({}, ...list.map(migration => migration.tables)) as Record<string, Table>
      for (const statement of searchObjects(kind, tables)) await execute(statement, [])
    }
    await execute('COMMIT', [])
    return pending.map(migration => migration.name)
  } catch (error) {
    await execute('ROLLBACK', [])
    throw error
  }
}

async function applied(kind: DatabaseKind, execute: Execute): Promise<{ name: string; digest: string }[]> {
  const exists = await execute(
    kind === 'sqlite'
      ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"
      : "SELECT tablename AS name FROM pg_tables WHERE tablename = 'migrations' AND schemaname = current_schema()",
    [],
  )
  if (exists.rows.length === 0) return []
  const rows = await execute('SELECT name, digest FROM migrations ORDER BY number', [])
  return rows.rows as { name: string; digest: string }[]
}

function digest(kind: DatabaseKind, migration: Migration): string {
  return digestOf(statementsOf(kind, migration).join(';\n'))
}
