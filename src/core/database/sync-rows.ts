import { capturedOf, rewindOf, shadowName } from './capture.ts'
import { quote } from './ddl.ts'
import { keyValues, parameter, rowKeyOf, rowKeySql } from './row-key.ts'
import type { Reader, Tx } from './store.ts'
import type { Table } from './table.ts'

/*
 * The rows of synced tables, moved in bulk: the feed and snapshots read them, a desk removes and inserts
 * them. Tables are named by data here, which the query builder cannot do with types.
 */

/** A row as it travels: every column but the workspace. */
export type SyncRow = Readonly<Record<string, unknown>>

/** Where a reader of the feed stands. With `table` null everything of the version was read. */
export interface FeedPosition {
  readonly version: bigint
  readonly table: string | null
  readonly row: string | null
}

export interface FeedEntry {
  readonly version: bigint
  readonly table: string
  readonly row: string
  readonly deleted: boolean
}

/** Rows that a statement addresses at once: constant, so that the statement is prepared once. */
const CHUNK = 50

/** Entries of the feed after a position, in the order of versions. */
export async function readChanges(
  reader: Reader,
  tables: readonly string[],
  after: FeedPosition,
  limit: number,
): Promise<FeedEntry[]> {
  if (tables.length === 0) return []
  const statement = builder(reader)
  const from = after.table === null ? 'version > ' : '(version, table_name, row_key) > '
  const position =
    after.table === null
      ? statement.mark(after.version)
      : `(${[after.version, after.table, after.row].map(value => statement.mark(value)).join(', ')})`
  const names = tables.map(name => statement.mark(name)).join(', ')
  const rows = await reader.raw<{ version: bigint; table: string; row: string; deleted: bigint }>(
    `SELECT version, table_name AS "table", row_key AS "row", deleted FROM changes
      WHERE ${from}${position} AND table_name IN (${names}) AND workspace = ${statement.mark(reader.workspace)}
      ORDER BY version, table_name, row_key LIMIT ${statement.mark(BigInt(limit))}`,
    statement.values,
  )
  return rows.map(row => ({ ...row, deleted: row.deleted !== 0n }))
}

/** The rows with these keys, by key. */
export async function readRows(
  reader: Pick<Reader, 'kind' | 'workspace' | 'raw'>,
  name: string,
  table: Table,
  rowKeys: readonly string[],
): Promise<Map<string, SyncRow>> {
  const found = new Map<string, SyncRow>()
  for (const keys of chunks(rowKeys)) {
    const statement = builder(reader)
    const rows = await reader.raw(
      `SELECT ${columnsOf(table)} FROM ${quote(name)} WHERE ${addressed(table, keys, statement, reader.workspace)}`,
      statement.values,
    )
    for (const row of rows) found.set(rowKeyOf(table, row), row)
  }
  return found
}

/** The rows whose whole key is one of these texts, in tables that have such a key: what a command names. */
export async function findNamed(
  session: Pick<Reader, 'kind' | 'workspace' | 'raw'>,
  tables: ReadonlyMap<string, Table>,
  texts: readonly string[],
): Promise<{ table: string; key: string; row: SyncRow }[]> {
  if (texts.length === 0) return []
  const statement = builder(session)
  const arms: string[] = []
  for (const [name, table] of tables) {
    const [first, second] = table.key
    if (first === undefined || second !== undefined || table.columns[first]?.kind !== 'text') continue
    // In the order of the statement: on SQLite a place is known by its position.
    const workspace = statement.mark(session.workspace)
    const values = texts.map(value => statement.mark(value)).join(', ')
    arms.push(
      `SELECT '${name}' AS "table", ${rowKeySql(table, '')} AS "key" FROM ${quote(name)}
        WHERE workspace = ${workspace} AND ${quote(first)} IN (${values})`,
    )
  }
  if (arms.length === 0) return []
  const found = await session.raw<{ table: string; key: string }>(arms.join(' UNION ALL '), statement.values)
  const named: { table: string; key: string; row: SyncRow }[] = []
  for (const [table, all] of Map.groupBy(found, one => one.table)) {
    const rows = await readRows(
      session,
      table,
      tables.get(table) as Table,
      all.map(one => one.key),
    )
    for (const [key, row] of rows) named.push({ table, key, row })
  }
  return named
}

/** Rows in the order of their key, after the given one. */
export async function readInOrder(
  reader: Reader,
  name: string,
  table: Table,
  after: string | null,
  limit: number,
): Promise<SyncRow[]> {
  const statement = builder(reader)
  const keys = table.key.map(quote).join(', ')
  const workspace = `workspace = ${statement.mark(reader.workspace)}`
  const behind =
    after === null
      ? ''
      : ` AND (${keys}) > (${keyValues(table, after)
          .map(value => statement.mark(value))
          .join(', ')})`
  return reader.raw(
    `SELECT ${columnsOf(table)} FROM ${quote(name)} WHERE ${workspace}${behind}
      ORDER BY ${keys} LIMIT ${statement.mark(BigInt(limit))}`,
    statement.values,
  )
}

/** Removes the rows with these keys, where they are. */
export async function removeRows(
  tx: Tx,
  name: string,
  table: Table,
  rowKeys: readonly string[],
): Promise<void> {
  tx.touched.changed.add(name)
  for (const keys of chunks(rowKeys)) {
    const statement = builder(tx)
    await tx.run(
      `DELETE FROM ${quote(name)} WHERE ${addressed(table, keys, statement, tx.workspace)}`,
      statement.values,
    )
  }
}

