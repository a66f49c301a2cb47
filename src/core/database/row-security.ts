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
