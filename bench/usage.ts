/**
 * Usage: single events with their commit, also during an import; bulk with dedup and roll-ups against a bare
 * prepared insert; random ids into a large table; checks of entitlements.
 * `npx node bench/usage.ts [--full]`; `--full` takes ten million rows where the default takes half a million.
 */
import {
  closeSync,
  copyFileSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { EntitlementCache } from '#core/billing/entitlements/entitlement-cache.ts'
import { createEntitlementCache } from '#core/billing/entitlements/entitlement-cache.ts'
import { usageChunks } from '#core/billing/usage/imports/chunks.ts'
import { KEPT_ASIDE } from '#core/billing/usage/imports/import-job.ts'
import { mergeAll } from '#core/billing/usage/imports/merge-all.ts'
import { NOTHING_KEPT } from '#core/billing/usage/keeping.ts'
import { quantitiesOf } from '#core/billing/usage/quantities.ts'
import { seriesNumbers } from '#core/billing/usage/resolve.ts'
import { storeEvents } from '#core/billing/usage/store-events.ts'
import { createCore } from '#core/create-core.ts'
import { migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Store } from '#core/database/store.ts'
import type { EventColumns } from '#core/database/usage-rows.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { timer } from '#main/host/services/core-services.ts'
import { startThread, workerFile } from '#main/host/threads/start-thread.ts'
import { contract } from '#shared/contract/index.ts'
import { uuidv7 } from '#shared/ids.ts'
import { testFiles, testServices } from '#test/kit/core-kit.ts'
import { DATA, KEY, monotonic, WORKSPACE } from './cost-database.ts'
import { type Figure, milliseconds, percentile, record } from './results.ts'
import { randomDatabase } from './usage-random-database.ts'

const full = process.argv.includes('--full')
/** Rows that are there already when random ids are measured. */
const STANDING = full ? 10_000_000 : 500_000
/** As many as an import finds out that 10 ms are enough for. */
const CHUNK = 2000
/** As many as an import keeps aside before it adds their roll-ups up. */
const ROUND = KEPT_ASIDE
const ROUNDS = 5
const IMPORTED = full ? 1_000_000 : 200_000
/** Ten million events a month. */
const BETWEEN = (31 * 86_400_000) / 10_000_000
const BEGIN = Date.UTC(2026, 9, 1)

const random = () => crypto.getRandomValues(new Uint8Array(10))
const newId = () => uuidv7(Date.now(), random())
const folder = mkdtempSync(join(DATA, 'usage-'))
const figures: Figure[] = []
const system: Caller = { person: null, device: 'bench', assurance: 'system', system: true }
const us = (ms: number) => `${(ms * 1000).toFixed(1)} µs`
const perSecond = (rows: number, ms: number) => Math.round((rows / ms) * 1000)
const told = (n: number) => n.toLocaleString('en')

/** Seconds that a durable write of one page takes on the disk of the database, by percentile. */
function fdatasync(): { p50: number; p99: number } {
  const file = openSync(join(folder, 'sync'), 'w')
  const page = new Uint8Array(4096)
  const times: number[] = []
  for (let i = 0; i < 1000; i++) {
    writeSync(file, page, 0, page.length, i * 4096)
    const begun = performance.now()
    fdatasyncSync(file)
    times.push(performance.now() - begun)
  }
  closeSync(file)
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

async function newStore(name: string): Promise<{ store: Store; path: string }> {
  const path = join(folder, name)
  const connection = openSqlite({ path, key: KEY, monotonic }, 'write')
  await migrate('sqlite', sqliteExecute(connection), 0n)
  connection.close()
  const store = openSqliteStore({ path, key: KEY, monotonic })
  await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
  return { store, path }
}

function checkpoint(path: string): number {
  const begun = performance.now()
  const connection = openSqlite({ path, key: KEY, monotonic }, 'write')
  connection.pragma('wal_checkpoint(TRUNCATE)')
  connection.close()
  return performance.now() - begun
}

interface Shape {
  readonly customers: number
  readonly metrics: number
  /** Whether few customers have most of the usage, or all the same. */
  readonly skewed: boolean
}

async function makeSeries(store: Store, { customers, metrics }: Shape): Promise<bigint[]> {
  const numbers: bigint[] = []
  for (let c = 0; c < customers; c++) {
    const wanted = Array.from({ length: metrics }, (_, m) => ({
      ...{ customerId: `customer-${c}`, metricId: `metric-${m}`, groups: '{}' },
    }))
    numbers.push(...(await store.write(WORKSPACE, 'job', tx => seriesNumbers(tx, wanted))))
  }
  return numbers
}

/** Events in the order of time; their ids too, or random ones. */
function makeEvents(
  series: readonly bigint[],
  { customers, metrics, skewed }: Shape,
  from: number,
  count: number,
  ids: 'ordered' | 'random',
): EventColumns[] {
  const chunks: EventColumns[] = []
  for (let start = 0; start < count; start += CHUNK) {
    const length = Math.min(CHUNK, count - start)
    const at = new BigInt64Array(length)
    const numbers = new BigInt64Array(length)
    const quantities = new BigInt64Array(length)
    const list: string[] = []
    for (let i = 0; i < length; i++) {
      const instant = Math.round(BEGIN + (from + start + i) * BETWEEN)
      const share = Math.random()
      const customer = Math.floor(customers * (skewed ? share ** 3 : share))
      at[i] = BigInt(instant)
      numbers[i] = series[customer * metrics + Math.floor(Math.random() * metrics)] as bigint
      quantities[i] = BigInt(Math.floor(Math.random() * 1000))
      list.push(ids === 'ordered' ? uuidv7(instant, random()) : crypto.randomUUID())
    }
    if (ids === 'ordered') list.sort()
    chunks.push({
      ...{ ids: list, series: numbers, quantities, at },
      properties: Array<string>(length).fill(''),
    })
  }
  return chunks
}

/** Stores events as an import does, and adds up their roll-ups. */
async function storeAll(store: Store, chunks: readonly EventColumns[]): Promise<number> {
  const begun = performance.now()
  for (const events of chunks) {
    const { stored } = await store.write(WORKSPACE, 'job', tx =>
      storeEvents(tx, events, NOTHING_KEPT, 0n, { deferred: true }),
    )
    if (stored !== events.ids.length) throw new Error('events are missing')
  }
  await mergeAll(
    (name, data) =>
      store.write(WORKSPACE, 'job', tx => usageChunks[name](tx, data as never, { jobId: '', now: 0n })),
    new AbortController().signal,
    () => BigInt(Math.round(performance.now())),
  )
  return performance.now() - begun
}

/**
 * The same rows into a table with the same columns and the same primary key, and no index or roll-up: each by one run
 * of a prepared statement, in transactions of the same size, in a database with the same key, pages and pragmas.
 */
function bare(path: string) {
  const connection = openSqlite({ path, key: KEY, monotonic }, 'write')
  connection.exec(`CREATE TABLE IF NOT EXISTS bare (workspace TEXT NOT NULL, id TEXT NOT NULL,
    series INTEGER NOT NULL, quantity INTEGER NOT NULL, at INTEGER NOT NULL, properties TEXT NOT NULL,
    batch INTEGER NOT NULL, PRIMARY KEY (workspace, id)) STRICT, WITHOUT ROWID`)
  const insert = connection.prepare('INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?)')
  return {
    insert(chunks: readonly EventColumns[]): number {
      const begun = performance.now()
      for (const { ids, series, quantities, at, properties } of chunks) {
        connection.exec('BEGIN IMMEDIATE')
        for (let i = 0; i < ids.length; i++) {
          insert.run(WORKSPACE, ids[i], series[i], quantities[i], at[i], properties[i], 0n)
        }
        connection.exec('COMMIT')
      }
      return performance.now() - begun
    },
    close: () => connection.close(),
  }
}

const middle = (times: readonly number[]) => percentile(times, 0.5)

/** Milliseconds of processor time of this thread. */
function processor(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function bulk(name: string, shape: Shape, budgeted: boolean): Promise<void> {
  const { store, path } = await newStore(`bulk-${shape.customers}.db`)
  const other = await newStore(`bare-${shape.customers}.db`)
  await other.store.close()
  const plain = bare(other.path)
  const series = await makeSeries(store, shape)
  const ours: number[] = []
  const theirs: number[] = []
  const processors = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    const chunks = makeEvents(series, shape, round * ROUND, ROUND, 'ordered')
    const begun = processor()
    const first = await storeAll(store, chunks)
    const between = processor()
    const second = plain.insert(chunks)
    const ended = processor()
    checkpoint(path)
    checkpoint(other.path)
    // The first round only warms up.
    if (round === 0) continue
    ours.push(first)
    theirs.push(second)
    processors.ours.push(between - begun)
    processors.theirs.push(ended - between)
  }
  const ratio = middle(theirs) / middle(ours)
  figures.push({
    what: `bulk, ids in order of time, ${name}`,
    measured: `${told(perSecond(ROUND, middle(ours)))} events/s`,
    ...(budgeted ? { budget: '≥ half of the bare insert; 10,000 events/s', met: ratio >= 0.5 } : {}),
    against: `bare prepared insert ${told(perSecond(ROUND, middle(theirs)))} rows/s`,
    ratio,
  })
  figures.push({
    what: `processor time of that for a million, ${name}`,
    measured: `${((middle(processors.ours) / ROUND) * 1000).toFixed(1)} s`,
    against: `bare prepared insert ${((middle(processors.theirs) / ROUND) * 1000).toFixed(1)} s`,
    ratio: middle(processors.theirs) / middle(processors.ours),
  })
  // The same again: nothing is stored, everything compared.
  const again = makeEvents(series, shape, 0, ROUND, 'ordered')
  await storeAll(store, again)
  const begun = performance.now()
  for (const events of again) {
    const { duplicates } = await store.write(WORKSPACE, 'job', tx =>
      storeEvents(tx, events, NOTHING_KEPT, 0n),
    )
    if (duplicates.length !== events.ids.length) throw new Error('a duplicate was not seen')
  }
  figures.push({
    what: `the same events again, ${name}`,
    measured: `${told(perSecond(ROUND, performance.now() - begun))} events/s`,
  })
  plain.close()
  await store.close()
  for (const file of [path, other.path]) rmSync(file)
}

/** What a customer used in a month, as its invoice asks for it: 20 lines, 100,000 events, among other customers. */
async function quantities(): Promise<void> {
  const { store, path } = await newStore('quantities.db')
  const shape: Shape = { customers: 200, metrics: 20, skewed: false }
  await store.write(WORKSPACE, 'job', async tx => {
    for (let m = 0; m < shape.metrics; m++) {
      await tx.db
        .insertInto('metrics')
        .values({
          ...{ id: `metric-${m}`, key: `m${m}`, name: `m${m}`, unit: '', scale: 0n, excess: 'refuse' },
          ...{ aggregation: 'sum', group_by: '[]', active: 1n, created_at: 0n },
          ...{ property: null, rounding: null, places: null, carries: 0n },
        })
        .execute()
    }
  })
  const series = await makeSeries(store, shape)
  const month = 31 * 86_400_000
  const rich = makeEvents(series, { ...shape, customers: 1 }, 0, 100_000, 'ordered')
  for (const { at } of rich) {
    for (let i = 0; i < at.length; i++) at[i] = BigInt(BEGIN + Math.floor(Math.random() * month))
  }
  await storeAll(store, rich)
  await storeAll(store, makeEvents(series, shape, 0, 200_000, 'ordered'))
  checkpoint(path)
  const ask = (customers: number, offset: bigint) =>
    Array.from({ length: customers * shape.metrics }, (_, i) => ({
      ...{ customerId: `customer-${Math.floor(i / shape.metrics)}`, metricId: `metric-${i % shape.metrics}` },
      ...{ from: BigInt(BEGIN) + offset, to: BigInt(BEGIN + month) + offset },
    }))
  for (const [what, requests, budget] of [
    ['usage of one customer for an invoice of 20 lines, 100,000 events, from roll-ups', ask(1, 0n), 20],
    ['the same between two instants in the middle of a quarter of an hour', ask(1, 123_456n), 20],
    ['usage of 200 customers × 20 metrics, 300,000 events, at a time', ask(200, 0n), null],
  ] as const) {
    const times: number[] = []
    for (let run = 0; run < 30; run++) {
      const begun = performance.now()
      await store.read(WORKSPACE, reader => quantitiesOf(reader, requests))
      times.push(performance.now() - begun)
    }
    figures.push({
      what,
      measured: `p50 ${milliseconds(percentile(times, 0.5))}, p99 ${milliseconds(percentile(times, 0.99))}`,
      ...(budget === null ? {} : { budget: '< 20 ms with rating', met: percentile(times, 0.5) < budget }),
    })
  }
  await store.close()
  rmSync(path)
}

async function randomIds(shape: Shape): Promise<void> {
  const standing = await randomDatabase({
    ...{ rows: STANDING, series: shape.customers * shape.metrics },
    ...{ from: BEGIN, to: BEGIN + Math.round(STANDING * BETWEEN) },
  })
  const path = join(folder, 'random.db')
  copyFileSync(standing, path)
  const store = openSqliteStore({ path, key: KEY, monotonic })
  const series = Array.from({ length: shape.customers * shape.metrics }, (_, i) => BigInt(i + 1))
  let time = 0
  let aside = 0
  for (let round = 0; round < ROUNDS; round++) {
    const chunks = makeEvents(series, shape, STANDING + (round * ROUND) / 2, ROUND / 2, 'random')
    time += await storeAll(store, chunks)
    aside += checkpoint(path)
  }
  const speed = perSecond((ROUND / 2) * ROUNDS, time)
  figures.push({
    what: `bulk, random ids, ${told(STANDING)} events there already`,
    measured: `${told(speed)} events/s; checkpoints, which run in the background, took ${milliseconds(aside)} for ${milliseconds(time)} of writing`,
    ...(full ? { budget: '≥ 15,000/s', met: speed >= 15_000 } : {}),
  })
  await store.close()
  rmSync(path)
}

async function liveCore() {
  const { store, path } = await newStore('live.db')
  const files = testFiles()
  const worker = workerFile(new URL('../src/main/host/open-workspace.ts', import.meta.url).href)
  const core = createCore({
    ...{ workspace: WORKSPACE, store, clock: { now: () => BigInt(Date.now()), monotonic }, timer, newId },
    log: (level, message, facts) => level === 'error' && console.error(message, facts),
    threads: { start: data => startThread(worker, data), database: { path, key: KEY } },
    services: { ...testServices(), files },
  })
  await core.start()
  await core.call(
    contract.workspace.setup.create,
    {
      ...{ name: 'Bench', zone: 'UTC', currency: 'USD', demo: false },
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    system,
  )
  const customers: string[] = []
  for (let c = 0; c < 1000; c++) {
    const id = uuidv7(BEGIN + c, random())
    customers.push(id)
    await store.write(WORKSPACE, 'job', tx =>
      tx.db
        .insertInto('customers')
        .values({
          ...{ id, key: `c${c}`, name: `C ${c}`, email: '', country: 'DE', currency: 'USD', zone: 'UTC' },
          ...{
            industry: '',
            tier: '',
            seats: 1n,
            signed_up_on: '2026-01-01',
            churned_on: null,
            created_at: 0n,
          },
        })
        .execute(),
    )
  }
  const metric = (key: string) => ({
    ...{
      key,
      name: key,
      unit: key,
      aggregation: 'sum' as const,
      scale: 0,
      excess: 'refuse' as const,
      groupBy: [],
    },
  })
  for (let m = 0; m < 8; m++) await core.call(contract.billing.metric.create, metric(`m${m}`), system)
  return { core, store, files, customers }
}

type Live = Awaited<ReturnType<typeof liveCore>>

const recordOne = async ({ core }: Live): Promise<number> => {
  const one = {
    ...{ id: crypto.randomUUID(), customer: `c${Math.floor(Math.random() * 1000)}` },
    ...{ metric: `m${Math.floor(Math.random() * 8)}`, quantity: '3', at: BigInt(Date.now()) },
  }
  const begun = performance.now()
  await core.call(contract.billing.usage.record, { events: [one] }, system)
  return performance.now() - begun
}

async function single(live: Live): Promise<void> {
  const disk = fdatasync()
  const limit = 2 + 3 * disk.p99
  const show = (times: readonly number[]) =>
    `p50 ${milliseconds(percentile(times, 0.5))}, p99 ${milliseconds(percentile(times, 0.99))}`
  const budget = `p99 < 2 ms + 3 × fdatasync p99 = ${milliseconds(limit)}`
  for (let i = 0; i < 100; i++) await recordOne(live)
  const quiet: number[] = []
  for (let i = 0; i < 1000; i++) quiet.push(await recordOne(live))
  figures.push({
    what: 'disk: write of a page with fdatasync',
    measured: `p50 ${milliseconds(disk.p50)}, p99 ${milliseconds(disk.p99)}`,
  })
  figures.push({
    what: 'one event by its command, durable',
    ...{ measured: show(quiet), budget, met: percentile(quiet, 0.99) < limit },
  })

  const lines = ['id,customer,metric,quantity,timestamp']
  for (let i = 0; i < IMPORTED; i++) {
    const at = Math.round(BEGIN + i * BETWEEN)
    lines.push(`${uuidv7(at, random())},c${i % 1000},m${i % 8},${i % 1000},${at}`)
  }
  const file = join(folder, 'usage.csv')
  writeFileSync(file, `${lines.join('\n')}\n`)
  live.files.put('u', file)
  const begun = performance.now()
  const { jobId } = await live.core.call(
    contract.billing.usage.import,
    { fileId: 'u', fileName: 'usage.csv', mode: 'good-rows' },
    system,
  )
  let ended = 0
  const over = live.core.jobs.idle().then(() => {
    ended = performance.now()
  })
  const during: number[] = []
  while (ended === 0) {
    during.push(await recordOne(live))
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await over
  const job = await live.core.call(contract.workspace.jobs.get, { jobId }, system)
  if (job.state !== 'done') throw new Error(`the import did not end well: ${JSON.stringify(job.failure)}`)
  figures.push({
    what: `the same during the import of a file, ${told(during.length)} events`,
    ...{ measured: show(during), budget, met: percentile(during, 0.99) < limit },
  })
  figures.push({
    what: `import of a CSV of ${told(IMPORTED)} events, with its thread, and single events meanwhile`,
    measured: `${told(perSecond(IMPORTED, ended - begun))} events/s`,
  })
}

async function entitlements({ core, store, customers }: Live): Promise<void> {
  const plan = await core.call(contract.billing.plan.create, { key: 'p', name: 'P', description: '' }, system)
  await core.call(
    contract.billing.plan.addVersion,
    {
      planId: plan.id,
      prices: [],
      entitlements: Array.from({ length: 8 }, (_, m) => ({
        ...{ kind: 'metered' as const, key: `m${m}`, limit: '1000000000', enforcement: 'hard' as const },
      })),
    },
    system,
  )
  for (const customerId of customers) {
    await core.call(
      contract.billing.subscription.start,
      { customerId, planId: plan.id, at: BigInt(BEGIN) },
      system,
    )
  }
  const cache: EntitlementCache = createEntitlementCache()
  const now = BigInt(Date.now())
  const misses: number[] = []
  for (const customerId of customers) {
    const at = cache.opening()
    const begun = performance.now()
    await store.read(WORKSPACE, async reader => {
      cache.opened(reader, at)
      await cache.read(reader, customerId, 'm0', '1', now)
    })
    misses.push(performance.now() - begun)
  }
  const times: number[] = []
  for (let i = 0; i < 200_000; i++) {
    const customerId = customers[Math.floor(Math.random() * customers.length)] as string
    const begun = performance.now()
    const answer = cache.check(customerId, `m${i % 8}`, '1', now)
    times.push(performance.now() - begun)
    if (answer?.kind !== 'metered') throw new Error('an entitlement is missing')
  }
  const p99 = percentile(times, 0.99)
  figures.push({
    what: 'entitlement check, 1,000 customers in memory',
    measured: `p50 ${us(percentile(times, 0.5))}, p99 ${us(p99)}`,
    ...{ budget: 'p99 < 50 µs', met: p99 < 0.05 },
  })
  figures.push({
    what: 'entitlement check of a customer that is not in memory yet',
    measured: `p50 ${us(percentile(misses, 0.5))}, p99 ${us(percentile(misses, 0.99))}`,
  })
  const calls: number[] = []
  for (let i = 0; i < 3000; i++) {
    const customerId = customers[i % customers.length] as string
    const begun = performance.now()
    await core.call(contract.billing.entitlement.check, { customerId, key: 'm1', quantity: '1' }, system)
    if (i >= 1000) calls.push(performance.now() - begun)
  }
  figures.push({
    what: 'the same asked as a query of the contract, parsed and authorised',
    measured: `p50 ${us(percentile(calls, 0.5))}, p99 ${us(percentile(calls, 0.99))}`,
  })
}

try {
  const live = await liveCore()
  await single(live)
  await entitlements(live)
  await live.core.close()
  const usual: Shape = { customers: 200, metrics: 8, skewed: true }
  await bulk('200 customers × 8 metrics, most usage with few', usual, true)
  await bulk(
    '10,000 customers × 20 metrics, evenly',
    { customers: 10_000, metrics: 20, skewed: false },
    false,
  )
  await quantities()
  await randomIds(usual)
  record(
    'Usage',
    `Ten million events a month by density; writes of ${told(CHUNK)} events; \`synchronous=FULL\`, encrypted.`,
    figures,
  )
  for (const { what, measured, against, ratio } of figures)
    console.log(`${what}: ${measured}${against ? ` (${against}, ${ratio?.toFixed(2)})` : ''}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
