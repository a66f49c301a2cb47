import type { Row } from '#core/database/schema.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import type { SyncRow } from '#core/database/sync-rows.ts'
import type { Scope } from '#core/database/table.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { digestOf, type Id, idFromCommand } from '#shared/ids.ts'
import { takeFeedVersion } from './feed-version.ts'
import type { BatchPart } from './protocol.ts'
import { type UsageKind, usagePartText } from './usage-batches.ts'

/*
 * Bulk content beside the feed. What an import stored never changes, so that its content is made from its tables
 * when it is asked for, part by part, always the same bytes; the feed carries a row that names them by their
 * digests. Where an import is replaced or undone, so is the batch. Usage is in `usage-batches.ts`.
 */

/** What the content of a kind is made of, in this order; rows of a part. */
const CONTENT = {
  'cost.sums': [
    { table: 'cost_rollups', rows: 2000 },
    { table: 'cost_sums', rows: 40 },
  ],
  'cost.lines': [{ table: 'cost_segments', rows: 8 }],
} as const

export type CostKind = keyof typeof CONTENT
export type BatchKind = CostKind | UsageKind
const KINDS = Object.keys(CONTENT) as CostKind[]
type ContentTable = (typeof CONTENT)[CostKind][number]['table']

/** Rows of one table, as they travel in a part. */
export interface PartRows {
  readonly table: ContentTable
  readonly rows: readonly SyncRow[]
}

const ORDER: Record<ContentTable, readonly string[]> = {
  cost_rollups: ['dimension', 'grain', 'at', 'currency', 'key'],
  cost_sums: ['dimension', 'grain'],
  cost_segments: ['name', 'segment'],
}

/** A part of the content of a batch; null when it is gone, or not for a desk with these scopes. */
export async function readBatchPart(
  reader: Reader,
  id: Id,
  part: number,
  scopes: readonly Scope[],
): Promise<BatchPart | null> {
  const batch = await reader.db.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirst()
  if (!batch || !scopes.includes(batch.scope)) return null
  if (BigInt(part) >= batch.parts) return null
  const { kind } = batch
  const text =
    kind === 'usage.sums' || kind === 'usage.events'
      ? await usagePartText(reader, kind, batch, part)
      : await partText(reader, kind, batch.source, part)
  return text === null ? null : { bytes: new TextEncoder().encode(text), parts: Number(batch.parts) }
}

/** The content of a part; null behind the last one. */
async function partText(
  reader: Reader,
  kind: CostKind,
  source: string,
  part: number,
): Promise<string | null> {
  let before = part
  for (const { table, rows: size } of CONTENT[kind]) {
    const { count } = await reader.db
      .selectFrom(table)
      .select(eb => eb.fn.countAll<bigint>().as('count'))
      .where('batch', '=', source)
      .executeTakeFirstOrThrow()
    const parts = Math.ceil(Number(count) / size)
    if (before >= parts) {
      before -= parts
      continue
    }
    let query = reader.db
      .selectFrom(table as 'cost_segments')
      .selectAll()
      .where('batch', '=', source)
    for (const column of ORDER[table]) query = query.orderBy(column as 'name')
    const rows = await query
      .limit(size)
      .offset(before * size)
      .execute()
    const own = rows.map(row => {
      const { workspace: _, ...rest } = row as typeof row & { workspace?: string }
      return rest
    })
    return canonicalJson({ table, rows: own } satisfies PartRows)
  }
  return null
}

/** The text of a part, when it is what the batch's row names; null otherwise. */
export function checkedPart(
  batch: Pick<Row<'batches'>, 'part_digests'>,
  part: number,
  bytes: Uint8Array,
): string | null {
  const text = new TextDecoder().decode(bytes)
  const named = fromCanonical<string[]>(batch.part_digests)[part]
  return named === digestOf(text) ? text : null
}

/**
 * Publishes what imports stored since the last time, and takes back what they took back. Digests are made in
 * snapshots, part by part, and only the rows of the batches in a transaction, so that nobody waits for it.
 * @returns the tables that changed
 */
export async function publishBatches(store: Store, workspace: Id, now: bigint): Promise<ReadonlySet<string>> {
  const { due, gone } = await store.read(workspace, async reader => {
    const published = await reader.db
      .selectFrom('cost_batches')
      .selectAll()
      .where('state', '=', 'published')
      .execute()
    const known = await reader.db
      .selectFrom('batches')
      .select(['id', 'source', 'kind'])
      .where('kind', 'in', KINDS)
      .execute()
    const have = new Set(known.map(row => `${row.kind}/${row.source}`))
    const wanted = new Set(published.map(row => row.id))
    return {
      due: published.flatMap(row =>
        KINDS.filter(kind => !have.has(`${kind}/${row.id}`)).map(kind => ({ kind, row })),
      ),
      gone: known.filter(row => !wanted.has(row.source)),
    }
  })
  const changed = new Set<string>()
  const write = async (work: (tx: Tx) => Promise<void>) => {
    const touched = await store.write(workspace, 'job', async tx => {
      await takeFeedVersion(tx)
      await work(tx)
      return tx.touched.changed
    })
    for (const name of touched) changed.add(name)
  }
  /** Where it is published at this moment: another may have taken it back, or put it back, since it was read. */
  const isPublished = async (tx: Tx, source: string) => {
    const row = await tx.db
      .selectFrom('cost_batches')
      .select('id')
      .where('id', '=', source)
      .where('state', '=', 'published')
      .executeTakeFirst()
    return row !== undefined
  }
  for (const { id, source } of gone)
    await write(async tx => {
      if (!(await isPublished(tx, source))) await tx.db.deleteFrom('batches').where('id', '=', id).execute()
    })
  for (const { kind, row } of due) {
    const digests: string[] = []
    let bytes = 0
    for (;;) {
      const text = await store.read(workspace, reader => partText(reader, kind, row.id, digests.length))
      if (text === null) break
      digests.push(digestOf(text))
      bytes += Buffer.byteLength(text)
    }
    const parts = canonicalJson(digests)
    await write(async tx => {
      if (!(await isPublished(tx, row.id))) return
      await tx.db
        .insertInto('batches')
        .values({
          // The same on a server that was restored: its content is the same too.
          id: idFromCommand(row.id, KINDS.indexOf(kind)),
          ...{
            kind,
            scope: 'everyone',
            source: row.id,
            period_from: row.period_from,
            period_to: row.period_to,
          },
          ...{ rows: row.lines, bytes: BigInt(bytes), parts: BigInt(digests.length) },
          ...{ part_digests: parts, digest: digestOf(parts), published_at: now },
        })
        .onConflict(conflict => conflict.columns(['id']).doNothing())
        .execute()
    })
  }
  return changed
}
