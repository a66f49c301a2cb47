import type { Reader } from '#core/database/store.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { monthIn, shiftMonth } from '../close/month.ts'

/** Days at the end of a month without any usage after which a metric is asked about. */
const SILENT = 3n * 86_400_000n

/**
 * Names of metrics that were used in the month before and not in the last days of this one: a source that stopped
 * to send is seen here, and not by who gets the invoice. Each metric is asked for one bucket in a span, which is
 * there at once where it is used.
 */
export async function silentMetrics(reader: Reader, period: string, now: bigint): Promise<string[]> {
  const month = monthIn(period, 'UTC')
  const before = monthIn(shiftMonth(period, -1), 'UTC')
  const to = now < month.to ? now : month.to
  const metrics = await reader.db
    .selectFrom('metrics')
    .select(['id', 'name'])
    .where('active', '=', 1n)
    .orderBy('name')
    .execute()
  const silent: string[] = []
  for (const { id, name } of metrics)
    if ((await isUsed(reader, id, before)) && !(await isUsed(reader, id, { from: to - SILENT, to })))
      silent.push(name)
  return silent
}

async function isUsed(reader: Reader, metricId: string, { from, to }: Span): Promise<boolean> {
  const row = await reader.db
    .selectFrom('usage_series as series')
    .innerJoin('usage_buckets as bucket', 'bucket.series', 'series.number')
    .select('bucket.at')
    .where('series.metric_id', '=', metricId)
    .where('bucket.at', '>=', from)
    .where('bucket.at', '<', to)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
