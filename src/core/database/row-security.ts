import { type DatabaseKind, quote } from './ddl.ts'

/*
 * Row-level security on PostgreSQL: a session sees and writes the rows of one workspace, the one that its
 * transaction named. It is forced, so that it holds for the owner of the tables too.
 */

/** The statements that confine every one of these tables to the workspace of the transaction. */
export function rowSecurity(kind: DatabaseKind, names: readonly string[]): string[] {
  if (kind === 'sqlite') return []
  return names.flatMap(name => [
    `ALTER TABLE ${quote(name)} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${quote(name)} FORCE ROW LEVEL SECURITY`,
    `DROP POLICY IF EXISTS own_workspace ON ${quote(name)}`,
    `CREATE POLICY own_workspace ON ${quote(name)}
      USING (workspace = current_setting('quarterdeck.workspace', true))
      WITH CHECK (workspace = current_setting('quarterdeck.workspace', true))`,
  ])
}

/** Lets the owner see all rows for the length of a migration; `rowSecurity` ends it. */
export function relaxRowSecurity(kind: DatabaseKind, names: readonly string[]): string[] {
  if (kind === 'sqlite') return []
  return names.map(name => `ALTER TABLE ${quote(name)} NO FORCE ROW LEVEL SECURITY`)
}

/**
 * Lets a server find its workspaces, which no session may see beyond its own: a function that acts as the owner
 * of the tables, and a policy by which the owner may read the rows that name workspaces.
 */
export function workspaceListing(kind: DatabaseKind): string[] {
  if (kind === 'sqlite') return []
  return [
    'DROP POLICY IF EXISTS listed_by_owner ON workspace_state',
    'CREATE POLICY listed_by_owner ON workspace_state FOR SELECT TO CURRENT_USER USING (true)',
    // Names within it are looked up where it was made, whatever path its caller has.
    `CREATE OR REPLACE FUNCTION quarterdeck_workspaces() RETURNS TABLE (workspace text, created_at bigint)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
      AS 'SELECT s.workspace, s.created_at FROM workspace_state s'`,
    'REVOKE ALL ON FUNCTION quarterdeck_workspaces() FROM PUBLIC',
  ]
}

/**
 * Lets a server find out in which workspaces somebody is who signs in, which no session may see beyond its own:
 * functions that act as the owner of the tables and are given one exact address, or one account of a provider. The
 * policies by which the owner may read these rows hold for what is asked and for nothing else.
 */
export function accountLookup(kind: DatabaseKind): string[] {
  if (kind === 'sqlite') return []
  const asked = "nullif(current_setting('quarterdeck.asked', true), '')"
  const lookup = (name: string, parameters: string, by: string, query: string) => [
    `CREATE OR REPLACE FUNCTION ${name}(${parameters}) RETURNS TABLE (workspace text, person text)
      LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
      BEGIN
        PERFORM set_config('quarterdeck.asked', ${by}, true);
        RETURN QUERY ${query} ORDER BY s.created_at, s.workspace COLLATE "C";
        PERFORM set_config('quarterdeck.asked', '', true);
      END $$`,
    `REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`,
  ]
  return [
    'CREATE INDEX IF NOT EXISTS across_people_by_email ON people (email)',
    'CREATE INDEX IF NOT EXISTS across_identities_by_subject ON identities (subject, issuer)',
    'DROP POLICY IF EXISTS asked_by_owner ON people',
    `CREATE POLICY asked_by_owner ON people FOR SELECT TO CURRENT_USER USING (email = ${asked})`,
    'DROP POLICY IF EXISTS asked_by_owner ON identities',
    `CREATE POLICY asked_by_owner ON identities FOR SELECT TO CURRENT_USER USING (subject = ${asked})`,
    ...lookup(
      'quarterdeck_people',
      'asked_email text',
      'asked_email',
      `SELECT p.workspace, p.id FROM people p JOIN workspace_state s ON s.workspace = p.workspace
        WHERE p.email = asked_email AND p.active = 1`,
    ),
    ...lookup(
      'quarterdeck_identities',
      'asked_issuer text, asked_subject text',
      'asked_subject',
      `SELECT i.workspace, i.person_id FROM identities i JOIN workspace_state s ON s.workspace = i.workspace
        WHERE i.issuer = asked_issuer AND i.subject = asked_subject`,
    ),
  ]
}
