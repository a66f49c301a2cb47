/**
 * The close of a month: `npx node bench/close.ts [--full] [--customers 500] [--events 500000]`. Each part runs in
 * a process of its own, so that memory is its own. `--full` is 10,000 customers × 20 lines with 10 M events.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createDrafting } from '#core/billing/close/drafting.ts'
import { closeBilled, closeCustomers, closePrices } from '#core/billing/close/facts.ts'
import { quantitiesOf } from '#core/billing/usage/quantities.ts'
import { type Core, createCore } from '#core/create-core.ts'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Reader } from '#core/database/store.ts'
import type { Caller, Handler } from '#core/runtime/handlers.ts'
import { timer } from '#main/host/services/core-services.ts'
import { startThread, workerFile } from '#main/host/threads/start-thread.ts'
import { contract } from '#shared/contract/index.ts'
import { uuidv7 } from '#shared/ids.ts'
import { testServices } from '#test/kit/core-kit.ts'
import { DATA, KEY, monotonic, WORKSPACE } from './cost-database.ts'
import { type Figure, milliseconds, percentile, record, timed } from './results.ts'
import { customerId, PERIOD, type UsageSize, usageDatabase } from './usage-database.ts'

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    customers: { type: 'string', default: '500' },
    events: { type: 'string', default: '500000' },
    part: { type: 'string', default: 'all' },
  },
})
const METRICS = 18
const LINES = METRICS + 2
const SIZE: UsageSize = values.full
  ? { customers: 10_000, metrics: METRICS, events: 10_000_000 }
  : { customers: Number(values.customers), metrics: METRICS, events: Number(values.events) }
const ONE: UsageSize = { customers: 1, metrics: METRICS, events: 100_000 }
const DRAFTS: UsageSize = { customers: 10_000, metrics: 1, events: 10_000 }
const SYSTEM: Caller = { person: null, device: 'bench', assurance: 'system', system: true }
const newId = () => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))
const NOW = BigInt(Date.UTC(2026, 10, 2))

interface Closed {
  readonly seconds: number
  /** Processor time of all threads. */
  readonly cpuSeconds: number
  readonly peakMb: number
  readonly lines: number
  readonly net: string
  /** Waits of a person's writes during the close, in milliseconds. */
  readonly writes: readonly number[]
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const peakMb = () => Math.round(process.resourceUsage().maxRSS / 1024)
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Works on a copy of a database, with the whole core over it. */
async function onCopy<T>(size: UsageSize, work: (core: Core, path: string) => Promise<T>): Promise<T> {
  const { path: kept } = await usageDatabase(size)
  const folder = mkdtempSync(join(DATA, 'close-'))
  try {
    const path = join(folder, 'workspace.db')
    copyFileSync(kept, path)
    const database = { path, key: KEY }
    const store = openSqliteStore({ ...database, monotonic })
    const worker = workerFile(new URL('../src/main/host/open-workspace.ts', import.meta.url).href)
    const core = createCore({
      ...{ workspace: WORKSPACE, store, clock: { now: () => NOW, monotonic }, timer, newId },
      log: (level, message, facts) => level === 'error' && console.error(message, facts),
      threads: { start: data => startThread(worker, data), database },
      services: testServices(),
    })
    await core.start()
    try {
      return await work(core, path)
    } finally {
      await core.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function close(core: Core) {
  const { runId, jobId } = await core.call(contract.billing.close.start, { period: PERIOD }, SYSTEM)
  await core.jobs.idle()
  const job = await core.call(contract.workspace.jobs.get, { jobId }, SYSTEM)
  if (job.state !== 'done') throw new Error(`the close did not end well: ${JSON.stringify(job.failure)}`)
  const { report } = await core.call(contract.billing.close.get, { runId }, SYSTEM)
  return report!
}

interface Summed {
  readonly seconds: number
  readonly cpuSeconds: number
}

/** The same events by hand: what each series comes to in the month. */
async function bySql(): Promise<Summed> {
  const { path } = await usageDatabase(SIZE)
  const database = openSqlite({ path, key: KEY, monotonic }, 'read')
  const begun = monotonic()
  const cpu = cpuSeconds()
  const rows = database
    .prepare(
      `SELECT series, sum(quantity) AS quantity, count(*) AS events FROM usage_events
        WHERE workspace = ? AND at >= ? AND at < ? GROUP BY series`,
    )
    .all(WORKSPACE, BigInt(Date.UTC(2026, 9, 1)), BigInt(Date.UTC(2026, 10, 1)))
  const seconds = (monotonic() - begun) / 1000
  const used = cpuSeconds() - cpu
  database.close()
  if (rows.length !== SIZE.customers * SIZE.metrics) throw new Error(`${rows.length} series have usage`)
  return { seconds, cpuSeconds: used }
}

async function whole(): Promise<Closed> {
  const closed = await onCopy(SIZE, async core => {
    const begun = monotonic()
    const cpu = cpuSeconds()
    let over = false
    const ended = close(core).then(report => {
      over = true
      return { report, seconds: (monotonic() - begun) / 1000, cpu: cpuSeconds() - cpu }
    })
    const writes: number[] = []
    for (let people = 0; !over; people++) {
      await pause(50)
      const since = monotonic()
      const email = `p${people}@example.com`
      await core.call(contract.workspace.people.add, { name: 'P', email, roles: ['analyst'] }, SYSTEM)
      writes.push(monotonic() - since)
    }
    const { report, seconds, cpu: used } = await ended
    const memory = peakMb()
    // Again: nothing is added.
    const again = await close(core)
    if (again.lines !== 0) throw new Error(`closing again added ${again.lines} lines`)
    return { report, seconds, used, memory, writes }
  })
  const { report, seconds, used, memory, writes } = closed
  if (report.lines !== SIZE.customers * LINES) throw new Error(`${report.lines} lines`)
  const net = report.totals.map(one => `${one.net} ${one.currency}`).join(', ')
  return { seconds, cpuSeconds: used, peakMb: memory, lines: report.lines, net, writes }
}

/** The invoice of one customer from roll-ups, as a preview makes it: reading, rating, composing. */
async function one(): Promise<readonly number[]> {
  const { path } = await usageDatabase(ONE)
  const store = openSqliteStore({ path, key: KEY, monotonic })
  const preview = () => store.read(WORKSPACE, reader => draftOf(reader, customerId(0)))
  const drafts = await preview()
  if (drafts[0]?.lines.length !== LINES) throw new Error(`${drafts[0]?.lines.length} lines`)
  const times = await timed(200, preview)
  await store.close()
  return times
}

async function draftOf(reader: Reader, only: string) {
  const ask = <T>(handler: Handler, input: unknown): Promise<T> =>
    (handler.run as (call: unknown) => Promise<T>)({ reader, input, now: NOW })
  const drafting = createDrafting({
    ...{ runId: WORKSPACE, period: PERIOD, taxRate: '0.08' },
    prices: ids => ask(closePrices, { planVersionIds: ids }),
    quantities: async requests => ({ quantities: await quantitiesOf(reader, requests) }),
    billed: subscriptions => ask(closeBilled, { subscriptions }),
  })
  const { customers } = await ask<{ customers: Parameters<typeof drafting.load>[0] }>(closeCustomers, {
    ...{ after: null, limit: 1, period: PERIOD, only: [only] },
  })
  return drafting.rate(await drafting.load(customers)).flatMap(result => result.drafts)
}

/** The list of the review with 10,000 drafts. */
async function list(): Promise<readonly number[]> {
  return onCopy(DRAFTS, async core => {
    const report = await close(core)
    if (report.drafts !== DRAFTS.customers) throw new Error(`${report.drafts} drafts`)
    const read = async () => {
      const input = { filter: { period: PERIOD }, limit: 20_000 }
      const { count } = await core.call(contract.billing.invoice.list, input, SYSTEM)
      if (count !== DRAFTS.customers) throw new Error(`${count} drafts are listed`)
    }
    await read()
    return timed(30, read)
  })
}

function inProcess<T>(part: string): T {
  const args = process.argv.slice(2).filter(arg => !arg.startsWith('--part'))
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args, `--part=${part}`], {
    ...{ encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
  })
  return JSON.parse(output.trim().split('\n').at(-1)!) as T
}

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = { whole, sql: bySql, one, list }
const part = PARTS[values.part]
if (part) console.log(JSON.stringify(await part()))
else {
  for (const size of [SIZE, ONE, DRAFTS]) await usageDatabase(size)
  const sql = inProcess<Summed>('sql')
  const closed = inProcess<Closed>('whole')
  const single = inProcess<number[]>('one')
  const listed = inProcess<number[]>('list')
  const ratio = closed.seconds / sql.seconds
  const single95 = percentile(single, 0.95)
  const listed95 = percentile(listed, 0.95)
  const slowest = percentile(closed.writes, 0.999)
  const of = `${SIZE.customers.toLocaleString('en')} customers × ${LINES} lines, ${SIZE.events.toLocaleString('en')} events`
  const figures: Figure[] = [
    {
      what: `close of a month, ${of}`,
      measured: `${closed.seconds.toFixed(1)} s`,
      budget: values.full
        ? '< 30 s, within 1.5 × of the aggregation'
        : 'within 1.5 × of the aggregation at full size',
      against: `${sql.seconds.toFixed(1)} s, one hand-written SQL aggregation of the events`,
      ratio,
      ...(values.full ? { met: closed.seconds < 30 && ratio < 1.5 } : {}),
    },
    {
      what: 'lines rated, stored and explained',
      measured: `${Math.round(closed.lines / closed.seconds).toLocaleString('en')} a second`,
    },
    {
      what: 'processor time of that, in all threads',
      measured: `${closed.cpuSeconds.toFixed(1)} s`,
      against: `${sql.cpuSeconds.toFixed(1)} s, the aggregation, which has one thread`,
    },
    {
      what: 'memory of that, at its peak, all threads',
      measured: `${closed.peakMb} MB`,
      budget: '< 1,500 MB',
      met: closed.peakMb < 1500,
    },
    {
      what: 'a person’s write while it runs, p99.9',
      measured: milliseconds(slowest),
      budget: '< 100 ms',
      met: slowest < 100,
    },
    {
      what: `invoice for one customer, ${LINES} lines, 100,000 events, from roll-ups, p95`,
      measured: milliseconds(single95),
      budget: '< 20 ms',
      met: single95 < 20,
    },
    {
      what: 'list of 10,000 drafts, all rows, p95',
      measured: milliseconds(listed95),
      budget: '< 100 ms',
      met: listed95 < 100,
    },
  ]
  console.table(figures)
  record('Close', `Closing again added nothing; net ${closed.net}.`, figures)
}
