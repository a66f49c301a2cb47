import type { Tx } from '#core/database/store.ts'
import { reading } from '#core/database/store.ts'
import { type JobContext, type JobFacts, jobKind } from '#core/jobs/job.ts'
import { canonicalJson } from '#shared/canonical.ts'
import {
  quotaScans as leaf,
  type QuotaAlert,
  type ScanPage,
  type ScanReading,
  type ScanReport,
} from '#shared/contract/billing/quota-scans.ts'
import { freshAlerts, shownAlerts } from './alerts.ts'

export interface ScanInput {
  readonly scanId: string
  readonly dryRun: boolean
}

/** Customers that are looked at in one question. */
const PAGE = 100
/** Readings of one write: so many take the writer less than 10 ms. */
const READINGS = 200
/** Alerts of one command. */
const ALERTS = 100
/** What a dry run shows of what it would tell. */
const SHOWN = 100

/** So many customers' metrics are told one by one; of more only how many they are. */
const MOST_TOLD = 20

/** The highest threshold of a reading makes it a warning or a breach. */
const kindOf = ({ reached }: ScanReading) => reached.at(-1)?.kind ?? null

/**
 * Looks at the usage of all customers, page by page. What it found is kept as readings, which a list of all customers
 * shows; thresholds that are reached for the first time in their period are told by a command, which is in the log.
 */
export const scanJob = jobKind<ScanInput, { scanId: string }>({
  name: 'billing.quota.scan.start',
  afterCrash: 'restart',
  async compute(context) {
    const { scanId, dryRun } = context.input
    const { customers } = (await context.submit('begin', { scanId })) as { customers: number }
    const counts = { customers: 0, quotas: 0, warnings: 0, breaches: 0, fresh: 0, tasks: 0 }
    const wouldTell: ScanReport['wouldTell'] = []
    const news: QuotaAlert[] = []
    for (let after: string | null = null; ; ) {
      context.signal.throwIfAborted()
      const page: ScanPage = await context.query(leaf.look, { after, limit: PAGE })
      const limited = page.readings.filter(one => one.limit !== null)
      counts.customers += page.customers
      counts.quotas += limited.length
      for (const one of limited) {
        if (kindOf(one) === 'warning') counts.warnings++
        if (kindOf(one) === 'breach') counts.breaches++
      }
      const alerts = limited.flatMap(alertsOf)
      if (dryRun) {
        const { fresh, shown } = (await context.submit('ask', { alerts })) as Asked
        counts.fresh += fresh
        wouldTell.push(...shown.slice(0, SHOWN - wouldTell.length))
      } else {
        for (let from = 0; from < page.readings.length; from += READINGS)
          await context.submit('keep', { scanId, readings: page.readings.slice(from, from + READINGS) })
        // Only what is new makes a command: a night without news leaves one entry in the log.
        news.push(...((await context.submit('ask', { alerts })) as Asked).news)
      }
      context.progress(counts.customers, customers, 'looking')
      if (page.next === null) break
      after = page.next
    }
    const told = await tell(context, scanId, news)
    counts.fresh += told.fresh
    counts.tasks += told.tasks
    await context.submit('finish', { scanId, dryRun, report: { ...counts, wouldTell } })
    return { scanId }
  },
  chunks: { begin, keep, ask, finish },
  abandon: failScan,
})

/** The thresholds that are reached of a limit; without one there are none. */
function alertsOf({ customerId, metricId, period, limit, used, reached }: ScanReading): QuotaAlert[] {
  return reached.map(({ threshold, kind }) => ({
    ...{ customerId, metricId, period, threshold, kind, limit: limit!, used },
  }))
}

