import type { Reader } from '#core/database/store.ts'
import { columnsOfFilter, compileFilter } from '#engines/finops/explore/filters.ts'
import { type Filter, type Period, TIME_COLUMN } from '#engines/finops/explore/query.ts'
import { selector } from '#engines/finops/explore/selection.ts'
import { cellText } from './cells.ts'
import type { ColumnCache } from './column-cache.ts'
import { feedSegments, learnTexts, loadColumns, type PlacedSegment, segmentsWithin } from './cost-segments.ts'
import { currentBatches, dimensionsOf, requireColumns } from './explore-costs.ts'
import { type PublishedBatch, within } from './published.ts'
import type { BatchColumn } from './staging.ts'

export interface Scan {
  readonly period: Period
  readonly filters: readonly Filter[]
  readonly columns: readonly string[] | undefined
  readonly cursor: string | undefined
}

/** Rows of one page at most. */
const PAGE = 5000

/**
 * The lines of a slice in the order of batches, segments and rows, one page of one segment at a time.
 * A column that no bill has is empty on every line.
 * @throws Refusal `FINOPS_UNKNOWN_COLUMN` where no bill has a column that is filtered by
 */
export async function scanLines(reader: Reader, columns: ColumnCache, scan: Scan) {
  const { published, cache } = await currentBatches(reader, columns)
  requireColumns(published, dimensionsOf(scan.filters))
  const batches = within(published, [scan.period])
  const shown = columnsShown(batches, scan.columns)
  const segments = await segmentsWithin(reader, cache, batches, [scan.period])
  const from = parseCursor(scan.cursor)
  let number = segments.findIndex(segment => !isBefore(segment, from))
  const page: (string | null)[][] = []
  let next: string | null = null
  for (; number >= 0 && number < segments.length && page.length === 0; number++) {
    const segment = segments[number]!
    const rows = await selectRows(reader, cache, segment, scan)
    const first = segment.batch === from.batch && segment.segment === from.segment ? from.row : 0
    const own = rows.filter(row => row >= first)
    await readCells(reader, segment, own.slice(0, PAGE), shown, page)
    const after = segments[number + 1]
    if (own.length > PAGE) next = `${segment.batch}/${segment.segment}/${own[PAGE]}`
    else next = after ? `${after.batch}/${after.segment}/0` : null
  }
  const done = number < 0 ? segments.length : number
  return { columns: shown, rows: page, next, done, total: segments.length }
}

/** The columns asked for, or all that the batches have, in the order of the bills. */
function columnsShown(batches: readonly PublishedBatch[], asked: readonly string[] | undefined) {
  const known = new Map<string, BatchColumn>()
  for (const batch of batches) for (const [name, column] of batch.columns) known.set(name, column)
  return (asked ?? [...known.keys()]).map(name => ({
    name,
    kind: sheetKind(known.get(name)?.kind ?? 'text'),
  }))
}

function sheetKind(kind: BatchColumn['kind']): 'text' | 'number' | 'instant' {
  return kind === 'cost' || kind === 'decimal' ? 'number' : kind
}

interface Cursor {
  readonly batch: string
  readonly segment: number
  readonly row: number
}

function parseCursor(cursor = ''): Cursor {
  const [batch = '', segment = '0', row = '0'] = cursor.split('/')
  return { batch, segment: Number(segment), row: Number(row) }
}

/** Whether the segment lies before the cursor. A batch that is gone leaves its place to the next. */
function isBefore(place: PlacedSegment, cursor: Cursor): boolean {
  if (place.batch !== cursor.batch) return place.batch < cursor.batch
  return place.segment < cursor.segment
}

/** The rows of one segment that belong to the slice. */
async function selectRows(
  reader: Reader,
  cache: Parameters<typeof learnTexts>[1],
  segment: PlacedSegment,
  { period, filters }: Scan,
): Promise<number[]> {
  const needed = filters.map(columnsOfFilter)
  const texts = [...new Set(needed.flatMap(one => one.texts))]
  const integers = [...new Set([TIME_COLUMN, ...needed.flatMap(one => one.integers)])]
  await learnTexts(reader, cache, [segment], texts)
  const compiled = filters.map(filter => compileFilter(cache.space, filter))
  const select = selector({ spans: [period], numbers: [0] }, compiled)
  let rows: number[] = []
  await feedSegments(reader, cache, [segment], { texts, integers }, one => {
    const selection = select(one)
    if (selection === null) return
    rows = Array.from({ length: selection.count }, (_, i) =>
      selection.rows === null ? i : selection.rows[i]!,
    )
  })
  return rows
}

async function readCells(
  reader: Reader,
  segment: PlacedSegment,
  rows: readonly number[],
  columns: readonly { readonly name: string }[],
  page: (string | null)[][],
): Promise<void> {
  if (rows.length === 0) return
  const names = columns.map(({ name }) => name).filter(name => segment.owner.columns.has(name))
  const stored = await loadColumns(reader, segment, names)
  for (const row of rows) {
    page.push(columns.map(({ name }) => (stored.has(name) ? cellText(stored.get(name)!, row) : null)))
  }
}
