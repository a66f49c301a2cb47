import type { Id } from '#shared/ids.ts'
import { quote } from './ddl.ts'
import type { Execute } from './dialect.ts'
import { instantOfId, makeMonths, PARTITIONED, type Partitioned } from './partitions.ts'
import type { PostgresSource } from './postgres-store.ts'
import { schema } from './schema.ts'
import type { Tx } from './store.ts'
import type { ColumnKind, Table } from './table.ts'

/*
 * Rows on their way out of a database and into another: each is a line, a JSON array of its columns, made and read
 * by the database itself. Texts and numbers stand as texts, so that no int64 is rounded on its way; bytes as base64.
 */

/** A table as an archive describes it: what a later version needs to put its rows back. */
export interface ArchivedTable {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[]
  /** The columns that order its rows, where whoever reads them relies on an order. */
  readonly order?: readonly string[]
}

/** Whoever reads an archive through follows the log entry by entry. */
const ORDERED: Readonly<Record<string, readonly string[]>> = { command_log: ['version'] }

/**
 * The tables of an archive, in the order in which they are put back: the mode of capture comes last, so that
 * restored rows are no changes. What triggers make from other rows (search) is made again by them.
 */
export function archivedTables(tables: Record<string, Table> = schema): ArchivedTable[] {
  const last = (name: string) => (name === 'sync_state' ? 1 : 0)
  return Object.entries(tables)
    .sort(([a], [b]) => last(a) - last(b) || (a < b ? -1 : 1))
    .map(([name, { columns }]) => ({
      name,
      columns: Object.entries(columns).map(([column, { kind }]) => ({ name: column, kind })),
      ...(ORDERED[name] ? { order: ORDERED[name] } : {}),
    }))
}

/** Rows that are fetched at once: few where one may hold a megabyte. */
const FETCHED = 2000
const FETCHED_LARGE = 50

const TEXT_OF: Record<ColumnKind, (column: string) => string> = {
  text: column => column,
  int: column => `${column}::text`,
  real: column => `${column}::text`,
  blob: column => `translate(encode(${column}, 'base64'), E'\\n', '')`,
}

const VALUE_OF: Record<ColumnKind, (text: string) => string> = {
  text: text => text,
  int: text => `(${text})::bigint`,
  real: text => `(${text})::float8`,
  blob: text => `decode(${text}, 'base64')`,
}

/** One consistent view of all workspaces, each of which must be confined to before it is read. */
export function inSnapshot<T>(source: PostgresSource, work: (execute: Execute) => Promise<T>): Promise<T> {
  return inTransaction(source, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work)
}

/** One transaction over several workspaces, each of which must be confined to before it is written. */
export function inRestore<T>(source: PostgresSource, work: (execute: Execute) => Promise<T>): Promise<T> {
  return inTransaction(source, 'BEGIN', work)
}

async function inTransaction<T>(
  source: PostgresSource,
  begin: string,
  work: (execute: Execute) => Promise<T>,
): Promise<T> {
  const session = await source.connect('job')
  let broken = false
  try {
    await session.query(begin, [])
    await confineTo(session.query, '', source.role)
    const value = await work(session.query)
    await session.query('COMMIT', [])
    return value
  } catch (error) {
    await session.query('ROLLBACK', []).catch(() => {
      broken = true
    })
    throw error
  } finally {
    session.release(broken)
  }
}

/** The counter of the workspace that the transaction is confined to, and the last entry of its log. */
export async function standOf(
  execute: Execute,
): Promise<{ version: bigint; end: { version: bigint; hash: string } | null }> {
  const { rows } = await execute(
    `SELECT s.version, l.version AS "end", l.hash FROM workspace_state s
      LEFT JOIN LATERAL (SELECT version, hash FROM command_log e WHERE e.workspace = s.workspace
        ORDER BY version DESC LIMIT 1) l ON true
      WHERE s.workspace = current_setting('quarterdeck.workspace')`,
    [],
  )
  const { version, end, hash } = rows[0] as { version: bigint; end: bigint | null; hash: string | null }
  return { version, end: end === null ? null : { version: end, hash: hash! } }
}

