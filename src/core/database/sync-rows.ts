import { capturedOf, rewindOf, shadowName } from './capture.ts'
import { quote } from './ddl.ts'
import { insertFlat, type Value } from './flat-rows.ts'
import { type PackedColumn, type PackedRows, packRows, unpackRows } from './packed-rows.ts'
import { keyValues, parameter, rowKeyOf, rowKeySql } from './row-key.ts'
import type { Reader, Tx } from './store.ts'
import type { ColumnKind, Table } from './table.ts'

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

/** How a column stands in packed cells that PostgreSQL writes; see `packed-rows.ts`. */
const CELL_OF: Record<ColumnKind, (column: string) => string> = {
  text: column => column,
  // A number of JSON would be rounded where it is read.
  int: column => `${column}::text`,
  real: column => column,
  blob: column => `translate(encode(${column}, 'base64'), E'\\n', '')`,
}

/**
 * The same rows as `readInOrder`, packed. PostgreSQL writes the cells itself: taking each value out of its answer
 * would take as long as all the rest.
 * @returns with the key of the last one; null where there are none
 */
export async function readPacked(
  reader: Reader,
  name: string,
  table: Table,
  after: string | null,
  limit: number,
): Promise<{ packed: PackedRows; last: string } | null> {
  if (reader.kind === 'sqlite') {
    const rows = await readInOrder(reader, name, table, after, limit)
    const last = rows.at(-1)
    return last ? { packed: packRows(name, table, rows), last: rowKeyOf(table, last) } : null
  }
  const columns = Object.entries(table.columns).map(([column, { kind }]) => ({ name: column, kind }))
  const cells = columns.map(column => CELL_OF[column.kind](quote(column.name))).join(', ')
  const rows = await inOrder<{ cells: string }>(
    reader,
    `json_build_array(${cells})::text AS cells`,
    name,
    table,
    after,
    limit,
  )
  const last = rows.at(-1)
  if (!last) return null
  const text = `[${rows.map(row => row.cells.slice(1, -1)).join(',')}]`
  const values = unpackRows({ columns, rows: 1, cells: last.cells }).values
  const row = Object.fromEntries(columns.map((column, at) => [column.name, values[at]]))
  return { packed: { table: name, columns, rows: rows.length, cells: text }, last: rowKeyOf(table, row) }
}

/** Rows in the order of their key, after the given one. */
export async function readInOrder(
  reader: Reader,
  name: string,
  table: Table,
  after: string | null,
  limit: number,
): Promise<SyncRow[]> {
  return inOrder(reader, columnsOf(table), name, table, after, limit)
}

async function inOrder<R = Record<string, unknown>>(
  reader: Reader,
  what: string,
  name: string,
  table: Table,
  after: string | null,
  limit: number,
): Promise<R[]> {
  const statement = builder(reader)
  const keys = table.key.map(quote).join(', ')
  const workspace = `workspace = ${statement.mark(reader.workspace)}`
  const behind =
    after === null
      ? ''
      : ` AND (${keys}) > (${keyValues(table, after)
          .map(value => statement.mark(value))
          .join(', ')})`
  return reader.raw<R>(
    `SELECT ${what} FROM ${quote(name)} WHERE ${workspace}${behind}
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
  const known = Object.keys(table.columns)
  for (const alike of Map.groupBy(rows, row => Object.keys(row).length).values()) {
    const columns = known.filter(column => column in alike[0]!)
    const values: Value[] = []
    for (const row of alike) for (const column of columns) values.push(row[column] as Value)
    await insertFlat(tx, name, table, { length: alike.length, values }, columns)
  }
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

/** Keeps rows of a snapshot that is not yet whole, as they came. */
export async function stagePacked(tx: Tx, pages: readonly PackedRows[]): Promise<void> {
  const last = await tx.db
    .selectFrom('sync_pages')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  let number = last?.number ?? 0n
  for (const { table, columns, rows, cells } of pages)
    await tx.db
      .insertInto('sync_pages')
      .values({
        ...{ number: ++number, table_name: table, columns: JSON.stringify(columns) },
        ...{ row_count: BigInt(rows), cells },
      })
      .execute()
}

/** Rows of a snapshot as they were kept. */
export async function readPage(tx: Tx, number: bigint): Promise<PackedRows> {
  const page = await tx.db
    .selectFrom('sync_pages')
    .selectAll()
    .where('number', '=', number)
    .executeTakeFirstOrThrow()
  const columns = JSON.parse(page.columns) as PackedColumn[]
  return { table: page.table_name, columns, rows: Number(page.row_count), cells: page.cells }
}

/** The keys of a table's rows that pages of the feed brought and that are not applied yet. */
export async function stagedKeys(tx: Tx, name: string): Promise<ReadonlySet<string>> {
  const rows = await tx.db
    .selectFrom('sync_staged')
    .select('row_key')
    .where('table_name', '=', name)
    .execute()
  return new Set(rows.map(row => row.row_key))
}

/**
 * Inserts packed rows, which must not be there, as `insertRows` does.
 * @param except keys of rows that are left out
 * @returns how many were inserted
 */
export async function insertPacked(
  tx: Tx,
  table: Table,
  page: PackedRows,
  except: ReadonlySet<string>,
): Promise<number> {
  const names = page.columns.map(column => column.name)
  const known = names.filter(name => name in table.columns)
  const { length, values } = unpackRows(page)
  if (known.length === names.length && except.size === 0) {
    await insertFlat(tx, page.table, table, { length, values }, known)
    return length
  }
  const places = known.map(name => names.indexOf(name))
  const key = table.key.map(name => names.indexOf(name))
  const kept: Value[] = []
  let count = 0
  for (let from = 0; from < values.length; from += names.length) {
    const row = Object.fromEntries(table.key.map((name, i) => [name, values[from + key[i]!]]))
    if (except.has(rowKeyOf(table, row))) continue
    for (const place of places) kept.push(values[from + place]!)
    count++
  }
  await insertFlat(tx, page.table, table, { length: count, values: kept }, known)
  return count
}

/**
 * Marks the version that a server's workspace is at by something that is made once: where the server is restored and
 * comes to this version by another way, it has another mark.
 */
export async function markVersion(tx: Tx): Promise<void> {
  const once = tx.kind === 'sqlite' ? 'lower(hex(randomblob(16)))' : 'gen_random_uuid()::text'
  await tx.run(
    `INSERT INTO feed_marks (workspace, version, mark) SELECT workspace, version, ${once} FROM workspace_state
      WHERE workspace = ${parameter(tx.kind, 1)} AND authority = 'server'`,
    [tx.workspace],
  )
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
