import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { DatabaseUnusable, mustBeRecent } from '#core/database/server-role.ts'
import { asSuperuser, newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'

/* What a server does on PostgreSQL that PGlite cannot show: roles, several sessions, several servers. */

const ONE = '00000000-0000-7000-8000-00000000000a'
const OTHER = '00000000-0000-7000-8000-00000000000b'
const available = await postgresAnswers()

describe.skipIf(!available)('the tables of a server on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof testPostgres>>
  let backend: Awaited<ReturnType<typeof testBackend>>
  let client: pg.Client
  beforeAll(async () => {
    database = await testPostgres()
    backend = await testBackend({ databaseUrl: database.url })
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
  })
  afterAll(async () => {
    await client?.end()
    await backend?.remove()
    await database?.drop()
  })
  const rows = async (sql: string) => (await client.query(sql)).rows

  it('every one that carries a workspace is confined by a forced policy', async () => {
    const tables = await rows(
      `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
          EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_workspace') AS confined
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
    )
    expect(tables.length).toBeGreaterThan(50)
    expect(tables.filter(table => !table.forced || !table.confined)).toEqual([])
  })

  it('and the only ones that carry none are about the database itself', async () => {
    const names = await rows(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace') ORDER BY 1`,
    )
    expect(names.map(row => row.name)).toEqual(['captured_tables', 'migrations'])
  })

  it('the workspace is part of every primary and every unique key', async () => {
    const keys = await rows(
      `SELECT i.indexrelid::regclass::text AS name,
          array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) AS columns
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
          AND c.relname NOT IN ('migrations', 'captured_tables')`,
    )
    expect(keys.length).toBeGreaterThan(50)
    expect(keys.filter(key => !key.columns.includes('workspace'))).toEqual([])
  })

  it('the role of the application owns nothing, makes nothing, and cannot take an entry of the log back', async () => {
    expect(
      await rows(`SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'quarterdeck_app'
        UNION ALL SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = 'quarterdeck_app'`),
    ).toEqual([])
    const { core } = await newCompany(backend, ONE)
    const source = openPool({ url: database.url, role: 'quarterdeck_app', max: 2, name: 'test' })
    const store = openPostgresStore(source)
    const attempt = (sql: string) => store.write(ONE, 'person', tx => tx.run(sql))
    await expect(attempt('CREATE TABLE mine (a int)')).rejects.toMatchObject({ code: '42501' })
    await expect(attempt('ALTER TABLE people DISABLE ROW LEVEL SECURITY')).rejects.toMatchObject({
      code: '42501',
    })
    await expect(attempt('DROP POLICY own_workspace ON people')).rejects.toMatchObject({ code: '42501' })
    await expect(attempt('DELETE FROM command_log')).rejects.toMatchObject({ code: '42501' })
    await expect(attempt("UPDATE command_log SET device = 'x'")).rejects.toMatchObject({ code: '42501' })
    await expect(attempt('DELETE FROM migrations')).rejects.toMatchObject({ code: '42501' })
    await source.close()
    expect(core.workspace).toBe(ONE)
  })

  it('a statement that forgets the workspace sees and changes its own workspace only', async () => {
    await newCompany(backend, OTHER)
    const source = openPool({ url: database.url, role: 'quarterdeck_app', max: 2, name: 'test' })
    const store = openPostgresStore(source)
    const people = await store.read(OTHER, reader => reader.raw('SELECT workspace FROM people'))
    expect(people).toEqual([{ workspace: OTHER }])
    expect(await store.write(OTHER, 'person', tx => tx.run("UPDATE people SET name = 'Eve'"))).toBe(1n)
    const nobody = await store.read('', reader => reader.raw('SELECT count(*) AS n FROM people'))
    expect(nobody).toEqual([{ n: 0n }])
    await source.close()
    expect(await backend.workspaces.list()).toEqual(expect.arrayContaining([ONE, OTHER]))
  })
})

