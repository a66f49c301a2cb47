import type { Reader } from '#core/database/store.ts'
import { mostBuckets } from '#engines/finops/explore/calendar.ts'
import { columnsOfQuery, periodsOf, startExplore, withoutTime } from '#engines/finops/explore/explore.ts'
import { type ExplorePlan, planExplore } from '#engines/finops/explore/plan.ts'
import type { Dimension, ExploreQuery, ExploreResult, Filter } from '#engines/finops/explore/query.ts'
import { rollUpSegment } from '#engines/finops/explore/roll-up-segment.ts'
import type { ExploreSegment } from '#engines/finops/explore/segment.ts'
import { refuse } from '#shared/errors.ts'
import type { ColumnCache, OpenCache } from './column-cache.ts'
import { feedSegments, learnTexts, segmentsWithin } from './cost-segments.ts'
import { notHere } from './not-here.ts'
import { type PublishedBatch, publishedBatches, within } from './published.ts'
import { readSums } from './stored-columns.ts'

/** Columns of an answer: the hours of a leap year, and some to spare. */
export const MOST_BUCKETS = 9_000
/** Rows times columns of an answer; a row more is added to the row of the rest. */
const MOST_FIGURES = 2_000_000

/**
 * Answers a question of the cost explorer from one snapshot. What the answer takes is bounded: too many columns are
 * refused, and of many columns there are fewer rows than asked for, so that the row of the rest holds more.
 * @throws Refusal `FINOPS_UNKNOWN_COLUMN` where no bill has a column that is asked for,
 *   `FINOPS_TOO_MANY_BUCKETS` where the period is too long for the grain, `SYNC_NOT_HERE` where sums or lines are not
 *   on this desk
 */
export async function exploreCosts(
  reader: Reader,
  columns: ColumnCache,
  asked: ExploreQuery,
): Promise<ExploreResult> {
  const query = bounded(asked)
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
  const needed = { ...columnsOfQuery(query), withoutTime: withoutTime(query) }
  await learnTexts(reader, cache, segments, needed.texts)
  const run = startExplore(query, cache.space)
  do await feedSegments(reader, cache, segments, needed, segment => run.add(segment))
  while (run.again())
  return run.result()
}

/** The query with no more rows than its columns leave room for. */
function bounded(query: ExploreQuery): ExploreQuery {
  const { grain } = query
  const buckets = mostBuckets(query.period, grain)
  if (buckets > MOST_BUCKETS) throw refuse('FINOPS_TOO_MANY_BUCKETS', { grain, most: MOST_BUCKETS })
  const columns = periodsOf(query).reduce((sum, period) => sum + mostBuckets(period, grain), 0)
  return { ...query, top: Math.min(query.top, Math.max(1, Math.floor(MOST_FIGURES / columns))) }
}

/** The batches that count, and the cache opened for a question about them. */
export async function currentBatches(
  reader: Reader,
  columns: ColumnCache,
): Promise<{ published: PublishedBatch[]; cache: OpenCache }> {
  const published = await publishedBatches(reader, columns.known)
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
  const found = new Map(batches.map(({ id }) => [id, cache.findSums(nameOf(id))]))
  const missing = batches.filter(({ id }) => !found.get(id)).map(({ id }) => id)
  for (let at = 0; at < missing.length; at += BATCHES_AT_ONCE) {
    const rows = await reader.db
      .selectFrom('cost_sums')
      .select(['batch', 'data'])
      .where('batch', 'in', missing.slice(at, at + BATCHES_AT_ONCE))
      .where('dimension', '=', dimension ?? 'total')
      .where('grain', '=', grain)
      .execute()
    for (const { batch, data } of rows) {
      const sums = rollUpSegment(cache.space, readSums(data))
      cache.keepSums(nameOf(batch), sums)
      found.set(batch, sums)
    }
  }
  const away = batches.filter(({ id }) => !found.get(id))
  if (away.length > 0) throw notHere('cost.sums', away)
  return batches.map(({ id }) => found.get(id)!)
}

/** Batches whose sums are read by one statement. */
const BATCHES_AT_ONCE = 100
