import { digestOf } from '#shared/ids.ts'
import { type Captured, capturedOf, captureObjects, dropTriggers, rewindOf, shadowName } from './capture.ts'
import { createTable, type DatabaseKind, quote } from './ddl.ts'
import type { Execute } from './dialect.ts'
import * as foundation from './migrations/0001-foundation.ts'
import * as sync from './migrations/0002-sync.ts'
import * as workspace from './migrations/0003-workspace.ts'
import * as customers from './migrations/0004-customers.ts'
import * as costs from './migrations/0005-costs.ts'
import * as imports from './migrations/0006-imports.ts'
import * as costSums from './migrations/0007-cost-sums.ts'
import * as billing from './migrations/0008-billing.ts'
import * as documents from './migrations/0009-documents.ts'
import * as connection from './migrations/0010-connection.ts'
import * as partitions from './migrations/0011-partitions.ts'
import * as identity from './migrations/0012-identity.ts'
import * as batches from './migrations/0013-batches.ts'
import * as schedules from './migrations/0014-schedules.ts'
import * as leases from './migrations/0015-leases.ts'
import * as approvals from './migrations/0016-approvals.ts'
import * as notifications from './migrations/0017-notifications.ts'
import * as pricing from './migrations/0018-pricing.ts'
import * as quotas from './migrations/0019-quotas.ts'
import * as lifecycle from './migrations/0020-subscriptions.ts'
import * as corrections from './migrations/0022-corrections.ts'
import * as payments from './migrations/0023-payments.ts'
import * as staging from './migrations/0025-staging.ts'
import * as usageBatches from './migrations/0026-usage-batches.ts'
import * as personKeys from './migrations/0027-person-keys.ts'
import * as dunning from './migrations/0029-dunning.ts'
import * as coupons from './migrations/0030-coupons.ts'
import * as monthEnd from './migrations/0031-month-end.ts'
import * as oneOffs from './migrations/0035-one-offs.ts'
import * as wallets from './migrations/0036-wallets.ts'
import * as contracts from './migrations/0037-contracts.ts'
import * as refunds from './migrations/0038-refunds.ts'
import * as tax from './migrations/0039-tax.ts'
import * as entities from './migrations/0040-entities-and-rates.ts'
import * as eInvoices from './migrations/0041-e-invoices.ts'
import * as directDebit from './migrations/0044-direct-debit.ts'
import * as journal from './migrations/0045-journal.ts'
import * as invoicing from './migrations/0046-invoicing.ts'
import * as askingOutside from './migrations/0048-asking-outside.ts'
import * as abroad from './migrations/0049-abroad.ts'
import * as walletScopes from './migrations/0050-wallet-scopes.ts'
import * as givenBack from './migrations/0051-given-back.ts'
import * as invoiceParts from './migrations/0052-invoice-parts.ts'
import { distributeTables } from './partitions.ts'
import { plannerFacts } from './planner.ts'
import { accountLookup, relaxRowSecurity, rowSecurity, workspaceListing } from './row-security.ts'
import { searchObjects } from './search.ts'
import type { Table } from './table.ts'

export interface Migration {
  readonly name: string
  /** Tables that this migration makes. */
  readonly tables: Record<string, Table>
  /** Tables of earlier migrations as this one leaves them: its statements change them. */
  readonly changed?: Record<string, Table>
  /** Further statements, portable or by database; they run after the tables are made. */
  readonly statements?: (kind: DatabaseKind) => readonly string[]
}

