/**
 * The backend over HTTP on the loopback address: usage in batches, single events at a steady rate, checks of
 * entitlements. `npx node bench/backend.ts [pglite] [postgres]`; PostgreSQL is that of QUARTERDECK_TEST_POSTGRES, or at
 * 127.0.0.1:5432 as user postgres. Server, database and load share the machine.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import pg from 'pg'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'
import { CUSTOMERS, METRICS, type Ready } from './backend-server.ts'
import { type Figure, record } from './results.ts'

const BATCH = 1000
const SECONDS = 20
/** Before anything is measured, in seconds: code is compiled, pages are there. */
const WARM = 6
const figures: Figure[] = []
const kinds = process.argv.slice(2).filter(word => word === 'pglite' || word === 'postgres')
let events = 0

/** Events as a program sends them: of now, each with an id of its own, in the order in which they happened. */
function body(count: number): string {
  const now = Date.now()
  const given = Array.from({ length: count }, (_, i) => {
    const number = events++
    return {
      id: `evt-${process.pid}-${String(number).padStart(12, '0')}`,
      customer: `customer-${(number * 7919) % CUSTOMERS}`,
      metric: METRICS[number % METRICS.length],
      quantity: String((number % 90) + 1),
      at: new Date(now - i).toISOString(),
      properties: { region: 'eu' },
    }
  })
  return JSON.stringify(given)
}

interface Load {
  readonly connections: number
  readonly seconds: number
  /** Requests a second; as fast as they are answered where nothing is said. */
  readonly rate?: number
}

async function load(
  { url, secret }: Ready,
  request: autocannon.Request,
  { connections, seconds, rate }: Load,
) {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    requests: [request],
  })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed`)
  return result
}

const sending = (count: number): autocannon.Request => ({
  method: 'POST',
  path: '/billing/usage/events',
  setupRequest: request => ({ ...request, body: body(count) }),
})

async function start(
  databaseUrl: string | null,
): Promise<{ child: ChildProcess; ready: Ready; home: string }> {
  const home = mkdtempSync(join(tmpdir(), 'backend-'))
  const child = fork(fileURLToPath(new URL('backend-server.ts', import.meta.url)), [], {
    env: {
      ...process.env,
      QUARTERDECK_BACKEND_HOME: home,
      QUARTERDECK_BACKEND_PORT: '0',
      DATABASE_URL: databaseUrl ?? '',
      DATABASE_MIGRATION_URL: '',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('message', message => resolve(message as Ready))
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)))
  })
  return { child, ready, home }
}

/** Milliseconds of processor time that processes have used so far, where the system tells it; else null. */
function processorTime(pids: readonly number[]): number | null {
  if (process.platform !== 'linux') return null
  let ticks = 0
  for (const pid of pids) {
    // A session that ended meanwhile takes what it used with it.
    if (!existsSync(`/proc/${pid}/stat`)) continue
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * 10
}

/** The processes of a PostgreSQL server on this machine that serve a database; none where it is elsewhere. */
async function sessionsOf(databaseUrl: string | null): Promise<number[]> {
  if (databaseUrl === null) return []
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  await client.end()
  return rows.map(row => row.pid).filter(pid => existsSync(`/proc/${pid}/stat`))
}

const whole = (number: number) => Math.round(number).toLocaleString('en')

async function measure(kind: 'pglite' | 'postgres', databaseUrl: string | null): Promise<void> {
  const name = kind === 'pglite' ? 'PGlite' : 'PostgreSQL'
  const must = kind === 'pglite' ? 5000 : 20_000
  const { child, ready, home } = await start(databaseUrl)
  try {
    await load(ready, sending(BATCH), { connections: 2, seconds: WARM })
    const pids = [child.pid as number, ...(await sessionsOf(databaseUrl))]
    const [server, sessions] = [pids.slice(0, 1), pids.slice(1)]
    const before = [processorTime(server), processorTime(sessions)]
    const bulk = await load(ready, sending(BATCH), { connections: 4, seconds: SECONDS })
    const after = [processorTime(server), processorTime(sessions)]
    const each = (place: number) =>
      (((after[place] ?? 0) - (before[place] ?? 0)) * 1000) / (bulk.requests.total * BATCH)
    const rate = (bulk.requests.total * BATCH) / bulk.duration
    figures.push({
      what: `${name}: events in batches of ${whole(BATCH)}, stored and added up`,
      measured: `${whole(rate)}/s, ${whole(bulk.latency.p50)} ms a batch, p99 ${whole(bulk.latency.p99)} ms`,
      budget: `${whole(must)}/s`,
      met: rate >= must,
    })
    if (before[0] !== null)
      figures.push({
        what: `${name}: processor time of an event in such a batch`,
        measured: `${each(0).toFixed(0)} µs in the server${sessions.length > 0 ? `, ${each(1).toFixed(0)} µs in PostgreSQL` : ''}`,
      })
    const single = await load(ready, sending(1), { connections: 10, seconds: SECONDS, rate: 200 })
    figures.push({
      what: `${name}: single events at 200/s, each committed`,
      measured: `p50 ${single.latency.p50} ms, p99 ${single.latency.p99} ms`,
      budget: 'p99 < 50 ms',
      met: single.latency.p99 < 50,
    })
    const path = `/billing/usage/quota-check/${ready.customer}/${METRICS[0]}?quantity=1`
    const checks = await load(
      ready,
      { method: 'GET', path },
      { connections: 10, seconds: SECONDS, rate: 500 },
    )
    figures.push({
      what: `${name}: entitlement checks at 500/s`,
      measured: `p50 ${checks.latency.p50} ms, p99 ${checks.latency.p99} ms`,
      budget: 'p99 < 10 ms',
      met: checks.latency.p99 < 10,
    })
    if (databaseUrl !== null) figures.push(await bytesOf(databaseUrl))
  } finally {
    child.send('stop')
    await new Promise(resolve => child.once('exit', resolve))
    rmSync(home, { recursive: true, force: true })
  }
}

/** What one event takes on the disk of the server, by what it is for. */
async function bytesOf(databaseUrl: string): Promise<Figure> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query(
    `SELECT coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname ~ '^usage_events_'), 0) AS events,
        coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname = 'usage_event_ids'), 0) AS ids,
        coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname = 'command_log'), 0) AS log,
        (SELECT count(*) FROM usage_events) AS stored
      FROM pg_class c WHERE c.relkind = 'r'`,
  )
  await client.end()
  const { events: kept, ids, log, stored } = rows[0] as Record<string, string>
  const each = (bytes: string | undefined) => (Number(bytes) / Number(stored)).toFixed(0)
  return {
    what: `PostgreSQL: bytes of an event with its indexes, of ${whole(Number(stored))}`,
    measured: `${each(kept)} row, ${each(ids)} id, ${each(log)} log`,
  }
}

if (kinds.length === 0 || kinds.includes('postgres')) {
  if (await postgresAnswers()) {
    const database = await testPostgres()
    try {
      await measure('postgres', database.url)
    } finally {
      await database.drop()
    }
  }
}
if (kinds.length === 0 || kinds.includes('pglite')) await measure('pglite', null)
for (const { what, measured, met } of figures)
  console.log(`${met === false ? '✗' : ' '} ${what}: ${measured}`)
record('Backend', 'Server, database and the load of autocannon share the machine.', figures)
