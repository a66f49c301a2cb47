import type { Reader } from '#core/database/store.ts'
import type { ColumnSegment, IntegerSegment } from '#engines/finops/columns/column.ts'
import { type Period, TIME_COLUMN } from '#engines/finops/explore/query.ts'
import type { ExploreSegment } from '#engines/finops/explore/segment.ts'
import type { CodeColumn } from '#engines/finops/explore/text-space.ts'
import type { ColumnPlace, OpenCache, SegmentFacts } from './column-cache.ts'
import { isComing, notHere } from './not-here.ts'
import type { PublishedBatch } from './published.ts'
import { readColumn } from './stored-columns.ts'

/** A segment of a batch that counts. */
export interface PlacedSegment extends SegmentFacts {
  readonly owner: PublishedBatch
}

/**
 * The segments with charges that begin in one of the periods, in the order of batches and segments.
 * @throws Refusal `SYNC_NOT_HERE` where lines of a batch are not on this desk
 */
export async function segmentsWithin(
  reader: Reader,
  cache: OpenCache,
  batches: readonly PublishedBatch[],
  periods: readonly Period[],
): Promise<PlacedSegment[]> {
  const placed: PlacedSegment[] = []
  const away: PublishedBatch[] = []
  for (const owner of batches) {
    const segments = cache.segmentsOf(owner.id) ?? (await loadSegments(reader, cache, owner))
    if (segments === null) away.push(owner)
    for (const facts of segments ?? []) {
      const { span } = facts
      const touched = periods.some(({ from, to }) => !span || (span.first < to && span.last >= from))
      if (touched) placed.push({ ...facts, owner })
    }
  }
  if (away.length > 0) throw notHere('cost.lines', away)
  return placed
}

/** The segments of a batch; null where they are not (all) on this desk. */
async function loadSegments(
  reader: Reader,
  cache: OpenCache,
  { id: batch, lines }: PublishedBatch,
): Promise<SegmentFacts[] | null> {
  const rows = await reader.db
    .selectFrom('cost_segments')
    .select(['segment', 'rows', 'nulls', 'min', 'max'])
    .where('batch', '=', batch)
    .where('name', '=', TIME_COLUMN)
    .orderBy('segment')
    .execute()
  const segments = rows.map(({ segment, rows: count, nulls, min, max }) => ({
    ...{ batch, segment: Number(segment), rows: Number(count) },
    span: nulls > 0n || min === null || max === null ? null : { first: Number(min), last: Number(max) },
  }))
  const here = segments.reduce((sum, { rows: count }) => sum + count, 0)
  if (BigInt(here) !== lines || (await isComing(reader, batch))) return null
  cache.keepSegments(batch, segments)
  return segments
}

/** The columns that a question reads. */
export interface ColumnsNeeded {
  readonly texts: readonly string[]
  readonly integers: readonly string[]
  /** Whether a segment's column of time can be left out, by its first and last charge. */
  readonly withoutTime?: (first: number, last: number) => boolean
}

/** Whether a segment lies in a period as a whole. */
export function inside({ from, to }: Period): (first: number, last: number) => boolean {
  return (first, last) => from <= first && last < to
}

/** Segments whose columns are in memory at one time: about a million lines. */
const SLICE = 16

/** Brings the texts of all segments into the cache's space, which a question needs before it starts. */
export async function learnTexts(
  reader: Reader,
  cache: OpenCache,
  segments: readonly PlacedSegment[],
  texts: readonly string[],
): Promise<void> {
  for (let at = 0; at < segments.length; at += SLICE) {
    for (const column of texts) {
      const unknown = segments.slice(at, at + SLICE).filter(one => {
        return one.owner.columns.has(column) && !cache.knowsTexts({ ...one, column })
      })
      await load(reader, cache, unknown, column)
    }
    cache.trim()
  }
}

/** Hands every segment to `add`, with its columns. */
export async function feedSegments(
  reader: Reader,
  cache: OpenCache,
  segments: readonly PlacedSegment[],
  columns: ColumnsNeeded,
  add: (segment: ExploreSegment, place: PlacedSegment) => void,
): Promise<void> {
  for (let at = 0; at < segments.length; at += SLICE) {
    const slice = segments.slice(at, at + SLICE)
    const loaded: Map<string, CodeColumn | IntegerSegment>[] = slice.map(() => new Map())
    for (const column of [...columns.texts, ...columns.integers]) {
      const present = slice.filter(one => {
        const spare =
          column === TIME_COLUMN && one.span && columns.withoutTime?.(one.span.first, one.span.last)
        return !spare && one.owner.columns.has(column)
      })
      const missing = present.filter(one => !cache.find({ ...one, column }))
      const fresh = await load(reader, cache, missing, column)
      slice.forEach((one, index) => {
        const found = fresh.get(one) ?? (present.includes(one) ? cache.find({ ...one, column }) : undefined)
        if (found) loaded[index]!.set(column, found)
      })
    }
    slice.forEach((place, index) => {
      add(segmentOver(place, loaded[index]!), place)
    })
    cache.trim()
  }
}

/** A segment over columns in memory. */
function segmentOver(
  { rows, span }: SegmentFacts,
  columns: ReadonlyMap<string, CodeColumn | IntegerSegment>,
): ExploreSegment {
  return {
    rows,
    ...(span ? { span } : {}),
    text(id) {
      const column = columns.get(id)
      return column && !('kind' in column) ? column : null
    },
    integers(id) {
      const column = columns.get(id)
      return column && 'kind' in column ? column : null
    },
  }
}

/** Reads one column of some segments into the cache; runs of segments of one batch are read together. */
async function load(
  reader: Reader,
  cache: OpenCache,
  segments: readonly PlacedSegment[],
  column: string,
): Promise<Map<PlacedSegment, CodeColumn | IntegerSegment>> {
  const loaded = new Map<PlacedSegment, CodeColumn | IntegerSegment>()
  for (const [batch, own] of Map.groupBy(segments, one => one.batch)) {
    const rows = await reader.db
      .selectFrom('cost_segments')
      .select(['segment', 'data'])
      .where('batch', '=', batch)
      .where('name', '=', column)
      .where(
        'segment',
        'in',
        own.map(({ segment }) => BigInt(segment)),
      )
      .execute()
    for (const { segment, data } of rows) {
      const place = own.find(one => one.segment === Number(segment))!
      loaded.set(place, cache.keep({ ...place, column }, readColumn(data)))
    }
  }
  return loaded
}

/** Reads columns of one segment, past the cache; those that the batch does not have are left out. */
export async function loadColumns(
  reader: Reader,
  { batch, segment }: Pick<ColumnPlace, 'batch' | 'segment'>,
  names: readonly string[],
): Promise<Map<string, ColumnSegment>> {
  if (names.length === 0) return new Map()
  const rows = await reader.db
    .selectFrom('cost_segments')
    .select(['name', 'data'])
    .where('batch', '=', batch)
    .where('name', 'in', names)
    .where('segment', '=', BigInt(segment))
    .execute()
  return new Map(rows.map(({ name, data }) => [name, readColumn(data)]))
}
