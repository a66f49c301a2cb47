import { batchWriter, type FinishedSegment, type IncomingRows } from '#engines/finops/columns/batch-writer.ts'
import { textOf } from '#engines/finops/columns/byte-dictionary.ts'
import type { ColumnSegment, IntegerSegment } from '#engines/finops/columns/column.ts'
import type { ColumnSpec } from '#engines/finops/columns/segment-builder.ts'
import { CURRENCY_COLUMN, TAGS_COLUMN, TIME_COLUMN } from '#engines/finops/explore/query.ts'
import { type RollUpBuilder, type RollUpRow, rollUpBuilder } from '#engines/finops/explore/roll-up.ts'
import { tagKeys } from '#engines/finops/explore/text-space.ts'
import { digestOf } from '#shared/ids.ts'
import { type StoredColumn, type StoredSums, storeSegment, storeSums } from './stored-columns.ts'

/** A column of a batch as people know it. */
export interface BatchColumn {
  readonly name: string
  readonly kind: ColumnSpec['kind']
  /** False for a column that the file brought along and FOCUS does not know. */
  readonly known: boolean
}

/** What a batch turned out to be, once all its rows are in. */
export interface BatchFacts {
  /** The number that its rows carried. */
  readonly batch: number
  readonly lines: number
  readonly segments: number
  readonly firstCharge: number
  readonly lastCharge: number
  readonly currencies: readonly string[]
  readonly columns: readonly BatchColumn[]
  readonly tagKeys: readonly string[]
  readonly rolled: readonly string[]
  readonly digest: string
  /** The sums by month, for tables that SQL reads. */
  readonly rollUps: readonly RollUpRow[]
  /** All sums, for the explorer. */
  readonly sums: readonly StoredSums[]
}

/** Columns to be stored, of at most about `PART_BYTES`, so that the writer is done with them in 10 ms. */
export interface StoredPart {
  readonly batch: number
  readonly columns: readonly StoredColumn[]
}

export interface Staging {
  /** Takes rows as the bill reader hands them over. */
  add(rows: IncomingRows): void
  /** What is ready to be stored since the last time. */
  drain(): StoredPart[]
  /** Ends the rows. Drain once more, then store what each batch turned out to be. */
  end(): BatchFacts[]
}

const PART_BYTES = 256 * 1024
/** Different keys of tags that are kept of a batch: they are suggestions, not data. */
const MOST_TAG_KEYS = 1000

/** Turns rows into stored columns and sums, batch by batch. Runs in the worker of an import. */
export function createStaging(columns: readonly BatchColumn[]): Staging {
  const batches = new Map<number, OpenBatch>()
  let parts: StoredPart[] = []
  const writer = batchWriter(
    columns.map(({ name, kind }) => ({ id: name, kind })),
    segment => {
      let batch = batches.get(segment.batch)
      if (!batch) {
        batch = openBatch()
        batches.set(segment.batch, batch)
      }
      parts.push(...addSegment(batch, segment))
    },
  )
  return {
    add: rows => writer.add(rows),
    drain() {
      const ready = parts
      parts = []
      return ready
    },
    end() {
      writer.end()
      return [...batches].map(([number, batch]) => factsOf(number, batch, columns))
    },
  }
}

interface OpenBatch {
  readonly rollUp: RollUpBuilder
  readonly currencies: Set<string>
  readonly tagKeys: Set<string>
  readonly checksums: string[]
  lines: number
  segments: number
  firstCharge: number
  lastCharge: number
}

function openBatch(): OpenBatch {
  return {
    rollUp: rollUpBuilder(),
    currencies: new Set(),
    tagKeys: new Set(),
    checksums: [],
    ...{ lines: 0, segments: 0 },
    firstCharge: Number.POSITIVE_INFINITY,
    lastCharge: Number.NEGATIVE_INFINITY,
  }
}

function addSegment(batch: OpenBatch, segment: FinishedSegment): StoredPart[] {
  const columns = new Map<string, ColumnSegment>(segment.columns.map(({ id, column }) => [id, column]))
  batch.lines += segment.rows
  batch.segments++
  batch.rollUp.add(segment.rows, columns)
  for (const currency of textsOf(columns.get(CURRENCY_COLUMN))) batch.currencies.add(currency)
  for (const tags of textsOf(columns.get(TAGS_COLUMN))) addTagKeys(batch.tagKeys, tags)
  const time = columns.get(TIME_COLUMN) as IntegerSegment
  batch.firstCharge = Math.min(batch.firstCharge, Number(time.min))
  batch.lastCharge = Math.max(batch.lastCharge, Number(time.max))
  const stored = storeSegment(segment)
  for (const column of stored) batch.checksums.push(`${column.segment}/${column.name}/${column.checksum}`)
  return cut(segment.batch, stored)
}

function* textsOf(column: ColumnSegment | undefined): Iterable<string> {
  if (column?.kind !== 'text') return
  for (let entry = 0; entry < column.distinct; entry++) yield textOf(column, entry)
}

function addTagKeys(keys: Set<string>, tags: string): void {
  if (keys.size >= MOST_TAG_KEYS) return
  for (const key of tagKeys(tags)) keys.add(key)
}

function cut(batch: number, columns: readonly StoredColumn[]): StoredPart[] {
  const parts: StoredPart[] = []
  let part: StoredColumn[] = []
  let bytes = 0
  for (const column of columns) {
    if (part.length > 0 && bytes + column.data.length > PART_BYTES) {
      parts.push({ batch, columns: part })
      part = []
      bytes = 0
    }
    part.push(column)
    bytes += column.data.length
  }
  return [...parts, { batch, columns: part }]
}

function factsOf(number: number, batch: OpenBatch, columns: readonly BatchColumn[]): BatchFacts {
  const { rows, rolled } = batch.rollUp.take()
  return {
    batch: number,
    lines: batch.lines,
    segments: batch.segments,
    firstCharge: batch.firstCharge,
    lastCharge: batch.lastCharge,
    currencies: [...batch.currencies].sort(),
    columns,
    tagKeys: [...batch.tagKeys].sort(),
    rolled: rolled.map(dimension => dimension ?? 'total'),
    digest: digestOf(batch.checksums.join('\n')),
    rollUps: rows.filter(({ grain }) => grain === 'month'),
    sums: rolled.flatMap(dimension =>
      (['day', 'month'] as const).map(grain =>
        storeSums(
          dimension,
          grain,
          rows.filter(row => row.dimension === dimension && row.grain === grain),
        ),
      ),
    ),
  }
}
