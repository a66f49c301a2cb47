/**
 * Sync over HTTP on the loopback address: a first pull of 100,000 rows into an encrypted database on the disk, and
 * one change from a command on one desk until it can be read on another. `npm run bench -- sync`.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCore } from '../src/core/create-core.ts'
import { migrate } from '../src/core/database/migrate.ts'
import { prepareWorkspace } from '../src/core/database/prepare.ts'
import { openSqlite, sqliteExecute } from '../src/core/database/sqlite-connection.ts'
import { openSqliteStore } from '../src/core/database/sqlite-store.ts'
import { signCommand } from '../src/core/identity/command-signature.ts'
import type { Caller } from '../src/core/runtime/handlers.ts'
import { followAnnouncements } from '../src/main/host/sync/announcements.ts'
import { createTransport } from '../src/main/host/sync/http-transport.ts'
import { createSyncLoop } from '../src/main/host/sync/loop.ts'
import { createRemoteServer } from '../src/main/host/sync/remote-server.ts'
import { contract } from '../src/shared/contract/index.ts'
import { KEY, testClock, testIds, testServices, WORKSPACE } from '../test/kit/core-kit.ts'
import { DESK_KEY, realTimer } from '../test/kit/sync-http.ts'
import { milliseconds, percentile, record } from './results.ts'

const ROWS = Number(process.argv[2] ?? 100_000)
const MUST_PULL = 4000
const MUST_CHANGE = 300
const PULLS = 3
const CHANGES = 50

const load = loadavg()[0]!
const clock = { now: () => BigInt(Date.now()), monotonic: () => performance.now() }

async function startServer(): Promise<{ url: string; admin: string; child: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('sync-server.ts', import.meta.url)), [String(ROWS)])
  const { url, admin } = await new Promise<{ url: string; admin: string }>((resolve, reject) => {
    child.once('message', message => resolve(message as never))
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)))
  })
  return { url, admin, child }
}

/** A desk with a database on the disk, as hosts open it. */
async function startDesk(url: string, number: number) {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-desk-'))
  const path = join(folder, 'workspace.db')
  const connection = openSqlite({ path, key: KEY, monotonic: clock.monotonic }, 'write')
  await migrate('sqlite', sqliteExecute(connection), clock.now())
  connection.close()
  const store = openSqliteStore({ path, key: KEY, monotonic: clock.monotonic })
  await prepareWorkspace(store, WORKSPACE, 'connected', clock.now())
  const core = createCore({
    ...{ workspace: WORKSPACE, store, clock, timer: realTimer, log: () => {} },
    newId: testIds({ ...testClock(), now: clock.now }, number),
    services: testServices(),
  })
  await core.start()
  const transport = createTransport({
    url,
    session: { headers: async () => ({ authorization: 'Bearer bench' }), forget: () => {} },
  })
  const client = core.connect(createRemoteServer({ transport, beforePush: async () => {} }), {
    sign: command => signCommand(DESK_KEY, WORKSPACE, command),
  })
  const loop = createSyncLoop({
    round: () => client.round(),
    follow: (signal, told) => followAnnouncements(transport, realTimer, signal, told),
    ...{ live: core.live, timer: realTimer, clock, random: Math.random, onFailure: () => {} },
  })
  return {
    core,
    loop,
    client,
    async close() {
      await loop.close()
      await core.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const server = await startServer()
const ada: Caller = { person: server.admin, device: 'bench', assurance: 'unattested' }

/** Processor time of the server until now, in milliseconds. */
function serverCpu(): Promise<number> {
  return new Promise(resolve => {
    server.child.once('message', told => resolve((told as { cpu: number }).cpu))
    server.child.send('cpu')
  })
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const pulls: { wall: number; desk: number; server: number }[] = []
for (let run = 0; run < PULLS; run++) {
  const desk = await startDesk(server.url, 10 + run)
  const before = { desk: ownCpu(), server: await serverCpu() }
  const begun = performance.now()
  const round = await desk.client.round()
  const wall = performance.now() - begun
  pulls.push({ wall, desk: ownCpu() - before.desk, server: (await serverCpu()) - before.server })
  if (!round.reached || round.applied < ROWS) throw new Error(`only ${round.applied} rows came`)
  await desk.close()
}

const [one, other] = [await startDesk(server.url, 3), await startDesk(server.url, 4)]
for (const desk of [one, other]) {
  desk.loop.start()
  while (!desk.loop.isListening()) await new Promise(resolve => setTimeout(resolve, 20))
}
const { people } = contract.workspace
const changes: number[] = []
for (let n = 0; n < CHANGES; n++) {
  const seen = new Promise<void>(resolve => {
    const stop = other.core.live.watch(tables => {
      if (!tables.has('people')) return
      stop()
      resolve()
    })
  })
  const begun = performance.now()
  const { id } = await one.core.call(
    people.add,
    { name: `P ${n}`, email: `p${n}@x.example`, roles: ['ops'] },
    ada,
  )
  await seen
  changes.push(performance.now() - begun)
  const { people: there } = await other.core.call(people.list, {}, ada)
  if (!there.some(person => person.id === id)) throw new Error('what was announced is not there')
}
await one.close()
await other.close()
server.child.disconnect()

const walls = pulls.map(pull => pull.wall)
const pull = percentile(walls, 0.5)
const cpu = (of: 'desk' | 'server') =>
  milliseconds(
    percentile(
      pulls.map(one => one[of]),
      0.5,
    ),
  )
const change = percentile(changes, 0.95)
record(
  'Sync',
  `Server (PGlite) and desks (encrypted SQLite on the disk) in two processes, over HTTP on the loopback address. Load of the machine before the run: ${load.toFixed(1)}.`,
  [
    {
      what: `first pull, ${ROWS.toLocaleString('en')} rows`,
      measured: `${milliseconds(pull)} median of ${PULLS}, ${milliseconds(Math.max(...walls))} worst`,
      budget: '< 4 s',
      met: pull < MUST_PULL,
    },
    {
      what: 'processor time of that, in all threads',
      measured: `${cpu('desk')} of the desk, ${cpu('server')} of the server`,
    },
    {
      what: 'one change, from the command on one desk until it can be read on another',
      measured: `${milliseconds(change)} p95, ${milliseconds(percentile(changes, 0.5))} median of ${CHANGES}`,
      budget: '< 300 ms',
      met: change < MUST_CHANGE,
    },
  ],
)
console.log({ pulls, change, median: percentile(changes, 0.5), load })
process.exit(0)
