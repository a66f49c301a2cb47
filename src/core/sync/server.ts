import { syncedTables } from '#core/database/capture.ts'
import type { PackedRows } from '#core/database/packed-rows.ts'
import { rowKeyOf } from '#core/database/row-key.ts'
import { schema } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { readChanges, readInOrder, readPacked, readRows } from '#core/database/sync-rows.ts'
import type { Table } from '#core/database/table.ts'
import { refuse } from '#shared/errors.ts'
import { GENESIS } from '../runtime/log-entry.ts'
import { readBatchPart } from './batches.ts'
import { BUILD, unfit } from './build.ts'
import { type DecideParts, decide } from './decide.ts'
import type { Desk } from './desk.ts'
import type {
  Answered,
  Basis,
  Build,
  ChangedRow,
  FeedPage,
  PushAnswer,
  Reset,
  SnapshotPage,
  SyncServer,
  WorkspaceFacts,
} from './protocol.ts'
import { sameScopes, scopesOfPeople } from './scopes.ts'

export interface SyncServerParts extends DecideParts {
  readonly now: () => bigint
  /** Rows of a page of the feed, and of a snapshot. */
  readonly pageSize?: number
  readonly snapshotPageSize?: number
  readonly build?: Build
  readonly tables?: Record<string, Table>
}

const PAGE = 1000
const SNAPSHOT_PAGE = 5000

/** The authority's half of sync for one desk. */
export function createSyncServer(parts: SyncServerParts, desk: Desk): SyncServer {
  const { store, workspace, pageSize = PAGE, build = BUILD } = parts
  const snapshotPage = parts.snapshotPageSize ?? parts.pageSize ?? SNAPSHOT_PAGE
  const synced = syncedTables(parts.tables ?? schema)

  /** What the desk may have in this snapshot of the workspace: a lost role counts from the next page on. */
  async function basisOf(reader: Reader, deskSchema: number): Promise<Basis> {
    if (desk.revoked) throw refuse('ACCESS_DEVICE_REVOKED', {})
    return { scopes: await scopesOfPeople(reader, desk.people), server: build.schema, desk: deskSchema }
  }

  const tablesOf = ({ scopes }: Pick<Basis, 'scopes'>): Map<string, Table> =>
    new Map(synced.filter(([, table]) => scopes.includes(table.scope)))

  async function withRows(
    reader: Reader,
    tables: ReadonlyMap<string, Table>,
    entries: readonly { table: string; row: string; deleted: boolean }[],
  ): Promise<ChangedRow[]> {
    const found = new Map<string, Awaited<ReturnType<typeof readRows>>>()
    for (const [name, table] of tables) {
      const keys = entries.filter(one => one.table === name && !one.deleted).map(one => one.row)
      if (keys.length > 0) found.set(name, await readRows(reader, name, table, keys))
    }
    return entries.map(({ table, row }) => ({ table, key: row, row: found.get(table)?.get(row) ?? null }))
  }

  /** A reset when this server does not have what it once answered. */
  const lostHistory = (answered: Answered) =>
    store.read<Reset | null>(workspace, async reader => {
      const { version } = await stateOf(reader)
      if (await hasDone(reader, answered, version)) return null
      const scopes = await scopesOfPeople(reader, desk.people)
      return { kind: 'reset', reason: 'history', basis: { scopes, server: build.schema, desk: build.schema } }
    })

  return {
    hello: other =>
      store.read(workspace, async reader => {
        // Also a revoked desk is told what became of the commands that it sent before.
        const scopes = desk.revoked ? [] : await scopesOfPeople(reader, desk.people)
        return unfit(build, other) ?? { kind: 'welcome', build, scopes, now: parts.now() }
      }),

    async push({ answered, commands }) {
      const lost = answered && (await lostHistory(answered))
      if (lost) return lost
      const answers: PushAnswer[] = []
      const tables = () =>
        store.read(workspace, async reader => tablesOf({ scopes: await scopesOfPeople(reader, desk.people) }))
      for (const command of commands) {
        const answer = await decide(parts, desk, tables, command)
        answers.push(answer)
        if (answer.outcome === 'failed') break
      }
      return answers
    },

    pull: ({ basis: held, after, answered }) =>
      store.read<FeedPage | Reset>(workspace, async reader => {
        const basis = await basisOf(reader, held.desk)
        const reset = (reason: Reset['reason']): Reset => ({ kind: 'reset', reason, basis })
        const changed = difference(held, basis)
        if (changed) return reset(changed)
        const { version, facts } = await stateOf(reader)
        const { floor } = await reader.db.selectFrom('sync_state').select('floor').executeTakeFirstOrThrow()
        if (after.version < floor) return reset('floor')
        for (const seen of [after, after.read])
          if (seen && !(await onHistory(reader, seen, version))) return reset('history')
        if (answered && !(await hasDone(reader, answered, version))) return reset('history')
        const tables = tablesOf(basis)
        const entries = await readChanges(reader, [...tables.keys()], after, pageSize + 1)
        const complete = entries.length <= pageSize
        const sent = entries.slice(0, pageSize)
        const last = sent.at(-1)
        const place =
          complete || !last
            ? { version, table: null, row: null }
            : { version: last.version, table: last.table, row: last.row }
        const read = complete ? null : { version, head: await headAt(reader, version) }
        const end = { ...place, head: await headAt(reader, place.version), read }
        return { kind: 'feed', rows: await withRows(reader, tables, sent), end, complete, facts }
      }),

    snapshot: ({ desk: deskSchema, position, packed: packs }) =>
      store.read<SnapshotPage | Reset>(workspace, async reader => {
        const basis = await basisOf(reader, deskSchema)
        const changed = position && difference(position.basis, basis)
        if (changed) return { kind: 'reset', reason: changed, basis }
        const { version } = await stateOf(reader)
        // The server was restored meanwhile: the pages before are of rows that may never have been.
        for (const seen of position ? [{ version: position.start, head: position.head }, position.read] : [])
          if (seen && !(await onHistory(reader, seen, version)))
            return { kind: 'reset', reason: 'history', basis }
        const start = position?.start ?? version
        const head = position?.head ?? (await headAt(reader, start))
        const read = { version, head: await headAt(reader, version) }
        const tables = tablesOf(basis)
        const names = [...tables.keys()]
        const rows: ChangedRow[] = []
        const packed: PackedRows[] = []
        let count = 0
        let at = position ? names.indexOf(position.table) : 0
        let after = position?.after ?? null
        // Small tables share a page.
        for (let name = names[at]; name !== undefined; name = names[++at], after = null) {
          const table = tables.get(name) as Table
          const room = snapshotPage - count
          let last: string
          if (packs) {
            const found = await readPacked(reader, name, table, after, room)
            if (!found) continue
            packed.push(found.packed)
            last = found.last
            count += found.packed.rows
          } else {
            const found = await readInOrder(reader, name, table, after, room)
            if (found.length === 0) continue
            for (const row of found) rows.push({ table: name, key: rowKeyOf(table, row), row })
            last = rows.at(-1)!.key
            count += found.length
          }
          if (count === snapshotPage) {
            const next = { start, head, table: name, after: last, basis, read }
            return { kind: 'snapshot', rows, packed, next, start, head, basis, read }
          }
        }
        return { kind: 'snapshot', rows, packed, next: null, start, head, basis, read }
      }),

    batch: ({ id, part }) =>
      store.read(workspace, async reader => {
        const { scopes } = await basisOf(reader, build.schema)
        return readBatchPart(reader, id, part, scopes)
      }),
  }
}

