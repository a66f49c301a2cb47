import type { Reader, Tx } from '#core/database/store.ts'
import { findPlainSeries } from '#core/database/usage-postgres.ts'
import { findAllSeries, insertSeries, nextSeries } from '#core/database/usage-rows.ts'
import { readSettings } from '#core/workspace/settings.ts'
import {
  groupsText,
  type InstantRules,
  instantProblem,
  propertiesText,
  scaledQuantity,
  USUAL_RULES,
} from '#engines/billing/usage-event.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Aggregation } from '#shared/contract/billing/catalog.ts'
import type { EventProblem } from '#shared/contract/billing/usage.ts'

/** What storing events needs to know of a metric. It never changes. */
export interface MetricFacts {
  readonly id: string
  readonly key: string
  readonly scale: number
  readonly excess: 'refuse' | 'round'
  readonly aggregation: Aggregation
  readonly groupBy: readonly string[]
  /** Whose different values are counted. */
  readonly property: string | null
  readonly carries: boolean
  /** Whether the quantity of a period is the sum of those of its parts, so that a counter can be added to. */
  readonly addsUp: boolean
}

const COUNTED: ReadonlySet<Aggregation> = new Set(['count', 'sum', 'max'])

/** Whether the quantity of a period follows from that before an event and the event: a counter can be added to. */
export function addsUp(metric: {
  readonly aggregation: Aggregation
  readonly rounding: string | null
  readonly carries: bigint
}): boolean {
  return metric.rounding === null && metric.carries === 0n && COUNTED.has(metric.aggregation)
}

/** The metrics that take events, by key. */
export async function metricFacts(reader: Pick<Tx, 'db'>): Promise<Map<string, MetricFacts>> {
  const rows = await reader.db
    .selectFrom('metrics')
    .select(['id', 'key', 'scale', 'excess', 'aggregation', 'group_by'])
    .select(['property', 'rounding', 'carries'])
    .where('active', '=', 1n)
    .execute()
  return new Map(
    rows.map(row => [
      row.key,
      {
        ...{ id: row.id, key: row.key, scale: Number(row.scale), excess: row.excess },
        aggregation: row.aggregation,
        groupBy: fromCanonical<string[]>(row.group_by),
        ...{ property: row.property, carries: row.carries !== 0n },
        addsUp: addsUp(row),
      },
    ]),
  )
}

const HOUR = 3_600_000n

/** How far ahead and how old events may be, as the workspace says; no variable of the environment does. */
export async function instantRules(reader: Pick<Reader, 'db'>): Promise<InstantRules> {
  const settings = await readSettings(reader, {})
  const oldest = BigInt(settings['billing.usageOldestDays'])
  return {
    ahead: BigInt(settings['billing.usageAheadHours']) * HOUR,
    behind: oldest === 0n ? null : oldest * 24n * HOUR,
  }
}

/** The ids of customers that are named by key or by id, by that name. */
export async function customerIds(
  reader: Pick<Tx, 'db'>,
  names: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const list = [...names]
  const found = new Map<string, string>()
  for (let from = 0; from < list.length; from += 200) {
    const some = list.slice(from, from + 200)
    const rows = await reader.db
      .selectFrom('customers')
      .select(['id', 'key'])
      .where(on => on.or([on('key', 'in', some), on('id', 'in', some)]))
      .execute()
    for (const { id, key } of rows) {
      if (names.has(id) && !found.has(id)) found.set(id, id)
      // A key is what people say: it goes before an id that looks like it.
      if (names.has(key)) found.set(key, id)
    }
  }
  return found
}

/** An event as somebody gives it. */
export interface GivenEvent {
  readonly id: string
  readonly customer: string
  readonly metric: string
  /** A decimal in the metric's unit. */
  readonly quantity: string
  readonly at: bigint
  readonly properties: Readonly<Record<string, string>>
}

/** An event that can be stored as soon as its series has a number. */
export interface CheckedEvent {
  readonly id: string
  readonly customerId: string
  readonly metric: MetricFacts
  readonly groups: string
  readonly units: bigint
  /** What rounding took away, in units of 10^-30. */
  readonly rest: bigint
  readonly at: bigint
  readonly properties: string
}

