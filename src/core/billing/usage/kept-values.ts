import type { Reader } from '#core/database/store.ts'
import { areaOf, compareIds, type Level } from '#engines/billing/aggregate.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import type { Span } from '#shared/contract/billing/values.ts'

/** Values that one statement lists. */
export const LISTED = 200

/** Series that are looked at alone: those of some values of the metric's grouping keys. */
export type Only = readonly bigint[]

/** A customer's metric as a key. */
export const ownerKey = ({ customerId, metricId }: { customerId: string; metricId: string }) =>
  `${customerId}/${metricId}`
export const metricOfKey = (key: string) => key.slice(key.indexOf('/') + 1)

interface Leveled {
  /** The last level before the span, of all series; null where there is none. */
  readonly before: bigint | null
  /** Levels by the milliseconds that they were in force in the span, summed over the series. */
  readonly area: bigint
}

/** A series as it is read, with what it is of. */
interface OwnedLevel extends Level {
  readonly key: string
  readonly series: bigint
  readonly id: string
}

/**
 * Levels of customers and metrics in a span, by `ownerKey`. Where grouping values keep a metric apart, each combination
 * of them has a level of its own: areas add up, and the last level is the last of all.
 */
export async function levelsOf(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  { from, to }: Span,
  only?: Only,
): Promise<Map<string, Leveled>> {
  const found = new Map<string, { before: OwnedLevel | null; area: bigint }>()
  for (let start = 0; start < customers.length; start += LISTED) {
    const some = customers.slice(start, start + LISTED)
    const earlier = await levelsBefore(reader, some, metrics, from, only)
    const within = Map.groupBy(await levelsIn(reader, some, metrics, { from, to }, only), one => one.series)
    const first = new Map(earlier.map(one => [one.series, one]))
    for (const series of new Set([...first.keys(), ...within.keys()])) {
      const before = first.get(series) ?? null
      const levels = within.get(series) ?? []
      const { key } = (before ?? levels[0])!
      const known = found.get(key) ?? { before: null, area: 0n }
      const area = known.area + areaOf(before?.level ?? 0n, levels, { from, to })
      found.set(key, { before: later(known.before, before), area })
    }
  }
  return new Map([...found].map(([key, { before, area }]) => [key, { before: before?.level ?? null, area }]))
}

function later(a: OwnedLevel | null, b: OwnedLevel | null): OwnedLevel | null {
  if (a === null || b === null) return a ?? b
  if (a.at !== b.at) return a.at > b.at ? a : b
  return compareIds(a.id, b.id) > 0 ? a : b
}

async function levelsIn(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  { from, to }: Span,
  only: Only | undefined,
): Promise<OwnedLevel[]> {
  const rows = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_levels as level', 'level.series', 'series.number')
    .select([
      'series.customer_id',
      'series.metric_id',
      'series.number',
      'level.at',
      'level.level',
      'level.id',
    ])
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', metrics)
    .where('level.at', '>=', from)
    .where('level.at', '<', to)
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .orderBy('series.number')
    .orderBy('level.at')
    .execute()
  return rows.map(owned)
}

/** Of each series the last level before an instant. */
async function levelsBefore(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  before: bigint,
  only: Only | undefined,
): Promise<OwnedLevel[]> {
  const rows = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_levels as level', 'level.series', 'series.number')
    .select([
      'series.customer_id',
      'series.metric_id',
      'series.number',
      'level.at',
      'level.level',
      'level.id',
    ])
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', metrics)
    .where('level.at', '=', ({ selectFrom }) =>
      selectFrom('usage_levels as last')
        .select(({ fn }) => fn.max('last.at').as('at'))
        .whereRef('last.series', '=', 'series.number')
        .where('last.at', '<', before),
    )
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .orderBy('series.number')
    .execute()
  return rows.map(owned)
}

function owned(row: {
  customer_id: string
  metric_id: string
  number: bigint
  at: bigint
  level: bigint
  id: string
}): OwnedLevel {
  const { customer_id: customerId, metric_id: metricId, number: series, at, level, id } = row
  return { key: ownerKey({ customerId, metricId }), series, at, level, id }
}

interface Counted {
  readonly id: string
  readonly property: string | null
}

/**
 * How many different values the property of each metric had, by `ownerKey`.
 * @param inner whole quarters of an hour, of which the values are kept
 * @param edges parts of a quarter, of which the events are read
 */
