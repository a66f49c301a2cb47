import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DATABASES } from '#test/kit/core-kit.ts'
import { emptied, sharedPglite } from '#test/kit/embedded-postgres.ts'
import { captureObjects } from './capture.ts'
import type { DatabaseKind } from './ddl.ts'
import type { Execute } from './dialect.ts'
import { migrate, migrations } from './migrate.ts'
import { pgliteSource } from './postgres-sources.ts'
import { keyValues, rowKeyOf } from './row-key.ts'
import { openSqlite, sqliteExecute } from './sqlite-connection.ts'
import { readerOver, type Tx, txOver } from './store.ts'
import {
  emptyTables,
  insertRows,
  readChanges,
  readInOrder,
  readRows,
  removeRows,
  rewindRows,
  type SyncRow,
} from './sync-rows.ts'
import { blob, int, nullable, real, table, text } from './table.ts'

const W = 'w-1'
/** Everything that a synced table can be: a key of two kinds, a unique value, bytes, numbers, nulls. */
const pairs = table({
  scope: 'everyone',
  key: ['name', 'number'],
  columns: { name: text(), number: int(), label: text(), bytes: nullable(blob()), share: nullable(real()) },
  unique: [['label']],
})
const tables = { pairs }
const list = [...migrations, { name: '9990-pairs', tables }]

