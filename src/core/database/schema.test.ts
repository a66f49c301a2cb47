import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testClock, testStore } from '#test/kit/core-kit.ts'
import { shadowName, syncedTables } from './capture.ts'
import { PARTITIONED } from './partitions.ts'
import { schema } from './schema.ts'
import type { Reader, Store } from './store.ts'

interface Column {
  readonly kind: string
  readonly nullable: boolean
}
interface Shape {
  readonly columns: Record<string, Column>
  readonly primary: readonly string[]
  readonly unique: readonly (readonly string[])[]
  readonly indexes: readonly (readonly string[])[]
}
type Shapes = Record<string, Shape>

/** Made by each database in its own way: the full-text index and its documents. */
const OWN = /^(search_|sqlite_|usage_event_ids$)/
/** Ours, but of the whole file and not of a workspace. */
const OF_THE_FILE = ['migrations', 'captured_tables']

const KINDS: Record<string, string> = {
  TEXT: 'text',
  INTEGER: 'int',
  REAL: 'real',
  BLOB: 'blob',
  text: 'text',
  bigint: 'int',
  'double precision': 'real',
  bytea: 'blob',
}

async function sqliteShapes(reader: Reader): Promise<Shapes> {
  const shapes: Record<string, Shape> = {}
  const tables = await reader.raw<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name",
  )
  for (const { name, sql } of tables.filter(table => !OWN.test(table.name))) {
    expect(sql, `${name} is strict`).toMatch(/STRICT/)
    const columns = await reader.raw<{ name: string; type: string; notnull: bigint; pk: bigint }>(
      'SELECT name, type, "notnull", pk FROM pragma_table_info(?)',
      [name],
    )
    const indexes = await reader.raw<{ name: string; origin: string }>(
      'SELECT name, origin FROM pragma_index_list(?)',
      [name],
    )
    const withColumns = await Promise.all(
      indexes.map(async index => ({
        ...index,
        columns: (
          await reader.raw<{ name: string }>('SELECT name FROM pragma_index_info(?) ORDER BY seqno', [
            index.name,
          ])
        ).map(column => column.name),
      })),
    )
    const of = (origin: string) => withColumns.filter(one => one.origin === origin).map(one => one.columns)
    shapes[name] = {
      columns: Object.fromEntries(
        columns.map(column => [
          column.name,
          { kind: KINDS[column.type]!, nullable: column.notnull === 0n && column.pk === 0n },
        ]),
      ),
      primary: columns
        .filter(column => column.pk > 0n)
        .sort((a, b) => Number(a.pk - b.pk))
        .map(column => column.name),
      unique: of('u').sort(),
      indexes: of('c').sort(),
    }
  }
  return shapes
}

async function postgresShapes(reader: Reader): Promise<Shapes> {
  const columns = await reader.raw<Record<'table' | 'name' | 'type' | 'nullable' | 'collation', string>>(
    `SELECT table_name AS "table", column_name AS name, data_type AS type, is_nullable AS nullable,
        collation_name AS collation
      FROM information_schema.columns WHERE table_schema = current_schema()
        AND NOT (SELECT relispartition FROM pg_class WHERE oid = format('%I', table_name)::regclass)
      ORDER BY table_name, ordinal_position`,
  )
  const indexes = await reader.raw<{ table: string; primary: boolean; unique: boolean; columns: string[] }>(
    `SELECT t.relname AS "table", i.indisprimary AS "primary", i.indisunique AS "unique",
        array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number ORDER BY k.place) AS columns
      FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema()
      -- By which a server looks into all workspaces at once, which a desk never does.
      WHERE NOT starts_with((i.indexrelid::regclass)::text, 'across_')`,
  )
  const shapes: Record<string, Shape> = {}
  for (const name of new Set(columns.map(column => column.table))) {
    if (OWN.test(name)) continue
    const own = columns.filter(column => column.table === name)
    for (const { name: column, type, collation } of own)
      if (type === 'text' && !OF_THE_FILE.includes(name)) expect(collation, `${name}.${column}`).toBe('C')
    const keys = indexes.filter(index => index.table === name)
    shapes[name] = {
      columns: Object.fromEntries(
        own.map(column => [column.name, { kind: KINDS[column.type]!, nullable: column.nullable === 'YES' }]),
      ),
      primary: wholeKey(name, keys.find(key => key.primary)!.columns),
      unique: keys
        .filter(key => key.unique && !key.primary)
        .map(key => key.columns)
        .sort(),
      indexes: keys
        .filter(key => !key.unique)
        .map(key => key.columns)
        .sort(),
    }
  }
  return shapes
}

