import { createHash } from 'node:crypto'
import { rowKeyOf } from '#core/database/row-key.ts'
import { schema } from '#core/database/schema.ts'
import type { Reader, Store } from '#core/database/store.ts'
import { readInOrder, type SyncRow } from '#core/database/sync-rows.ts'
import type { Table } from '#core/database/table.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'

/*
 * A standalone workspace on its way to an empty one of a server. Both sides agree table by table by a digest
 * that does not depend on the order of rows, so an upload goes on wherever it was cut off.
 */

/** What belongs to one machine, or is made anew on the server: everything else goes there. */
const STAYS: ReadonlySet<string> = new Set([
  'workspace_state',
  'log_heads',
  'jobs',
  'artifacts',
  'sync_state',
  'changes',
  'outbox',
  'outbox_context',
  'sync_staged',
  'sync_pages',
  'feed_marks',
  'sync_server',
  'server_jobs',
  'secrets',
  'credentials',
  'second_factors',
  'identities',
  'sessions',
  'service_tokens',
  'access_links',
  'sign_in_tries',
  'devices',
  'device_people',
  'device_requests',
  'device_challenges',
  'command_signatures',
  'person_keys',
  'role_requests',
  'batches',
  'batch_parts',
  'demo_state',
  'batches_here',
  'bulk_wants',
  'usage_days',
  'inbox_shown',
  'quota_readings',
])

/** The tables that are uploaded, by name, in the order of the schema. */
export const uploadedTables: ReadonlyMap<string, Table> = new Map(
  Object.entries<Table>(schema).filter(([name]) => !STAYS.has(name)),
)

/**
 * Tables whose rows are kept aside until all is there, because they are what pages show: the rest means nothing
 * without them, and goes where it belongs at once.
 */
export function isKeptAside(name: string, table: Table): boolean {
  return table.scope !== null || name === 'command_log' || name === 'effects'
}

/** What a table holds: how many rows, and the sum of their digests. */
export interface TableDigest {
  readonly name: string
  readonly rows: bigint
  readonly digest: string
}

/** Adds rows up to a digest, in whatever order they come. */
export function digestRows() {
  let rows = 0n
  let sum = 0n
  return {
    /** @param text the row as canonical JSON */
    add(text: string) {
      rows++
      sum = (sum + BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)) & MASK
    },
    done: (name: string): TableDigest => ({ name, rows, digest: sum.toString(16).padStart(64, '0') }),
  }
}

const MASK = (1n << 256n) - 1n

/** Rows of a page: few where each may be large. */
function pageSize(table: Table): number {
  return Object.values(table.columns).some(column => column.kind === 'blob') ? 20 : 2000
}

export interface UploadPage {
  readonly rows: readonly { readonly key: string; readonly row: SyncRow }[]
  /** The key behind which the next page begins; null after the last. */
  readonly next: string | null
}

/** A page of a table, as it is uploaded. */
export async function uploadPage(
  store: Store,
  workspace: Id,
  name: string,
  after: string | null,
): Promise<UploadPage> {
  const table = uploadedTables.get(name)!
  return store.read(workspace, async reader => {
    const rows = await pageOf(reader, name, table, after)
    const keyed = rows.map(row => ({ key: rowKeyOf(table, row), row }))
    return { rows: keyed, next: rows.length < pageSize(table) ? null : keyed.at(-1)!.key }
  })
}

/** The digest of a table as it is in its own place. */
export async function tableDigest(store: Store, workspace: Id, name: string): Promise<TableDigest> {
  const table = uploadedTables.get(name)!
  const digest = digestRows()
  let after: string | null = null
  do {
    const rows: readonly SyncRow[] = await store.read(workspace, reader => pageOf(reader, name, table, after))
    for (const row of rows) digest.add(canonicalJson(row))
    after = rows.length < pageSize(table) ? null : rowKeyOf(table, rows.at(-1)!)
    // Between pages others get their turn.
  } while (after !== null)
  return digest.done(name)
}

function pageOf(reader: Reader, name: string, table: Table, after: string | null): Promise<SyncRow[]> {
  return readInOrder(reader, name, table, after, pageSize(table))
}