describe.each(DATABASES)('capture on %s', database => {
  const kind: DatabaseKind = database === 'sqlite' ? 'sqlite' : 'postgres'
  let execute: Execute
  let close: () => Promise<unknown>
  beforeAll(async () => {
    if (database === 'sqlite') {
      const connection = openSqlite({ path: ':memory:', monotonic: () => 0, cacheKib: 4096 }, 'write')
      execute = sqliteExecute(connection)
      close = async () => connection.close()
    } else {
      const session = await pgliteSource(await emptied(await sharedPglite())).connect()
      execute = session.query
      close = async () => session.release()
    }
    await migrate(kind, execute, 0n, list)
    for (const workspace of [W, 'w-2']) {
      await execute(
        `INSERT INTO workspace_state VALUES ('${workspace}', 10, '', 0, 'server', 'UTC', 'USD', NULL, 0)`,
        [],
      )
      await execute(
        `INSERT INTO sync_state VALUES ('${workspace}', 'off', -1, 0, '[]', NULL, NULL, 0, NULL, NULL, NULL)`,
        [],
      )
    }
  }, 60_000)
  afterAll(() => close())

  /** Runs work in a transaction that is rolled back. */
  async function within<T>(mode: 'off' | 'feed' | 'shadow', work: (tx: Tx) => Promise<T>): Promise<T> {
    await execute('BEGIN', [])
    try {
      await execute(`UPDATE sync_state SET capture = '${mode}'`, [])
      return await work(txOver(kind, W, execute))
    } finally {
      await execute('ROLLBACK', [])
    }
  }
  const row = (name: string, number: bigint, label: string): SyncRow => ({
    ...{ name, number, label, bytes: new Uint8Array([1, 2]), share: 0.5 },
  })
  const changes = (tx: Tx) =>
    tx.raw<Record<string, unknown>>(
      "SELECT row_key, version, deleted FROM changes WHERE table_name = 'pairs' ORDER BY row_key",
    )
  const rows = async () =>
    (await readInOrder(readerOver(kind, W, execute), 'pairs', pairs, null, 100)).map(one => ({
      ...one,
      bytes: one.bytes === null ? null : [...(one.bytes as Uint8Array)],
    }))
  const at = (tx: Tx, version: number) =>
    tx.run(`UPDATE workspace_state SET version = ${version} WHERE workspace = '${W}'`)

  it('writes the feed: one entry per row, with the version that touched it last', async () => {
    await within('feed', async tx => {
      await insertRows(tx, 'pairs', pairs, [row('a/b~c', 1n, 'x'), row('b', 2n, 'y'), row('c', 3n, 'z')])
      expect(await changes(tx)).toEqual([
        { row_key: 'a~1b~0c/1', version: 10n, deleted: 0n },
        { row_key: 'b/2', version: 10n, deleted: 0n },
        { row_key: 'c/3', version: 10n, deleted: 0n },
      ])
      await at(tx, 11)
      await tx.run("UPDATE pairs SET share = NULL WHERE name = 'b'")
      await tx.run("DELETE FROM pairs WHERE name = 'c'")
      await tx.run("UPDATE pairs SET number = 9 WHERE name = 'a/b~c'")
      expect(await changes(tx)).toEqual([
        { row_key: 'a~1b~0c/1', version: 11n, deleted: 1n },
        { row_key: 'a~1b~0c/9', version: 11n, deleted: 0n },
        { row_key: 'b/2', version: 11n, deleted: 0n },
        { row_key: 'c/3', version: 11n, deleted: 1n },
      ])
      await at(tx, 12)
      await insertRows(tx, 'pairs', pairs, [row('c', 3n, 'again')])
      expect((await changes(tx)).at(-1)).toEqual({ row_key: 'c/3', version: 12n, deleted: 0n })
      const reader = readerOver(kind, W, execute)
      const first = await readChanges(reader, ['pairs'], { version: 10n, table: null, row: null }, 3)
      expect(first.map(one => one.row)).toEqual(['a~1b~0c/1', 'a~1b~0c/9', 'b/2'])
      const last = first.at(-1)!
      const rest = await readChanges(reader, ['pairs', 'people'], last, 3)
      expect(rest).toEqual([{ version: 12n, table: 'pairs', row: 'c/3', deleted: false }])
      expect(await readChanges(reader, ['people'], { version: 0n, table: null, row: null }, 3)).toEqual([])
      expect(await readChanges(reader, [], { version: 0n, table: null, row: null }, 3)).toEqual([])
    })
  })

  it('is not misled by the conflict clause of the statement that it runs in', async () => {
    await within('feed', async tx => {
      await insertRows(tx, 'pairs', pairs, [row('a', 1n, 'x')])
      await at(tx, 11)
      await tx.run(
        `INSERT INTO pairs (workspace, name, number, label) VALUES ('${W}', 'a', 1, 'w'), ('${W}', 'b', 1, 'y')
          ON CONFLICT (workspace, name, number) DO UPDATE SET label = excluded.label`,
      )
      if (kind === 'sqlite') {
        await tx.run(
          `INSERT OR IGNORE INTO pairs (workspace, name, number, label) VALUES ('${W}', 'c', 1, 'z')`,
        )
        await tx.run("UPDATE OR IGNORE pairs SET share = 1.0 WHERE name = 'a'")
        await tx.run("UPDATE OR FAIL pairs SET share = 2.0 WHERE name = 'a'")
      }
      expect((await changes(tx)).map(one => [one.row_key, one.version])).toEqual(
        (kind === 'sqlite' ? ['a/1', 'b/1', 'c/1'] : ['a/1', 'b/1']).map(key => [key, 11n]),
      )
      await tx.run(
        `INSERT INTO pairs (workspace, name, number, label) VALUES ('${W}', 'b', 1, 'q') ON CONFLICT DO NOTHING`,
      )
    })
  })

  it('does nothing where it is off, and nothing to another workspace', async () => {
    await within('off', async tx => {
      await insertRows(tx, 'pairs', pairs, [row('a', 1n, 'x')])
      await tx.run("UPDATE pairs SET label = 'y'")
      await tx.run('DELETE FROM pairs')
      expect(await changes(tx)).toEqual([])
      expect(await tx.raw('SELECT * FROM shadow_pairs')).toEqual([])
    })
    await within('feed', async tx => {
      await tx.run("UPDATE sync_state SET capture = 'off' WHERE workspace = 'w-2'")
      await tx.run("INSERT INTO pairs (workspace, name, number, label) VALUES ('w-2', 'a', 1, 'x')")
      expect(await changes(tx)).toEqual([])
    })
  })

  it('moves rows by their keys', async () => {
    await within('off', async tx => {
      const many = Array.from({ length: 120 }, (_, index) =>
        row(`n${index % 7}/~`, BigInt(index), `l${index}`),
      )
      await insertRows(tx, 'pairs', pairs, many)
      const reader = readerOver(kind, W, execute)
      const keys = many.map(one => rowKeyOf(pairs, one))
      const found = await readRows(reader, 'pairs', pairs, [...keys, 'none/1'])
      expect(found.size).toBe(120)
      expect(found.get(keys[5]!)).toMatchObject({ number: 5n, label: 'l5', share: 0.5 })
      const page = await readInOrder(reader, 'pairs', pairs, null, 50)
      const next = await readInOrder(reader, 'pairs', pairs, rowKeyOf(pairs, page.at(-1)!), 100)
      expect([...page, ...next].map(one => one.number)).toEqual(
        [...many]
          .sort((a, b) =>
            `${a.name}` < `${b.name}`
              ? -1
              : a.name === b.name
                ? Number((a.number as bigint) - (b.number as bigint))
                : 1,
          )
          .map(one => one.number),
      )
      await removeRows(tx, 'pairs', pairs, keys.slice(0, 119))
      expect(await rows()).toHaveLength(1)
      await insertRows(tx, 'pairs', pairs, [
        { name: 'short', number: 1n, label: 'unknown columns are left out', extra: 1 },
      ])
      expect((await rows()).at(-1)).toMatchObject({ bytes: null, share: null })
      await emptyTables(tx, tables)
      expect(await rows()).toEqual([])
    })
  })

  it('rewinds whatever was done to the server’s rows', { timeout: 60_000 }, async () => {
    const operation = fc.record({
      what: fc.constantFrom('insert', 'relabel', 'rekey', 'delete', 'swap'),
      one: fc.integer({ min: 0, max: 3 }),
      other: fc.integer({ min: 0, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async operations => {
        await within('off', async tx => {
          await insertRows(tx, 'pairs', pairs, [row('k0', 1n, 'l0'), row('k1', 1n, 'l1')])
          const before = await rows()
          await tx.run("UPDATE sync_state SET capture = 'shadow'")
          for (const { what, one, other } of operations)
            await tx
              .attempt(async () => {
                if (what === 'insert') await insertRows(tx, 'pairs', pairs, [row(`k${one}`, 1n, `l${other}`)])
                if (what === 'relabel')
                  await tx.run(
                    `UPDATE pairs SET label = 'l${other}', share = NULL, bytes = NULL WHERE name = 'k${one}'`,
                  )
                if (what === 'rekey')
                  await tx.run(`UPDATE pairs SET name = 'k${other}' WHERE name = 'k${one}'`)
                if (what === 'delete') await tx.run(`DELETE FROM pairs WHERE name = 'k${one}'`)
                if (what === 'swap') {
                  await tx.run(`UPDATE pairs SET label = 'swap' WHERE name = 'k${one}'`)
                  await tx.run(`UPDATE pairs SET label = 'l${one}' WHERE name = 'k${other}'`)
                  await tx.run(`UPDATE pairs SET label = 'l${other}' WHERE name = 'k${one}'`)
                }
              })
              .catch(() => {})
          await tx.run("UPDATE sync_state SET capture = 'off'")
          await rewindRows(tx, tables)
          expect(await rows()).toEqual(before)
          expect(await tx.raw('SELECT * FROM shadow_pairs')).toEqual([])
        })
      }),
      { numRuns: database === 'sqlite' ? 150 : 25 },
    )
  })
})

describe('the key of a synced table', () => {
  it('can be text and whole numbers, and there must be one', () => {
    const of = (parts: object) => () =>
      captureObjects('sqlite', {
        t: table({ columns: { id: real() as never }, scope: 'everyone', ...parts }),
      })
    expect(of({})).toThrow('id cannot be part of the key')
    expect(of({ key: [] })).toThrow('needs a key')
  })

  it('is the same text for the same row, and gives its values back', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (name, number) => {
        expect(keyValues(pairs, rowKeyOf(pairs, { name, number }))).toEqual([name, number])
      }),
    )
  })
})
