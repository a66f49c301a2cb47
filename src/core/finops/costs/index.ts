import type { FilesPort } from '#core/files-port.ts'
import { answer } from '#core/runtime/handlers.ts'
import type { Dimension, ExploreQuery, Filter } from '#engines/finops/explore/query.ts'
import { costs } from '#shared/contract/finops-costs.ts'
import { columnCache } from './column-cache.ts'
import { exploreCosts } from './explore-costs.ts'
import { exportCosts } from './export-costs.ts'
import { listLines, showLine } from './list-lines.ts'
import { scanLines } from './scan-lines.ts'
import { freshness, listDimensions, listValues } from './values.ts'

export interface CostServices {
  readonly files: FilesPort
  /** For durations, in milliseconds. */
  readonly monotonic: () => number
}

/** What the columns in memory may take, in bytes, on each reading connection. */
const CACHE_BYTES = 128 * 1024 * 1024

/** The handlers of cost lines. Each set has a column cache of its own, as each thread has its connection. */
export function costsHandlers({ files, monotonic }: CostServices) {
  const cache = columnCache(CACHE_BYTES)
  return {
    explore: answer(costs.explore, async ({ reader, input }) => {
      const begun = monotonic()
      const query: ExploreQuery = {
        ...input,
        ...sliceOf(input),
        by: input.by as Dimension[] as [] | [Dimension] | [Dimension, Dimension],
      }
      const result = await exploreCosts(reader, cache, query)
      return {
        ...result,
        buckets: result.buckets.map(toInstants),
        previousBuckets: result.previousBuckets?.map(toInstants) ?? null,
        took: monotonic() - begun,
      }
    }),
    lines: answer(costs.lines, ({ reader, input }) => {
      const { columns, sort, offset, limit } = input
      return listLines(reader, cache, { ...sliceOf(input), sort, offset, limit }, columns)
    }),
    scan: answer(costs.scan, ({ reader, input }) => {
      return scanLines(reader, cache, { ...sliceOf(input), columns: input.columns, cursor: input.cursor })
    }),
    line: answer(costs.line, ({ reader, input }) => showLine(reader, input.id)),
    dimensions: answer(costs.dimensions, async ({ reader }) => ({
      dimensions: await listDimensions(reader, cache.known),
    })),
    values: answer(costs.values, async ({ reader, input: { dimension, period, search, limit } }) => {
      const span = period ? spanOf(period) : null
      return { values: await listValues(reader, cache, dimension as Dimension, span, search, limit) }
    }),
    freshness: answer(costs.freshness, ({ reader }) => freshness(reader, cache.known)),
    export: exportCosts(files),
  }
}

interface Span {
  readonly from: number
  readonly to: number
}

function toInstants({ from, to }: Span) {
  return { from: BigInt(from), to: BigInt(to) }
}

function spanOf({ from, to }: { from: bigint; to: bigint }): Span {
  return { from: Number(from), to: Number(to) }
}

function sliceOf({ period, filters }: { period: { from: bigint; to: bigint }; filters: readonly unknown[] }) {
  return { period: spanOf(period), filters: filters as readonly Filter[] }
}
