/**
 * From the start of the program to the first useful screen, on the demo workspace and on one whose database
 * was filled up to 1 GB: the host's process is started, the printed address opened, the explorer's first row
 * waited for. The browser runs already, as a person's does. `npm run bench -- start`
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { ensureBuilt } from '../scripts/lib/build.ts'
import { openBrowser } from './browser.ts'
import { addressOf, ended, keyOf } from './host.ts'
import { type Figure, milliseconds, percentile, record } from './results.ts'

const RUNS = 5
const MUST = 1500
const GIGABYTE = 1e9
/** A start that takes longer than this has failed. */
const PATIENCE = 30_000

const home = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-start-'))
const env = { ...process.env, QUARTERDECK_HOME: home }
const script = (name: string) => fileURLToPath(new URL(`../scripts/${name}.mjs`, import.meta.url))
const load = loadavg()[0]!
if (!(await ensureBuilt(line => console.log(line)))) process.exit(1)
const browser = await openBrowser()
try {
  if (
    spawnSync(process.execPath, [script('quarterdeck'), 'demo', '--quiet'], { env, stdio: 'inherit' }).status
  )
    throw new Error('the demo workspace could not be made')
  const database = join(home, 'workspaces/default/workspace.db')
  const figures: Figure[] = [await measure('the demo workspace', database)]
  await fill(database)
  figures.push(await measure('a database of 1 GB', database))
  record(
    'Start',
    `From the start of the host's process to the first row of the explorer in Chromium; ${RUNS} starts each. The large database is the demo with bytes that do not compress added until it is 1 GB. Load before the run: ${load.toFixed(1)}.`,
    figures,
  )
  console.log(figures)
} finally {
  await browser.close()
  rmSync(home, { recursive: true, force: true })
}

async function measure(what: string, database: string): Promise<Figure> {
  const starts: Start[] = []
  for (let run = 0; run < RUNS; run++) starts.push(await startOnce())
  const megabytes = statSync(database).size / 1e6
  const median = (of: (start: Start) => number) => percentile(starts.map(of), 0.5)
  const screen = median(start => start.screen)
  const worst = percentile(
    starts.map(start => start.screen),
    1,
  )
  const parts = `the host was ready after ${milliseconds(median(start => start.host))}, the page had asked for its data after ${milliseconds(median(start => start.page))}`
  return {
    what: `start to the first useful screen, ${what} (${megabytes.toFixed(0)} MB)`,
    measured: `${milliseconds(screen)} median, ${milliseconds(worst)} worst; ${parts}`,
    budget: `< ${MUST / 1000} s`,
    met: screen < MUST,
  }
}

/** Milliseconds from the start of the host's process. */
interface Start {
  /** Until it printed its address. */
  readonly host: number
  /** Until the explorer was drawn, without its rows. */
  readonly page: number
  /** Until its first row was there. */
  readonly screen: number
}

async function startOnce(): Promise<Start> {
  const page = await browser.newPage()
  const begun = performance.now()
  const host = spawn(process.execPath, [script('start'), '--no-open'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const address = await addressOf(host, PATIENCE)
    const ready = performance.now() - begun
    await page.goto(address, { waitUntil: 'commit', timeout: PATIENCE })
    const grid = page.getByRole('grid', { name: 'Cost explorer' })
    await grid.waitFor({ timeout: PATIENCE })
    const drawn = performance.now() - begun
    await grid.getByRole('row').nth(1).waitFor({ timeout: PATIENCE })
    return { host: ready, page: drawn, screen: performance.now() - begun }
  } finally {
    await page.close()
    await ended(host)
  }
}

/** Adds documents of random bytes, as exports and receipts would, until the file has its size. */
async function fill(path: string): Promise<void> {
  const key = await keyOf(home, path)
  const database = openSqlite({ path, key, monotonic: () => performance.now() }, 'write')
  try {
    const [{ workspace }] = database.prepare('SELECT workspace FROM workspace_state').all() as [
      { workspace: string },
    ]
    const insert = database.prepare(
      'INSERT INTO artifacts (workspace, id, job_id, name, media_type, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    for (let number = 0; statSync(path).size < GIGABYTE; number++) {
      for (let part = 0; part < 32; part++) {
        insert.run(
          workspace,
          `bench-${number}-${part}`,
          'bench',
          'filling',
          'application/octet-stream',
          randomBytes(1e6),
          0n,
        )
      }
      database.pragma('wal_checkpoint(TRUNCATE)')
    }
  } finally {
    database.close()
  }
}