/** Append-only: a released migration is never changed, its digest is checked at every start. */
export const migrations: readonly Migration[] = [
  { name: '0001-foundation', tables: foundation.tables },
  { name: '0002-sync', tables: sync.tables },
  { name: '0003-workspace', tables: workspace.tables },
  { name: '0004-customers', tables: customers.tables },
  { name: '0005-costs', tables: costs.tables },
  { name: '0006-imports', tables: imports.tables },
  { name: '0007-cost-sums', tables: costSums.tables },
  { name: '0008-billing', tables: billing.tables },
  { name: '0009-documents', tables: documents.tables },
  { name: '0010-connection', tables: connection.tables },
  { name: '0011-partitions', tables: partitions.tables, statements: partitions.statements },
  {
    name: '0012-identity',
    tables: identity.tables,
    changed: identity.changed,
    statements: identity.statements,
  },
  { name: '0013-batches', tables: batches.tables },
  { name: '0014-schedules', tables: schedules.tables },
  { name: '0015-leases', tables: leases.tables },
  { name: '0016-approvals', tables: approvals.tables },
  {
    name: '0017-notifications',
    tables: notifications.tables,
    statements: notifications.statements,
  },
  {
    name: '0018-pricing',
    tables: pricing.tables,
    changed: pricing.changed,
    statements: pricing.statements,
  },
  {
    name: '0019-quotas',
    tables: quotas.tables,
    changed: quotas.changed,
    statements: quotas.statements,
  },
  { name: '0020-subscriptions', tables: lifecycle.tables },
  { name: '0022-corrections', tables: corrections.tables },
  { name: '0023-payments', tables: payments.tables },
  { name: '0025-staging', tables: staging.tables },
  {
    name: '0026-usage-batches',
    tables: usageBatches.tables,
    changed: usageBatches.changed,
    statements: usageBatches.statements,
  },
  { name: '0027-person-keys', tables: personKeys.tables },
  { name: '0029-dunning', tables: dunning.tables },
  { name: '0030-coupons', tables: coupons.tables, changed: coupons.changed },
  { name: '0031-month-end', tables: monthEnd.tables },
  { name: '0035-one-offs', tables: oneOffs.tables, changed: oneOffs.changed },
  { name: '0041-e-invoices', tables: eInvoices.tables },
  { name: '0037-contracts', tables: contracts.tables },
  {
    name: '0038-refunds',
    tables: refunds.tables,
    changed: refunds.changed,
    statements: refunds.statements,
  },
  { name: '0036-wallets', tables: wallets.tables, changed: wallets.changed },
  { name: '0044-direct-debit', tables: directDebit.tables },
  { name: '0039-tax', tables: tax.tables, changed: tax.changed, statements: tax.statements },
  { name: '0040-entities-and-rates', tables: entities.tables },
  { name: '0045-journal', tables: journal.tables },
  { name: '0048-asking-outside', tables: askingOutside.tables },
  {
    name: '0046-invoicing',
    tables: invoicing.tables,
    changed: invoicing.changed,
    statements: invoicing.statements,
  },
  { name: '0049-abroad', tables: abroad.tables, changed: abroad.changed, statements: abroad.statements },
  {
    name: '0050-wallet-scopes',
    tables: walletScopes.tables,
    changed: walletScopes.changed,
    statements: walletScopes.statements,
  },
  {
    name: '0051-given-back',
    tables: givenBack.tables,
    changed: givenBack.changed,
    statements: givenBack.statements,
  },
  {
    name: '0052-invoice-parts',
    tables: invoiceParts.tables,
    changed: invoiceParts.changed,
    statements: invoiceParts.statements,
  },
]

/** The database was made by a newer Quarterdeck, or by one whose migrations differ. Nothing was touched. */
export class SchemaMismatch extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SchemaMismatch'
  }
}

/** The statements of a migration, in order. */
export function statementsOf(kind: DatabaseKind, migration: Migration): string[] {
  const statements = Object.entries(migration.tables).flatMap(([name, table]) =>
    createTable(kind, name, table),
  )
  return [...statements, ...(migration.statements?.(kind) ?? [])]
}

/** The names of the migrations that this database still needs. Throws SchemaMismatch. */
export async function pendingMigrations(
  kind: DatabaseKind,
  execute: Execute,
  list: readonly Migration[] = migrations,
): Promise<readonly Migration[]> {
  const done = await applied(kind, execute)
  for (const [index, row] of done.entries()) {
    const known = list[index]
    if (!known) throw new SchemaMismatch(`this database was made by a newer Quarterdeck (it has ${row.name})`)
    if (known.name !== row.name || digest(kind, known) !== row.digest) {
      throw new SchemaMismatch(`migration ${row.name} of this database differs from ours (${known.name})`)
    }
  }
  return list.slice(done.length)
}

/**
 * Brings the schema up to date in one transaction: pending commands are rewound (they are replayed at the
 * next start of the core), what is missing is made, then capture, search and row-level security are made anew
 * from the descriptions of the tables. Stops with an error and changes nothing when it cannot.
 */