/** Notes and tells what is new. */
async function tell(context: JobContext<ScanInput>, scanId: string, news: readonly QuotaAlert[]) {
  const told = { fresh: 0, tasks: 0 }
  const subjects = Map.groupBy(news, one => `${one.customerId}/${one.metricId}`)
  const each = subjects.size <= MOST_TOLD
  for (let from = 0; from < news.length; from += ALERTS) {
    const alerts = news.slice(from, from + ALERTS)
    const { fresh, tasks } = await context.command(leaf.raise, { scanId, alerts, each })
    told.fresh += fresh
    told.tasks += tasks
  }
  if (!each) {
    const breaches = [...subjects.values()].filter(own => own.some(one => one.kind === 'breach')).length
    await context.command(leaf.summarise, { scanId, breaches, warnings: subjects.size - breaches })
  }
  return told
}

interface Asked {
  readonly fresh: number
  readonly news: QuotaAlert[]
  readonly shown: ScanReport['wouldTell']
}

async function begin(tx: Tx, { scanId }: { scanId: string }): Promise<{ customers: number }> {
  await tx.db
    .updateTable('quota_scans')
    .set({ state: 'running', finished_at: null, report: null })
    .where('id', '=', scanId)
    .execute()
  const { customers } = await tx.db
    .selectFrom('customers')
    .select(eb => eb.fn.countAll<bigint>().as('customers'))
    .executeTakeFirstOrThrow()
  return { customers: Number(customers) }
}

/** Which of these nobody was told of. */
async function ask(tx: Tx, { alerts }: { alerts: readonly QuotaAlert[] }): Promise<Asked> {
  const news = await freshAlerts(reading(tx), alerts)
  return { fresh: news.length, news, shown: await shownAlerts(reading(tx), news.slice(0, SHOWN)) }
}

async function keep(
  tx: Tx,
  { scanId, readings }: { scanId: string; readings: readonly ScanReading[] },
  { now }: JobFacts,
): Promise<void> {
  const rows = readings.map(({ customerId, metricId, period, limit, used, projected, ...one }) => ({
    ...{ customer_id: customerId, metric_id: metricId, period_from: period.from, period_to: period.to },
    ...{ limit, used, projected, enforcement: one.enforcement },
    percent: one.percent === null ? null : BigInt(one.percent),
    reached: BigInt(one.reached.at(-1)?.threshold ?? 0),
    ...{ breach_at: one.breachAt, at: now, scan_id: scanId },
  }))
  await tx.db
    .insertInto('quota_readings')
    .values(rows)
    .onConflict(on =>
      on.columns(['customer_id', 'metric_id']).doUpdateSet(eb => ({
        period_from: eb.ref('excluded.period_from'),
        period_to: eb.ref('excluded.period_to'),
        limit: eb.ref('excluded.limit'),
        used: eb.ref('excluded.used'),
        projected: eb.ref('excluded.projected'),
        enforcement: eb.ref('excluded.enforcement'),
        percent: eb.ref('excluded.percent'),
        reached: eb.ref('excluded.reached'),
        breach_at: eb.ref('excluded.breach_at'),
        at: eb.ref('excluded.at'),
        scan_id: eb.ref('excluded.scan_id'),
      })),
    )
    .execute()
}

async function finish(
  tx: Tx,
  { scanId, dryRun, report }: { scanId: string; dryRun: boolean; report: ScanReport },
  { now }: JobFacts,
): Promise<void> {
  // What this scan did not meet is no longer there: customers without a plan, metrics out of use.
  if (!dryRun) await tx.db.deleteFrom('quota_readings').where('scan_id', '!=', scanId).execute()
  await tx.db
    .updateTable('quota_scans')
    .set({ state: 'done', finished_at: now, report: canonicalJson(report) })
    .where('id', '=', scanId)
    .execute()
}

/** A scan that was cancelled or failed says so; what it told stays told. */
async function failScan(tx: Tx, { jobId, now }: JobFacts): Promise<void> {
  await tx.db
    .updateTable('quota_scans')
    .set({ state: 'failed', finished_at: now })
    .where('job_id', '=', jobId)
    .where('state', '=', 'running')
    .execute()
}