export async function uniquesOf(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly Counted[],
  inner: Span | null,
  edges: readonly Span[],
  only?: Only,
): Promise<Map<string, bigint>> {
  const found = new Map<string, bigint>()
  const ids = metrics.map(metric => metric.id)
  for (let start = 0; start < customers.length; start += LISTED) {
    const some = customers.slice(start, start + LISTED)
    if (inner)
      for (const [key, count] of await countKept(reader, some, ids, inner, only)) found.set(key, count)
    const atEdges = new Map<string, Set<string>>()
    for (const edge of edges)
      for (const { key, value } of await valuesOfEvents(reader, some, metrics, edge, only))
        atEdges.set(key, (atEdges.get(key) ?? new Set()).add(value))
    for (const [key, values] of atEdges) {
      const fresh = inner ? await unknownOf(reader, key, [...values], inner, only) : values.size
      found.set(key, (found.get(key) ?? 0n) + BigInt(fresh))
    }
  }
  return found
}

async function countKept(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly string[],
  { from, to }: Span,
  only: Only | undefined,
): Promise<(readonly [string, bigint])[]> {
  const rows = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_values as kept', 'kept.series', 'series.number')
    .select(['series.customer_id', 'series.metric_id'])
    .select(({ fn }) => fn.count<bigint>('kept.value').distinct().as('count'))
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', metrics)
    .where('kept.at', '>=', from)
    .where('kept.at', '<', to)
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .groupBy(['series.customer_id', 'series.metric_id'])
    .execute()
  return rows.map(({ customer_id: customerId, metric_id: metricId, count }) => [
    ownerKey({ customerId, metricId }),
    BigInt(count),
  ])
}

/** How many of these values a customer's metric did not have within whole quarters of an hour. */
async function unknownOf(
  reader: Reader,
  key: string,
  values: readonly string[],
  inner: Span,
  only: Only | undefined,
) {
  let fresh = values.length
  for (let start = 0; start < values.length; start += LISTED) {
    const rows = await reader.db
      .selectFrom('usage_series as series')
      .innerJoin('usage_values as kept', 'kept.series', 'series.number')
      .select('kept.value')
      .distinct()
      .where('series.customer_id', '=', key.slice(0, key.indexOf('/')))
      .where('series.metric_id', '=', metricOfKey(key))
      .where('kept.at', '>=', inner.from)
      .where('kept.at', '<', inner.to)
      .$if(only !== undefined, query => query.where('series.number', 'in', only!))
      .where('kept.value', 'in', values.slice(start, start + LISTED))
      .execute()
    fresh -= rows.length
  }
  return fresh
}

/** Values of the events of a part of a quarter of an hour; only series that have any there are looked at. */
async function valuesOfEvents(
  reader: Reader,
  customers: readonly string[],
  metrics: readonly Counted[],
  { from, to }: Span,
  only: Only | undefined,
): Promise<{ key: string; value: string }[]> {
  const properties = new Map(metrics.map(({ id, property }) => [id, property]))
  const quarters = [from - (from % QUARTER_HOUR), to - 1n - ((to - 1n) % QUARTER_HOUR)]
  const series = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_values as kept', 'kept.series', 'series.number')
    .select(['series.number', 'series.customer_id', 'series.metric_id'])
    .distinct()
    .where('series.customer_id', 'in', customers)
    .where('series.metric_id', 'in', [...properties.keys()])
    .where('kept.at', 'in', quarters)
    .$if(only !== undefined, query => query.where('series.number', 'in', only!))
    .execute()
  const owners = new Map(series.map(row => [row.number, row]))
  const numbers = [...owners.keys()]
  const found: { key: string; value: string }[] = []
  for (let start = 0; start < numbers.length; start += LISTED) {
    const rows = await reader.db
      .selectFrom('usage_events')
      .select(['series', 'properties'])
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('usage_events as one')
          .select('one.id')
          .where('one.at', '>=', from)
          .where('one.at', '<', to)
          .where('one.series', 'in', numbers.slice(start, start + LISTED)),
      )
      .execute()
    for (const { series: number, properties: text } of rows) {
      const { customer_id: customerId, metric_id: metricId } = owners.get(number)!
      // An event without the property is refused.
      const { [properties.get(metricId)!]: value } = JSON.parse(text) as Record<string, string>
      found.push({ key: ownerKey({ customerId, metricId }), value: value! })
    }
  }
  return found
}
