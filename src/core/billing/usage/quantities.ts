import type { Reader } from '#core/database/store.ts'
import type { BucketRow } from '#core/database/usage-rows.ts'
import {
  type Beside,
  keepsLevels,
  type Measure,
  mergeRollUps,
  type RollUp,
  rollUpOf,
  usageOf,
} from '#engines/billing/aggregate.ts'
import type { UsageQuantity } from '#engines/billing/model.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { measureOf } from '../catalog/metrics.ts'
import { LISTED, levelsOf, metricOfKey, type Only, ownerKey, uniquesOf } from './kept-values.ts'
import { anyPending, readPending } from './pending.ts'

/** What is asked: a customer's usage of a metric in `[from, to)`, milliseconds since the epoch. */
export interface QuantityRequest {
  readonly customerId: string
  readonly metricId: string
  readonly from: bigint
  readonly to: bigint
  /** The whole period of which this is a part, by which a weighted sum is divided; all of it where nothing is said. */
  readonly period?: Span | undefined
}

/**
 * What events come to, in the order of the requests: from roll-ups, and where a bound is not on a quarter of an
 * hour from the events of that quarter; levels and different values from what is kept of them. Requests with the
 * same bounds share their statements, so ask for many customers at once.
 * @param only series to look at; all of those that the requests are of where nothing is said
 */
export async function quantitiesOf(
  reader: Reader,
  requests: readonly QuantityRequest[],
  only?: Only,
): Promise<UsageQuantity[]> {
  if (requests.length === 0) return []
  const metrics = await metricsById(reader)
  const pending = await anyPending(reader)
  const found = new Map<string, { all: ReadonlyMap<string, RollUp>; beside: ReadonlyMap<string, Beside> }>()
  for (const [key, group] of Map.groupBy(requests, boundsOf)) {
    const { from, to } = group[0] as QuantityRequest
    const known = [...new Set(group.map(one => one.metricId))].flatMap(id => metrics.get(id) ?? [])
    // PostgreSQL takes no empty list.
    if (to <= from || known.length === 0) continue
    const asked: Asked = {
      customers: [...new Set(group.map(one => one.customerId))],
      metrics: known,
      only,
    }
    const all = await rollUpsOf(reader, asked, from, to, pending)
    found.set(key, { all, beside: await besideOf(reader, asked, { from, to }, pending) })
  }
  return requests.map(one => {
    const metric = metrics.get(one.metricId)
    const { all, beside } = found.get(boundsOf(one)) ?? {}
    const key = ownerKey(one)
    const { from, to } = one.period ?? one
    // There is no such metric, on a desk to which it has not come yet.
    if (!metric) return usageOf({ aggregation: 'sum', scale: 0 }, null)
    return usageOf(metric, all?.get(key) ?? null, { ...beside?.get(key), length: to - from })
  })
}

const boundsOf = ({ from, to }: QuantityRequest) => `${from}/${to}`

/** Sums of roll-ups in a span by customer and metric. */
async function rollUpsOf(
  reader: Reader,
  { customers, metrics, only }: Asked,
  from: bigint,
  to: bigint,
  pending: boolean,
): Promise<Map<string, RollUp>> {
  const found = new Map<string, RollUp>()
  const add = ({ customerId, metricId, ...one }: Found) => {
    const key = ownerKey({ customerId, metricId })
    const before = found.get(key)
    found.set(key, before ? mergeRollUps(before, one) : one)
  }
  const known = new Map(metrics.map(metric => [metric.id, metric]))
  const ids = [...known.keys()]
  const latest = metrics.flatMap(({ id, aggregation }) => (aggregation === 'latest' ? [id] : []))
  const { inner, edges } = partsOf(from, to)
  for (let start = 0; start < customers.length; start += LISTED) {
    const some = customers.slice(start, start + LISTED)
    const aside = pending ? await ownedOf(reader, some, new Set(ids), only) : []
    if (inner) {
      for (const row of aside) if (row.at >= inner.from && row.at < inner.to) add(row)
      for (const row of await bucketSums(reader, some, ids, inner.from, inner.to, only)) add(row)
      // Their latest values come apart: a sum of roll-ups has none.
      if (latest.length > 0)
        for (const row of await latestOf(reader, some, latest, inner.from, inner.to, only)) add(row)
    }
    for (const edge of edges) for (const row of await edgeOf(reader, some, known, edge, aside, only)) add(row)
  }
  return found
}

