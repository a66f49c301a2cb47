import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { constants, Script } from 'node:vm'
import { root } from '../../scripts/lib/run.ts'
import { type DoubleOptions, type ElectronDouble, makeElectron } from './electron-double.ts'

export const BUILT_MAIN = join(root, 'out/main/index.js')

const DOUBLE = 'quarterdeck-double:electron'
const KEY = Symbol.for('quarterdeck.test.electron')
const holder = globalThis as unknown as Record<symbol, object>

// Runs the bundle's own `import 'electron'` against the double, and every run with modules of its own.
registerHooks({
  resolve(specifier, context, next) {
    const run = /[?&]run=\d+/.exec(context.parentURL ?? '')?.[0]
    if (specifier === 'electron') return { url: `${DOUBLE}${run ?? ''}`, shortCircuit: true }
    const resolved = next(specifier, context)
    return run !== undefined && resolved.url.startsWith('file:') && resolved.url.includes('/out/main/')
      ? { ...resolved, url: `${resolved.url}${run}` }
      : resolved
  },
  load(url, context, next) {
    if (!url.startsWith(DOUBLE)) return next(url, context)
    const names = Object.keys(holder[KEY] ?? {}).join(', ')
    const source = `export const { ${names} } = globalThis[Symbol.for('quarterdeck.test.electron')]`
    return { format: 'module', source, shortCircuit: true }
  },
})

// Node's own import: the test runner's would transform the bundle.
const nativeImport = new Script('url => import(url)', {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext() as (url: string) => Promise<unknown>

let runs = 0

export interface MainRun extends ElectronDouble {
  /** Removes the temporary directory and restores the process. */
  readonly close: () => void
  readonly directory: string
  /** Waits until the condition holds. */
  readonly until: (condition: () => boolean) => Promise<void>
}

/** Runs the built main bundle against a fresh double, up to the moment before Electron is ready. */
export async function runMain(
  args: readonly string[] = [],
  options: Partial<DoubleOptions> = {},
): Promise<MainRun> {
  const directory = mkdtempSync(join(tmpdir(), 'quarterdeck-main-'))
  const userData = join(directory, 'user-data')
  mkdirSync(userData)
  const double = makeElectron({ userData, ...options })
  holder[KEY] = double.electron
  const before = { argv: process.argv, platform: process.platform, env: { ...process.env } }
  process.argv = ['electron', ...args]
  process.env.QUARTERDECK_WORKSPACE = join(directory, 'workspace')
  process.env.DISPLAY = ':0'
  if (options.platform) Object.defineProperty(process, 'platform', { value: options.platform })
  await nativeImport(`${pathToFileURL(BUILT_MAIN).href}?run=${++runs}`)
  await settle()
  return {
    ...double,
    directory,
    until: async condition => {
      const since = performance.now()
      while (!condition() && performance.now() - since < 30_000) await settle()
      if (!condition()) throw new Error(`Did not happen: ${condition}`)
    },
    close() {
      process.argv = before.argv
      process.env = before.env
      Object.defineProperty(process, 'platform', { value: before.platform })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Runs it until its first window is open and its core has been forked. */
export async function openDesktop(
  args: readonly string[] = [],
  options: Partial<DoubleOptions> = {},
): Promise<MainRun> {
  const run = await runMain(args, options)
  run.becomeReady()
  await run.until(
    () => run.windows[0]?.double.response != null && (run.cores[0]?.double.inbox.length ?? 0) > 0,
  )
  return run
}

function settle(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 5))
}