/**
 * Inserts rows, which must not be there. Columns that this schema does not know are left out, and those that
 * the sender's schema does not know get what the migration that added them says.
 */
export async function insertRows(
  tx: Tx,
  name: string,
  table: Table,
  rows: readonly SyncRow[],
): Promise<void> {
  tx.touched.changed.add(name)
  const known = Object.keys(table.columns)
  for (const alike of Map.groupBy(rows, row => Object.keys(row).length).values()) {
    const columns = known.filter(column => column in alike[0]!)
    for (const some of chunks(alike)) {
      const values: unknown[] = []
      for (const row of some) {
        values.push(tx.workspace)
        for (const column of columns) values.push(row[column])
      }
      await tx.run(insertionOf(tx.kind, name, table, columns, some.length), values)
    }
  }
}

/** Statements that insert so many rows, worded once: a thousand places take longer to write than to run. */
const insertions = new WeakMap<Table, Map<string, string>>()

function insertionOf(
  kind: Reader['kind'],
  name: string,
  table: Table,
  columns: readonly string[],
  rows: number,
): string {
  let known = insertions.get(table)
  if (!known) insertions.set(table, (known = new Map()))
  const width = columns.length + 1
  const key = `${kind} ${name} ${rows} ${width}`
  let text = known.get(key)
  if (text === undefined) {
    const tuples = Array.from({ length: rows }, (_, row) => {
      const places = Array.from({ length: width }, (__, column) => parameter(kind, row * width + column + 1))
      return `(${places.join(', ')})`
    })
    const names = ['workspace', ...columns].map(quote).join(', ')
    text = `INSERT INTO ${quote(name)} (${names}) VALUES ${tuples.join(', ')}`
    known.set(key, text)
  }
  return text
}

/** Keeps rows of a page that is not yet whole. One that was kept before is replaced by what came later. */
export async function stageRows(
  tx: Tx,
  rows: readonly { readonly table: string; readonly key: string; readonly json: string | null }[],
): Promise<void> {
  tx.touched.changed.add('sync_staged')
  for (const some of chunks(rows)) {
    const statement = builder(tx)
    const tuples = some.map(({ table, key, json }) => {
      const values = [tx.workspace, table, key, json]
      return `(${values.map(value => statement.mark(value)).join(', ')})`
    })
    await tx.run(
      `INSERT INTO sync_staged (workspace, table_name, row_key, row_json) VALUES ${tuples.join(', ')}
        ON CONFLICT (workspace, table_name, row_key) DO UPDATE SET row_json = excluded.row_json`,
      statement.values,
    )
  }
}

/** Empties synced tables, for a rebuild. */
export async function emptyTables(tx: Tx, tables: Record<string, Table>): Promise<void> {
  for (const { name } of capturedOf(tables)) {
    tx.touched.changed.add(name)
    const where = `WHERE workspace = ${parameter(tx.kind, 1)}`
    await tx.run(`DELETE FROM ${quote(name)} ${where}`, [tx.workspace])
    await tx.run(`DELETE FROM ${quote(shadowName(name))} ${where}`, [tx.workspace])
  }
}

/** Forgets the server's images: from here on what the tables hold is what counts. */
export async function forgetImages(tx: Tx, tables: Record<string, Table>): Promise<void> {
  for (const { name } of capturedOf(tables))
    await tx.run(`DELETE FROM ${quote(shadowName(name))} WHERE workspace = ${parameter(tx.kind, 1)}`, [
      tx.workspace,
    ])
}

/** Puts the server's images back wherever pending commands touched a row, and forgets them. */
export async function rewindRows(tx: Tx, tables: Record<string, Table>): Promise<void> {
  const condition = `workspace = ${parameter(tx.kind, 1)}`
  const touched: ReturnType<typeof rewindOf>[] = []
  for (const captured of capturedOf(tables)) {
    const [any] = await tx.raw(
      `SELECT 1 AS one FROM ${quote(shadowName(captured.name))} WHERE ${condition} LIMIT 1`,
      [tx.workspace],
    )
    if (any) touched.push(rewindOf(captured, condition))
  }
  for (const rewind of touched) {
    tx.touched.changed.add(rewind.table)
    await tx.run(rewind.remove, [tx.workspace])
  }
  for (const rewind of touched) await tx.run(rewind.restore, [tx.workspace])
  for (const rewind of touched) await tx.run(rewind.forget, [tx.workspace])
}

function columnsOf(table: Table): string {
  return Object.keys(table.columns).map(quote).join(', ')
}

type Builder = ReturnType<typeof builder>

function builder({ kind }: Pick<Reader, 'kind'>) {
  const values: unknown[] = []
  return {
    values,
    /** Adds a parameter and gives its place in the statement. */
    mark: (value: unknown) => parameter(kind, values.push(value)),
  }
}

/** The condition that rows with these keys fulfil. */
function addressed(table: Table, rowKeys: readonly string[], statement: Builder, workspace: string): string {
  const within = `workspace = ${statement.mark(workspace)}`
  const [first] = table.key
  if (table.key.length === 1) {
    const values = rowKeys.map(key => statement.mark(keyValues(table, key)[0]))
    return `${within} AND ${quote(first!)} IN (${values.join(', ')})`
  }
  const each = rowKeys.map(key => {
    const values = keyValues(table, key)
    return `(${table.key.map((name, index) => `${quote(name)} = ${statement.mark(values[index])}`).join(' AND ')})`
  })
  return `${within} AND (${each.join(' OR ')})`
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += CHUNK) yield all.slice(start, start + CHUNK)
}