/** What roll-ups cannot hold, for the metrics that ask for it. */
async function besideOf(
  reader: Reader,
  { customers, metrics, only }: Asked,
  span: Span,
  pending: boolean,
): Promise<Map<string, Beside>> {
  const found = new Map<string, Beside>()
  const take = (key: string, one: Beside) => found.set(key, { ...found.get(key), ...one })
  const leveled = metrics.filter(keepsLevels)
  const weighted = new Set(leveled.filter(one => one.aggregation === 'weighted-sum').map(one => one.id))
  if (leveled.length > 0) {
    for (const [key, { before, area }] of await levelsOf(reader, customers, idsOf(leveled), span, only))
      take(key, weighted.has(metricOfKey(key)) ? { area } : { before })
  }
  const sums = metrics.filter(one => one.carries && one.aggregation === 'sum')
  if (sums.length > 0) {
    const earlier = await rollUpsOf(reader, { customers, metrics: sums, only }, BEGINNING, span.from, pending)
    for (const [key, { sum }] of earlier) take(key, { before: sum })
  }
  const counted = metrics.filter(one => one.aggregation === 'unique-count')
  if (counted.length > 0) {
    const { inner, edges } = partsOf(span.from, span.to)
    for (const [key, unique] of await uniquesOf(reader, customers, counted, inner, edges, only))
      take(key, { unique })
  }
  return found
}

/** Before everything that is taken. */
const BEGINNING = 0n
const idsOf = (metrics: readonly { readonly id: string }[]) => metrics.map(metric => metric.id)

/** What is asked of several customers at once. */
interface Asked {
  readonly customers: readonly string[]
  readonly metrics: readonly KnownMeasure[]
  readonly only: Only | undefined
}

type Found = RollUp & { readonly customerId: string; readonly metricId: string }
/** A roll-up that is kept aside, with what it is of. */
type Owned = BucketRow & { readonly customerId: string; readonly metricId: string }

/** Of the roll-ups that are kept aside those of some customers and metrics. */
async function ownedOf(
  reader: Reader,
  customers: readonly string[],
  metrics: ReadonlySet<string>,
  only: Only | undefined,
): Promise<Owned[]> {
  const series = await reader.db
    .selectFrom('usage_series')
    .select(['number', 'customer_id', 'metric_id'])
    .where('customer_id', 'in', customers)
    .$if(only !== undefined, query => query.where('number', 'in', only!))
    .execute()
  const owners = new Map(series.filter(row => metrics.has(row.metric_id)).map(row => [row.number, row]))
  return (await readPending(reader, new Set(owners.keys()))).map(row => {
    const owner = owners.get(row.series)!
    return { ...row, customerId: owner.customer_id, metricId: owner.metric_id }
  })
}

/** A span as whole quarters of an hour and what is left at its ends. */
function partsOf(from: bigint, to: bigint): { inner: Span | null; edges: Span[] } {
  const begin = ((from + QUARTER_HOUR - 1n) / QUARTER_HOUR) * QUARTER_HOUR
  const end = (to / QUARTER_HOUR) * QUARTER_HOUR
  // Within one quarter of an hour, or across one of its bounds.
  if (begin > end) return { inner: null, edges: [{ from, to }] }
  const edges: Span[] = []
  if (from < begin) edges.push({ from, to: begin })
  if (end < to) edges.push({ from: end, to })
  return { inner: begin < end ? { from: begin, to: end } : null, edges }
}

/** How a metric's quantities are made. */
export type KnownMeasure = Measure & { readonly id: string; readonly property: string | null }

