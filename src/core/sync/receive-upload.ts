import { instantOfId, makeMonths, PARTITIONED, type Partitioned } from '#core/database/partitions.ts'
import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Store, type Tx } from '#core/database/store.ts'
import { insertRows, removeRows, type SyncRow, stageRows } from '#core/database/sync-rows.ts'
import type { Table } from '#core/database/table.ts'
import { noteUsageDays } from '#core/database/usage-days.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'
import { GENESIS, hashEntry, type LogEntry } from '../runtime/log-entry.ts'
import type { WorkspaceFacts } from './protocol.ts'
import { digestRows, isKeptAside, type TableDigest, tableDigest, uploadedTables } from './upload.ts'

/** What came with an upload, for the entry of the log that tells of it. */
export interface Received {
  /** The workspace's id on the desk, which the hashes of its log name. */
  readonly origin: Id
  /** The last entry of its log: the command's id, and the hash there. */
  readonly last: Id
  readonly head: string
  readonly facts: WorkspaceFacts
}

/** A page on its way up. */
export interface UploadedRows {
  readonly table: string
  readonly rows: readonly { readonly key: string; readonly row: SyncRow }[]
}

/** Rows that are moved at once when all is there. */
const AT_ONCE = 1000
/** What a workspace of a server holds before anybody has done anything in it. */
const BEFORE: ReadonlySet<string> = new Set([
  ...['people', 'settings', 'schedules', 'command_log', 'effects'],
  ...['dunning_campaigns', 'dunning_versions'],
])
/** Tables whose rows are not moved as they are. */
const APART: ReadonlySet<string> = new Set(['command_log', 'people'])
/** Where people are named by what lets them in, which stays when their row is another. */
const NAMED_BY = {
  credentials: ['person_id'],
  second_factors: ['person_id'],
  identities: ['person_id'],
  sessions: ['person_id'],
  service_tokens: ['created_by', 'revoked_by'],
  access_links: ['person_id', 'created_by'],
  devices: ['enrolled_by', 'revoked_by'],
  device_people: ['person_id'],
  role_requests: ['person_id', 'decided_by'],
} as const

/**
 * The server's half of an upload, for one workspace.
 * @param arrived is told when all of it is in effect
 */
export function createUploadReceiver(store: Store, workspace: Id, arrived: () => void = () => {}) {
  async function isEmpty(): Promise<boolean> {
    return store.read(workspace, async reader => {
      for (const [name, table] of uploadedTables) {
        if (BEFORE.has(name) || !isKeptAside(name, table)) continue
        const found = await reader.db
          .selectFrom(name as 'people')
          .select(({ lit }) => lit(1).as('one'))
          .limit(1)
          .executeTakeFirst()
        if (found) return false
      }
      return true
    })
  }

  /** The digest of what came so far, wherever it is kept. */
  async function digestHere(name: string, table: Table): Promise<TableDigest> {
    if (!isKeptAside(name, table)) return tableDigest(store, workspace, name)
    const digest = digestRows()
    for (let after = ''; ; ) {
      const rows = await store.read(workspace, reader => stagedOf(reader, name, after))
      for (const row of rows) digest.add(row.row_json!)
      if (rows.length < AT_ONCE) return digest.done(name)
      after = rows.at(-1)!.row_key
    }
  }

  return {
    /** Whether nothing is in this workspace but people and what lets them in. */
    isEmpty,

    /** The tables that are not (wholly) here. Only names that this server knows are looked at. */
    async missing(tables: readonly TableDigest[]): Promise<string[]> {
      const missing: string[] = []
      for (const said of tables) {
        const table = uploadedTables.get(said.name)
        if (!table) throw refuse('SYNC_SERVER_TOO_OLD', {})
        const here = await digestHere(said.name, table)
        if (here.rows !== said.rows || here.digest !== said.digest) missing.push(said.name)
      }
      return missing
    },

    /** Takes a page; the first one of a table puts away what was there of it. */
    async take({ table: name, rows }: UploadedRows, first: boolean): Promise<void> {
      const table = uploadedTables.get(name)
      if (!table) throw refuse('SYNC_SERVER_TOO_OLD', {})
      await store.write(workspace, 'job', async tx => {
        await demandEmpty(tx)
        if (isKeptAside(name, table)) {
          if (first) await tx.db.deleteFrom('sync_staged').where('table_name', '=', name).execute()
          await stageRows(
            tx,
            rows.map(({ key, row }) => ({ table: name, key, json: canonicalJson(row) })),
          )
          return
        }
        // Of these nothing is shown before the upload is done.
        if (first) await tx.db.deleteFrom(name as 'documents').execute()
        await removeRows(
          tx,
          name,
          table,
          rows.map(({ key }) => key),
        )
        const inserted = rows.map(({ row }) => row)
        await makePlace(tx, name, inserted)
        await insertRows(tx, name, table, inserted)
        if (name === 'usage_events')
          await noteUsageDays(
            tx,
            inserted.map(row => row.at as bigint),
          )
      })
    },

    /**
     * Everything is here: in one transaction it becomes what this workspace holds. A repeat does nothing.
     * @throws Refusal `SYNC_BOTH_FULL` when something was done here meanwhile
     */
    async finish(received: Received): Promise<void> {
      const full = !(await isEmpty())
      await store.write(workspace, 'person', async tx => {
        // The counter is locked before anything is read: nobody does anything here meanwhile.
        await tx.db.updateTable('workspace_state').set(received.facts).execute()
        const done = await tx.db
          .selectFrom('command_log')
          .select('id')
          .where('id', '=', received.last)
          .executeTakeFirst()
        if (done) return
        if (full) throw refuse('SYNC_BOTH_FULL', {})
        await appendLog(tx, workspace)
        await mergePeople(tx)
        await giveWay(tx)
        for (const [name, table] of uploadedTables)
          if (isKeptAside(name, table) && !APART.has(name)) await moveIn(tx, name, table)
        await tx.db.deleteFrom('sync_staged').execute()
      })
      arrived()
    },
  }
}

