import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { keepsLevels, type Measure, mergeRollUps, type RollUp, usageOf } from '#engines/billing/aggregate.ts'
import { QUARTER_HOUR, quantityText } from '#engines/billing/usage-event.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { anyPending, readPending } from './pending.ts'
import { metricsById, quantitiesOf } from './quantities.ts'

const DAY = 86_400_000n
/** Roll-ups of which the events are read at once. */
const BUCKETS = 200

/** Points of a metric whose quantities are not in roll-ups; beyond them only those with events are shown. */
const MOST_STEPS = 400n

/** Usage of a customer by quarter of an hour or UTC day, from roll-ups. */
export const usageSeries = answer(contract.series, async ({ reader, input, now }) => {
  const { customerId, metricId, from, to, grain } = input
  const step = grain === 'day' ? DAY : QUARTER_HOUR
  const metrics = await metricsById(reader)
  let query = reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
    .select(['series.metric_id', 'bucket.at', 'bucket.events', 'bucket.sum', 'bucket.max'])
    .select(['bucket.latest', 'bucket.latest_at', 'bucket.latest_id'])
    .where('series.customer_id', '=', customerId)
    .where('bucket.at', '>=', from - (from % QUARTER_HOUR))
    .where('bucket.at', '<', to)
  if (metricId !== undefined) query = query.where('series.metric_id', '=', metricId)
  const points = new Map<string, { metricId: string; at: bigint; all: RollUp }>()
  let own = reader.db
    .selectFrom('usage_series')
    .select(['number', 'metric_id'])
    .where('customer_id', '=', customerId)
  if (metricId !== undefined) own = own.where('metric_id', '=', metricId)
  const rows = await query.execute()
  if (await anyPending(reader)) {
    const metricOf = new Map((await own.execute()).map(row => [row.number, row.metric_id]))
    for (const { series, latestAt, latestId, ...row } of await readPending(
      reader,
      new Set(metricOf.keys()),
    )) {
      const metric = metricOf.get(series)!
      if (row.at < from - (from % QUARTER_HOUR) || row.at >= to) continue
      rows.push({ ...row, metric_id: metric, latest_at: latestAt, latest_id: latestId })
    }
  }
  for (const row of rows) {
    const at = row.at - (row.at % step)
    const key = `${row.metric_id}/${at}`
    const { events, sum, max, latest, latest_at: latestAt, latest_id: latestId } = row
    const one = { events, sum, max, latest, latestAt, latestId }
    const before = points.get(key)
    if (before) before.all = mergeRollUps(before.all, one)
    else points.set(key, { metricId: row.metric_id, at, all: one })
  }
  const plain = [...points.values()].flatMap(({ metricId: id, at, all }) => {
    const metric = metrics.get(id) ?? { aggregation: 'sum' as const, scale: 0, property: null }
    return isBeside(metric) ? [] : [{ metricId: id, at, scale: metric.scale, ...usageOf(metric, all) }]
  })
  const ids = new Set((await own.execute()).map(row => row.metric_id))
  const special = [...metrics.values()].filter(metric => ids.has(metric.id) && isBeside(metric))
  const until = to < now ? to : now + 1n
  const beside = await Promise.all(
    special.map(async ({ id, scale }) => {
      const seen = [...points.values()].flatMap(one => (one.metricId === id ? [one.at] : []))
      const starts = (until - from) / step <= MOST_STEPS ? stepsOf(from, until, step) : seen
      const requests = starts.map(at => ({
        ...{ customerId, metricId: id, from: at < from ? from : at },
        to: at + step < to ? at + step : to,
      }))
      const quantities = await quantitiesOf(reader, requests)
      return starts.flatMap((at, i) => {
        const { quantity, events } = quantities[i]!
        return events === 0 && quantity === 0n ? [] : [{ metricId: id, at, scale, quantity, events }]
      })
    }),
  )
  return {
    points: [...plain, ...beside.flat()]
      .sort((a, b) => (a.metricId === b.metricId ? Number(a.at - b.at) : a.metricId < b.metricId ? -1 : 1))
      .map(({ scale, quantity, ...point }) => ({ ...point, quantity: quantityText(quantity, scale) })),
  }
})

/** Whether a metric's quantities take more than roll-ups hold. */
function isBeside(metric: Measure & { readonly property: string | null }): boolean {
  return metric.carries === true || metric.property !== null || keepsLevels(metric)
}

