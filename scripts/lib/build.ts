import { existsSync, statSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.ts'

/** Written last by the build, so its time is the time of the whole. */
const LAST = 'out/renderer/index.html'
const SOURCES = ['src/**/*', 'electron.vite.config.ts', 'package.json', 'package-lock.json']
const NOT_BUILT = /\.test\.tsx?$/

/** True when something that goes into the build is newer than the build, or there is none. */
export async function isBuildStale(directory: string = root): Promise<boolean> {
  const last = join(directory, LAST)
  if (!existsSync(last)) return true
  const built = statSync(last).mtimeMs
  for await (const path of glob(SOURCES, { cwd: directory })) {
    if (NOT_BUILT.test(path)) continue
    const found = statSync(join(directory, path))
    if (found.isFile() && found.mtimeMs > built) return true
  }
  return false
}

/**
 * Builds when the build is stale. Says nothing when it succeeds, and shows the output when it fails.
 * @returns whether a usable build is there
 */
export async function ensureBuilt(announce: (line: string) => void = () => {}): Promise<boolean> {
  if (!(await isBuildStale())) return true
  announce('Building Quarterdeck…')
  const { code, output } = await run('electron-vite', ['build', '--logLevel', 'warn'], { capture: true })
  if (code !== 0) console.error(output)
  return code === 0
}
