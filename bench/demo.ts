/**
 * The demo workspace, as a person makes it: the command line in a process of its own, on an encrypted database.
 * `npx node bench/demo.ts`. Needs a built checkout.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, milliseconds, percentile, record } from './results.ts'

/** Issue 2 asks for less than 20 s; the size is what we allow ourselves. */
const MUST_SECONDS = 20
const MUST_MEGABYTES = 150
const OPENINGS = 5

const home = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-demo-'))
const workspace = join(home, 'demo')
const load = loadavg()[0]!
try {
  // Builds the checkout where it is not built.
  await run('--version')
  const made = await run('demo', '--quiet')
  const megabytes = statSync(join(workspace, 'workspace.db')).size / 1e6
  const openings: number[] = []
  for (let i = 0; i < OPENINGS; i++) openings.push((await run('costs', '--by', 'service', '--json')).took)
  const slowest = percentile(openings, 1)
  const removed = await run('demo', '--remove', '--as', 'priya.raman@fathomline.example')
  const figures: Figure[] = [
    {
      what: 'make: 240 customers, 24 months, 24 files of 317,000 cost lines imported with receipts',
      measured: `${(made.took / 1000).toFixed(1)} s`,
      budget: `< ${MUST_SECONDS} s`,
      met: made.took < MUST_SECONDS * 1000,
    },
    {
      what: 'the encrypted database',
      measured: `${megabytes.toFixed(0)} MB`,
      budget: `< ${MUST_MEGABYTES} MB`,
      met: megabytes < MUST_MEGABYTES,
    },
    {
      what: 'open it again in a new process, sum three months by service, and end',
      measured: `${milliseconds(slowest)} worst of ${OPENINGS}`,
    },
    { what: 'remove it, process included', measured: milliseconds(removed.took) },
  ]
  record('Demo workspace', `Load of the machine before the run: ${load.toFixed(1)}.`, figures)
  console.log(figures)
} finally {
  rmSync(home, { recursive: true, force: true })
}

/** Runs the command line and waits for its end. Gives the time that it took, in milliseconds. */
async function run(...args: string[]): Promise<{ took: number }> {
  const begun = performance.now()
  const script = fileURLToPath(new URL('../scripts/quarterdeck.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, ...args, '--workspace', workspace], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config') },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`quarterdeck ${args.join(' ')} ended with ${code}`)
  return { took: performance.now() - begun }
}
