import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser } from './browser.ts'
import { ensureBuilt } from './build.ts'
import { usableElectron } from './electron-runtime.ts'
import { root, run } from './run.ts'

interface Outcome {
  readonly name: string
  readonly code: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Said instead of the numbers when the part did not run. */
  readonly note?: string
}

const RESULTS = join(root, 'test-results')

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(join(RESULTS, file), 'utf8'))
  } catch {
    return undefined
  }
}

/** A part that ended with an error but counted no failure (a gate, a crash) counts as one. */
function outcome(name: string, code: number, counted: Omit<Outcome, 'name' | 'code'>): Outcome {
  return { name, code, ...counted, failed: code !== 0 && counted.failed === 0 ? 1 : counted.failed }
}

async function runUnit(): Promise<Outcome> {
  rmSync(join(RESULTS, 'unit.json'), { force: true })
  const args = [
    'run',
    '--coverage',
    '--reporter=default',
    '--reporter=json',
    '--outputFile.json=test-results/unit.json',
  ]
  const { code } = await run('vitest', args)
  const report = read('unit.json') as
    | { numPassedTests: number; numFailedTests: number; numPendingTests: number }
    | undefined
  return outcome('Unit', code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: report?.numPendingTests ?? 0,
  })
}

/** Finds or installs a browser and runs the end-to-end tests; extra arguments go to Playwright. */
export async function runEndToEnd(args: readonly string[] = []): Promise<Outcome> {
  const none = { passed: 0, failed: 0, skipped: 0 }
  if (!(await ensureBuilt(line => console.log(line)))) {
    return outcome('End to end', 1, { ...none, note: 'the build failed' })
  }
  const browser = await ensureBrowser()
  if ('problem' in browser) return outcome('End to end', 1, { ...none, note: browser.problem })
  const electron = usableElectron(join(root, 'node_modules/electron'))
  if ('missing' in electron) console.log(`End to end in Electron: skipped, because ${electron.missing}.`)
  rmSync(join(RESULTS, 'e2e.json'), { force: true })
  const { code } = await run('playwright', ['test', ...args], { env: { QUARTERDECK_BROWSER: browser.path } })
  const report = read('e2e.json') as
    | { stats: { expected: number; unexpected: number; flaky: number; skipped: number } }
    | undefined
  return outcome('End to end', code, {
    passed: report?.stats.expected ?? 0,
    failed: (report?.stats.unexpected ?? 0) + (report?.stats.flaky ?? 0),
    skipped: report?.stats.skipped ?? 0,
  })
}

/** Prints one line for each part and resolves to the exit code. */
export function summarise(outcomes: readonly Outcome[]): number {
  console.log()
  for (const { name, passed, failed, skipped, note } of outcomes) {
    console.log(`${name}: ${note ?? `${passed} passed, ${failed} failed, ${skipped} skipped`}`)
  }
  const sum = (of: 'passed' | 'failed') => outcomes.reduce((total, part) => total + part[of], 0)
  const file = process.env.QUARTERDECK_SUMMARY
  if (file !== undefined) writeFileSync(file, `${sum('passed')} ${sum('failed')}\n`)
  return outcomes.every(({ code }) => code === 0) ? 0 : 1
}

/** `npm test`: builds, then unit tests with the coverage gate, then end to end. All run, whatever fails. */
export async function runAll(): Promise<number> {
  mkdirSync(RESULTS, { recursive: true })
  // Tests of the built bundles need it, so it comes first.
  const built = await ensureBuilt(line => console.log(line))
  const unit = await runUnit()
  const endToEnd = await runEndToEnd()
  return summarise([unit, endToEnd]) || (built ? 0 : 1)
}
