import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { exactText } from '#engines/billing/exact.ts'
import { kindOfThreshold } from '#engines/billing/quota.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { quotaScans as leaf, type QuotaScan, type ScanReport } from '#shared/contract/billing/quota-scans.ts'
import { refuse } from '#shared/errors.ts'
import { shownAlerts } from './alerts.ts'
import { type Reading, readingsOf } from './readings.ts'
import { scanJob } from './scan-job.ts'

/** Starts a scan; one at a time. */
export const startScan = handle(leaf.start, async ({ tx, input, actor, now, ids, enqueue }) => {
  const running = await tx.db
    .selectFrom('jobs as job')
    .innerJoin('quota_scans as scan', 'scan.job_id', 'job.id')
    .select('scan.id')
    .where('job.state', 'in', ['queued', 'running'])
    .executeTakeFirst()
  if (running) throw refuse('BILLING_SCAN_RUNNING', { scanId: running.id })
  const scanId = ids.next()
  const jobId = await enqueue(scanJob, { scanId, dryRun: input.dryRun })
  await tx.db
    .insertInto('quota_scans')
    .values({
      ...{ id: scanId, job_id: jobId, dry_run: input.dryRun ? 1n : 0n, state: 'running' },
      ...{ requested_by: byWhom(actor), started_at: now, finished_at: null, report: null },
    })
    .execute()
  return { scanId, jobId }
})

const select = (reader: Reader) =>
  reader.db
    .selectFrom('quota_scans as scan')
    .leftJoin('jobs as job', 'job.id', 'scan.job_id')
    .selectAll('scan')
    .select('job.state as job_state')

/** One whose job was cancelled before it began did not come to an end. */
function scanOf(row: Row<'quota_scans'> & { job_state: Row<'jobs'>['state'] | null }): QuotaScan {
  const over = row.job_state === 'cancelled' || row.job_state === 'failed'
  return {
    ...{ id: row.id, jobId: row.job_id, dryRun: row.dry_run !== 0n },
    state: row.state === 'running' && over ? 'failed' : row.state,
    ...{ requestedBy: row.requested_by, startedAt: row.started_at, finishedAt: row.finished_at },
    report: row.report === null ? null : fromCanonical<ScanReport>(row.report),
  }
}

export const listScans = answer(leaf.list, async ({ reader, input }) => {
  const rows = await select(reader)
    .orderBy('scan.started_at', 'desc')
    .orderBy('scan.id', 'desc')
    .limit(input.limit)
    .execute()
  return { scans: rows.map(scanOf) }
})

export const getScan = answer(leaf.get, async ({ reader, input: { scanId } }) => {
  const row = await select(reader).where('scan.id', '=', scanId).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'scan', id: scanId })
  const alerts = await reader.db
    .selectFrom('quota_alerts')
    .selectAll()
    .where('scan_id', '=', scanId)
    .orderBy('threshold', 'desc')
    .orderBy('customer_id')
    .orderBy('metric_id')
    .limit(1000)
    .execute()
  const scan = scanOf(row)
  const told = alerts.map(one => ({
    ...{ customerId: one.customer_id, metricId: one.metric_id, kind: one.kind },
    period: { from: one.period_from, to: one.period_to },
    ...{ threshold: Number(one.threshold), limit: one.limit, used: one.used },
  }))
  return { ...scan, alerts: scan.dryRun ? (scan.report?.wouldTell ?? []) : await shownAlerts(reader, told) }
})

/** The thresholds that are reached, with what they mean: none where there is no limit. */
function kindsOf({ reached, used, limit, answer: { enforcement }, metric }: Reading) {
  const stops = enforcement === 'hard' && (metric.aggregation === 'sum' || metric.aggregation === 'count')
  return reached.map(threshold => ({
    threshold,
    kind: kindOfThreshold(threshold, used, limit!, stops),
  }))
}

/** What a page of customers used of what they may. */
export const lookAtUsage = answer(leaf.look, async ({ reader, input, now }) => {
  let query = reader.db
    .selectFrom('customers')
    .select('id')
    .orderBy('id')
    .limit(input.limit + 1)
  if (input.after !== null) query = query.where('id', '>', input.after)
  const found = await query.execute()
  const ids = found.slice(0, input.limit).map(row => row.id)
  const readings = await readingsOf(reader, ids, now, 'near')
  return {
    readings: readings.map(one => ({
      ...{ customerId: one.customerId, metricId: one.metric.id, period: one.period },
      ...{ limit: one.answer.limit, used: exactText(one.used), percent: one.percent },
      reached: kindsOf(one),
      projected: one.projection?.quantity ?? null,
      enforcement: one.answer.enforcement!,
      breachAt: one.projection?.breachAt ?? null,
    })),
    customers: ids.length,
    next: found.length > input.limit ? ids.at(-1)! : null,
  }
})
