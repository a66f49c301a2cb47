import { answer } from '#core/runtime/handlers.ts'
import { quotaMeters as leaf } from '#shared/contract/billing/quotas.ts'

/** How far all customers are, as the last scan found it: those that are farthest first. */
export const quotaOverview = answer(leaf.overview, async ({ reader, input }) => {
  const { reached, metricId, customerId, willBreach, offset, limit } = input
  let narrowed = reader.db
    .selectFrom('quota_readings as reading')
    .innerJoin('customers as customer', 'customer.id', 'reading.customer_id')
    .innerJoin('metrics as metric', 'metric.id', 'reading.metric_id')
    .where('reading.limit', 'is not', null)
    .where('reading.reached', '>=', BigInt(reached))
  if (metricId !== undefined) narrowed = narrowed.where('reading.metric_id', '=', metricId)
  if (customerId !== undefined) narrowed = narrowed.where('reading.customer_id', '=', customerId)
  if (willBreach)
    narrowed = narrowed.where('reading.breach_at', 'is not', null).where('reading.percent', '<', 100n)
  const { count } = await narrowed
    .select(eb => eb.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  const rows = await narrowed
    .selectAll('reading')
    .select(['customer.name as customer', 'customer.zone', 'metric.key', 'metric.name', 'metric.unit'])
    .orderBy('reading.percent', order => order.desc().nullsLast())
    .orderBy('customer.name')
    .orderBy('metric.key')
    .offset(offset)
    .limit(limit)
    .execute()
  const last = await reader.db
    .selectFrom('quota_scans')
    .select('finished_at')
    .where('dry_run', '=', 0n)
    .where('state', '=', 'done')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    readings: rows.map(row => ({
      ...{
        customerId: row.customer_id,
        customer: row.customer,
        zone: row.zone,
        metricId: row.metric_id,
        metric: row.key,
      },
      ...{ name: row.name, unit: row.unit, period: { from: row.period_from, to: row.period_to } },
      ...{ limit: row.limit, used: row.used, projected: row.projected, enforcement: row.enforcement },
      percent: row.percent === null ? null : Number(row.percent),
      ...{ reached: Number(row.reached), breachAt: row.breach_at, at: row.at },
    })),
    count: Number(count),
    scannedAt: last?.finished_at ?? null,
  }
})