/** All metrics by id. */
export async function metricsById(reader: Reader): Promise<ReadonlyMap<string, KnownMeasure>> {
  const rows = await reader.db
    .selectFrom('metrics')
    .select(['id', 'aggregation', 'scale', 'property', 'rounding', 'places', 'carries'])
    .execute()
  return new Map(
    rows.map(row => [
      row.id,
      { id: row.id, aggregation: row.aggregation, scale: Number(row.scale), ...measureOf(row) },
    ]),
  )
}

/** Sums of roll-ups by customer and metric. Their latest values are missing. */
async function bucketSums(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  from: bigint,
  to: bigint,
  only: Only | undefined,
): Promise<Found[]> {
  const rows = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
    .select(({ fn, cast }) => [
      ...(['series.customer_id', 'series.metric_id'] as const),
      // PostgreSQL sums int8 as numeric.
      cast<bigint>(fn.sum('bucket.events'), 'bigint').as('events'),
      cast<bigint>(fn.sum('bucket.sum'), 'bigint').as('sum'),
      fn.max('bucket.max').as('max'),
    ])
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', metrics)
    .where('bucket.at', '>=', from)
    .where('bucket.at', '<', to)
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .groupBy(['series.customer_id', 'series.metric_id'])
    .execute()
  return rows.map(({ customer_id: customerId, metric_id: metricId, events, sum, max }) => ({
    ...{ customerId, metricId, events, sum, max },
    ...NO_LATEST,
  }))
}

const NO_LATEST = { latest: 0n, latestAt: -(2n ** 63n), latestId: '' }

/** The latest values of series, as roll-ups without events. */
async function latestOf(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  from: bigint,
  to: bigint,
  only: Only | undefined,
): Promise<Found[]> {
  const rows = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
    .select(['series.customer_id', 'series.metric_id', 'bucket.max'])
    .select(['bucket.latest', 'bucket.latest_at', 'bucket.latest_id'])
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', metrics)
    .where('bucket.at', '=', ({ selectFrom }) =>
      selectFrom('usage_buckets as last')
        .select(({ fn }) => fn.max('last.at').as('at'))
        .whereRef('last.series', '=', 'series.number')
        .where('last.at', '>=', from)
        .where('last.at', '<', to),
    )
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .execute()
  return rows.map(row => ({
    ...{ customerId: row.customer_id, metricId: row.metric_id, events: 0n, sum: 0n, max: row.max },
    ...{ latest: row.latest, latestAt: row.latest_at, latestId: row.latest_id },
  }))
}

/** What the events of a part of a quarter of an hour come to; only series that have any there are looked at. */
async function edgeOf(
  reader: Reader,
  customers: readonly string[],
  metrics: ReadonlyMap<string, KnownMeasure>,
  { from, to }: Span,
  aside: readonly Owned[],
  only: Only | undefined,
): Promise<Found[]> {
  const found: Found[] = []
  const quarters = new Set([from - (from % QUARTER_HOUR), to - 1n - ((to - 1n) % QUARTER_HOUR)])
  const series = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
    .select(['series.number', 'series.customer_id', 'series.metric_id'])
    .distinct()
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', [...metrics.keys()])
    .where('bucket.at', 'in', [...quarters])
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .execute()
  const owners = new Map(series.map(row => [row.number, row]))
  for (const { at, series: number, customerId, metricId } of aside) {
    if (quarters.has(at)) owners.set(number, { number, customer_id: customerId, metric_id: metricId })
  }
  const numbers = [...owners.keys()]
  for (let start = 0; start < numbers.length; start += LISTED) {
    const some = numbers.slice(start, start + LISTED)
    const rows = await reader.db
      .selectFrom('usage_events')
      .select(['id', 'series', 'quantity', 'at'])
      // The index of instants knows the series: only events that count are looked up.
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('usage_events as one')
          .select('one.id')
          .where('one.at', '>=', from)
          .where('one.at', '<', to)
          .where('one.series', 'in', some),
      )
      .execute()
    for (const { series: number, ...event } of rows) {
      const owner = owners.get(number)
      if (!owner) continue
      const { customer_id: customerId, metric_id: metricId } = owner
      found.push({ customerId, metricId, ...rollUpOf(event, metrics.get(metricId)?.aggregation) })
    }
  }
  return found
}
