import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATABASES } from '#test/kit/core-kit.ts'
import { emptied, sharedPglite } from '#test/kit/embedded-postgres.ts'
import type { DatabaseKind } from './ddl.ts'
import type { Execute } from './dialect.ts'
import {
  type Migration,
  migrate,
  migrations,
  pendingMigrations,
  SchemaMismatch,
  statementsOf,
} from './migrate.ts'
import { pgliteSource } from './postgres-sources.ts'
import { openSqlite, sqliteExecute } from './sqlite-connection.ts'
import { int, nullable, table, text } from './table.ts'

const later: Migration = {
  name: '9998-later',
  tables: { laters: table({ columns: { id: text(), note: nullable(text()) }, scope: 'everyone' }) },
  statements: kind => [
    `INSERT INTO laters (workspace, id, note) SELECT workspace, name, '${kind}' FROM settings`,
  ],
}
const failing: Migration = {
  name: '9999-failing',
  tables: { fine: table({ columns: { id: text() } }) },
  statements: () => ['INSERT INTO no_such_table VALUES (1)'],
}

describe.each(DATABASES)('migrations on %s', database => {
  const kind: DatabaseKind = database === 'sqlite' ? 'sqlite' : 'postgres'
  let execute: Execute
  let close: () => Promise<void>

  beforeEach(async () => {
    if (database === 'pglite') {
      const pglite = await emptied(await sharedPglite())
      const session = await pgliteSource(pglite).connect()
      execute = session.query
      close = async () => session.release()
      return
    }
    const connection = openSqlite({ path: ':memory:', monotonic: () => 0, cacheKib: 1024 }, 'write')
    execute = sqliteExecute(connection)
    close = async () => void connection.close()
  })
  afterEach(() => close())

  /** Everything that the database is made of, as text. */
  async function shape(): Promise<string> {
    const { rows } = await execute(
      kind === 'sqlite'
        ? 'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name'
        : `SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' ORDER BY 1, 2`,
      [],
    )
    return JSON.stringify(rows)
  }

  it('makes everything once, in one transaction, and notes it', async () => {
    expect((await pendingMigrations(kind, execute)).map(one => one.name)).toEqual(
      migrations.map(one => one.name),
    )
    const names = await migrate(kind, execute, 5n)
    expect(names).toEqual(migrations.map(one => one.name))
    const before = await shape()
    expect(await migrate(kind, execute, 6n)).toEqual([])
    expect(await shape()).toBe(before)
    const { rows } = await execute('SELECT number, name, applied_at FROM migrations ORDER BY number', [])
    expect(rows[0]).toEqual({ number: 1n, name: '0001-foundation', applied_at: 5n })
    expect(await pendingMigrations(kind, execute)).toEqual([])
  })

  it('takes a database from any earlier version to the newest', async () => {
    await migrate(kind, execute, 1n, migrations.slice(0, 1))
    await execute(
      "INSERT INTO settings (workspace, name, value, changed_by, changed_at) VALUES ('w', 'a', 'b', 'c', 0)",
      [],
    )
    await migrate(kind, execute, 2n)
    expect(await migrate(kind, execute, 3n, [...migrations, later])).toEqual(['9998-later'])
    expect((await execute('SELECT * FROM laters', [])).rows).toEqual([
      { workspace: 'w', id: 'a', note: kind },
    ])
    const { rows } = await execute("SELECT name FROM captured_tables WHERE name IN ('laters', 'people')", [])
    expect(rows).toHaveLength(2)
  })

  it('keeps what was said of minimums where their column is made anew', async () => {
    const before = migrations.findIndex(one => one.name === '0052-invoice-parts')
    await migrate(kind, execute, 1n, migrations.slice(0, before))
    const insert =
      'INSERT INTO billing_arrangements (workspace, customer_id, minimum, changed_by, changed_at)'
    await execute(`${insert} VALUES ('w', 'a', 15000, 'ada', 7), ('w', 'b', 0, NULL, 8)`, [])
    await migrate(kind, execute, 2n)
    await execute(
      "INSERT INTO billing_arrangements (workspace, customer_id, invoices, changed_at) VALUES ('w', 'c', 'by-subscription', 9)",
      [],
    )
    const columns = 'customer_id, minimum, invoices, changed_by, changed_at'
    const { rows } = await execute(`SELECT ${columns} FROM billing_arrangements ORDER BY customer_id`, [])
    expect(rows.map(row => Object.values(row))).toEqual([
      ['a', 15_000n, 'together', 'ada', 7n],
      ['b', 0n, 'together', null, 8n],
      ['c', null, 'by-subscription', null, 9n],
    ])
  })

  it('stops at a failing migration and leaves everything as it was', async () => {
    await migrate(kind, execute, 1n)
    const before = await shape()
    await expect(migrate(kind, execute, 2n, [...migrations, later, failing])).rejects.toThrow(/no_such_table/)
    expect(await shape()).toBe(before)
    expect((await execute('SELECT count(*) AS n FROM migrations', [])).rows).toEqual([
      { n: BigInt(migrations.length) },
    ])
    await execute("DELETE FROM people WHERE id = 'x'", [])
    expect(await migrate(kind, execute, 3n, [...migrations, later])).toEqual(['9998-later'])
  })

  it('refuses a database that a newer version made, or one whose migrations differ', async () => {
    await migrate(kind, execute, 1n, [...migrations, later])
    const before = await shape()
    await expect(migrate(kind, execute, 2n)).rejects.toThrow(SchemaMismatch)
    await expect(migrate(kind, execute, 2n)).rejects.toThrow(/newer Quarterdeck \(it has 9998-later\)/)
    const changed = { ...later, tables: { laters: table({ columns: { id: text(), more: int() } }) } }
    await expect(migrate(kind, execute, 2n, [...migrations, changed])).rejects.toThrow(
      /9998-later .* differs/,
    )
    const renamed = { ...later, name: '9998-renamed' }
    await expect(pendingMigrations(kind, execute, [...migrations, renamed])).rejects.toThrow(/9998-renamed/)
    expect(await shape()).toBe(before)
  })

  it('has the same statements at every start, because their digest is checked', () => {
    for (const migration of migrations)
      expect(statementsOf(kind, migration)).toEqual(statementsOf(kind, migration))
  })
})
