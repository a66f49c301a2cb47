/**
 * Import of a FOCUS file against DuckDB's CSV reader on the same file, and a person's writes while it runs:
 * `npx node bench/import.ts [rows]`. Each part runs in a process of its own, so that memory is its own.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { createCore } from '#core/create-core.ts'
import { migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { timer } from '#main/host/services/core-services.ts'
import { startThread, workerFile } from '#main/host/threads/start-thread.ts'
import { contract } from '#shared/contract/index.ts'
import { uuidv7 } from '#shared/ids.ts'
import { testFiles, testServices } from '#test/kit/core-kit.ts'
import { billFile } from './bill-file.ts'
import { DATA, KEY, WORKSPACE } from './cost-database.ts'
import { type Figure, milliseconds, percentile, record } from './results.ts'

const [rowsGiven = '1000000', part = 'all'] = process.argv.slice(2)
const ROWS = Number(rowsGiven)
const path = await billFile(`${DATA}bill-${ROWS}.csv`, ROWS)
const size = statSync(path).size
const monotonic = () => performance.now()
const newId = () => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))

interface Result {
  readonly seconds: number
  readonly peakMb: number
  /** Waits of a person's writes in milliseconds, each from the call to the answer. */
  readonly writes?: readonly number[]
  readonly quiet?: readonly number[]
  readonly bytes?: number
}

const peakMb = () => Math.round(process.resourceUsage().maxRSS / 1024)
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function ours(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-'))
  try {
    const database = { path: join(folder, 'workspace.db'), key: KEY }
    const connection = openSqlite({ ...database, monotonic }, 'write')
    await migrate('sqlite', sqliteExecute(connection), BigInt(Date.now()))
    connection.close()
    const store = openSqliteStore({ ...database, monotonic })
    await prepareWorkspace(store, WORKSPACE, 'standalone', BigInt(Date.now()))
    const files = testFiles()
    files.put('bill', path)
    const worker = workerFile(new URL('../src/main/host/open-workspace.ts', import.meta.url).href)
    const core = createCore({
      ...{ workspace: WORKSPACE, store, clock: { now: () => BigInt(Date.now()), monotonic }, timer, newId },
      log: (level, message, facts) => level === 'error' && console.error(message, facts),
      threads: { start: data => startThread(worker, data), database },
      services: { ...testServices(), files },
    })
    await core.start()
    const system: Caller = { person: null, device: 'bench', assurance: 'system', system: true }
    await core.call(
      contract.workspace.setup.create,
      {
        ...{ name: 'Bench', zone: 'UTC', currency: 'USD', demo: false },
        admin: { name: 'Ada', email: 'ada@example.com' },
      },
      system,
    )
    let people = 0
    const write = async () => {
      const begun = performance.now()
      const email = `p${people++}@example.com`
      await core.call(contract.workspace.people.add, { name: 'P', email, roles: ['analyst'] }, system)
      return performance.now() - begun
    }
    for (let i = 0; i < 30; i++) await write()
    const quiet: number[] = []
    for (let i = 0; i < 200; i++) quiet.push(await write())

    const begun = performance.now()
    const { jobId } = await core.call(
      contract.finops.imports.start,
      { fileId: 'bill', fileName: 'bill.csv', mode: 'good-rows' },
      system,
    )
    let over = false
    const ended = core.jobs.idle().then(() => {
      over = true
      return performance.now()
    })
    const writes: number[] = []
    while (!over) {
      writes.push(await write())
      await pause(5)
    }
    const seconds = ((await ended) - begun) / 1000
    const job = await core.call(contract.workspace.jobs.get, { jobId }, system)
    if (job.state !== 'done') throw new Error(`the import did not end well: ${JSON.stringify(job.failure)}`)
    const { importId } = job.result as { importId: string }
    const receipt = await core.call(contract.finops.imports.get, { importId }, system)
    if (receipt.stored !== BigInt(ROWS)) throw new Error(`${receipt.stored} of ${ROWS} rows are stored`)
    await core.close()
    return { seconds, peakMb: peakMb(), writes, quiet, bytes: statSync(database.path).size }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function duckdb(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-'))
  try {
    const instance = await DuckDBInstance.create(join(folder, 'costs.duckdb'))
    const connection = await instance.connect()
    const begun = performance.now()
    await connection.run(`CREATE TABLE costs AS SELECT * FROM read_csv('${path}')`)
    await connection.run('CHECKPOINT')
    const seconds = (performance.now() - begun) / 1000
    const [[count]] = (await (await connection.run('SELECT count(*) FROM costs')).getRows()) as [[bigint]]
    if (count !== BigInt(ROWS)) throw new Error(`DuckDB has ${count} of ${ROWS} rows`)
    connection.closeSync()
    return { seconds, peakMb: peakMb(), bytes: statSync(join(folder, 'costs.duckdb')).size }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function inProcess(name: string): Result {
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), rowsGiven, name], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Result
}

const speed = ({ seconds }: Result) => Math.round(ROWS / seconds / 1000)

if (part !== 'all') {
  console.log(JSON.stringify(part === 'ours' ? await ours() : await duckdb()))
} else {
  const us = inProcess('ours')
  const duck = inProcess('duckdb')
  const writes = us.writes as readonly number[]
  const quiet = us.quiet as readonly number[]
  const worst = percentile(writes, 0.999)
  const figures: Figure[] = [
    {
      what: 'import, whole job: read, check, exact totals, sums, encrypt, store, publish',
      measured: `${speed(us)}k rows/s (${us.seconds.toFixed(1)} s)`,
      against: `DuckDB read_csv into a table ${speed(duck)}k rows/s (${duck.seconds.toFixed(1)} s)`,
      ratio: us.seconds / duck.seconds,
    },
    {
      what: 'memory, peak of the process',
      measured: `${us.peakMb} MB`,
      against: `DuckDB ${duck.peakMb} MB`,
      ratio: us.peakMb / duck.peakMb,
    },
    {
      what: 'stored',
      measured: `${Math.round((us.bytes as number) / 1e6)} MB`,
      against: `DuckDB ${Math.round((duck.bytes as number) / 1e6)} MB`,
    },
    {
      what: `a person's command while the import runs, p99.9 of ${writes.length}`,
      measured: milliseconds(worst),
      budget: '< 100 ms',
      met: worst < 100,
    },
    {
      what: 'the same, p99 and median',
      measured: `${milliseconds(percentile(writes, 0.99))}, ${milliseconds(percentile(writes, 0.5))}`,
    },
    {
      what: 'the same with nothing else running, p99 and median',
      measured: `${milliseconds(percentile(quiet, 0.99))}, ${milliseconds(percentile(quiet, 0.5))}`,
    },
  ]
  for (const figure of figures)
    console.log(figure.what, '|', figure.measured, '|', figure.against ?? figure.budget ?? '')
  const about =
    `A FOCUS file of ${ROWS.toLocaleString('en')} rows and 50 columns (${Math.round(size / 1e6)} MB). ` +
    'Ours runs in one worker thread into an encrypted database, costs exact to 10⁻⁹ with a proof, sums by day and ' +
    'month; DuckDB reads with all cores, costs as doubles, not encrypted, without sums.'
  record('Import of a bill', about, figures)
}
