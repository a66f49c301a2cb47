import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { migrate } from '#core/database/migrate.ts'
import { pgliteSource } from '#core/database/postgres-sources.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/**
 * An empty PGlite database. Making one takes seconds, so what the first start of this version made is kept
 * beside the installed packages and unpacked from then on.
 */
export async function emptyPglite(): Promise<PGlite> {
  const manifest = join(modules, '@electric-sql', 'pglite', 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const folder = join(modules, '.cache', 'quarterdeck')
  const kept = join(folder, `pglite-${version}.tar`)
  if (existsSync(kept)) {
    try {
      return await PGlite.create({ loadDataDir: new Blob([readFileSync(kept)]) })
    } catch {
      // Not whole, or not readable by this version: make it anew.
      rmSync(kept, { force: true })
    }
  }
  const made = await PGlite.create()
  const dump = await made.dumpDataDir('none')
  mkdirSync(folder, { recursive: true })
  // Several test files start at once: each writes its own, and the last one stays.
  const own = `${kept}.${process.pid}`
  writeFileSync(own, new Uint8Array(await dump.arrayBuffer()))
  renameSync(own, kept)
  return made
}

let shared: Promise<PGlite> | null = null
/** One empty PGlite per worker of the test runner, for tests that make their own schema. */
export function sharedPglite(): Promise<PGlite> {
  shared ??= emptyPglite()
  return shared
}

/** Leaves nothing in a PGlite database, which takes seconds less than a new one. */
export async function emptied(pglite: PGlite): Promise<PGlite> {
  await pglite.exec('ROLLBACK; DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  return pglite
}

/** What a migration leaves behind. */
interface Migrated {
  readonly pglite: PGlite
  readonly tables: readonly string[]
  /** Tables in which a migration writes rows. */
  readonly filled: ReadonlySet<string>
  readonly fingerprint: string
}

let migrated: Promise<Migrated> | null = null

/**
 * A PGlite database as a migration leaves it, the same one for all tests of a worker. It is migrated once;
 * from then on the rows that a test left are removed, and it is migrated anew only where a test changed the
 * schema or what the migration itself wrote.
 */
export async function migratedPglite(at: bigint): Promise<PGlite> {
  const known = await migrated
  if (known && (await restored(known))) return known.pglite
  migrated = migrateAnew(at)
  return (await migrated).pglite
}

async function migrateAnew(at: bigint): Promise<Migrated> {
  const pglite = await emptied(await sharedPglite())
  const session = await pgliteSource(pglite).connect()
  await migrate('postgres', session.query, at)
  session.release()
  const { rows } = await pglite.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
  )
  const tables = rows.map(row => row.name)
  const filled = new Set(await withRows(pglite, tables))
  return { pglite, tables, filled, fingerprint: await fingerprint(pglite, filled) }
}

/** Whether the rows that a test left could be removed, and nothing else is different from a new migration. */
async function restored({ pglite, tables, filled, fingerprint: expected }: Migrated): Promise<boolean> {
  await pglite.exec('ROLLBACK')
  if ((await fingerprint(pglite, filled).catch(() => '')) !== expected) return false
  const left = (await withRows(pglite, tables)).filter(table => !filled.has(table))
  if (left.length > 0) await pglite.exec(`TRUNCATE ${left.map(table => `"${table}"`).join(', ')} CASCADE`)
  return true
}

/** The tables in which there is at least one row. */
async function withRows(pglite: PGlite, tables: readonly string[]): Promise<string[]> {
  const each = tables.map(table => `CASE WHEN EXISTS (SELECT 1 FROM "${table}") THEN '${table}' END`)
  const { rows } = await pglite.query<{ found: (string | null)[] }>(`SELECT ARRAY[${each}]::text[] AS found`)
  return rows[0]!.found.filter(table => table !== null)
}

/**
 * One text for everything that a migration makes: relations, triggers, functions, policies and its own rows. Months
 * of partitioned tables that a test had made are left to the next one, which may need them too; so nothing of them
 * counts, their constraints neither, which are not always children of the table's own.
 */
async function fingerprint(pglite: PGlite, filled: Iterable<string>): Promise<string> {
  const parts = [
    `SELECT concat_ws(',', c.oid, relname, relkind, relnatts, relchecks, relhastriggers, relrowsecurity,
      relforcerowsecurity, relacl, relowner) FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND NOT relispartition AND relkind <> 't'`,
    `SELECT concat_ws(',', attrelid, attname, atttypid, attnotnull) FROM pg_attribute
      JOIN pg_class c ON c.oid = attrelid
      WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT relispartition`,
    `SELECT concat_ws(',', o.oid, o.xmin) FROM pg_constraint o LEFT JOIN pg_class c ON c.oid = conrelid
      WHERE connamespace = 'public'::regnamespace AND relispartition IS NOT TRUE`,
    `SELECT concat_ws(',', t.oid, t.xmin, tgenabled) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
      WHERE NOT tgisinternal AND NOT relispartition`,
    "SELECT concat_ws(',', oid, xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    `SELECT concat_ws(',', p.oid, p.xmin) FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE NOT relispartition`,
    ...[...filled].map(table => `SELECT t::text FROM "${table}" t`),
  ]
  const sums = parts.map(
    part => `(SELECT coalesce(md5(string_agg(line, ';' ORDER BY line)), '') FROM (${part}) AS part (line))`,
  )
  const { rows } = await pglite.query<{ sum: string }>(`SELECT ${sums.join(' || ')} AS sum`)
  return rows[0]!.sum
}
