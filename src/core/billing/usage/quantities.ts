import type { Reader } from '#core/database/store.ts'
import type { BucketRow } from '#core/database/usage-rows.ts'
import { mergeRollUps, type RollUp, rollUpOf, usageOf } from '#engines/billing/aggregate.ts'
import type { UsageQuantity } from '#engines/billing/model.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import type { Aggregation } from '#shared/contract/billing/catalog.ts'
import { anyPending, readPending } from './pending.ts'

/** What is asked: a customer's usage of a metric in `[from, to)`, milliseconds since the epoch. */
export interface QuantityRequest {
  readonly customerId: string
  readonly metricId: string
  readonly from: bigint
  readonly to: bigint
}

/** Values that one statement lists. */
const LISTED = 200

/**
 * What events come to, in the order of the requests: from roll-ups, and where a bound is not on a quarter of an
 * hour from the events of that quarter. Requests with the same bounds share their statements, so ask for many
 * customers at once.
 */
export async function quantitiesOf(
  reader: Reader,
  requests: readonly QuantityRequest[],
): Promise<UsageQuantity[]> {
  if (requests.length === 0) return []
  const metrics = await metricsById(reader)
  const found = new Map<string, RollUp>()
  const add = (key: string, one: RollUp) => {
    const before = found.get(key)
    found.set(key, before ? mergeRollUps(before, one) : one)
  }
  const keyOf = (one: { customerId: string; metricId: string }, from: bigint, to: bigint) =>
    `${one.customerId}/${one.metricId}/${from}/${to}`
  const pending = await anyPending(reader)
  const bounds = Map.groupBy(requests, one => `${one.from}/${one.to}`)
  for (const group of bounds.values()) {
    const { from, to } = group[0] as QuantityRequest
    if (to <= from) continue
    const customers = [...new Set(group.map(one => one.customerId))]
    const wanted = new Set(group.map(one => one.metricId))
    const asked = {
      metrics: [...wanted],
      latest: [...wanted].filter(id => metrics.get(id)?.aggregation === 'latest'),
    }
    const { inner, edges } = partsOf(from, to)
    for (let start = 0; start < customers.length; start += LISTED) {
      const some = customers.slice(start, start + LISTED)
      const aside = pending ? await ownedOf(reader, some, wanted) : []
      if (inner) {
        for (const { at, ...row } of aside) {
          if (at >= inner.from && at < inner.to) add(keyOf(row, from, to), row)
        }
        for (const row of await bucketSums(reader, some, asked.metrics, inner.from, inner.to))
          add(keyOf(row, from, to), row)
        // Their latest values come apart: a sum of roll-ups has none.
        if (asked.latest.length > 0) {
          for (const row of await latestOf(reader, some, asked.latest, inner.from, inner.to))
            add(keyOf(row, from, to), row)
        }
      }
      for (const edge of edges) {
        for (const row of await edgeOf(reader, some, asked.metrics, edge, aside))
          add(keyOf(row, from, to), row)
      }
    }
  }
  return requests.map(one => {
    const metric = metrics.get(one.metricId) ?? { aggregation: 'sum' as const, scale: 0 }
    return usageOf(metric, found.get(keyOf(one, one.from, one.to)) ?? null)
  })
}

type Found = RollUp & { readonly customerId: string; readonly metricId: string }
/** A roll-up that is kept aside, with what it is of. */
type Owned = BucketRow & { readonly customerId: string; readonly metricId: string }

/** Of the roll-ups that are kept aside those of some customers and metrics. */
async function ownedOf(
  reader: Reader,
  customers: readonly string[],
  metrics: ReadonlySet<string>,
): Promise<Owned[]> {
  const series = await reader.db
    .selectFrom('usage_series')
    .select(['number', 'customer_id', 'metric_id'])
    .where('customer_id', 'in', customers)
    .execute()
  const owners = new Map(series.filter(row => metrics.has(row.metric_id)).map(row => [row.number, row]))
  return (await readPending(reader, new Set(owners.keys()))).map(row => {
    const owner = owners.get(row.series)!
    return { ...row, customerId: owner.customer_id, metricId: owner.metric_id }
  })
}

interface Part {
  readonly from: bigint
  readonly to: bigint
}

/** A span as whole quarters of an hour and what is left at its ends. */
function partsOf(from: bigint, to: bigint): { inner: Part | null; edges: Part[] } {
  const begin = ((from + QUARTER_HOUR - 1n) / QUARTER_HOUR) * QUARTER_HOUR
  const end = (to / QUARTER_HOUR) * QUARTER_HOUR
  // Within one quarter of an hour, or across one of its bounds.
  if (begin > end) return { inner: null, edges: [{ from, to }] }
  const edges: Part[] = []
  if (from < begin) edges.push({ from, to: begin })
  if (end < to) edges.push({ from: end, to })
  return { inner: begin < end ? { from: begin, to: end } : null, edges }
}

async function metricsById(
  reader: Reader,
): Promise<ReadonlyMap<string, { aggregation: Aggregation; scale: number }>> {
  const rows = await reader.db.selectFrom('metrics').select(['id', 'aggregation', 'scale']).execute()
  return new Map(rows.map(({ id, aggregation, scale }) => [id, { aggregation, scale: Number(scale) }]))
}

/** Sums of roll-ups by customer and metric. Their latest values are missing. */
async function bucketSums(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  from: bigint,
  to: bigint,
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
  metrics: readonly string[],
  { from, to }: Part,
  aside: readonly Owned[],
): Promise<Found[]> {
  const found: Found[] = []
  const quarters = new Set([from - (from % QUARTER_HOUR), to - 1n - ((to - 1n) % QUARTER_HOUR)])
  const series = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
    .select(['series.number', 'series.customer_id', 'series.metric_id'])
    .distinct()
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', metrics)
    .where('bucket.at', 'in', [...quarters])
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
      if (owner) found.push({ customerId: owner.customer_id, metricId: owner.metric_id, ...rollUpOf(event) })
    }
  }
  return found
}
