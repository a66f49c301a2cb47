import type { Reader, Tx } from '#core/database/store.ts'
import { reading } from '#core/database/store.ts'
import { notify } from '#core/notify/notify.ts'
import { handle } from '#core/runtime/handlers.ts'
import { manyQuotasReached, quotaReached } from '#engines/notify/topics/billing-quotas.ts'
import { quotaScans as leaf, type QuotaAlert, type ScanReport } from '#shared/contract/billing/quota-scans.ts'

const LISTED = 100
const keyOf = (one: Pick<QuotaAlert, 'customerId' | 'metricId' | 'threshold' | 'kind'> & { from: bigint }) =>
  `${one.customerId}/${one.metricId}/${one.from}/${one.threshold}/${one.kind}`

/** Of thresholds that are reached those that nobody was told of in their period. */
export async function freshAlerts(reader: Reader, alerts: readonly QuotaAlert[]): Promise<QuotaAlert[]> {
  const known = new Set<string>()
  const customers = [...new Set(alerts.map(one => one.customerId))]
  for (let start = 0; start < customers.length; start += LISTED) {
    const rows = await reader.db
      .selectFrom('quota_alerts')
      .select(['customer_id', 'metric_id', 'period_from', 'threshold', 'kind'])
      .where('customer_id', 'in', customers.slice(start, start + LISTED))
      .execute()
    for (const { customer_id: customerId, metric_id: metricId, period_from: from, threshold, kind } of rows)
      known.add(keyOf({ customerId, metricId, from, kind, threshold: Number(threshold) }))
  }
  return alerts.filter(one => !known.has(keyOf({ ...one, from: one.period.from })))
}

/** Alerts with the names of what they are about. */
export async function shownAlerts(
  reader: Reader,
  alerts: readonly QuotaAlert[],
): Promise<ScanReport['wouldTell']> {
  if (alerts.length === 0) return []
  const customers = await reader.db
    .selectFrom('customers')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(alerts.map(one => one.customerId))])
    .execute()
  const metrics = await reader.db.selectFrom('metrics').select(['id', 'key', 'unit']).execute()
  const names = new Map(customers.map(row => [row.id, row.name]))
  const words = new Map(metrics.map(row => [row.id, row]))
  return alerts.map(one => ({
    ...one,
    // What was used can no longer be taken back, and neither can who used it.
    customer: names.get(one.customerId)!,
    metric: words.get(one.metricId)!.key,
    unit: words.get(one.metricId)!.unit,
  }))
}

/**
 * Notes thresholds that are reached, once in each period, makes a task of each breach, and tells ops and analysts: of
 * each customer's metric once, at the highest of them.
 */
export const raiseAlerts = handle(leaf.raise, async call => {
  const { tx, input, ids, now } = call
  const { scanId, each } = input
  const fresh = await freshAlerts(reading(tx), input.alerts)
  const shown = await shownAlerts(reading(tx), fresh)
  // Made-up customers are no news.
  const made = await tx.db.selectFrom('workspace_state').select('demo').executeTakeFirstOrThrow()
  let tasks = 0
  for (const own of Map.groupBy(
    shown,
    one => `${one.customerId}/${one.metricId}/${one.period.from}`,
  ).values()) {
    // A scan names them from the lowest.
    const top = own.at(-1)!
    for (const one of own)
      await tx.db
        .insertInto('quota_alerts')
        .values({
          ...{ id: ids.next(), customer_id: one.customerId, metric_id: one.metricId },
          ...{ period_from: one.period.from, period_to: one.period.to, threshold: BigInt(one.threshold) },
          ...{ kind: one.kind, limit: one.limit, used: one.used, scan_id: scanId, at: now },
        })
        .execute()
    if (top.kind === 'breach' && (await makeTask(tx, ids.next(), top, now))) tasks++
    if (!each || made.demo !== 0n) continue
    const over = top.kind === 'breach'
    await notify(call, {
      topic: quotaReached,
      to: [{ role: 'ops' }, { role: 'analyst' }],
      params: { customer: top.customer, metric: top.metric, percent: `${top.threshold}` },
      onceKey: `quota:${top.customerId}/${top.metricId}/${top.period.from}/${top.threshold}/${top.kind}`,
      about: { entity: 'customer', id: top.customerId },
      link: `/billing/quotas?customer=${top.customerId}`,
      urgency: over ? 'urgent' : 'normal',
    })
  }
  return { fresh: fresh.length, tasks }
})

/** Of a scan that found very much people are told once, how much it is. */
export const summariseScan = handle(leaf.summarise, async call => {
  const { tx, input } = call
  const { scanId, breaches, warnings } = input
  const { demo } = await tx.db.selectFrom('workspace_state').select('demo').executeTakeFirstOrThrow()
  if (demo === 0n)
    await notify(call, {
      topic: manyQuotasReached,
      to: [{ role: 'ops' }, { role: 'analyst' }],
      params: { breaches: `${breaches}`, warnings: `${warnings}` },
      onceKey: `quota-scan:${scanId}`,
      link: `/billing/quotas?scan=${scanId}`,
      urgency: breaches > 0 ? 'urgent' : 'normal',
    })
  return {}
})

async function makeTask(tx: Tx, id: string, alert: QuotaAlert, now: bigint): Promise<boolean> {
  const { customerId, metricId, period, limit, used } = alert
  const { numInsertedOrUpdatedRows = 0n } = await tx.db
    .insertInto('quota_tasks')
    .values({
      ...{ id, customer_id: customerId, metric_id: metricId, period_from: period.from, period_to: period.to },
      ...{ limit, used, state: 'open', assignee: null, note: '', created_at: now },
      ...{ changed_by: null, changed_at: now },
    })
    .onConflict(on => on.columns(['customer_id', 'metric_id', 'period_from']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows > 0n
}