function difference(held: Basis, now: Basis): 'scopes' | 'schema' | null {
  if (held.server !== now.server || held.desk !== now.desk) return 'schema'
  return sameScopes(held.scopes, now.scopes) ? null : 'scopes'
}

/** Whether what a desk has seen is part of what this server has been through. */
async function onHistory(
  reader: Reader,
  seen: { readonly version: bigint; readonly head: string },
  version: bigint,
): Promise<boolean> {
  return seen.version <= version && (await headAt(reader, seen.version)) === seen.head
}

/** Whether a command that a desk has an answer to is in this server's log. */
async function hasDone(reader: Reader, { version: at, head }: Answered, version: bigint): Promise<boolean> {
  return at <= version && (await entryAt(reader, at)) === head
}

/** By which way this server came to a version: the last entry of the log up to it, and the last mark of a chunk. */
async function headAt(reader: Reader, version: bigint): Promise<string> {
  const last = await reader.db
    .selectFrom('feed_marks')
    .select('mark')
    .where('version', '<=', version)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  const entry = await entryAt(reader, version)
  return last ? `${entry}:${last.mark}` : entry
}

/** The hash of the last entry of the log up to a version. */
async function entryAt(reader: Reader, version: bigint): Promise<string> {
  const entry = await reader.db
    .selectFrom('command_log')
    .select('hash')
    .where('version', '<=', version)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return entry?.hash ?? GENESIS
}

async function stateOf(reader: Reader): Promise<{ version: bigint; facts: WorkspaceFacts }> {
  const { version, ...facts } = await reader.db
    .selectFrom('workspace_state')
    .select(['version', 'name', 'zone', 'currency', 'demo'])
    .executeTakeFirstOrThrow()
  return { version, facts }
}
