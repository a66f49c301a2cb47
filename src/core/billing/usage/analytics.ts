import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import {
  type AnalysedEvent,
  analyse,
  groupOf,
  type UsageGroup,
  WELL_KNOWN,
} from '#engines/billing/usage-analytics.ts'
import { quantityText } from '#engines/billing/usage-event.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { refuse } from '#shared/errors.ts'
import { metricsById } from './quantities.ts'

const DAY = 86_400_000n
/** Events that one question reads; of more the newest are left out, and the answer says so. */
const MOST_EVENTS = 200_000
/** Groups that are shown apart. */
const MOST_GROUPS = 1000

/** Usage of a metric by a property of its events. It reads the events themselves, day by day. */
export const usageAnalytics = answer(contract.analytics, async ({ reader, input }) => {
  const { metricId, customerId, from, to } = input
  const metric = (await metricsById(reader)).get(metricId)
  if (!metric) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'metric', id: metricId })
  const series = await seriesOf(reader, metricId, customerId)
  const events: AnalysedEvent[] = []
  let complete = true
  for (const day of await daysOf(reader, series, from, to)) {
    const begin = day < from ? from : day
    const end = day + DAY < to ? day + DAY : to
    for (const row of await eventsIn(reader, series, begin, end)) {
      const properties = row.properties === '' ? {} : (JSON.parse(row.properties) as Record<string, string>)
      const value = metric.property === null ? undefined : properties[metric.property]
      events.push({ id: row.id, quantity: row.quantity, at: row.at, properties, value })
    }
    if (events.length >= MOST_EVENTS) {
      complete = events.length === MOST_EVENTS && end >= to
      events.length = Math.min(events.length, MOST_EVENTS)
      break
    }
  }
  const shown = (group: UsageGroup) => ({
    ...{ value: group.value, events: group.events, judged: group.judged, failed: group.failed },
    quantity: group.quantity === null ? null : quantityText(group.quantity, metric.scale),
    latency: group.latency,
  })
  const properties = [...new Set(events.flatMap(event => Object.keys(event.properties)))].sort()
  const by = input.by ?? WELL_KNOWN.find(name => properties.includes(name)) ?? properties[0] ?? null
  const groups = analyse(metric, events, by ?? '')
  return {
    by,
    groups: groups.slice(0, MOST_GROUPS).map(shown),
    groupCount: groups.length,
    total: shown(groupOf(metric, null, events)),
    properties,
    complete,
  }
})

async function seriesOf(reader: Reader, metricId: string, customerId: string | undefined): Promise<bigint[]> {
  let query = reader.db.selectFrom('usage_series').select('number').where('metric_id', '=', metricId)
  if (customerId !== undefined) query = query.where('customer_id', '=', customerId)
  return (await query.orderBy('number').execute()).map(row => row.number)
}

/** Series that one statement lists. */
const LISTED = 200

/** UTC days in which any of the series has usage, the oldest first; while usage is imported all days of the span. */
async function daysOf(
  reader: Reader,
  series: readonly bigint[],
  from: bigint,
  to: bigint,
): Promise<bigint[]> {
  const pending = await reader.db.selectFrom('usage_pending').select('seq').limit(1).executeTakeFirst()
  const days = new Set<bigint>()
  if (pending) for (let day = from - (from % DAY); day < to; day += DAY) days.add(day)
  else
    for (let start = 0; start < series.length; start += LISTED) {
      const rows = await reader.db
        .selectFrom('usage_buckets')
        .select(eb => eb('at', '-', eb('at', '%', eb.lit(86_400_000) as never)).as('day'))
        .distinct()
        .where('series', 'in', series.slice(start, start + LISTED))
        .where('at', '>=', from - (from % 900_000n))
        .where('at', '<', to)
        .execute()
      for (const row of rows) days.add(BigInt(row.day))
    }
  return [...days].sort((a, b) => Number(a - b))
}

async function eventsIn(reader: Reader, series: readonly bigint[], from: bigint, to: bigint) {
  const found: { id: string; at: bigint; quantity: bigint; properties: string }[] = []
  for (let start = 0; start < series.length; start += LISTED) {
    const some = series.slice(start, start + LISTED)
    const rows = await reader.db
      .selectFrom('usage_events')
      .select(['id', 'at', 'quantity', 'properties'])
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('usage_events as one')
          .select('one.id')
          .where('one.at', '>=', from)
          .where('one.at', '<', to)
          .where('one.series', 'in', some),
      )
      .orderBy('at')
      .orderBy('id')
      .limit(MOST_EVENTS + 1 - found.length)
      .execute()
    found.push(...rows)
    if (found.length > MOST_EVENTS) break
  }
  return found
}
