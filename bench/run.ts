/**
 * `npm run bench`: all benches one after the other, each in a process of its own, so that one's memory is not
 * another's. `npm run bench -- grid start` runs some, `npm run bench -- explore 1000000` one with its arguments.
 * Results go to `bench/RESULTS.md`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MINUTE = 60_000

/** How long each may take: several times what it takes on two ordinary cores, so that none hangs for ever. */
const BENCHES = {
  // The first run makes ten million lines twice, which takes three minutes by itself.
  explore: 20 * MINUTE,
  import: 10 * MINUTE,
  demo: 10 * MINUTE,
  start: 10 * MINUTE,
  grid: 10 * MINUTE,
  documents: 10 * MINUTE,
  review: 10 * MINUTE,
  rate: 5 * MINUTE,
  churn: 5 * MINUTE,
  close: 20 * MINUTE,
  // Ten million random ids (`usage --full`) take most of it.
  usage: 40 * MINUTE,
  backend: 10 * MINUTE,
  sync: 10 * MINUTE,
} as const
type Bench = keyof typeof BENCHES

const isBench = (name: string): name is Bench => Object.hasOwn(BENCHES, name)
const words = process.argv.slice(2)
const asked = words.filter(isBench)
const others = words.filter(word => !isBench(word))
if (others.length > 0 && asked.length !== 1) {
  console.error(`There is no bench ${others.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`)
  process.exit(2)
}

let failed = 0
for (const name of asked.length > 0 ? asked : (Object.keys(BENCHES) as Bench[])) {
  console.log(`\n== ${name}`)
  const problem = await runBench(name, others)
  if (problem === null) continue
  failed++
  console.error(`The bench ${name} ${problem}.`)
}
process.exitCode = failed === 0 ? 0 : 1

/** Runs one to its end, or until its time is up. What it leaves in the folder for temporary files goes with it. */
async function runBench(name: Bench, args: readonly string[]): Promise<string | null> {
  const temporary = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-'))
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  // A group of its own, so that the hosts and browsers that it started end with it.
  const child = spawn(process.execPath, [script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: temporary },
    detached: process.platform !== 'win32',
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    endGroup(child, 'SIGTERM')
    setTimeout(() => endGroup(child, 'SIGKILL'), 3000).unref()
  }, BENCHES[name])
  const interrupt = () => {
    endGroup(child, 'SIGKILL')
    rmSync(temporary, { recursive: true, force: true })
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
  clearTimeout(timer)
  if (late) endGroup(child, 'SIGKILL')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
  if (late) return `was ended after ${BENCHES[name] / MINUTE} minutes`
  return code === 0 ? null : `ended with code ${code}`
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // It has ended already.
  }
}
