import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { schema } from '#core/database/schema.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Store } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { addToBuckets, type BucketRow, insertEvents } from '#core/database/usage-rows.ts'
import { digestOf } from '#shared/ids.ts'
import { DATA, KEY, monotonic, WORKSPACE } from './cost-database.ts'

export interface UsageSize {
  readonly customers: number
  /** Usage prices of the plan; two fees come on top. */
  readonly metrics: number
  readonly events: number
}

/** The month that everything is used in. */
export const PERIOD = '2026-10'
const FROM = Date.UTC(2026, 9, 1)
const MONTH = Date.UTC(2026, 10, 1) - FROM
const QUARTER = 900_000
const FEES = 2

const idOf = (kind: string, n: number) => `00000000-0000-7000-${kind}-${String(n).padStart(12, '0')}`
export const customerId = (n: number) => idOf('9001', n)
const metricId = (n: number) => idOf('9002', n)
const VERSION = idOf('9003', 1)

/**
 * Customers on one plan with a month of usage, in an encrypted workspace that is made once and kept. Events are
 * spread evenly over the month and over the series of all customers and metrics.
 */
export async function usageDatabase(size: UsageSize): Promise<{ path: string; bytes: number }> {
  mkdirSync(DATA, { recursive: true })
  // Made anew where the tables changed meanwhile.
  const tables = digestOf(JSON.stringify(schema)).slice(0, 8)
  const name = `usage-${size.customers}-${size.metrics}-${size.events}-`
  const path = `${DATA}${name}${tables}.db`
  const done = `${path}.done`
  if (!existsSync(done)) {
    for (const old of readdirSync(DATA)) if (old.startsWith(name)) rmSync(DATA + old)
    await make(path, size)
    writeFileSync(done, '')
  }
  return { path, bytes: statSync(path).size }
}

async function make(path: string, size: UsageSize): Promise<void> {
  const connection = openSqlite({ path, key: KEY, monotonic }, 'write')
  await migrate('sqlite', sqliteExecute(connection), 0n)
  connection.close()
  const store = openSqliteStore({ path, key: KEY, monotonic })
  await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
  const begun = monotonic()
  await makeCatalogue(store, size)
  await makeCustomers(store, size)
  await makeEvents(store, size)
  await makeBuckets(store, size)
  await store.close()
  const tidy = openSqlite({ path, key: KEY, monotonic }, 'write')
  tidy.pragma('wal_checkpoint(TRUNCATE)')
  tidy.close()
  console.log(
    `made ${size.events} events of ${size.customers} customers in ${Math.round((monotonic() - begun) / 1000)} s`,
  )
}

async function makeCatalogue(store: Store, { metrics }: UsageSize): Promise<void> {
  await store.write(WORKSPACE, 'job', async tx => {
    const numbers = Array.from({ length: metrics }, (_, n) => n)
    await insertRows(
      tx,
      'metrics',
      schema.metrics,
      numbers.map(n => ({
        ...{ id: metricId(n), key: `metric-${n}`, name: `Metric ${n}`, unit: 'units', scale: 3n },
        ...{ aggregation: 'sum', excess: 'refuse', group_by: '[]', active: 1n, created_at: 0n },
        ...{ property: null, rounding: null, places: null, carries: 0n },
      })),
    )
    await insertRows(tx, 'plans', schema.plans, [
      { id: idOf('9004', 1), key: 'bench', name: 'Bench', description: '', active: 1n, created_at: 0n },
    ])
    await insertRows(tx, 'plan_versions', schema.plan_versions, [
      {
        ...{ id: VERSION, plan_id: idOf('9004', 1), number: 1n, interval: 'month', alignment: 'calendar' },
        ...{ trial_days: 0n, entitlements: '[]', note: '', created_at: 0n },
      },
    ])
    const common = { plan_version_id: VERSION, currency: 'USD', minimum: null, maximum: null }
    await insertRows(tx, 'prices', schema.prices, [
      ...Array.from({ length: FEES }, (_, n) => ({
        ...{ ...common, id: idOf('9005', n), position: BigInt(n), key: `fee-${n}`, name: `Fee ${n}` },
        charge: JSON.stringify({ amount: `${99 + n}`, model: 'flat' }),
        ...{ metric_id: null, due: 'arrears', proration: 'second' },
      })),
      ...numbers.map(n => ({
        ...{ ...common, id: idOf('9006', n), position: BigInt(FEES + n), key: `usage-${n}` },
        ...{ name: `Usage ${n}`, metric_id: metricId(n), due: 'arrears', proration: 'second' },
        charge: JSON.stringify(chargeOf(n)),
      })),
    ])
  })
}

