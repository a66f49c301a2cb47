import { answer } from '#core/runtime/handlers.ts'
import { quantityText } from '#engines/billing/usage-event.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { loadAllowances, usualThresholds } from '../entitlements/load-terms.ts'
import { hardLimitOf, type LimitFacts, mayBeLimited } from './limits.ts'
import { metricsById, quantitiesOf } from './quantities.ts'
import { metricFacts } from './resolve.ts'

/** Hard limits of customers, for an import that goes by them. */
export const knownLimits = answer(contract.limits, async ({ reader, input, now }) => {
  const metrics = [...(await metricFacts(reader as never)).values()]
  const limits: LimitFacts[] = []
  const usual = await usualThresholds(reader)
  for (const customerId of [...(await mayBeLimited(reader, input.customerIds))].sort()) {
    const terms = await loadAllowances(reader, customerId, now, usual)
    for (const metric of metrics) {
      const limit = hardLimitOf(customerId, metric, terms)
      if (limit) limits.push(limit)
    }
  }
  const used = await quantitiesOf(reader, limits)
  return { limits: limits.map((limit, i) => ({ limit, used: used[i]!.quantity })) }
})

/** What a customer used of each metric in a span. */
export const usageTotals = answer(contract.totals, async ({ reader, input }) => {
  const { customerId, from, to } = input
  const series = await reader.db
    .selectFrom('usage_series')
    .select('metric_id')
    .distinct()
    .where('customer_id', '=', customerId)
    .orderBy('metric_id')
    .execute()
  const metrics = await metricsById(reader)
  const found = await quantitiesOf(
    reader,
    series.map(row => ({ customerId, metricId: row.metric_id, from, to })),
  )
  return {
    totals: series.flatMap(({ metric_id: metricId }, i) => {
      const { quantity, events } = found[i]!
      const scale = metrics.get(metricId)?.scale ?? 0
      return events === 0 && quantity === 0n
        ? []
        : [{ metricId, quantity: quantityText(quantity, scale), events }]
    }),
  }
})
