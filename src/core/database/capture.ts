import { createTable, type DatabaseKind, quote } from './ddl.ts'
import { rowKeySql } from './row-key.ts'
import { int, type Table } from './table.ts'

/*
 * Capture: triggers on every table that has a scope, made from the descriptions of the tables. Which of them
 * act is said by `sync_state.capture`; without that row (a standalone workspace) none does.
 *
 * Rules that they keep, because SQLite would otherwise surprise: AFTER triggers only; no conflict clause in a
 * trigger, because the one of the outer statement would be used instead; rows are addressed by their key,
 * never by rowid.
 */

/** The tables that are synced, by name. */
export function syncedTables(tables: Record<string, Table>): [string, Table][] {
  return Object.entries(tables).filter(([, table]) => table.scope !== null)
}

/** The table of server images of a synced table: its columns, and whether the row was there at all. */
export function shadowName(name: string): string {
  return `shadow_${name}`
}

/** The column of a shadow table that tells a kept row (1) from the mark that there was none (0). */
const PRESENT = 'shadow_present'

function shadowTable(table: Table): Table {
  const columns = Object.entries(table.columns).map(([name, column]) => [
    name,
    table.key.includes(name) ? column : { ...column, nullable: true },
  ])
  return {
    ...table,
    columns: { ...Object.fromEntries(columns), [PRESENT]: int() },
    unique: [],
    indexes: [],
    scope: null,
    search: null,
  }
}

/** The statements that make capture for all synced tables. What an earlier schema made is dropped before. */
export function captureObjects(kind: DatabaseKind, tables: Record<string, Table>): string[] {
  return syncedTables(tables).flatMap(([name, table]) => [
    ...createTable(kind, shadowName(name), shadowTable(table)),
    ...(kind === 'sqlite' ? sqliteTriggers(name, table) : postgresTriggers(name, table)),
  ])
}

const EVENTS = ['INSERT', 'UPDATE', 'DELETE'] as const

/** The statements that stop capture of these tables, as an earlier schema made it; server images stay. */
export function dropTriggers(kind: DatabaseKind, names: readonly string[]): string[] {
  return names.flatMap(name =>
    kind === 'sqlite'
      ? EVENTS.flatMap(event =>
          ['feed', 'shadow'].map(mode => `DROP TRIGGER IF EXISTS ${quote(`${mode}_${name}_${event}`)}`),
        )
      : [
          `DROP TRIGGER IF EXISTS ${quote(`capture_${name}`)} ON ${quote(name)}`,
          `DROP FUNCTION IF EXISTS ${quote(`capture_${name}`)}()`,
        ],
  )
}

function sqliteTriggers(name: string, table: Table): string[] {
  const mode = (from: string) => `(SELECT capture FROM sync_state WHERE workspace = ${from}workspace)`
  const trigger = (purpose: 'feed' | 'shadow', event: (typeof EVENTS)[number], body: string[]) =>
    `CREATE TRIGGER ${quote(`${purpose}_${name}_${event}`)} AFTER ${event} ON ${quote(name)}
      WHEN ${mode(event === 'DELETE' ? 'old.' : 'new.')} = '${purpose}' BEGIN ${body.join(' ')} END`
  const gone = feedEntry(name, table, 'old.', 1)
  const here = feedEntry(name, table, 'new.', 0)
  const image = keepImage(name, table, 'old.')
  const absent = keepAbsence(name, table, 'new.')
  return [
    trigger('feed', 'INSERT', here),
    trigger('feed', 'UPDATE', [...gone, ...here]),
    trigger('feed', 'DELETE', gone),
    trigger('shadow', 'INSERT', [absent]),
    // An update may move the row to another key: then the new key was absent before.
    trigger('shadow', 'UPDATE', [image, absent]),
    trigger('shadow', 'DELETE', [image]),
  ]
}

