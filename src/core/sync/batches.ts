import type { Row } from '#core/database/schema.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import type { Scope } from '#core/database/table.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { digestOf, type Id, idFromCommand } from '#shared/ids.ts'
import type { ContentReader } from './content-reader.ts'
import { COST_KINDS, type CostKind, costPartText } from './cost-content.ts'
import { takeFeedVersion } from './feed-version.ts'
import type { BatchPart } from './protocol.ts'
import { type UsageKind, usagePartText } from './usage-batches.ts'

/*
 * Bulk content beside the feed. What an import stored never changes, so that its content is made from its tables
 * when it is asked for, part by part, always the same bytes; the feed carries a row that names them by their
 * digests. Where an import is replaced or undone, so is the batch. Usage is in `usage-batches.ts`.
 */

export type BatchKind = CostKind | UsageKind

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
      : await costPartText(reader, kind, batch.source, part)
  return text === null ? null : { bytes: new TextEncoder().encode(text), parts: Number(batch.parts) }
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
export async function publishBatches(
  store: Store,
  workspace: Id,
  content: ContentReader,
  now: bigint,
): Promise<ReadonlySet<string>> {
  const { due, gone } = await store.read(workspace, async reader => {
    const published = await reader.db
      .selectFrom('cost_batches')
      .selectAll()
      .where('state', '=', 'published')
      .execute()
    const known = await reader.db
      .selectFrom('batches')
      .select(['id', 'source', 'kind'])
      .where('kind', 'in', COST_KINDS)
      .execute()
    const have = new Set(known.map(row => `${row.kind}/${row.source}`))
    const wanted = new Set(published.map(row => row.id))
    return {
      due: published.flatMap(row =>
        COST_KINDS.filter(kind => !have.has(`${kind}/${row.id}`)).map(kind => ({ kind, row })),
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
    const { digests, bytes } = await content.cost(kind, row.id)
    const parts = canonicalJson(digests)
    await write(async tx => {
      if (!(await isPublished(tx, row.id))) return
      await tx.db
        .insertInto('batches')
        .values({
          // The same on a server that was restored: its content is the same too.
          id: idFromCommand(row.id, COST_KINDS.indexOf(kind)),
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
