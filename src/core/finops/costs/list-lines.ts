import type { Reader } from '#core/database/store.ts'
import { columnsOfFilter } from '#engines/finops/explore/filters.ts'
import { type LinePlace, type LinesQuery, startLines } from '#engines/finops/explore/lines.ts'
import { CURRENCY_COLUMN, MEASURE_COLUMNS, TIME_COLUMN } from '#engines/finops/explore/query.ts'
import { refuse } from '#shared/errors.ts'
import { cellText } from './cells.ts'
import type { ColumnCache, OpenCache } from './column-cache.ts'
import {
  feedSegments,
  inside,
  learnTexts,
  loadColumns,
  type PlacedSegment,
  segmentsWithin,
} from './cost-segments.ts'
import { currentBatches, dimensionsOf, requireColumn, requireColumns } from './explore-costs.ts'
import { type PublishedBatch, publishedBatches, within } from './published.ts'

export interface ListedLine {
  /** `batch/segment/row` */
  readonly id: string
  readonly values: Record<string, string | null>
}

/** What a list shows when nobody says what it should. */
const USUAL_COLUMNS = [
  TIME_COLUMN,
  'ProviderName',
  'ServiceName',
  'SubAccountId',
  'RegionId',
  'ResourceId',
  'ChargeCategory',
  'ChargeDescription',
  'ConsumedQuantity',
  'ConsumedUnit',
  'BilledCost',
  'EffectiveCost',
  'BillingCurrency',
]

/** Amounts, of which those of different currencies cannot be compared: their lines stand by currency first. */
const COST_COLUMNS: ReadonlySet<string> = new Set([
  ...[MEASURE_COLUMNS.billed, MEASURE_COLUMNS.effective, MEASURE_COLUMNS.list, MEASURE_COLUMNS.contracted],
])

/**
 * The lines of a slice, sorted, one page of them, with the columns asked for; a column that no bill has is
 * empty on every line.
 * @throws Refusal `FINOPS_UNKNOWN_COLUMN` where no bill has a column that is sorted or filtered by
 */
export async function listLines(
  reader: Reader,
  columnCache: ColumnCache,
  query: LinesQuery,
  columns: readonly string[] = USUAL_COLUMNS,
): Promise<{ lines: ListedLine[]; count: number }> {
  const { published, cache } = await currentBatches(reader, columnCache)
  requireColumns(published, dimensionsOf(query.filters))
  requireColumn(published, query.sort.column)
  const sort = { ...query.sort, apart: COST_COLUMNS.has(query.sort.column) ? CURRENCY_COLUMN : undefined }
  const { segments, places, count } = await findLines(reader, cache, published, { ...query, sort })
  return { lines: await readLines(reader, cache, segments, places, columns), count }
}

/** Where the lines of a page are, and how many there are altogether. */
async function findLines(
  reader: Reader,
  cache: OpenCache,
  published: readonly PublishedBatch[],
  query: LinesQuery,
) {
  const segments = await segmentsWithin(reader, cache, within(published, [query.period]), [query.period])
  const filters = query.filters.map(columnsOfFilter)
  const sortsText = published.some(batch => batch.columns.get(query.sort.column)?.kind === 'text')
  const { column, apart } = query.sort
  const texts = [
    ...filters.flatMap(filter => filter.texts),
    ...(sortsText ? [column] : []),
    ...(apart === undefined ? [] : [apart]),
  ]
  const integers = [
    ...filters.flatMap(filter => filter.integers),
    ...(sortsText ? [] : [column]),
    TIME_COLUMN,
  ]
  const needed = {
    ...{ texts: [...new Set(texts)], integers: [...new Set(integers)] },
    withoutTime: column === TIME_COLUMN ? () => false : inside(query.period),
  }
  await learnTexts(reader, cache, segments, needed.texts)
  const run = startLines(query, cache.space)
  const numbers = new Map(segments.map((segment, number) => [segment, number]))
  const first = query.sort.column === TIME_COLUMN && query.sort.descending ? segments.toReversed() : segments
  await feedSegments(reader, cache, first, needed, (one, place) => run.add(one, numbers.get(place)!))
  while (run.again()) {
    await feedSegments(reader, cache, segments, needed, (one, place) => run.add(one, numbers.get(place)!))
  }
  return { segments, ...run.result() }
}

/** Reads the cells of lines: from the cache where a column is there, else each segment's columns together. */
async function readLines(
  reader: Reader,
  cache: OpenCache,
  segments: readonly PlacedSegment[],
  places: readonly LinePlace[],
  columns: readonly string[],
): Promise<ListedLine[]> {
  const lines: ListedLine[] = places.map(({ segment, row }) => {
    const { batch, segment: number } = segments[segment]!
    return { id: `${batch}/${number}/${row}`, values: Object.fromEntries(columns.map(name => [name, null])) }
  })
  for (const [number, own] of Map.groupBy(places.keys(), index => places[index]!.segment)) {
    const segment = segments[number]!
    const missing: string[] = []
    for (const column of columns) {
      if (!segment.owner.columns.has(column)) continue
      const cached = cache.find({ ...segment, column })
      const stored = cached ? undefined : cache.findStored({ ...segment, column })
      if (!cached && !stored) missing.push(column)
      for (const index of own) {
        const { row } = places[index]!
        if (cached) lines[index]!.values[column] = cache.cell(column, cached, row)
        else if (stored) lines[index]!.values[column] = cellText(stored, row)
      }
    }
    for (const [column, stored] of await loadColumns(reader, segment, missing)) {
      cache.keepStored({ ...segment, column }, stored)
      for (const index of own) lines[index]!.values[column] = cellText(stored, places[index]!.row)
    }
    cache.trim()
  }
  return lines
}

/**
 * One line with every column that its file had, in the file's order.
 * @throws Refusal `WORKSPACE_NOT_FOUND` where there is no such line in a batch that counts
 */
export async function showLine(reader: Reader, id: string) {
  const [batchId, segment, row] = id.split('/')
  const batch = (await publishedBatches(reader)).find(one => one.id === batchId)
  const number = Number(row)
  const missing = () => refuse('WORKSPACE_NOT_FOUND', { entity: 'cost line', id })
  if (!batch || !/^\d{1,9}$/.test(segment ?? '') || !/^\d{1,9}$/.test(row ?? '')) throw missing()
  const place = { batch: batch.id, segment: Number(segment) }
  const stored = await loadColumns(reader, place, [...batch.columns.keys()])
  const columns = [...batch.columns.values()].map(({ name, known }) => {
    const column = stored.get(name)
    if (!column || number >= column.rows) throw missing()
    return { name, value: cellText(column, number), known }
  })
  return { id, columns, importId: batch.importId, fileName: batch.fileName }
}
