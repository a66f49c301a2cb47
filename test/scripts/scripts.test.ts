import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findBrowser } from '../../scripts/lib/browser.ts'
import { isBuildStale } from '../../scripts/lib/build.ts'
import { findElectron, whyNoWindow } from '../../scripts/lib/electron-runtime.ts'
import { root, run } from '../../scripts/lib/run.ts'
import { parseStart } from '../../scripts/lib/start.ts'
import { count } from '../../scripts/lib/test-run.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quarterdeck-scripts-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const put = (path: string, text = '', seconds = 1000) => {
  mkdirSync(join(directory, path, '..'), { recursive: true })
  writeFileSync(join(directory, path), text)
  utimesSync(join(directory, path), seconds, seconds)
}

describe('Electron’s runtime', () => {
  it('is found by the file that names it, without importing the package', () => {
    expect(findElectron(directory, {})).toEqual({ missing: 'the Electron runtime is not installed' })
    put('path.txt', 'electron')
    expect(findElectron(directory, {})).toEqual({ missing: 'the Electron runtime is not installed' })
    put('dist/electron')
    expect(findElectron(directory, {})).toEqual({ path: join(directory, 'dist/electron') })
  })

  it('may lie elsewhere', () => {
    const env = { ELECTRON_OVERRIDE_DIST_PATH: join(directory, 'other') }
    put('path.txt', 'electron')
    put('dist/electron')
    expect(findElectron(directory, env)).toEqual({
      missing: `there is no ${join(directory, 'other/electron')}`,
    })
    put('other/electron')
    expect(findElectron(directory, env)).toEqual({ path: join(directory, 'other/electron') })
  })

  it('opens no window without a display, or as root', () => {
    const machine = { platform: 'linux', env: { DISPLAY: ':0' }, isRoot: false }
    expect(whyNoWindow(machine)).toBeUndefined()
    expect(whyNoWindow({ ...machine, env: {} })).toBe('there is no display')
    expect(whyNoWindow({ ...machine, isRoot: true })).toContain('root')
    expect(whyNoWindow({ ...machine, env: {}, platform: 'darwin' })).toBeUndefined()
  })
})

describe('the build', () => {
  it('is stale when it is missing or older than a source, and not for a test', async () => {
    put('src/main/index.ts')
    expect(await isBuildStale(directory)).toBe(true)
    put('out/renderer/index.html', '', 2000)
    expect(await isBuildStale(directory)).toBe(false)
    put('src/core/a.test.ts', '', 3000)
    expect(await isBuildStale(directory)).toBe(false)
    put('src/renderer/style.css', '', 3000)
    expect(await isBuildStale(directory)).toBe(true)
    put('out/renderer/index.html', '', 4000)
    expect(await isBuildStale(directory)).toBe(false)
    put('package.json', '', 5000)
    expect(await isBuildStale(directory)).toBe(true)
  })
})

describe('npm start', () => {
  it('understands its options', () => {
    expect(parseStart(['--workspace', '/w'])).toEqual({
      workspaceDir: '/w',
      port: 0,
      browser: false,
      open: true,
    })
    expect(parseStart(['--no-open', '--port', '4711', '--workspace', '/w'])).toEqual({
      workspaceDir: '/w',
      port: 4711,
      browser: true,
      open: false,
    })
    expect(parseStart(['-h'])).toBe('help')
  })

  it.each([[['--port', 'x']], [['--port', '70000']], [['--port', '-1']], [['--nonsense']], [['stray']]])(
    'refuses %j in one line',
    args => {
      const parsed = parseStart(args)
      expect(parsed).toHaveProperty('problem')
      expect((parsed as { problem: string }).problem).not.toContain('\n')
    },
  )

  it('ends with one line under a Node that is too old, or goes on under the one that the project brings', async () => {
    const script = `
      import { isRecentEnough } from '${root}scripts/lib/node-version.mjs'
      console.log(['v20.19.0', 'v22.17.1', 'v22.18.0', 'v24.0.0', 'v100.0.0'].map(isRecentEnough).join())`
    const { output } = await run('node', ['--input-type=module', '-e', script], { capture: true })
    expect(output.trim()).toBe('false,false,true,true,true')
  })
})

describe('the browser of the tests', () => {
  it('is the one that was named, or none when that is missing', async () => {
    const before = process.env.QUARTERDECK_BROWSER
    try {
      put('browser')
      process.env.QUARTERDECK_BROWSER = join(directory, 'browser')
      expect(await findBrowser()).toBe(join(directory, 'browser'))
      process.env.QUARTERDECK_BROWSER = join(directory, 'missing')
      expect(await findBrowser()).toBeUndefined()
    } finally {
      if (before === undefined) delete process.env.QUARTERDECK_BROWSER
      else process.env.QUARTERDECK_BROWSER = before
    }
  })
})

describe('the summary of the tests', () => {
  it('counts tests, and a file that failed outside of them as one failure', () => {
    const file = (status: 'passed' | 'failed', ...results: string[]) => ({
      name: 'a.test.ts',
      status,
      assertionResults: results.map(result => ({ status: result })),
    })
    expect(count([])).toEqual({ passed: 0, failed: 0, skipped: 0 })
    expect(
      count([
        file('passed', 'passed', 'passed', 'skipped', 'todo'),
        file('failed', 'passed', 'failed', 'failed'),
        // It could not be read; a hook of it threw.
        file('failed'),
        file('failed', 'passed', 'skipped'),
      ]),
    ).toEqual({ passed: 4, failed: 4, skipped: 3 })
  })
})
