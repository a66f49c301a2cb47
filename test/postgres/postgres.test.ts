import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { migrate, migrations } from '#core/database/migrate.ts'
import { pgTypes, poolSource } from '#core/database/postgres-sources.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { fullTextSearch } from '#core/database/search.ts'
import type { Store } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { testClock, testIds, testServices, WORKSPACE } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import { type TestServer, testDesk, testServerOver } from '#test/kit/sync-kit.ts'

/*
 * What one session of PGlite cannot show: races, roles and row-level security, on a PostgreSQL server where one
 * answers. In a database and with roles of their own, which are dropped at the end.
 */

const SERVER = { host: '127.0.0.1', port: 5432, user: 'postgres', connectionTimeoutMillis: 2000 }
const OTHER = '00000000-0000-7000-8000-000000000002'
const name = `quarterdeck_test_${process.pid}_${Date.now()}`
const OWNER = `${name}_owner`
const APP = `${name}_app`

async function answers(): Promise<boolean> {
  const client = new pg.Client({ ...SERVER, database: 'postgres' })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

const available = await answers()
if (!available)
  console.warn(
    'PostgreSQL does not answer at 127.0.0.1:5432 as user postgres: its races and row-level security are not tested.',
  )

async function asAdmin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ ...SERVER, database: 'postgres' })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Drops the database once its last sessions have said goodbye; one that is cut off would be an error of ours. */
async function dropped(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await asAdmin(`DROP DATABASE IF EXISTS ${name}`)
    } catch {
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
  await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

/** A pool whose sessions act as a role. */
function pool(role: string, max = 10): pg.Pool {
  return new pg.Pool({
    ...SERVER,
    database: name,
    max,
    options: `-c role=${role}`,
    pipeline: true,
    types: pgTypes(pg.types) as never,
  })
}

describe.skipIf(!available)('on a PostgreSQL server', () => {
  const clock = testClock()
  let owner: pg.Pool
  let store: Store
  let server: TestServer

  beforeAll(async () => {
    await asAdmin(
      `CREATE ROLE ${OWNER} NOLOGIN`,
      `CREATE ROLE ${APP} NOLOGIN`,
      `CREATE DATABASE ${name} OWNER ${OWNER}`,
    )
    owner = pool(OWNER, 2)
    const client = await owner.connect()
    try {
      const execute = async (sql: string, parameters: readonly unknown[]) => {
        const result = await client.query(
          sql,
          parameters.map(value => (typeof value === 'bigint' ? `${value}` : value)),
        )
        return { rows: result.rows, affected: BigInt(result.rowCount ?? 0) }
      }
      // In two steps: the second must see the rows of the first, although row-level security is forced.
      await migrate('postgres', execute, 0n, migrations.slice(0, 1))
      await client.query('BEGIN')
      await client.query(`SELECT set_config('quarterdeck.workspace', '${OTHER}', true)`)
      await client.query(
        `INSERT INTO people (workspace, id, name, email, roles, active, created_at)
          VALUES ('${OTHER}', 'x', 'Zenobia', 'z@example.com', '[]', 1, 0)`,
      )
      await client.query('COMMIT')
      await migrate('postgres', execute, 0n)
    } finally {
      client.release()
    }
    await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${APP}`)
    store = openPostgresStore(poolSource(pool(APP)))
    server = await testServerOver(store, clock, async () => {})
  }, 120_000)

  afterAll(async () => {
    await server?.close()
    await owner?.end()
    await dropped()
    await asAdmin(`DROP ROLE IF EXISTS ${APP}`, `DROP ROLE IF EXISTS ${OWNER}`)
  }, 60_000)

  it('keeps the search index of every workspace through a migration by an owner that is confined', async () => {
    const found = await store.read(OTHER, reader => fullTextSearch(reader, ['zeno'], ['person'], 5))
    expect(found).toMatchObject([{ entity: 'person', rowId: 'x', title: 'Zenobia' }])
    expect(await store.read(WORKSPACE, reader => fullTextSearch(reader, ['zeno'], ['person'], 5))).toEqual([])
  })

  it('gives concurrent commands of one workspace consecutive versions', async () => {
    const before = await version(store)
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => server.give(leaves.set, { name: `race-${index}`, value: '1' })),
    )
    const versions = answers.map(answer => answer.version).sort((a, b) => Number(a - b))
    expect(versions).toEqual(Array.from({ length: 8 }, (_, index) => before + BigInt(index + 1)))
  })

  it('lets five of eight concurrent holds through where there is room for five', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.give(leaves.hold, { limit: 5n })),
    )
    expect(answers.filter(answer => answer.outcome === 'done')).toHaveLength(5)
    expect(answers.filter(answer => answer.outcome === 'refused')).toHaveLength(3)
  })

  it('runs a command once when the same id comes eight times at once', async () => {
    const caller = { commandId: '00000000-0000-7000-8000-00000000cccc' }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        server.give(leaves.add, { name: 'Once', email: 'once@example.com' }, caller),
      ),
    )
    expect(new Set(answers.map(answer => answer.version)).size).toBe(1)
    expect(answers.filter(answer => !answer.repeated)).toHaveLength(1)
  })

  it('shows a desk that pulls all the while everything that several people do at once', {
    timeout: 60_000,
  }, async () => {
    const desk = await testDesk('desk', clock)
    let writing = true
    const writers = Promise.all(
      [0, 1, 2, 3].map(async writer => {
        for (let i = 0; i < 15; i++) {
          await server.give(leaves.set, { name: `${writer}/${i % 4}`, value: `${i}` })
          if (i % 5 === 4) await server.give(leaves.forget, { name: `${writer}/${(i + 1) % 4}` })
        }
      }),
    ).finally(() => {
      writing = false
    })
    const client = desk.client(server.for('desk', 5))
    while (writing) expect(await client.round()).toMatchObject({ reached: true })
    await writers
    await client.round()
    expect(await desk.tables()).toEqual(await server.tables())
    await desk.close()
  })

  it('shows and changes rows of the transaction’s workspace only, whatever the statement says', async () => {
    const seen = await store.read(WORKSPACE, reader => reader.raw('SELECT workspace FROM people'))
    expect(new Set(seen.map(row => row.workspace))).toEqual(new Set([WORKSPACE]))
    const changed = await store.write(WORKSPACE, 'person', tx =>
      tx.run("UPDATE people SET name = 'x' WHERE id = 'x'"),
    )
    expect(changed).toBe(0n)
    await expect(
      store.write(WORKSPACE, 'person', tx =>
        tx.run(
          `INSERT INTO settings (workspace, name, value, changed_by, changed_at) VALUES ('${OTHER}', 'a', 'b', 'c', 0)`,
        ),
      ),
    ).rejects.toThrow(/row-level security/)
    const app = pool(APP, 1)
    for (const { table_name } of (
      await owner.query(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'workspace'",
      )
    ).rows)
      expect((await app.query(`SELECT count(*) AS n FROM "${table_name}"`)).rows).toEqual([{ n: 0n }])
    await app.end()
  })

  it('cannot write in a reading transaction, and gives a session back after an error', async () => {
    await expect(store.read(WORKSPACE, reader => reader.raw('DELETE FROM settings'))).rejects.toThrow(
      /read-only/,
    )
    for (let i = 0; i < 12; i++)
      await expect(store.write(WORKSPACE, 'person', tx => tx.run('SELECT 1 / 0'))).rejects.toThrow(/division/)
    expect(await version(store)).toBeGreaterThan(0n)
  })

  it('throws a session away whose prepared statements do not fit the tables any more', async () => {
    const own = pool(OWNER, 1)
    const source = poolSource(own)
    const asking = async (sql: string, times = 1) => {
      const session = await source.connect()
      try {
        let rows: unknown[] = []
        for (let again = 0; again < times; again++) rows = (await session.query(sql, [])).rows
        return rows
      } finally {
        session.release()
      }
    }
    const pid = 'SELECT pg_backend_pid() AS pid'
    try {
      await asking('CREATE TABLE growing (id text)')
      const [before] = await asking(pid)
      await asking('SELECT * FROM growing', 3)
      await asking('ALTER TABLE growing ADD COLUMN more text')
      await expect(asking('SELECT * FROM growing')).rejects.toMatchObject({ code: '0A000' })
      expect(await asking('SELECT * FROM growing')).toEqual([])
      expect(await asking(pid)).not.toEqual([before])
      const [later] = await asking(pid)
      // What cannot be opened is not waited for: all that goes out behind it fails, and says why.
      const session = await source.connect(
        'person',
        "BEGIN; INSERT INTO growing VALUES ('a'); SELECT nothing",
      )
      const refused = { code: '42703' }
      const asked = [session.query("INSERT INTO growing VALUES ('b')", []), session.query(pid, [])]
      for (const one of asked) await expect(one).rejects.toMatchObject(refused)
      await session.query('ROLLBACK', [])
      session.release()
      expect(await asking('SELECT * FROM growing')).toEqual([])
      expect(await asking(pid)).not.toEqual([later])
    } finally {
      await own.query('DROP TABLE IF EXISTS growing')
      await source.close()
    }
  })

  it('carries the whole core', async () => {
    const own = openPostgresStore(poolSource(pool(APP)))
    const workspace = '00000000-0000-7000-8000-000000000003'
    await prepareWorkspace(own, workspace, 'server', clock.now())
    const core = createCore({
      ...{ workspace, store: own, clock, timer: clock, newId: testIds(clock, 9), log: () => {} },
      services: testServices(),
    })
    await core.start()
    const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    const { admin } = await core.call(
      contract.workspace.setup.create,
      {
        name: 'PG',
        zone: 'UTC',
        currency: 'EUR',
        demo: false,
        admin: { name: 'Ada', email: 'a@example.com' },
      },
      system,
    )
    const ada: Caller = { person: admin, device: 'test', assurance: 'unattested' }
    await core.call(
      contract.workspace.people.add,
      { name: 'Grace', email: 'g@example.com', roles: ['ops'] },
      ada,
    )
    expect((await core.call(contract.workspace.people.list, {}, ada)).people).toHaveLength(2)
    expect(await core.call(contract.workspace.log.verify, {}, ada)).toMatchObject({
      entries: 2n,
      problem: null,
    })
    await core.close()
  })
})

async function version(store: Store): Promise<bigint> {
  const row = await store.read(WORKSPACE, reader =>
    reader.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow(),
  )
  return row.version
}
