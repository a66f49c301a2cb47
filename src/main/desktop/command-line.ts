import { pathToFileURL } from 'node:url'
import { app, safeStorage } from 'electron'
import type { CliEntry } from '#shared/host-entries.ts'
import { keychainOf } from './keychain.ts'

/**
 * The packaged command line: this binary without a window, so that it reaches the keychain. The core runs in
 * this process, because there is no page that it could hold up.
 * @param entry the path of the built `cli.js`
 */
export async function runCommandLine(entry: string, args: readonly string[]): Promise<void> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    app.commandLine.appendSwitch('ozone-platform', 'headless')
  }
  // A reader that has enough (`quarterdeck costs | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    app.exit(0)
  })
  app.disableHardwareAcceleration()
  app.dock?.hide()
  await app.whenReady()
  let code = 1
  try {
    const { runCli } = (await import(/* @vite-ignore */ pathToFileURL(entry).href)) as CliEntry
    code = await runCli(args, {
      version: app.getVersion(),
      keychain: keychainOf(safeStorage, process.platform),
    })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
  app.exit(code)
}
