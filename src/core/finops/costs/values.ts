import type { Reader } from '#core/database/store.ts'
import type { Dimension, Period } from '#engines/finops/explore/query.ts'
import { DIMENSION_COLUMNS, TIME_COLUMN } from '#engines/finops/explore/query.ts'
import { columnOf } from '#engines/finops/explore/text-space.ts'
import { startValues } from '#engines/finops/explore/values.ts'
import type { ColumnCache } from './column-cache.ts'
import { feedSegments, inside, learnTexts, segmentsWithin } from './cost-segments.ts'
import { currentBatches } from './explore-costs.ts'
import { publishedBatches, within } from './published.ts'

/** The values of a dimension with the number of their lines, the most frequent first. */
export async function listValues(
  reader: Reader,
  columnCache: ColumnCache,
  dimension: Dimension,
  period: Period | null,
  search: string,
  limit: number,
) {
  const { published, cache } = await currentBatches(reader, columnCache)
  const periods = period ? [period] : [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }]
  const segments = await segmentsWithin(reader, cache, within(published, periods), periods)
  const columns = {
    texts: [columnOf(dimension)],
    ...(period ? { integers: [TIME_COLUMN], withoutTime: inside(period) } : { integers: [] }),
  }
  await learnTexts(reader, cache, segments, columns.texts)
  const run = startValues(dimension, period, cache.space)
  await feedSegments(reader, cache, segments, columns, segment => run.add(segment))
  return run.result(search, limit)
}

/**
 * What one can group and filter by: the named dimensions, the keys of tags, other columns of texts. What is in
 * `known` of batches is not read again.
 */
export async function listDimensions(reader: Reader, known?: ColumnCache['known']) {
  const batches = await publishedBatches(reader, known)
  const columns = new Set(
    batches.flatMap(batch =>
      [...batch.columns.values()].filter(({ kind }) => kind === 'text').map(({ name }) => name),
    ),
  )
  const named = Object.entries(DIMENSION_COLUMNS).map(([id, column]) => ({
    id: id as Dimension,
    column,
    used: columns.has(column),
  }))
  const taken = new Set<string>(Object.values(DIMENSION_COLUMNS))
  const tags = [...new Set(batches.flatMap(batch => batch.tagKeys))].sort()
  const others = [...columns].filter(name => !taken.has(name)).sort()
  return [
    ...named,
    ...tags.map(key => ({ id: `tag:${key}` as Dimension, column: 'Tags', used: true })),
    ...others.map(column => ({ id: `column:${column}` as Dimension, column, used: true })),
  ]
}

/** What is there: sources and their periods, from which imports. What is in `known` of batches is not read again. */
export async function freshness(reader: Reader, known?: ColumnCache['known']) {
  const batches = await publishedBatches(reader, known)
  const froms = batches.map(batch => batch.firstCharge)
  const tos = batches.map(batch => batch.lastCharge)
  return {
    from: batches.length > 0 ? BigInt(Math.min(...froms)) : null,
    to: batches.length > 0 ? BigInt(Math.max(...tos)) : null,
    lines: batches.reduce((sum, batch) => sum + batch.lines, 0n),
    currencies: [...new Set(batches.flatMap(batch => batch.currencies))].sort(),
    sources: batches
      .map(({ source, account, period, lines, publishedAt, importId }) => ({
        ...{ source, account, period, lines, publishedAt, importId },
      }))
      .sort((a, b) => Number(b.period.from - a.period.from) || (a.source < b.source ? -1 : 1)),
  }
}