/** Tables that the owner reads for a server: by its list of workspaces, and by what somebody signs in with. */
const ASKED_BY_OWNER = new Set(['workspace_state', 'people', 'identities'])

/** The key of a table that is apart by months names what says the month, although rows are unique without it. */
function wholeKey(name: string, columns: readonly string[]): readonly string[] {
  const by: string | undefined = (PARTITIONED as Record<string, string>)[name]
  return columns.filter(
    column => column !== by || schema[name as keyof typeof schema].key.includes(by as never),
  )
}

describe('the migrated schema', () => {
  const stores: { store: Store; remove(): Promise<void> }[] = []
  let sqlite: Shapes
  let postgres: Shapes
  beforeAll(async () => {
    const clock = testClock()
    stores.push(await testStore('sqlite', clock), await testStore('pglite', clock))
    sqlite = await stores[0]!.store.read('any', sqliteShapes)
    postgres = await stores[1]!.store.read('any', postgresShapes)
  }, 60_000)
  afterAll(async () => {
    for (const { store, remove } of stores) {
      await store.close()
      await remove()
    }
  })

  it('has the same tables, columns, kinds, nullability, keys and indexes on SQLite and PostgreSQL', () => {
    expect(Object.keys(sqlite)).toEqual(Object.keys(postgres).sort())
    for (const name of Object.keys(sqlite))
      expect({ [name]: sqlite[name] }).toEqual({ [name]: postgres[name] })
  })

  it('is what the descriptions say', () => {
    for (const [name, table] of Object.entries(schema)) {
      const described = {
        workspace: { kind: 'text', nullable: false },
        ...Object.fromEntries(
          Object.entries(table.columns).map(([column, { kind, nullable }]) => [column, { kind, nullable }]),
        ),
      }
      expect({ [name]: sqlite[name]!.columns }).toEqual({ [name]: described })
    }
  })

  it('begins every primary key, unique key and index with the workspace', () => {
    for (const [name, shape] of Object.entries(sqlite)) {
      if (OF_THE_FILE.includes(name)) continue
      for (const key of [shape.primary, ...shape.unique, ...shape.indexes])
        expect(key[0], name).toBe('workspace')
    }
  })

  it('has a table of server images for every synced table, and for no other', () => {
    const expected = syncedTables(schema).map(([name]) => shadowName(name))
    expect(Object.keys(sqlite).filter(name => name.startsWith('shadow_'))).toEqual(expected.sort())
  })

  it('confines every table of a workspace by row-level security, forced', async () => {
    const rows = await stores[1]!.store.read('any', reader =>
      reader.raw<{ name: string; enabled: boolean; forced: boolean; policies: bigint }>(
        `SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
            (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
          WHERE c.relkind IN ('r', 'p') ORDER BY c.relname`,
      ),
    )
    const confined = rows.filter(row => !OF_THE_FILE.includes(row.name))
    expect(confined.length).toBeGreaterThan(20)
    // The owner's function that lists workspaces has a policy of its own.
    for (const row of confined)
      expect(row).toMatchObject({
        enabled: true,
        forced: true,
        policies: ASKED_BY_OWNER.has(row.name) ? 2n : 1n,
      })
  })
})
