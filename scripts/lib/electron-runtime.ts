import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type ElectronRuntime = { readonly path: string } | { readonly missing: string }

/**
 * Finds Electron's binary without importing the package, which would start a download where it is missing.
 * @param packageDir the directory of the `electron` package
 */
export function findElectron(
  packageDir: string,
  env: Readonly<Record<string, string | undefined>>,
): ElectronRuntime {
  const pathFile = join(packageDir, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : binaryName(process.platform)
  const override = env.ELECTRON_OVERRIDE_DIST_PATH
  const path = join(override ?? join(packageDir, 'dist'), name)
  if (existsSync(path)) return { path }
  return { missing: override === undefined ? 'the Electron runtime is not installed' : `there is no ${path}` }
}

function binaryName(platform: string): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return platform === 'win32' ? 'electron.exe' : 'electron'
}

/** Why a window cannot be opened on this machine although the runtime is there, or undefined. */
export function whyNoWindow(machine: {
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isRoot: boolean
}): string | undefined {
  if (machine.platform !== 'linux') return undefined
  if (!machine.env.DISPLAY && !machine.env.WAYLAND_DISPLAY) return 'there is no display'
  if (machine.isRoot) return "Electron's sandbox does not run as root"
  return undefined
}

/** Electron on this machine, or why it cannot open a window here. Asked by the start script and the tests. */
export function usableElectron(packageDir: string): ElectronRuntime {
  const found = findElectron(packageDir, process.env)
  const isRoot = process.getuid?.() === 0
  const why =
    'missing' in found ? undefined : whyNoWindow({ platform: process.platform, env: process.env, isRoot })
  return why === undefined ? found : { missing: why }
}