/** Confines the transaction that is under way to a workspace, to none by an empty text, in the role of the application. */
export async function confineTo(execute: Execute, workspace: string, role?: string): Promise<void> {
  await execute("SELECT set_config('quarterdeck.workspace', $1, true)", [workspace])
  if (role !== undefined) await execute("SELECT set_config('role', $1, true)", [role])
}

/** All rows of the workspace that the transaction is confined to, in portions of lines. */
export async function* archiveLines(execute: Execute, table: ArchivedTable): AsyncGenerator<string[]> {
  const { name, columns } = table
  const fetched = columns.some(column => column.kind === 'blob') ? FETCHED_LARGE : FETCHED
  const values = columns.map(column => TEXT_OF[column.kind](quote(column.name)))
  await execute(
    `DECLARE archived NO SCROLL CURSOR FOR SELECT json_build_array(${values.join(', ')})::text AS line
      FROM ${quote(name)} WHERE workspace = current_setting('quarterdeck.workspace')
      ${table.order ? `ORDER BY ${table.order.map(quote).join(', ')}` : ''}`,
    [],
  )
  for (;;) {
    const { rows } = await execute(`FETCH ${fetched} FROM archived`, [])
    if (rows.length > 0) yield rows.map(row => row.line as string)
    if (rows.length < fetched) break
  }
  await execute('CLOSE archived', [])
}

/** Sees to it that lines of a table that is apart by months have a place. */
export async function placeLines(
  execute: Execute,
  table: ArchivedTable,
  lines: readonly string[],
): Promise<void> {
  if (!Object.hasOwn(PARTITIONED, table.name)) return
  const name = table.name as Partitioned
  const by = PARTITIONED[name]
  const place = table.columns.findIndex(column => column.name === by)
  const said = lines.map(line => (JSON.parse(line) as string[])[place] ?? '')
  const raw: Tx['raw'] = async (sql, parameters = []) => (await execute(sql, parameters)).rows as never
  await makeMonths({ kind: 'postgres', raw }, [name], said.map(by === 'at' ? Number : instantOfId))
}

/** What is made from restored events, and is in no archive: the table that keeps their ids unique. */
export async function completeUsage(execute: Execute): Promise<void> {
  await execute(
    `INSERT INTO usage_event_ids (workspace, id, at) SELECT workspace, id, at FROM usage_events
      WHERE workspace = current_setting('quarterdeck.workspace')`,
    [],
  )
}

/** Puts lines back as rows of a workspace. The transaction must be confined to it. */
export async function restoreLines(
  execute: Execute,
  workspace: Id,
  table: ArchivedTable,
  lines: readonly string[],
): Promise<void> {
  const { name, columns } = table
  const names = columns.map(column => quote(column.name))
  const values = columns.map((column, place) => VALUE_OF[column.kind](`line ->> ${place}`))
  await execute(
    `INSERT INTO ${quote(name)} (${['workspace', ...names].join(', ')})
      SELECT ${['$1', ...values].join(', ')} FROM json_array_elements($2::json) AS line`,
    [workspace, `[${lines.join(',')}]`],
  )
}

/** How many rows of a table the workspace has that the transaction is confined to. */
export async function countOf(execute: Execute, name: string): Promise<bigint> {
  const { rows } = await execute(
    `SELECT count(*) AS rows FROM ${quote(name)} WHERE workspace = current_setting('quarterdeck.workspace')`,
    [],
  )
  return rows[0]!.rows as bigint
}

/** The value of each column of a line. */
export function rowOfLine(table: ArchivedTable, line: string): Record<string, unknown> {
  const values = JSON.parse(line) as (string | null)[]
  return Object.fromEntries(
    table.columns.map(({ name, kind }, place) => {
      const text = values[place] ?? null
      if (text === null || kind === 'text') return [name, text]
      if (kind === 'int') return [name, BigInt(text)]
      return [name, kind === 'real' ? Number(text) : Buffer.from(text, 'base64')]
    }),
  )
}
