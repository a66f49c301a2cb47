import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Execute } from '#core/database/dialect.ts'
import { migrate, migrations } from '#core/database/migrate.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { makeMonths, makeMonthsAhead, PARTITIONED } from '#core/database/partitions.ts'
import { pgTypes } from '#core/database/postgres-sources.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { grantUse, settleRole } from '#core/database/server-role.ts'
import { type EventColumns, findEvents, insertEvents } from '#core/database/usage-rows.ts'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'

const ONE = '00000000-0000-7000-8000-00000000000a'
const OTHER = '00000000-0000-7000-8000-00000000000b'
const ROLE = 'quarterdeck_app'
const available = await postgresAnswers()

/** Events with these ids, each at its instant. */
function eventsAt(...given: [id: string, at: number, quantity?: bigint][]): EventColumns {
  return {
    ids: given.map(([id]) => id),
    series: BigInt64Array.from(given, () => 1n),
    quantities: BigInt64Array.from(given, ([, , quantity = 5n]) => quantity),
    at: BigInt64Array.from(given, ([, at]) => BigInt(at)),
    properties: given.map(() => '{"a":"\\"quoted\\", {braces}"}'),
  }
}

describe.skipIf(!available)('tables that are apart by months', () => {
  let database: Awaited<ReturnType<typeof testPostgres>>
  let owner: pg.Client
  let execute: Execute
  beforeAll(async () => {
    database = await testPostgres()
    owner = new pg.Client({ connectionString: database.url, types: pgTypes(pg.types) as never })
    await owner.connect()
    execute = async (sql, parameters) => ({ rows: (await owner.query(sql, [...parameters])).rows })
  })
  afterAll(async () => {
    await owner?.end()
    await database?.drop()
  })
  const partitions = async (name: string) =>
    (
      await owner.query(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = '${name}'::regclass ORDER BY 1`,
      )
    ).rows.map(row => row.name)

  it('take over what a database of before holds, and keep it unique by id', async () => {
    const before = migrations.findIndex(migration => migration.name === '0011-partitions')
    await migrate('postgres', execute, 1n, migrations.slice(0, before))
    const ats = [
      Date.UTC(2026, 0, 31, 23, 59, 59, 999),
      Date.UTC(2026, 1, 1),
      Date.UTC(1999, 5),
      Date.UTC(2077, 5),
    ]
    for (const [i, at] of ats.entries())
      await execute(
        `INSERT INTO usage_events (workspace, id, series, quantity, at, properties, batch) VALUES ('${ONE}', $1, 1, 5, $2, '', 0)`,
        [`event-${i}`, at],
      )
    await execute(
      `INSERT INTO cost_segments (workspace, batch, name, segment, kind, rows, nulls, data)
        VALUES ('${ONE}', '019b0000-0000-7000-8000-000000000000', 'a', 0, 'text', 1, 0, '\\x00'), ('${ONE}', 'odd', 'a', 0, 'text', 1, 0, '\\x01')`,
      [],
    )
    await migrate('postgres', execute, 1n)
    const { rows } = await execute(
      'SELECT tableoid::regclass::text AS part, id FROM usage_events ORDER BY id',
      [],
    )
    expect(rows).toEqual([
      { part: 'usage_events_202601', id: 'event-0' },
      { part: 'usage_events_202602', id: 'event-1' },
      { part: 'usage_events_past', id: 'event-2' },
      { part: 'usage_events_future', id: 'event-3' },
    ])
    const segments = await execute(
      'SELECT tableoid::regclass::text AS part FROM cost_segments ORDER BY batch',
      [],
    )
    expect(segments.rows.map(row => row.part)).toEqual(['cost_segments_202512', 'cost_segments_future'])
    expect((await execute('SELECT count(*) AS n FROM usage_event_ids', [])).rows).toEqual([{ n: 4n }])
    await settleRole(execute, ROLE)
    await grantUse(execute, ROLE)
  })

  it('get a month when a write needs it, once, whoever comes at the same time', async () => {
    const source = openPool({ url: database.url, role: ROLE, max: 8, name: 'test' })
    const store = openPostgresStore(source)
    const march = Date.UTC(2026, 2, 10)
    const stored = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        store.write(i % 2 ? ONE : OTHER, 'person', tx =>
          insertEvents(tx, eventsAt([`race-${i}`, march + i]), 0n),
        ),
      ),
    )
    expect(stored).toEqual(Array.from({ length: 8 }, () => []))
    expect(await partitions('usage_events')).toContain('usage_events_202603')
    expect((await owner.query('SELECT count(*) AS n FROM usage_events_202603')).rows).toEqual([{ n: 8n }])

    // What needs no new one makes none, and those that come are made ahead.
    const before = await partitions('usage_events')
    await store.write(ONE, 'job', tx => makeMonths(tx, ['usage_events'], [march]))
    expect(await partitions('usage_events')).toEqual(before)
    await store.write(ONE, 'job', tx => makeMonthsAhead(tx, BigInt(Date.UTC(2026, 10, 21))))
    for (const name of Object.keys(PARTITIONED))
      for (const month of ['202611', '202612', '202701', '202702'])
        expect(await partitions(name)).toContain(`${name}_${month}`)
    await source.close()
  })

  it('have no place for what nobody made one for, rather than a heap that fills unseen', async () => {
    const source = openPool({ url: database.url, role: ROLE, max: 2, name: 'test' })
    const store = openPostgresStore(source)
    await expect(
      store.write(ONE, 'person', tx =>
        tx.run(
          "INSERT INTO usage_events (workspace, id, series, quantity, at, properties, batch) VALUES ($1, 'x', 1, 1, $2, '', 0)",
          [ONE, BigInt(Date.UTC(2031, 4))],
        ),
      ),
    ).rejects.toMatchObject({ code: '23514' })
    await source.close()
  })

  it('know an id in whatever month it comes again, and tell what differs', async () => {
    const source = openPool({ url: database.url, role: ROLE, max: 2, name: 'test' })
    const store = openPostgresStore(source)
    const [april, may] = [Date.UTC(2026, 3, 5), Date.UTC(2026, 4, 5)]
    const write = (events: EventColumns, workspace = ONE) =>
      store.write(workspace, 'person', tx => insertEvents(tx, events, 7n))
    expect(await write(eventsAt(['a', april], ['b', april], ['a', may, 9n], ['c', may]))).toEqual([2])
    expect(await write(eventsAt(['d', may], ['b', may], ['a', april], ['d', may]))).toEqual([1, 2, 3])
    // Another workspace knows none of them.
    expect(await write(eventsAt(['a', may]), OTHER)).toEqual([])
    const found = await store.read(ONE, reader => findEvents(reader, ['a', 'b', 'c', 'd', 'nobody']))
    expect([...found].map(([id, { at, batch }]) => [id, Number(at), batch]).sort()).toEqual([
      ['a', april, 7n],
      ['b', april, 7n],
      ['c', may, 7n],
      ['d', may, 7n],
    ])
    expect(found.get('a')!.properties).toBe('{"a":"\\"quoted\\", {braces}"}')
    // What is rolled back is not known.
    await expect(
      store.write(ONE, 'person', async tx => {
        await insertEvents(tx, eventsAt(['e', may]), 0n)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await write(eventsAt(['e', april]))).toEqual([])
    await source.close()
  })
})

describe.skipIf(!available)('a server that has Citus', () => {
  it('has every table of workspaces distributed by the workspace, also those of later migrations', async () => {
    const database = await testPostgres()
    const client = new pg.Client({ connectionString: database.url, types: pgTypes(pg.types) as never })
    await client.connect()
    try {
      // What Citus brings, as far as we use it: it writes down what it is asked for.
      await client.query(`CREATE SCHEMA citus; CREATE TABLE citus.pg_dist_partition (logicalrelid regclass, by text);
        CREATE FUNCTION citus.create_distributed_table(name regclass, by text) RETURNS void LANGUAGE sql
          AS 'INSERT INTO citus.pg_dist_partition VALUES (name, by)';
        SET search_path = public, citus`)
      const execute: Execute = async (sql, parameters) => ({
        rows: (await client.query(sql, [...parameters])).rows,
      })
      const before = migrations.findIndex(migration => migration.name === '0011-partitions')
      await migrate('postgres', execute, 1n, migrations.slice(0, before + 1))
      const distributed = async () =>
        (
          await client.query(
            "SELECT logicalrelid::text AS name FROM citus.pg_dist_partition WHERE by = 'workspace' ORDER BY 1",
          )
        ).rows.map(row => row.name)
      const first = await distributed()
      expect(first).toEqual(
        expect.arrayContaining(['usage_events', 'usage_event_ids', 'people', 'search_documents']),
      )
      expect(first.filter(name => /_(past|future|\d{6})$/.test(name))).toEqual([])
      await migrate('postgres', execute, 1n)
      const all = await distributed()
      expect(new Set(all).size).toBe(all.length)
      const { rows } = await client.query(
        `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace'
          WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
      )
      expect(all.filter(name => /^[a-z_]+$/.test(name)).sort()).toEqual(rows.map(row => row.name).sort())
    } finally {
      await client.end()
      await database.drop()
    }
  })
})
