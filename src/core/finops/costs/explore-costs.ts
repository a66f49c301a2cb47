import type { Reader } from '#core/database/store.ts'
import { columnsOfQuery, periodsOf, startExplore } from '#engines/finops/explore/explore.ts'
import { type ExplorePlan, planExplore, type RolledDimension } from '#engines/finops/explore/plan.ts'
import type { Dimension, ExploreQuery, ExploreResult, Filter } from '#engines/finops/explore/query.ts'
import { rollUpSegment } from '#engines/finops/explore/roll-up-segment.ts'
import type { ExploreSegment } from '#engines/finops/explore/segment.ts'
import { refuse } from '#shared/errors.ts'
import type { ColumnCache, OpenCache } from './column-cache.ts'
import { feedSegments, learnTexts, segmentsWithin } from './cost-segments.ts'
import { type PublishedBatch, publishedBatches, within } from './published.ts'

/**
 * Answers a question of the cost explorer from one snapshot.
 * @throws Refusal `FINOPS_UNKNOWN_COLUMN` where no bill has a column that is asked for
 */
export async function exploreCosts(
  reader: Reader,
  columns: ColumnCache,
  query: ExploreQuery,
): Promise<ExploreResult> {
  const { published, cache } = await currentBatches(reader, columns)
  requireColumns(published, [...query.by, ...dimensionsOf(query.filters)])
  const periods = periodsOf(query)
  const batches = within(published, periods)
  const plan = planExplore(query, dimension => {
    return batches.every(batch => batch.rolled.has(dimension ?? 'total'))
  })
  if (plan.source === 'roll-ups') {
    const sums = await loadSums(reader, cache, batches, plan)
    const run = startExplore(query, cache.space)
    do for (const segment of sums) run.add(segment)
    while (run.again())
    cache.trim()
    return { ...run.result(), source: 'roll-ups' }
  }
  const segments = await segmentsWithin(reader, cache, batches, periods)
  const needed = columnsOfQuery(query)
  await learnTexts(reader, cache, segments, needed.texts)
  const run = startExplore(query, cache.space)
  do await feedSegments(reader, cache, segments, needed, segment => run.add(segment))
  while (run.again())
  return run.result()
}

/** The batches that count, and the cache opened for a question about them. */
export async function currentBatches(
  reader: Reader,
  columns: ColumnCache,
): Promise<{ published: PublishedBatch[]; cache: OpenCache }> {
  const published = await publishedBatches(reader)
  return { published, cache: columns.open(new Set(published.map(({ id }) => id))) }
}

/** The dimensions that filters look at. */
export function dimensionsOf(filters: readonly Filter[]): Dimension[] {
  return filters.flatMap(filter => ('dimension' in filter ? [filter.dimension] : []))
}

/** Refuses a column that no bill has; named dimensions and tags may be empty, a column must be one. */
export function requireColumns(batches: readonly PublishedBatch[], dimensions: readonly Dimension[]): void {
  for (const dimension of dimensions) {
    if (dimension.startsWith('column:')) requireColumn(batches, dimension.slice('column:'.length))
  }
}

/** Refuses a column that no bill has. */
export function requireColumn(batches: readonly PublishedBatch[], column: string): void {
  if (batches.length > 0 && !batches.some(batch => batch.columns.has(column))) {
    throw refuse('FINOPS_UNKNOWN_COLUMN', { column })
  }
}

type RollUpPlan = Extract<ExplorePlan, { source: 'roll-ups' }>

/** The sums of batches by the dimension and grain of the plan. */
async function loadSums(
  reader: Reader,
  cache: OpenCache,
  batches: readonly PublishedBatch[],
  { dimension, grain }: RollUpPlan,
): Promise<ExploreSegment[]> {
  const nameOf = (batch: string) => `${batch}/${grain}/${dimension ?? 'total'}`
  const missing = batches.filter(({ id }) => !cache.findSums(nameOf(id)))
  for (const { id } of missing) {
    cache.keepSums(
      nameOf(id),
      rollUpSegment(cache.space, dimension, await readSums(reader, id, dimension, grain)),
    )
  }
  return batches.map(({ id }) => cache.findSums(nameOf(id))!)
}

async function readSums(reader: Reader, batch: string, dimension: RolledDimension, grain: 'day' | 'month') {
  const rows = await reader.db
    .selectFrom('cost_rollups')
    .select(['at', 'currency', 'key', 'scale', 'billed', 'effective', 'list', 'contracted', 'lines'])
    .where('batch', '=', batch)
    .where('dimension', '=', dimension ?? 'total')
    .where('grain', '=', grain)
    .orderBy('at')
    .orderBy('currency')
    .orderBy('key')
    .execute()
  return rows.map(row => ({
    ...row,
    at: Number(row.at),
    currency: row.currency || null,
    key: row.key || null,
    scale: Number(row.scale),
    lines: Number(row.lines),
  }))
}
