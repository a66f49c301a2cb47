import { beforeAll, expect, it } from 'vitest'
import { migrate } from '#core/database/migrate.ts'
import { pgliteSource } from '#core/database/postgres-sources.ts'
import { testClock, testStore, WORKSPACE } from './core-kit.ts'
import { emptied, migratedPglite, sharedPglite } from './embedded-postgres.ts'

const rowsOf = async (table: string) =>
  (await (await sharedPglite()).query(`SELECT t::text AS row FROM "${table}" t ORDER BY 1`)).rows

async function everything(): Promise<Record<string, unknown[]>> {
  const pglite = await sharedPglite()
  const { rows } = await pglite.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  )
  const found: Record<string, unknown[]> = {}
  for (const { name } of rows) found[name] = await rowsOf(name)
  const columns = await pglite.query(
    `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
      WHERE table_schema = 'public' ORDER BY 1, 2`,
  )
  return { ...found, columns: columns.rows }
}

const AT = testClock().now()
let fresh: Record<string, unknown[]>
beforeAll(async () => {
  const pglite = await emptied(await sharedPglite())
  const session = await pgliteSource(pglite).connect()
  await migrate('postgres', session.query, AT)
  session.release()
  fresh = await everything()
  await migratedPglite(AT)
})

it('a test finds the database as a migration leaves it, whatever the one before wrote', async () => {
  const clock = testClock()
  const before = await testStore('pglite', clock)
  await before.store.write(WORKSPACE, 'person', async tx => {
    const state = { name: '', zone: 'UTC', currency: 'USD' }
    await tx.raw(`INSERT INTO settings (workspace, name, value, changed_by, changed_at)
      VALUES ('${WORKSPACE}', 'a', '${JSON.stringify(state)}', 'c', 0)`)
  })
  expect(await rowsOf('settings')).toHaveLength(1)
  await testStore('pglite', clock)
  expect(await everything()).toEqual(fresh)
})

it.each([
  'CREATE TABLE more (id text)',
  'ALTER TABLE settings ADD COLUMN more text',
  'ALTER TABLE settings ALTER COLUMN value DROP NOT NULL',
  'DROP TABLE settings CASCADE',
  'ALTER TABLE settings NO FORCE ROW LEVEL SECURITY',
  'DROP POLICY own_workspace ON settings',
  "UPDATE migrations SET digest = 'other' WHERE number = 1",
  'DELETE FROM captured_tables',
  'BEGIN; CREATE TABLE more (id text)',
])('a test finds it so after %s', async change => {
  await (await sharedPglite()).exec(change)
  await testStore('pglite', testClock())
  expect(await everything()).toEqual(fresh)
  const { rows } = await (await sharedPglite()).query(
    `SELECT (SELECT count(DISTINCT polrelid) FROM pg_policy)::int AS policies,
      (SELECT count(*) FROM pg_class WHERE relforcerowsecurity)::int AS forced`,
  )
  expect(rows[0]).toEqual({
    policies: expect.any(Number),
    forced: (rows[0] as { policies: number }).policies,
  })
})