/** Standard, graduated and package prices in turn. */
function chargeOf(n: number) {
  if (n % 3 === 0) return { free: '10', model: 'standard', unit: '0.0123' }
  if (n % 3 === 1)
    return {
      ...{ flatAtZero: false, model: 'graduated' },
      tiers: [
        { flat: '0', unit: '0.05', upTo: '100' },
        { flat: '1', unit: '0.03', upTo: '1000' },
        { flat: '0', unit: '0.01', upTo: null },
      ],
    }
  return { amount: '2', free: '0', model: 'package', size: '50' }
}

async function makeCustomers(store: Store, { customers, metrics }: UsageSize): Promise<void> {
  const AT_ONCE = 500
  for (let from = 0; from < customers; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, customers - from) }, (_, i) => from + i)
    await store.write(WORKSPACE, 'job', async tx => {
      await insertRows(
        tx,
        'customers',
        schema.customers,
        numbers.map(n => ({
          ...{ id: customerId(n), key: `c-${n}`, name: `Customer ${n}`, email: '', country: 'US' },
          ...{ currency: 'USD', zone: 'UTC', industry: '', tier: '', seats: 1n, signed_up_on: '2026-01-01' },
          ...{ churned_on: null, created_at: 0n },
        })),
      )
      await insertRows(
        tx,
        'subscriptions',
        schema.subscriptions,
        numbers.map(n => ({
          ...{ id: idOf('9007', n), customer_id: customerId(n), plan_id: idOf('9004', 1), currency: 'USD' },
          ...{ interval: 'month', alignment: 'calendar', started_at: BigInt(FROM), anchor_at: BigInt(FROM) },
          ...{ bill_from: BigInt(FROM), ended_at: null, created_at: 0n },
        })),
      )
      await insertRows(
        tx,
        'subscription_phases',
        schema.subscription_phases,
        numbers.map(n => ({
          ...{ id: idOf('9008', n), subscription_id: idOf('9007', n), plan_version_id: VERSION },
          ...{ quantity: 1n, kind: 'active', starts_at: BigInt(FROM), ends_at: null },
        })),
      )
      // The months before are closed.
      await insertRows(
        tx,
        'billing_accounts',
        schema.billing_accounts,
        numbers.map(n => ({
          ...{ customer_id: customerId(n), closed_until: BigInt(FROM), rerate_from: null, marks: 0n },
        })),
      )
      await insertRows(
        tx,
        'usage_series',
        schema.usage_series,
        numbers.flatMap(n =>
          Array.from({ length: metrics }, (_, m) => ({
            number: BigInt(n * metrics + m + 1),
            ...{ customer_id: customerId(n), metric_id: metricId(m), groups: '{}' },
          })),
        ),
      )
    })
  }
}

/** The n-th event of all: when, of which series, how much. */
function eventOf(n: number, series: number, events: number) {
  return {
    at: FROM + Math.floor((n * MONTH) / events),
    series: (n % series) + 1,
    quantity: 1000 + ((n * 7919) % 50_000),
  }
}

async function makeEvents(store: Store, { customers, metrics, events }: UsageSize): Promise<void> {
  const AT_ONCE = 5_000
  const series = customers * metrics
  for (let from = 0; from < events; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, events - from)
    const all = Array.from({ length }, (_, i) => eventOf(from + i, series, events))
    await store.write(WORKSPACE, 'job', tx =>
      insertEvents(
        tx,
        {
          ids: all.map((_, i) => `event-${String(from + i).padStart(10, '0')}`),
          series: BigInt64Array.from(all, one => BigInt(one.series)),
          quantities: BigInt64Array.from(all, one => BigInt(one.quantity)),
          at: BigInt64Array.from(all, one => BigInt(one.at)),
          properties: Array.from({ length }, () => ''),
        },
        0n,
      ),
    )
  }
}

/** The same events as roll-ups, series by series. */
async function makeBuckets(store: Store, { customers, metrics, events }: UsageSize): Promise<void> {
  const AT_ONCE = 5_000
  const series = customers * metrics
  let some: BucketRow[] = []
  const flush = async () => {
    const rows = some
    some = []
    await store.write(WORKSPACE, 'job', tx => addToBuckets(tx, rows))
  }
  for (let number = 0; number < series; number++) {
    let last = null as BucketRow | null
    for (let n = number; n < events; n += series) {
      const { at, quantity } = eventOf(n, series, events)
      const begin = BigInt(at - (at % QUARTER))
      const amount = BigInt(quantity)
      if (last?.at === begin) {
        last.events += 1n
        last.sum += amount
        if (amount > last.max) last.max = amount
        continue
      }
      last = {
        ...{ series: BigInt(number + 1), at: begin, events: 1n, sum: amount, max: amount },
        ...{ latest: 0n, latestAt: 0n, latestId: '' },
      }
      some.push(last)
    }
    if (some.length >= AT_ONCE) await flush()
  }
  if (some.length > 0) await flush()
}