describe.skipIf(!available)('the roles of a server on PostgreSQL', () => {
  const undo: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one()
  })

  /** A database whose owner is a role that is no superuser, with its address. */
  async function owned(attributes = '') {
    const database = await testPostgres()
    const owner = `${database.name}_owner`
    await asSuperuser([
      `CREATE ROLE ${owner} LOGIN ${attributes}`,
      `ALTER DATABASE ${database.name} OWNER TO ${owner}`,
    ])
    await asSuperuser([`ALTER SCHEMA public OWNER TO ${owner}`], database.url)
    undo.push(async () => {
      await database.drop()
      await asSuperuser([`DROP ROLE IF EXISTS ${database.name}_app`, `DROP ROLE IF EXISTS ${owner}`])
    })
    const as = (role: string) => {
      const url = new URL(database.url)
      url.username = role
      return url.href
    }
    return { ...database, owner, app: `${database.name}_app`, as }
  }

  it('an owner who may make roles makes the one of the application', async () => {
    const { as, owner, app } = await owned('CREATEROLE')
    const backend = await testBackend({ databaseUrl: as(owner), databaseRole: app })
    undo.push(backend.remove)
    await newCompany(backend, ONE)
    expect(await backend.workspaces.list()).toEqual([ONE])
  })

  it('an owner who may not is told what a superuser has to run, and starts when it was run', async () => {
    const { as, owner, app } = await owned()
    const start = () => testBackend({ databaseUrl: as(owner), databaseRole: app })
    await expect(start()).rejects.toThrow(
      `Let a superuser run: CREATE ROLE "${app}" NOLOGIN; GRANT "${app}" TO "${owner}";`,
    )
    await asSuperuser([`CREATE ROLE "${app}" NOLOGIN; GRANT "${app}" TO "${owner}";`])
    const backend = await start()
    undo.push(backend.remove)
    await newCompany(backend, ONE)
    expect(await backend.workspaces.list()).toEqual([ONE])
  })

  it('the application may sign in as a role of its own, which needs nothing but that', async () => {
    const { as, owner, app } = await owned()
    await asSuperuser([`CREATE ROLE "${app}" LOGIN`])
    const backend = await testBackend({ databaseUrl: as(app), migrationUrl: as(owner) })
    undo.push(backend.remove)
    await newCompany(backend, ONE)
    expect(await backend.workspaces.list()).toEqual([ONE])
  })

  it('a role for which row-level security does not hold, or which owns tables, is refused', async () => {
    const { as, owner, app, url } = await owned('CREATEROLE')
    await asSuperuser([`CREATE ROLE "${app}" LOGIN BYPASSRLS`])
    await expect(testBackend({ databaseUrl: as(app), migrationUrl: as(owner) })).rejects.toThrow(
      'row-level security does not hold for it',
    )
    await asSuperuser([`ALTER ROLE "${app}" NOBYPASSRLS`])
    await asSuperuser([`CREATE TABLE stray (a int); ALTER TABLE stray OWNER TO "${app}"`], url)
    await expect(testBackend({ databaseUrl: as(app), migrationUrl: as(owner) })).rejects.toThrow(
      'it owns stray',
    )
  })

  it('an address that leads nowhere is said to, without its password', async () => {
    const failure = await testBackend({ databaseUrl: 'postgres://me:secret@127.0.0.1:9/none' }).catch(
      error => error,
    )
    expect(failure).toBeInstanceOf(DatabaseUnusable)
    expect(failure.message).toBe('PostgreSQL does not answer at the address of DATABASE_URL (ECONNREFUSED).')
  })
})

it('a server that is too old is refused by its version', async () => {
  const old = async () => ({ rows: [{ number: 140012n, name: '14.12' }] })
  await expect(mustBeRecent(old)).rejects.toThrow(
    'This server is PostgreSQL 14.12. Quarterdeck needs PostgreSQL 15',
  )
  await mustBeRecent(async () => ({ rows: [{ number: 150000n, name: '15.0' }] }))
})
