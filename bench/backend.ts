/**
 * The backend over HTTP on the loopback address: usage in batches, single events at a steady rate, checks of
 * entitlements. `npx node bench/backend.ts [pglite] [postgres]`; PostgreSQL is that of QUARTERDECK_TEST_POSTGRES, or at
 * 127.0.0.1:5432 as user postgres. Server, database and load share the machine. Times of a machine on which others
 * work say little by themselves: single events and checks are sent in turns to the backend and to the least that
 * answers the same (`backend-bare.ts`), and the processor time of each is measured.
 */
import { type ChildProcess, fork } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import pg from 'pg'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'
import { CUSTOMERS, METRICS, type Ready } from './backend-server.ts'
import { type Figure, percentile, record } from './results.ts'

const BATCH = 1000
const SECONDS = 20
/** Before anything is measured, in seconds: code is compiled, pages are there. */
const WARM = 6
/** So many turns of so many seconds does each of two have that are compared. */
const TURNS = 5
const TURN = 4
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

/** Sends a request again and again. Gives the milliseconds that each took. */
async function load(
  { url, secret }: Pick<Ready, 'url' | 'secret'>,
  request: autocannon.Request,
  { connections, seconds, rate }: Load,
) {
  const times: number[] = []
  const running = autocannon({
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    requests: [request],
  }) as unknown as EventEmitter & Promise<autocannon.Result>
  void running.on('response', (_client, _status, _bytes, took: number) => times.push(took))
  const result = await running
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed`)
  return { times, seconds: result.duration }
}

const sending = (count: number, path = '/billing/usage/events'): autocannon.Request => ({
  method: 'POST',
  path,
  setupRequest: request => ({ ...request, body: body(count) }),
})

interface Started<R> {
  readonly child: ChildProcess
  readonly ready: R
  /** Ends it, and removes what it wrote. */
  stop(): Promise<void>
}

async function start<R>(script: string, databaseUrl: string | null): Promise<Started<R>> {
  const home = mkdtempSync(join(tmpdir(), 'backend-'))
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
    env: {
      ...process.env,
      QUARTERDECK_BACKEND_HOME: home,
      QUARTERDECK_BACKEND_PORT: '0',
      DATABASE_URL: databaseUrl ?? '',
      DATABASE_MIGRATION_URL: '',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ready = await new Promise<R>((resolve, reject) => {
    child.once('message', message => resolve(message as R))
    child.once('exit', code => reject(new Error(`${script} ended with ${code}`)))
  })
  return {
    child,
    ready,
    async stop() {
      const over = new Promise(resolve => child.once('exit', resolve))
      child.send('stop')
      await over
      rmSync(home, { recursive: true, force: true })
    },
  }
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
async function sessionsOf(databaseUrl: string | null, bare: boolean): Promise<number[]> {
  if (databaseUrl === null) return []
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (application_name = 'bare') = $1`,
    [bare],
  )
  await client.end()
  return rows.map(row => row.pid).filter(pid => existsSync(`/proc/${pid}/stat`))
}

/** One of two that are compared: where it is, what it is asked, and what it used. */
interface Side {
  readonly at: Pick<Ready, 'url' | 'secret'>
  readonly request: autocannon.Request
  readonly server: number
  readonly sessions: () => Promise<number[]>
}

interface Seen {
  readonly times: number[]
  /** Milliseconds of processor time, in the server and in the sessions of PostgreSQL. */
  server: number
  sessions: number
}

/** Loads two at the same rate, in turns. */
async function compare(sides: readonly [Side, Side], rate: number): Promise<readonly [Seen, Seen]> {
  const seen = [
    { times: [], server: 0, sessions: 0 },
    { times: [], server: 0, sessions: 0 },
  ] as [Seen, Seen]
  for (const { at, request } of sides) await load(at, request, { connections: 10, seconds: 2, rate })
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [place, { at, request, server, sessions }] of sides.entries()) {
      const one = seen[place] as Seen
      const pids = await sessions()
      const before = [processorTime([server]) ?? 0, processorTime(pids) ?? 0] as const
      const { times } = await load(at, request, { connections: 10, seconds: TURN, rate })
      one.times.push(...times)
      one.server += (processorTime([server]) ?? 0) - before[0]
      one.sessions += (processorTime(pids) ?? 0) - before[1]
    }
  }
  return seen
}