function stepsOf(from: bigint, to: bigint, step: bigint): bigint[] {
  const starts: bigint[] = []
  for (let at = from - (from % step); at < to; at += step) starts.push(at)
  return starts
}

/**
 * The events behind a quantity, in the order of time and then of ids. Walks the roll-ups of the customer's series
 * that are not empty, so that a page costs what it shows, whatever others used in the meantime.
 */
export const usageEvents = answer(contract.events, async ({ reader, input }) => {
  const { customerId, metricId, to, after, limit } = input
  const from = after !== null && after.at > input.from ? after.at : input.from
  const scale = (await metricsById(reader)).get(metricId)?.scale ?? 0
  const series = await reader.db
    .selectFrom('usage_series')
    .select('number')
    .where('customer_id', '=', customerId)
    .where('metric_id', '=', metricId)
    .execute()
  const numbers = series.map(row => row.number)
  const found: { id: string; at: bigint; quantity: bigint; properties: string; batch: bigint }[] = []
  const aside = await readPending(reader, new Set(numbers))
  for (let begin = from - (from % QUARTER_HOUR); numbers.length > 0 && found.length <= limit; ) {
    const page = await reader.db
      .selectFrom('usage_buckets')
      .select(({ fn, cast }) => ['at', cast<bigint>(fn.sum('events'), 'bigint').as('events')])
      .where('series', 'in', numbers)
      .where('at', '>=', begin)
      .where('at', '<', to)
      .groupBy('at')
      .orderBy('at')
      .limit(BUCKETS)
      .execute()
    const whole = page.length < BUCKETS
    const buckets = withPending(
      page,
      aside.filter(row => row.at >= begin && row.at < to && (whole || row.at <= page.at(-1)!.at)),
    )
    // Few rich quarters or many poor ones: about as many events as a page has.
    let counted = 0
    const some = buckets.filter(({ events }) => {
      const take = counted <= limit
      counted += Number(events)
      return take
    })
    for (const { at } of some) {
      const rows = await reader.db
        .selectFrom('usage_events')
        .select(['id', 'at', 'quantity', 'properties', 'batch'])
        .where('id', 'in', ({ selectFrom }) =>
          selectFrom('usage_events as one')
            .select('one.id')
            .where('one.at', '>=', at < from ? from : at)
            .where('one.at', '<', at + QUARTER_HOUR < to ? at + QUARTER_HOUR : to)
            .where('one.series', 'in', numbers),
        )
        .orderBy('at')
        .orderBy('id')
        .execute()
      for (const row of rows) {
        const seen = after !== null && row.at === after.at && !isAfter(row.id, after.id)
        if (!seen) found.push(row)
      }
    }
    const last = some.at(-1)
    if (!last || (some.length === buckets.length && whole)) break
    begin = last.at + QUARTER_HOUR
  }
  const page = found.slice(0, limit)
  const imports = await importsOf(reader, [...new Set(page.map(row => row.batch))])
  return {
    events: page.map(({ id, at, quantity, properties, batch }) => ({
      ...{ id, at, quantity: quantityText(quantity, scale) },
      properties: properties === '' ? {} : (JSON.parse(properties) as Record<string, string>),
      importId: imports.get(batch) ?? null,
    })),
    more: found.length > limit,
  }
})

/** Quarters of an hour with their number of events, those that are kept aside among them. */
function withPending(
  page: readonly { at: bigint; events: bigint }[],
  aside: readonly { at: bigint; events: bigint }[],
): { at: bigint; events: bigint }[] {
  if (aside.length === 0) return [...page]
  const all = new Map(page.map(row => [row.at, row.events]))
  for (const { at, events } of aside) all.set(at, (all.get(at) ?? 0n) + events)
  return [...all].map(([at, events]) => ({ at, events })).sort((a, b) => Number(a.at - b.at))
}

/** Ids in the order of the databases, which is that of their bytes. */
function isAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0
}

async function importsOf(reader: Reader, numbers: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
  if (numbers.length === 0) return new Map()
  const rows = await reader.db
    .selectFrom('usage_imports')
    .select(['id', 'number'])
    .where('number', 'in', numbers)
    .execute()
  return new Map(rows.map(row => [row.number, row.id]))
}
