import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { type MeasuredEvent, rollUp, usageOf } from '#engines/billing/aggregate.ts'
import { closeFacts as leaf } from '#shared/contract/billing/close-facts.ts'
import { metricOf } from '../catalog/metrics.ts'
import type { QuantityRequest } from './drafting.ts'

export const closeQuantities = answer(leaf.quantities, async ({ reader, input }) => ({
  quantities: await quantitiesOf(reader, input.requests),
}))

/** What events come to, in the order of the requests. */
export async function quantitiesOf(reader: Reader, requests: readonly QuantityRequest[]) {
  if (requests.length === 0) return []
  const customers = [...new Set(requests.map(one => one.customerId))]
  const metrics = new Map(
    (await reader.db.selectFrom('metrics').selectAll().execute()).map(row => [row.id, metricOf(row)]),
  )
  const from = requests.reduce((a, b) => (b.from < a ? b.from : a), requests[0]!.from)
  const to = requests.reduce((a, b) => (b.to > a ? b.to : a), requests[0]!.to)
  const rows = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_events as event', 'event.series', 'series.number')
    .select(['series.customer_id', 'series.metric_id', 'event.id', 'event.quantity', 'event.at'])
    .where('series.customer_id', 'in', customers)
    .where('event.at', '>=', from)
    .where('event.at', '<', to)
    .execute()
  const events = Map.groupBy(rows, row => `${row.customer_id}/${row.metric_id}`)
  return requests.map(one => {
    const own: MeasuredEvent[] = events.get(`${one.customerId}/${one.metricId}`) ?? []
    return usageOf(
      metrics.get(one.metricId)!,
      rollUp(own.filter(({ at }) => at >= one.from && at < one.to)),
    )
  })
}
