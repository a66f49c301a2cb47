import type { Tx } from '#core/database/store.ts'
import type { UsageEvent } from '#shared/contract/billing/usage.ts'
import { contract } from '#shared/contract/index.ts'
import type { TestCore } from '#test/kit/core-kit.ts'

export const QUARTER = 900_000n

/** Customers `acme`, `globex`, … and metrics that usage tests use. */
export async function usageWorld(t: TestCore, customers: readonly string[] = ['acme', 'globex']) {
  const ids: Record<string, string> = {}
  for (const [i, key] of customers.entries()) {
    const id = `00000000-0000-7000-8000-00000000c${String(i).padStart(3, '0')}`
    ids[key] = id
    await t.store.write(t.workspace, 'person', tx => addCustomer(tx, id, key))
  }
  const metrics: Record<string, string> = {}
  const wanted = [
    { key: 'calls', aggregation: 'sum', scale: 0, excess: 'refuse', groupBy: [] },
    { key: 'gb', aggregation: 'sum', scale: 3, excess: 'round', groupBy: ['region'] },
    { key: 'peak', aggregation: 'max', scale: 0, excess: 'refuse', groupBy: [] },
    { key: 'seats', aggregation: 'latest', scale: 0, excess: 'refuse', groupBy: [] },
    { key: 'logins', aggregation: 'count', scale: 0, excess: 'refuse', groupBy: [] },
  ] as const
  for (const one of wanted) {
    const input = { ...one, name: one.key, unit: one.key, groupBy: [...one.groupBy] }
    metrics[one.key] = (await t.core.call(contract.billing.metric.create, input, t.admin)).id
  }
  return { customers: ids, metrics }
}

export async function addCustomer(tx: Tx, id: string, key: string): Promise<void> {
  await tx.db
    .insertInto('customers')
    .values({
      ...{ id, key, name: key, email: '', country: 'DE', currency: 'EUR', zone: 'UTC', industry: '' },
      ...{ tier: '', seats: 1n, signed_up_on: '2026-01-01', churned_on: null, created_at: 0n },
    })
    .execute()
}

/** A call of one unit by acme, an hour ago, unless something else is said. */
export function event(t: TestCore, id: string, values: Partial<UsageEvent> = {}): UsageEvent {
  return {
    ...{ id, customer: 'acme', metric: 'calls', quantity: '1', at: t.clock.now() - 3_600_000n },
    properties: {},
    ...values,
  }
}

export const record = (t: TestCore, ...events: UsageEvent[]) =>
  t.core.call(contract.billing.usage.record, { events }, t.admin)

interface StoredEvent {
  id: string
  series: string
  quantity: bigint
  at: bigint
  properties: string
  batch: bigint
}
interface StoredBucket {
  series: string
  at: bigint
  events: bigint
  sum: bigint
  max: bigint
  latest: bigint
  latest_at: bigint
  latest_id: string
}

/** Everything that is stored of usage, with `customer metric groups` for the number of a series. */
export async function storedUsage(t: Pick<TestCore, 'store' | 'workspace'>) {
  return t.store.read(t.workspace, async ({ db }) => {
    const series = await db
      .selectFrom('usage_series')
      .innerJoin('customers', 'customers.id', 'usage_series.customer_id')
      .innerJoin('metrics', 'metrics.id', 'usage_series.metric_id')
      .select(['number', 'customers.key as customer', 'metrics.key as metric', 'groups'])
      .execute()
    const names = new Map(series.map(one => [one.number, `${one.customer} ${one.metric} ${one.groups}`]))
    const named = <R extends { series: bigint }>(row: R) => ({ ...row, series: names.get(row.series) ?? '' })
    const events = await db
      .selectFrom('usage_events')
      .select(['id', 'series', 'quantity', 'at', 'properties', 'batch'])
      .orderBy('id')
      .execute()
    const buckets = await db
      .selectFrom('usage_buckets')
      .select(['series', 'at', 'events', 'sum', 'max', 'latest', 'latest_at', 'latest_id'])
      .execute()
    const place = ({ series, at }: StoredBucket) => `${series} ${at}`
    return {
      events: events.map(named) as StoredEvent[],
      buckets: (buckets.map(named) as StoredBucket[]).sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    }
  })
}
