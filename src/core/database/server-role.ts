import { quote } from './ddl.ts'
import type { Execute } from './dialect.ts'

/*
 * Who is who on a PostgreSQL server. One role makes and owns the tables and is used to migrate; the application
 * acts as another, which owns nothing: row-level security then holds for it whatever a statement says, and it can
 * neither change a table nor switch a policy off.
 */

/** The oldest version of PostgreSQL whose behaviour we rely on. */
export const OLDEST_POSTGRES = 15

/** The database cannot be used as it is; the message says what to do. */
export class DatabaseUnusable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DatabaseUnusable'
  }
}

/** @throws DatabaseUnusable when the server is older than what we rely on */
export async function mustBeRecent(execute: Execute): Promise<void> {
  const { rows } = await execute(
    "SELECT current_setting('server_version_num')::bigint AS number, current_setting('server_version') AS name",
    [],
  )
  const { number, name } = rows[0] as { number: bigint; name: string }
  if (number / 10_000n >= BigInt(OLDEST_POSTGRES)) return
  throw new DatabaseUnusable(
    `This server is PostgreSQL ${name}. Quarterdeck needs PostgreSQL ${OLDEST_POSTGRES} or later.`,
  )
}

/** The role that a session signed in as. */
export async function signedInAs(execute: Execute): Promise<string> {
  const { rows } = await execute('SELECT session_user::text AS name', [])
  return rows[0]!.name as string
}

interface Role {
  readonly me: string
  /** May make roles, and give them to others. */
  readonly makes: boolean
  readonly exists: boolean
  /** May act as it. */
  readonly member: boolean
}

async function lookUp(execute: Execute, role: string): Promise<Role> {
  const { rows } = await execute(
    `SELECT current_user::text AS me, r.rolsuper OR r.rolcreaterole AS makes, o.oid IS NOT NULL AS "exists",
        CASE WHEN o.oid IS NULL THEN false
          WHEN current_setting('server_version_num')::int >= 160000
            THEN pg_has_role(current_user, o.oid, 'SET')
          ELSE pg_has_role(current_user, o.oid, 'MEMBER') END AS member
      FROM pg_roles r LEFT JOIN pg_roles o ON o.rolname = $1 WHERE r.rolname = current_user`,
    [role],
  )
  return rows[0] as unknown as Role
}

/**
 * Sees to it that the role of the application is there and that whoever is connected may act as it.
 * @throws DatabaseUnusable with the statements that a superuser has to run, where we may not
 */
export async function settleRole(execute: Execute, role: string): Promise<void> {
  let found = await lookUp(execute, role)
  if (!found.exists && found.makes) {
    // Roles are of the whole server: another database's start may be making it right now.
    await execute(
      `DO $$ BEGIN CREATE ROLE ${quote(role)} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
      [],
    )
    found = await lookUp(execute, role)
  }
  if (found.exists && !found.member && found.makes) {
    await execute(`GRANT ${quote(role)} TO ${quote(found.me)}`, [])
    found = await lookUp(execute, role)
  }
  if (!found.member) {
    const make = found.exists ? '' : `CREATE ROLE ${quote(role)} NOLOGIN; `
    throw new DatabaseUnusable(
      `The application acts as the role ${role}, which owns nothing, and ${found.me} may not ${found.exists ? 'act as it' : 'make it'}. ` +
        `Let a superuser run: ${make}GRANT ${quote(role)} TO ${quote(found.me)};`,
    )
  }
  await mustBeConfined(execute, role)
}

/**
 * Checks that nothing lets this role see another workspace's rows.
 * @throws DatabaseUnusable
 */
export async function mustBeConfined(execute: Execute, role: string): Promise<void> {
  const { rows } = await execute(
    `SELECT r.rolsuper OR r.rolbypassrls AS free,
        ARRAY(SELECT relname::text FROM pg_class c WHERE c.relowner = r.oid
          AND c.relnamespace = current_schema()::regnamespace ORDER BY relname LIMIT 3) AS owned
      FROM pg_roles r WHERE r.rolname = $1`,
    [role],
  )
  const found = rows[0] as { free: boolean; owned: string[] } | undefined
  if (found?.free)
    throw new DatabaseUnusable(
      `The application must not act as ${role}: row-level security does not hold for it (SUPERUSER or BYPASSRLS).`,
    )
  if (found && found.owned.length > 0)
    throw new DatabaseUnusable(
      `The application must not act as ${role}: it owns ${found.owned.join(', ')}. Migrate as another role (DATABASE_MIGRATION_URL).`,
    )
}

/** What the application may not do to these tables, although it may to all others. */
const APPEND_ONLY = ['command_log']
const OUR_OWN = ['migrations', 'captured_tables']

/**
 * Lets the role of the application use what migrations made: rows of all tables, append-only where a table is,
 * and no table's definition. Run by the owner; changes nothing where nothing is missing.
 */
export async function grantUse(execute: Execute, role: string): Promise<void> {
  await execute('BEGIN', [])
  try {
    // Two servers that start at once would otherwise trip over each other's change of the same row.
    await execute('SELECT pg_advisory_xact_lock(7146533)', [])
    const { rows } = await execute(
      `SELECT c.relname::text AS name, has_table_privilege($1, c.oid, 'SELECT') AS granted,
          has_table_privilege($1, c.oid, 'UPDATE') OR has_table_privilege($1, c.oid, 'DELETE') AS changes
        FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname`,
      [role],
    )
    const to = quote(role)
    for (const { name, granted, changes } of rows as { name: string; granted: boolean; changes: boolean }[]) {
      const table = quote(name)
      const appendOnly = APPEND_ONLY.includes(name)
      const rights = OUR_OWN.includes(name)
        ? 'SELECT'
        : appendOnly
          ? 'SELECT, INSERT'
          : 'SELECT, INSERT, UPDATE, DELETE'
      if (!granted) await execute(`GRANT ${rights} ON ${table} TO ${to}`, [])
      if (appendOnly && changes) await execute(`REVOKE UPDATE, DELETE ON ${table} FROM ${to}`, [])
    }
    const { rows: schemas } = await execute(
      "SELECT current_schema()::text AS name, has_schema_privilege($1, current_schema(), 'USAGE') AS granted",
      [role],
    )
    const { name, granted } = schemas[0] as { name: string; granted: boolean }
    if (!granted) await execute(`GRANT USAGE ON SCHEMA ${quote(name)} TO ${to}`, [])
    const { rows: functions } = await execute(
      `SELECT p.oid::regprocedure::text AS name FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef
          AND NOT has_function_privilege($1, p.oid, 'EXECUTE')`,
      [role],
    )
    for (const row of functions) await execute(`GRANT EXECUTE ON FUNCTION ${row.name as string} TO ${to}`, [])
    await execute('COMMIT', [])
  } catch (error) {
    await execute('ROLLBACK', [])
    throw error
  }
}
