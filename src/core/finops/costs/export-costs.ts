import { basename } from 'node:path'
import { Temporal } from 'temporal-polyfill'
import type { z } from 'zod'
import { type SheetColumn, type SheetRow, writeSheet } from '#core/documents/spreadsheet.ts'
import type { FilesPort } from '#core/files-port.ts'
import { type JobContext, jobKind } from '#core/jobs/job.ts'
import { handle } from '#core/runtime/handlers.ts'
import { costs, type ExploreInput, type ExploreOutput, type Exported } from '#shared/contract/finops-costs.ts'
import { plainDecimal } from './cells.ts'

type Wanted = z.infer<NonNullable<(typeof costs.export)['~orpc']['inputSchema']>>['what']

export interface ExportInput {
  readonly fileId: string
  readonly path: string
  readonly name: string
  readonly format: 'csv' | 'xlsx'
  readonly what: Wanted
}

/** Queues an export to the place that a host made for it. */
export function exportCosts(files: FilesPort) {
  return handle(costs.export, async ({ input: { fileId, format, what }, enqueue }) => {
    const { name, path } = files.find(fileId, 'write')
    return { jobId: await enqueue(exportJob, { fileId, path, name, format, what }) }
  })
}

/** Writes what a page shows to a file. It stores nothing, so that after a crash it just begins again. */
export const exportJob = jobKind<ExportInput, Exported>({
  name: 'finops.costs.export',
  afterCrash: 'restart',
  chunks: {},
  async compute(context) {
    const { fileId, path, name, format, what } = context.input
    const table =
      what.kind === 'explore' ? await sumsTable(context, what.query) : await linesTable(context, what)
    const { columns, rows } = table
    const written = await writeSheet({ path, format, sheet: 'Costs', columns }, rows, context.signal)
    return { fileId, name: name || basename(path), ...written }
  },
})

interface Table {
  readonly columns: readonly SheetColumn[]
  readonly rows: AsyncIterable<SheetRow> | Iterable<SheetRow>
}

async function sumsTable(
  context: JobContext<ExportInput>,
  query: z.input<typeof ExploreInput>,
): Promise<Table> {
  const result = await context.query(costs.explore, query)
  return {
    columns: sumsColumns(result, query),
    rows: [...result.rows, ...result.totals.map(row => ({ ...row, sum: true }))].map(row =>
      sumsRow(row, query),
    ),
  }
}

type Result = z.output<typeof ExploreOutput>
type Asked = z.input<typeof ExploreInput>

/** One column for each dimension, then currency and unit, each bucket, the total, what it is compared with, lines. */
function sumsColumns(
  { buckets, previousBuckets }: Result,
  { by, grain, zone, measure }: Asked,
): SheetColumn[] {
  const title = (at: bigint) => bucketTitle(at, grain, zone)
  const number = (text: string): SheetColumn => ({ title: text, kind: 'number' })
  return [
    ...by.map(dimension => ({ title: dimension, kind: 'text' }) as const),
    { title: 'currency', kind: 'text' },
    ...(measure === 'quantity' ? [{ title: 'unit', kind: 'text' } as const] : []),
    ...(grain === 'none' ? [] : buckets.map(({ from }) => number(title(from)))),
    number('total'),
    ...(grain === 'none' ? [] : (previousBuckets ?? []).map(({ from }) => number(`previous ${title(from)}`))),
    ...(previousBuckets ? [number('previous total')] : []),
    number('lines'),
  ]
}

function sumsRow(row: Result['rows'][number] & { sum?: boolean }, { by, grain, measure }: Asked): SheetRow {
  const amount = (units: bigint) => plainDecimal(units, row.scale)
  const rest = row.sum ? 'total' : `other (${row.merged})`
  return [
    ...by.map((_, index) => (row.keys ? row.keys[index]! : index === 0 ? rest : null)),
    row.currency,
    ...(measure === 'quantity' ? [row.unit] : []),
    ...(grain === 'none' ? [] : row.amounts.map(amount)),
    amount(row.total),
    ...(grain === 'none' ? [] : (row.previous ?? []).map(amount)),
    ...(row.previousTotal === null ? [] : [amount(row.previousTotal)]),
    `${row.lines}`,
  ]
}

/** The beginning of a bucket as people of the zone write it, sortable. */
function bucketTitle(at: bigint, grain: Asked['grain'], zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
  if (grain === 'month') return local.toPlainDate().toPlainYearMonth().toString()
  if (grain !== 'hour') return local.toPlainDate().toString()
  return local.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
}

/** All lines of a slice. The columns are known with the first page. */
async function linesTable(
  context: JobContext<ExportInput>,
  { query, columns }: Extract<Wanted, { kind: 'lines' }>,
): Promise<Table> {
  const pageFrom = (cursor: string | null) =>
    context.query(costs.scan, { ...query, ...(columns ? { columns } : {}), ...(cursor ? { cursor } : {}) })
  let page = await pageFrom(null)
  async function* rows(): AsyncGenerator<SheetRow> {
    for (;;) {
      yield* page.rows
      context.progress(page.done, page.total)
      if (page.next === null) return
      page = await pageFrom(page.next)
    }
  }
  return {
    columns: page.columns.map(({ name, kind }) => ({ title: name, kind })),
    rows: rows(),
  }
}