function postgresTriggers(name: string, table: Table): string[] {
  const trigger = quote(`capture_${name}`)
  return [
    `CREATE OR REPLACE FUNCTION ${trigger}() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE capture_mode text;
      BEGIN
        SELECT capture INTO capture_mode FROM sync_state
          WHERE workspace = coalesce(NEW.workspace, OLD.workspace);
        IF capture_mode = 'feed' THEN
          IF TG_OP <> 'INSERT' THEN ${feedEntry(name, table, 'OLD.', 1).join(' ')} END IF;
          IF TG_OP <> 'DELETE' THEN ${feedEntry(name, table, 'NEW.', 0).join(' ')} END IF;
        ELSIF capture_mode = 'shadow' THEN
          IF TG_OP <> 'INSERT' THEN ${keepImage(name, table, 'OLD.')} END IF;
          IF TG_OP <> 'DELETE' THEN ${keepAbsence(name, table, 'NEW.')} END IF;
        END IF;
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER ${trigger} AFTER INSERT OR UPDATE OR DELETE ON ${quote(name)}
      FOR EACH ROW EXECUTE FUNCTION ${trigger}()`,
  ]
}

/** One entry per row: the earlier one is replaced. The version is the one that the command took first. */
function feedEntry(name: string, table: Table, from: string, deleted: 0 | 1): string[] {
  const key = rowKeySql(table, from)
  return [
    `DELETE FROM changes
      WHERE workspace = ${from}workspace AND table_name = '${name}' AND row_key = ${key};`,
    `INSERT INTO changes(workspace, table_name, row_key, version, deleted)
      SELECT ${from}workspace, '${name}', ${key}, version, ${deleted}
        FROM workspace_state WHERE workspace = ${from}workspace;`,
  ]
}

function keepImage(name: string, table: Table, from: string): string {
  const names = ['workspace', ...Object.keys(table.columns)]
  return `INSERT INTO ${quote(shadowName(name))}(${[...names, PRESENT].map(quote).join(', ')})
    SELECT ${names.map(column => from + quote(column)).join(', ')}, 1 ${whereUntouched(name, table, from)};`
}

function keepAbsence(name: string, table: Table, from: string): string {
  const names = ['workspace', ...table.key]
  return `INSERT INTO ${quote(shadowName(name))}(${[...names, PRESENT].map(quote).join(', ')})
    SELECT ${names.map(column => from + quote(column)).join(', ')}, 0 ${whereUntouched(name, table, from)};`
}

/** Only the first touch counts: the image that is kept is the server's. */
function whereUntouched(name: string, table: Table, from: string): string {
  const same = ['workspace', ...table.key].map(column => `${quote(column)} = ${from}${quote(column)}`)
  return `WHERE NOT EXISTS (SELECT 1 FROM ${quote(shadowName(name))} WHERE ${same.join(' AND ')})`
}

/** What rewinding one table takes. */
export interface Rewind {
  readonly table: string
  readonly remove: string
  readonly restore: string
  readonly forget: string
}

/** A synced table, as rewinding needs to know it. */
export interface Captured {
  readonly name: string
  readonly columns: readonly string[]
  readonly key: readonly string[]
}

/**
 * The statements that put the server's images of a table back. Run all removals before all restorations,
 * because rows may have swapped a unique value.
 * @param condition which workspaces, for example `workspace = ?`
 */
export function rewindOf(captured: Captured, condition: string): Rewind {
  const shadow = quote(shadowName(captured.name))
  const keys = ['workspace', ...captured.key].map(quote).join(', ')
  const all = ['workspace', ...captured.columns].map(quote).join(', ')
  return {
    table: captured.name,
    remove: `DELETE FROM ${quote(captured.name)} WHERE (${keys}) IN (SELECT ${keys} FROM ${shadow} WHERE ${condition})`,
    restore: `INSERT INTO ${quote(captured.name)}(${all})
      SELECT ${all} FROM ${shadow} WHERE ${condition} AND ${PRESENT} = 1`,
    forget: `DELETE FROM ${shadow} WHERE ${condition}`,
  }
}

/** The synced tables of a schema, as rewinding needs to know them. */
export function capturedOf(tables: Record<string, Table>): Captured[] {
  return syncedTables(tables).map(([name, table]) => ({
    name,
    columns: Object.keys(table.columns),
    key: table.key,
  }))
}
