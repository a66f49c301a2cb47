import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.ts'

/** Set by a person or by CI to use one particular browser. */
export const BROWSER_VARIABLE = 'QUARTERDECK_BROWSER'

function candidates(): string[] {
  const { env, platform } = process
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      name => `/Applications/${name}.app/Contents/MacOS/${name}`,
    )
  }
  if (platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap(base =>
      base === undefined
        ? []
        : [
            join(base, 'Google/Chrome/Application/chrome.exe'),
            join(base, 'Microsoft/Edge/Application/msedge.exe'),
          ],
    )
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
  return (env.PATH ?? '').split(':').flatMap(folder => names.map(name => join(folder, name)))
}

/**
 * The browser that the tests use: the one that was named, Playwright's own, or one of the machine's.
 * @returns the path of the executable, or undefined
 */
export async function findBrowser(): Promise<string | undefined> {
  const named = process.env[BROWSER_VARIABLE]
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  const { chromium } = await import('@playwright/test')
  const own = chromium.executablePath()
  return [own, ...candidates()].find(path => path !== '' && existsSync(path))
}

/**
 * Finds a browser, or installs Debian's Chromium where that is possible.
 * @returns the path, or a line that says what to install
 */
export async function ensureBrowser(): Promise<{ path: string } | { problem: string }> {
  const found = await findBrowser()
  if (found !== undefined) return { path: found }
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No browser found: installing Chromium with apt-get…')
    await run('apt-get', ['update', '-qq'], { capture: true })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      capture: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
    const installed = await findBrowser()
    if (installed !== undefined) return { path: installed }
  }
  return {
    problem: `The end-to-end tests need a browser: install Chromium, Chrome or Edge, or name one in ${BROWSER_VARIABLE}.`,
  }
}