export type UploadReceiver = ReturnType<typeof createUploadReceiver>

async function demandEmpty(tx: Tx): Promise<void> {
  const somebody = await tx.db.selectFrom('customers').select('id').limit(1).executeTakeFirst()
  if (somebody) throw refuse('SYNC_BOTH_FULL', {})
}

function stagedOf(session: Pick<Reader, 'db'>, name: string, after: string) {
  return session.db
    .selectFrom('sync_staged')
    .select(['row_key', 'row_json'])
    .where('table_name', '=', name)
    .where('row_key', '>', after)
    .orderBy('row_key')
    .limit(AT_ONCE)
    .execute()
}

/** What grows without end lies in partitions by month, which are there before their first row. */
async function makePlace(tx: Tx, name: string, rows: readonly SyncRow[]): Promise<void> {
  if (!Object.hasOwn(PARTITIONED, name)) return
  const by = PARTITIONED[name as Partitioned]
  const instants = rows.map(row => (by === 'at' ? (row.at as bigint) : instantOfId(row.batch as string)))
  await makeMonths(tx, [name as Partitioned], instants)
}

/** Moves what was kept aside of a table to its place. */
async function moveIn(tx: Tx, name: string, table: Table): Promise<void> {
  for (let after = ''; ; ) {
    const staged = await stagedOf(reading(tx), name, after)
    const rows = staged.map(({ row_json }) => fromCanonical<SyncRow>(row_json!))
    await removeRows(
      tx,
      name,
      table,
      staged.map(({ row_key }) => row_key),
    )
    await insertRows(tx, name, table, rows)
    if (staged.length < AT_ONCE) return
    after = staged.at(-1)!.row_key
  }
}

/**
 * Puts the desk's log behind ours. Its entries keep their ids, times and answers; version and hashes are of this
 * chain. What they were there can be worked out again, because the origin and its last hash are logged too.
 */
async function appendLog(tx: Tx, workspace: Id): Promise<void> {
  const keys = (
    await tx.db.selectFrom('sync_staged').select('row_key').where('table_name', '=', 'command_log').execute()
  )
    .map(({ row_key }) => BigInt(row_key))
    .sort((a, b) => (a < b ? -1 : 1))
  const own = await tx.db
    .selectFrom('command_log')
    .select(['version', 'hash'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  const counter = await tx.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow()
  let version = own && own.version > counter.version ? own.version : counter.version
  let previous = own?.hash ?? GENESIS
  for (let at = 0; at < keys.length; at += ENTRIES_AT_ONCE) {
    const wanted = keys.slice(at, at + ENTRIES_AT_ONCE).map(String)
    const found = await tx.db
      .selectFrom('sync_staged')
      .select(['row_key', 'row_json'])
      .where('table_name', '=', 'command_log')
      .where('row_key', 'in', wanted)
      .execute()
    const byKey = new Map(found.map(row => [row.row_key, row.row_json!]))
    const entries: LogEntry[] = []
    for (const key of wanted) {
      const entry = { ...fromCanonical<LogEntry>(byKey.get(key)!), version: ++version, previous }
      previous = hashEntry(workspace, entry)
      entries.push({ ...entry, hash: previous })
    }
    await tx.db.insertInto('command_log').values(entries).execute()
  }
  await tx.db.updateTable('workspace_state').set({ version }).execute()
}

const ENTRIES_AT_ONCE = 40

/**
 * What was here from the beginning gives way to what comes: a schedule to those of its kind, while others stay beside
 * them, and the campaigns of dunning to those of the desk.
 */
async function giveWay(tx: Tx): Promise<void> {
  const coming = await stagedOf(reading(tx), 'schedules', '')
  const kinds = coming.map(({ row_json }) => fromCanonical<Row<'schedules'>>(row_json!).kind)
  if (kinds.length > 0) await tx.db.deleteFrom('schedules').where('kind', 'in', kinds).execute()
  if ((await stagedOf(reading(tx), 'dunning_campaigns', '')).length > 0) {
    await tx.db.deleteFrom('dunning_campaigns').execute()
    await tx.db.deleteFrom('dunning_versions').execute()
  }
}

/** People of the desk come with their ids. Who is on both sides, by e-mail address, is one person from here on. */
async function mergePeople(tx: Tx): Promise<void> {
  const here = await tx.db.selectFrom('people').selectAll().execute()
  for (const { row_json } of await stagedOf(reading(tx), 'people', '')) {
    const person = fromCanonical<Row<'people'>>(row_json!)
    const same = here.find(
      one => one.id === person.id || one.email.toLowerCase() === person.email.toLowerCase(),
    )
    if (!same) {
      await tx.db.insertInto('people').values(person).execute()
      continue
    }
    const roles = new Set([...fromCanonical<Role[]>(same.roles), ...fromCanonical<Role[]>(person.roles)])
    await tx.db.deleteFrom('people').where('id', '=', same.id).execute()
    await tx.db
      .insertInto('people')
      .values({ ...person, active: 1n, roles: canonicalJson([...roles]) })
      .execute()
    for (const [name, columns] of Object.entries(NAMED_BY))
      for (const column of columns)
        await tx.db
          .updateTable(name as 'device_people')
          .set({ [column]: person.id })
          .where(column as 'person_id', '=', same.id)
          .execute()
  }
}