const whole = (number: number) => Math.round(number).toLocaleString('en')
const tenth = (number: number) => (number < 10 ? number.toFixed(1) : number.toFixed(0))

function saidOf({ times, server, sessions }: Seen): string {
  const each = (ms: number) => (ms / times.length).toFixed(2)
  const processor = sessions > 0 ? `${each(server)} + ${each(sessions)}` : each(server)
  return `p50 ${tenth(percentile(times, 0.5))} ms, p99 ${tenth(percentile(times, 0.99))} ms, ${processor} ms of processor`
}

/** @param least the p99 that it must stay below, in milliseconds */
function compared(what: string, [ours, bare]: readonly [Seen, Seen], least: number): Figure {
  const p99 = percentile(ours.times, 0.99)
  return {
    what,
    measured: saidOf(ours),
    budget: `p99 < ${least} ms`,
    against: `bare: ${saidOf(bare)}`,
    ratio: p99 / percentile(bare.times, 0.99),
    met: p99 < least,
  }
}

async function measure(kind: 'pglite' | 'postgres', databaseUrl: string | null): Promise<void> {
  const name = kind === 'pglite' ? 'PGlite' : 'PostgreSQL'
  const must = kind === 'pglite' ? 5000 : 20_000
  const backend = await start<Ready>('backend-server.ts', databaseUrl)
  const bare = await start<{ url: string }>('backend-bare.ts', databaseUrl)
  const { ready } = backend
  try {
    await load(ready, sending(BATCH), { connections: 2, seconds: WARM })
    const server = [backend.child.pid as number]
    const sessions = await sessionsOf(databaseUrl, false)
    const before = [processorTime(server), processorTime(sessions)]
    const bulk = await load(ready, sending(BATCH), { connections: 4, seconds: SECONDS })
    const after = [processorTime(server), processorTime(sessions)]
    const each = (place: number) =>
      (((after[place] ?? 0) - (before[place] ?? 0)) * 1000) / (bulk.times.length * BATCH)
    const rate = (bulk.times.length * BATCH) / bulk.seconds
    figures.push({
      what: `${name}: events in batches of ${whole(BATCH)}, stored and added up`,
      measured: `${whole(rate)}/s, ${whole(percentile(bulk.times, 0.5))} ms a batch, p99 ${whole(percentile(bulk.times, 0.99))} ms`,
      budget: `${whole(must)}/s`,
      met: rate >= must,
    })
    if (before[0] !== null)
      figures.push({
        what: `${name}: processor time of an event in such a batch`,
        measured: `${each(0).toFixed(0)} µs in the server${sessions.length > 0 ? `, ${each(1).toFixed(0)} µs in PostgreSQL` : ''}`,
      })
    const side = (request: autocannon.Request): Side => ({
      ...{ at: ready, request, server: backend.child.pid as number },
      sessions: () => sessionsOf(databaseUrl, false),
    })
    const other = (request: autocannon.Request): Side => ({
      ...{ at: { url: bare.ready.url, secret: 'none' }, request, server: bare.child.pid as number },
      sessions: () => sessionsOf(databaseUrl, true),
    })
    figures.push(
      compared(
        `${name}: single events at 200/s, each committed; bare: one INSERT, committed`,
        await compare([side(sending(1)), other(sending(1, '/event'))], 200),
        50,
      ),
    )
    const path = `/billing/usage/quota-check/${ready.key}/${METRICS[0]}?quantity=1`
    figures.push(
      compared(
        `${name}: entitlement checks at 500/s; bare: a constant`,
        await compare([side({ method: 'GET', path }), other({ method: 'GET', path: '/check' })], 500),
        10,
      ),
    )
    if (databaseUrl !== null) figures.push(await bytesOf(databaseUrl))
  } finally {
    await bare.stop()
    await backend.stop()
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
for (const { what, measured, against, met } of figures)
  console.log(`${met === false ? '✗' : ' '} ${what}: ${measured}${against ? ` | ${against}` : ''}`)
record(
  'Backend',
  'Server, database and the load of autocannon share the machine. Single events and checks go in turns to the backend and to a bare Fastify that does the least of the same; processor time is of the server, then of PostgreSQL, for one request.',
  figures,
)
