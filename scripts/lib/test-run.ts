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

/** What vitest's JSON reporter says of one file. */
interface FileReport {
  /** The path of the file. */
  readonly name: string
  readonly status: 'passed' | 'failed'
  readonly assertionResults: readonly { readonly status: string }[]
}

/** The tests of some files. A file that failed outside its tests (while it was read, in a hook) counts as one. */
export function count(files: readonly FileReport[]): { passed: number; failed: number; skipped: number } {
  const tests = files.flatMap(file => file.assertionResults)
  const passed = tests.filter(test => test.status === 'passed').length
  const failed = tests.filter(test => test.status === 'failed').length
  const broken = files.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length
  return { passed, failed: failed + broken, skipped: tests.length - passed - failed }
}

/** Projects of vitest whose tests are counted together, and their folder. */
interface Part {
  readonly name: string
  readonly projects: readonly string[]
  readonly folder: 'src' | 'test'
}

const INTEGRATION: Part = { name: 'Integration', projects: ['integration'], folder: 'test' }
const PGLITE: Part = { name: 'Core on PGlite', projects: ['pglite'], folder: 'src' }
/** Every project, in the order in which they run: files of the core are in two of them, and counted in both. */
const ALL: readonly Part[] = [
  { name: 'Unit, and core on PGlite', projects: ['unit', 'pglite'], folder: 'src' },
  INTEGRATION,
]

/** Runs projects of vitest in one go, because the coverage gate counts what all of them reach. */
async function runVitest(parts: readonly Part[]): Promise<Outcome[]> {
  rmSync(join(RESULTS, 'vitest.json'), { force: true })
  const { code } = await run('vitest', [
    'run',
    ...(parts === ALL ? ['--coverage'] : []),
    ...parts.flatMap(({ projects }) => projects.map(project => `--project=${project}`)),
    '--reporter=default',
    '--reporter=json',
    '--outputFile.json=test-results/vitest.json',
  ])
  const report = read('vitest.json') as { testResults: FileReport[] } | undefined
  const outcomes = parts.map(({ name, folder }) => {
    const inside = `${root}${folder}/`.replaceAll('\\', '/')
    const files = report?.testResults.filter(file => file.name.replaceAll('\\', '/').startsWith(inside)) ?? []
    const counted = count(files)
    return outcome(name, counted.failed > 0 ? 1 : 0, counted)
  })
  if (code === 0 || outcomes.some(part => part.failed > 0)) return outcomes
  const none = { passed: 0, failed: 0, skipped: 0 }
  const note = report ? 'the coverage gate failed' : 'vitest ended without results'
  return [...outcomes, outcome('Coverage', code, { ...none, note })]
}

/** Builds, and runs the tests below `test/` without a browser, and those of the core on PGlite. */
export async function runIntegration(): Promise<Outcome[]> {
  mkdirSync(RESULTS, { recursive: true })
  // Tests of the built bundles need it, so it comes first.
  const built = await ensureBuilt(line => console.log(line))
  const none = { passed: 0, failed: 0, skipped: 0 }
  const outcomes = await runVitest([PGLITE, INTEGRATION])
  return built ? outcomes : [...outcomes, outcome('Build', 1, { ...none, note: 'the build failed' })]
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

/** `npm test`: builds, then unit and integration tests with the coverage gate, then end to end. All run, whatever fails. */
export async function runAll(): Promise<number> {
  mkdirSync(RESULTS, { recursive: true })
  // Tests of the built bundles need it, so it comes first.
  const built = await ensureBuilt(line => console.log(line))
  const outcomes = await runVitest(ALL)
  const endToEnd = await runEndToEnd()
  return summarise([...outcomes, endToEnd]) || (built ? 0 : 1)
}
