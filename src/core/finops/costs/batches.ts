import { instantOfId, makeMonths } from '#core/database/partitions.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import type { RollUpRow } from '#engines/finops/explore/roll-up.ts'
import type { BatchFacts } from './staging.ts'
import type { StoredColumn } from './stored-columns.ts'

/** What the import knows of a batch before its rows are read. */
export interface BatchHead {
  readonly id: string
  readonly importId: string
  readonly fileName: string
  readonly source: string
  readonly account: string | null
  readonly period: { readonly from: bigint; readonly to: bigint }
}

/** Stores columns of a batch that is being staged. A chunk of an import: nothing sees them until it is published. */
export async function storeColumns(tx: Tx, batch: string, columns: readonly StoredColumn[]): Promise<void> {
  const rows = columns.map(({ name, segment, kind, rows, nulls, min, max, data }) => ({
    ...{ batch, name, kind, min, max, data },
    ...{ segment: BigInt(segment), rows: BigInt(rows), nulls: BigInt(nulls) },
  }))
  await makeMonths(tx, ['cost_segments'], [instantOfId(batch)])
  await tx.db.insertInto('cost_segments').values(rows).execute()
}

/** Sums that one chunk stores at most. */
export const ROLL_UPS_PER_CHUNK = 500

/**
 * Stores sums by month of a batch that is being staged: at least one and at most
 * `ROLL_UPS_PER_CHUNK` at a time.
 */
export async function storeRollUps(tx: Tx, batch: string, rows: readonly RollUpRow[]): Promise<void> {
  const values = rows.map(row => ({
    batch,
    dimension: row.dimension ?? 'total',
    grain: row.grain,
    at: BigInt(row.at),
    currency: row.currency ?? '',
    key: row.key ?? '',
    scale: BigInt(row.scale),
    billed: row.billed,
    effective: row.effective,
    list: row.list,
    contracted: row.contracted,
    lines: BigInt(row.lines),
  }))
  await makeMonths(
    tx,
    ['cost_rollups'],
    values.map(row => row.at),
  )
  await tx.db.insertInto('cost_rollups').values(values).execute()
}

/** Begins a batch, before anything of it is stored; it stays invisible until it is published. */
export async function openBatch(tx: Tx, head: BatchHead): Promise<void> {
  await tx.db
    .insertInto('cost_batches')
    .values({
      id: head.id,
      import_id: head.importId,
      file_name: head.fileName,
      source: head.source,
      account: head.account,
      period_from: head.period.from,
      period_to: head.period.to,
      state: 'staged',
      ...{ lines: 0n, first_charge: 0n, last_charge: 0n, digest: '', published_at: null },
      ...{ currencies: '[]', columns: '[]', tag_keys: '[]', rolled: '[]' },
    })
    .execute()
}

/** Writes down what a staged batch turned out to be, with its sums, once all its columns are stored. */
export async function settleBatch(
  tx: Tx,
  id: string,
  facts: Omit<BatchFacts, 'batch' | 'rollUps'>,
): Promise<void> {
  await tx.db
    .updateTable('cost_batches')
    .set({
      lines: BigInt(facts.lines),
      first_charge: BigInt(facts.firstCharge),
      last_charge: BigInt(facts.lastCharge),
      currencies: JSON.stringify(facts.currencies),
      columns: JSON.stringify(facts.columns),
      tag_keys: JSON.stringify(facts.tagKeys),
      rolled: JSON.stringify(facts.rolled),
      digest: facts.digest,
    })
    .where('id', '=', id)
    .where('state', '=', 'staged')
    .execute()
  const sums = facts.sums.map(({ rows, ...one }) => ({ batch: id, rows: BigInt(rows), ...one }))
  await makeMonths(tx, ['cost_sums'], [instantOfId(id)])
  await tx.db.insertInto('cost_sums').values(sums).execute()
}

/** Makes the staged batches of an import count, at once. Gives their number. */
export async function publishImport(tx: Tx, importId: string, at: bigint): Promise<number> {
  const { numUpdatedRows } = await tx.db
    .updateTable('cost_batches')
    .set({ state: 'published', published_at: at })
    .where('import_id', '=', importId)
    .where('state', '=', 'staged')
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** Takes batches out of force, or puts them back. Only those in the state `from` are changed; gives how many. */
export async function moveBatches(
  tx: Tx,
  ids: readonly string[],
  from: 'published' | 'superseded' | 'undone',
  to: 'published' | 'superseded' | 'undone',
): Promise<number> {
  if (ids.length === 0) return 0
  const { numUpdatedRows } = await tx.db
    .updateTable('cost_batches')
    .set({ state: to })
    .where('id', 'in', ids)
    .where('state', '=', from)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/**
 * Removes what an import staged and never published: up to `mostColumns` stored columns in this transaction.
 * Gives true while there is more, so that a large one can be swept in short transactions.
 */
export async function discardStaged(tx: Tx, importId: string, mostColumns = 100): Promise<boolean> {
  const staged = tx.db
    .selectFrom('cost_batches')
    .select('id')
    .where('import_id', '=', importId)
    .where('state', '=', 'staged')
  const columns = await tx.db
    .selectFrom('cost_segments')
    .select(['batch', 'name', 'segment'])
    .where('batch', 'in', staged)
    .limit(mostColumns)
    .execute()
  for (const { batch, name, segment } of columns) {
    await tx.db
      .deleteFrom('cost_segments')
      .where('batch', '=', batch)
      .where('name', '=', name)
      .where('segment', '=', segment)
      .execute()
  }
  if (columns.length === mostColumns) return true
  await tx.db.deleteFrom('cost_rollups').where('batch', 'in', staged).execute()
  await tx.db.deleteFrom('cost_sums').where('batch', 'in', staged).execute()
  await tx.db
    .deleteFrom('cost_batches')
    .where('import_id', '=', importId)
    .where('state', '=', 'staged')
    .execute()
  return false
}

/** The published batches of the same source and account whose billing periods overlap this one. */
export async function overlapping(
  reader: Pick<Reader, 'db'> | Pick<Tx, 'db'>,
  head: Pick<BatchHead, 'source' | 'account' | 'period'>,
) {
  const db = reader.db as Reader['db']
  return db
    .selectFrom('cost_batches')
    .select(['id', 'import_id', 'file_name', 'lines', 'published_at', 'period_from', 'period_to', 'digest'])
    .where('state', '=', 'published')
    .where('source', '=', head.source)
    .where(eb => (head.account === null ? eb('account', 'is', null) : eb('account', '=', head.account)))
    .where('period_from', '<', head.period.to)
    .where('period_to', '>', head.period.from)
    .orderBy('id')
    .execute()
}
