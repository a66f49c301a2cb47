import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import type { Period } from '#engines/finops/explore/query.ts'
import type { BatchColumn } from './staging.ts'

/** A batch that counts. */
export interface PublishedBatch {
  readonly id: string
  readonly importId: string
  readonly fileName: string
  readonly source: string
  readonly account: string | null
  readonly period: { readonly from: bigint; readonly to: bigint }
  readonly lines: bigint
  readonly firstCharge: number
  readonly lastCharge: number
  readonly currencies: readonly string[]
  /** Kinds by name, in the order of the bill. */
  readonly columns: ReadonlyMap<string, BatchColumn>
  readonly tagKeys: readonly string[]
  readonly rolled: ReadonlySet<string>
  readonly publishedAt: bigint
}

/** All batches that count, in the order of their ids. What is in `known` is not read again, what is not is put there. */
export async function publishedBatches(
  reader: Reader,
  known: Map<string, PublishedBatch> = new Map(),
): Promise<PublishedBatch[]> {
  const published = await reader.db
    .selectFrom('cost_batches')
    .select('id')
    .where('state', '=', 'published')
    .orderBy('id')
    .execute()
  const unknown = published.filter(({ id }) => !known.has(id)).map(({ id }) => id)
  for (let at = 0; at < unknown.length; at += AT_ONCE) {
    const rows = await reader.db
      .selectFrom('cost_batches')
      .selectAll()
      .where('id', 'in', unknown.slice(at, at + AT_ONCE))
      .execute()
    for (const row of rows) known.set(row.id, batchOf(row))
  }
  return published.map(({ id }) => known.get(id)!)
}

/** Batches that are read by one statement. */
const AT_ONCE = 500

function batchOf(row: Row<'cost_batches'>): PublishedBatch {
  return {
    id: row.id,
    importId: row.import_id,
    fileName: row.file_name,
    source: row.source,
    account: row.account,
    period: { from: row.period_from, to: row.period_to },
    lines: row.lines,
    firstCharge: Number(row.first_charge),
    lastCharge: Number(row.last_charge),
    currencies: JSON.parse(row.currencies) as string[],
    columns: new Map((JSON.parse(row.columns) as BatchColumn[]).map(column => [column.name, column])),
    tagKeys: JSON.parse(row.tag_keys) as string[],
    rolled: new Set(JSON.parse(row.rolled) as string[]),
    publishedAt: row.published_at!,
  }
}

/** The batches with charges that begin in one of the periods. */
export function within(batches: readonly PublishedBatch[], periods: readonly Period[]): PublishedBatch[] {
  return batches.filter(batch =>
    periods.some(({ from, to }) => batch.firstCharge < to && batch.lastCharge >= from),
  )
}