export async function migrate(
  kind: DatabaseKind,
  execute: Execute,
  at: bigint,
  list: readonly Migration[] = migrations,
): Promise<readonly string[]> {
  await execute(kind === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN', [])
  try {
    if (kind === 'postgres') await execute('SELECT pg_advisory_xact_lock(7146532)', [])
    await execute(
      kind === 'sqlite'
        ? 'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT'
        : 'CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at bigint NOT NULL)',
      [],
    )
    const pending = await pendingMigrations(kind, execute, list)
    const first = list.length - pending.length
    if (pending.length > 0) await takeDown(kind, execute)
    for (const [index, migration] of pending.entries()) {
      for (const statement of statementsOf(kind, migration)) await execute(statement, [])
      const mark = kind === 'sqlite' ? ['?', '?', '?', '?'] : ['$1', '$2', '$3', '$4']
      await execute(`INSERT INTO migrations (number, name, digest, applied_at) VALUES (${mark.join(', ')})`, [
        BigInt(first + index + 1),
        migration.name,
        digest(kind, migration),
        at,
      ])
    }
    if (pending.length > 0) await putUp(kind, execute, list)
    if (kind === 'sqlite' && (pending.length > 0 || !(await exists(kind, execute, 'sqlite_stat1')))) {
      for (const statement of plannerFacts(tablesOf(list))) await execute(statement, [])
    }
    await execute('COMMIT', [])
    return pending.map(migration => migration.name)
  } catch (error) {
    await execute('ROLLBACK', [])
    throw error
  }
}

/** Removes what is made from descriptions, after putting the server's images of synced tables back. */
async function takeDown(kind: DatabaseKind, execute: Execute): Promise<void> {
  for (const statement of relaxRowSecurity(kind, await confined(kind, execute))) await execute(statement, [])
  if (!(await exists(kind, execute, 'captured_tables'))) return
  const { rows } = await execute('SELECT name, description FROM captured_tables ORDER BY name', [])
  const captured = rows.map(row => JSON.parse(row.description as string) as Captured)
  const names = captured.map(table => table.name)
  for (const statement of dropTriggers(kind, names)) await execute(statement, [])
  const rewinds = captured.map(table => rewindOf(table, '1 = 1'))
  for (const rewind of rewinds) await execute(rewind.remove, [])
  for (const rewind of rewinds) await execute(rewind.restore, [])
  if (names.length > 0) await execute("UPDATE sync_state SET replay = 1 WHERE capture = 'shadow'", [])
  for (const name of names) await execute(`DROP TABLE ${quote(shadowName(name))}`, [])
  await execute('DROP TABLE captured_tables', [])
}

/** Makes from the descriptions: search, capture, and on PostgreSQL row-level security. */
async function putUp(kind: DatabaseKind, execute: Execute, list: readonly Migration[]): Promise<void> {
  const tables = Object.assign(
    {},
    ...list.map(migration => ({ ...migration.tables, ...migration.changed })),
  ) as Record<string, Table>
  for (const statement of searchObjects(kind, tables)) await execute(statement, [])
  // Capture reads the mode from a table that came with the second migration.
  const captured = 'sync_state' in tables ? tables : {}
  for (const statement of captureObjects(kind, captured)) await execute(statement, [])
  // What was captured is kept as data, so that a later version can rewind without knowing this schema.
  const text = kind === 'sqlite' ? 'TEXT' : 'text'
  const strict = kind === 'sqlite' ? ' STRICT' : ''
  await execute(
    `CREATE TABLE captured_tables (name ${text} PRIMARY KEY, description ${text} NOT NULL)${strict}`,
    [],
  )
  for (const table of capturedOf(captured)) {
    const marks = kind === 'sqlite' ? '?, ?' : '$1, $2'
    await execute(`INSERT INTO captured_tables (name, description) VALUES (${marks})`, [
      table.name,
      JSON.stringify(table),
    ])
  }
  for (const statement of rowSecurity(kind, await confined(kind, execute))) await execute(statement, [])
  if ('workspace_state' in tables)
    for (const statement of workspaceListing(kind)) await execute(statement, [])
  if ('identities' in tables) for (const statement of accountLookup(kind)) await execute(statement, [])
  for (const statement of distributeTables(kind)) await execute(statement, [])
}

/** All tables as a list of migrations leaves them. */
function tablesOf(list: readonly Migration[]): Record<string, Table> {
  return Object.assign({}, ...list.map(migration => ({ ...migration.tables, ...migration.changed })))
}

/** The tables that carry a workspace, on PostgreSQL. */
async function confined(kind: DatabaseKind, execute: Execute): Promise<string[]> {
  if (kind === 'sqlite') return []
  const { rows } = await execute(
    `SELECT t.table_name AS name FROM information_schema.tables t
      JOIN information_schema.columns c
        ON c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'workspace'
      WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY t.table_name`,
    [],
  )
  return rows.map(row => row.name as string)
}

async function applied(kind: DatabaseKind, execute: Execute): Promise<{ name: string; digest: string }[]> {
  if (!(await exists(kind, execute, 'migrations'))) return []
  const rows = await execute('SELECT name, digest FROM migrations ORDER BY number', [])
  return rows.rows as { name: string; digest: string }[]
}

async function exists(kind: DatabaseKind, execute: Execute, table: string): Promise<boolean> {
  const { rows } = await execute(
    kind === 'sqlite'
      ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?"
      : 'SELECT tablename AS name FROM pg_tables WHERE tablename = $1 AND schemaname = current_schema()',
    [table],
  )
  return rows.length > 0
}

function digest(kind: DatabaseKind, migration: Migration): string {
  return digestOf(statementsOf(kind, migration).join(';\n'))
}