/** Why an event of a file or a call cannot be taken, before the store is asked. */
export type CheckProblem = Exclude<EventProblem, 'conflict' | 'over-limit'> | 'quantity-malformed'

/**
 * Checks one event against what is known.
 * @param now the authority's clock
 */
export function checkEvent(
  given: GivenEvent,
  customers: ReadonlyMap<string, string>,
  metrics: ReadonlyMap<string, MetricFacts>,
  now: bigint,
  rules: InstantRules = USUAL_RULES,
): CheckedEvent | { readonly problem: CheckProblem } {
  const customerId = customers.get(given.customer)
  if (customerId === undefined) return { problem: 'unknown-customer' }
  const metric = metrics.get(given.metric)
  if (!metric) return { problem: 'unknown-metric' }
  const quantity = scaledQuantity(given.quantity, metric.scale, metric.excess)
  if ('problem' in quantity) {
    return { problem: quantity.problem === 'malformed' ? 'quantity-malformed' : quantity.problem }
  }
  const problem = instantProblem(given.at, now, rules)
  if (problem) return { problem }
  if (metric.property !== null && !Object.hasOwn(given.properties, metric.property))
    return { problem: 'property-missing' }
  return {
    ...{ id: given.id, customerId, metric, at: given.at },
    ...{ units: quantity.units, rest: quantity.rest },
    groups: groupsText(metric.groupBy, given.properties),
    properties: propertiesText(given.properties),
  }
}

/** What a series is of. */
export interface SeriesOf {
  readonly customerId: string
  readonly metricId: string
  readonly groups: string
}

export function seriesKey({ customerId, metricId, groups }: SeriesOf): string {
  return `${customerId}/${metricId}/${groups}`
}

/** What is read before events are looked at. */
export interface Surroundings {
  readonly customers: ReadonlyMap<string, string>
  readonly metrics: ReadonlyMap<string, MetricFacts>
  readonly rules: InstantRules
  /** Numbers of some of the series that they may belong to, by `seriesKey`. */
  readonly series: ReadonlyMap<string, bigint>
}

/** Of so few events the series are asked for together with the rest: many would be asked for twice. */
const FEW = 20
const NO_SERIES: ReadonlyMap<string, bigint> = new Map()

/** Reads what the checking of these events needs, at once. */
export async function surroundingsOf(
  tx: Tx,
  given: readonly Pick<GivenEvent, 'customer' | 'metric'>[],
  asked: InstantRules | Promise<InstantRules>,
): Promise<Surroundings> {
  const [customers, metrics, rules, series] = await Promise.all([
    customerIds(tx, new Set(given.map(event => event.customer))),
    metricFacts(tx),
    asked,
    tx.kind === 'postgres' && given.length <= FEW ? plainSeries(tx, given) : NO_SERIES,
  ])
  return { customers, metrics, rules, series }
}

async function plainSeries(tx: Tx, given: readonly Pick<GivenEvent, 'customer' | 'metric'>[]) {
  const found = await findPlainSeries(tx, given)
  return new Map(found.map(one => [seriesKey({ ...one, groups: '{}' }), one.number]))
}

/**
 * The numbers of series, in the order asked; those that are new are made.
 * @param found numbers that are known, by `seriesKey`
 */
export async function seriesNumbers(
  tx: Tx,
  wanted: readonly SeriesOf[],
  found: ReadonlyMap<string, bigint> = NO_SERIES,
): Promise<bigint[]> {
  const numbers: bigint[] = []
  let next: bigint | null = null
  const inHand = wanted.map(series => found.get(seriesKey(series)))
  const known = inHand.includes(undefined) ? await findAllSeries(tx, wanted) : inHand
  for (const [place, { customerId, metricId, groups }] of wanted.entries()) {
    const number = known[place]
    if (number !== undefined) {
      numbers.push(number)
      continue
    }
    next ??= await nextSeries(tx)
    await insertSeries(tx, next, customerId, metricId, groups)
    tx.touched.changed.add('usage_series')
    numbers.push(next)
    next += 1n
  }
  return numbers
}
