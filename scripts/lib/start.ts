import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { BrowserHostEntry } from '#shared/host-entries.ts'
import { workspaceDir } from '#shared/workspace-location.ts'
import { ensureBuilt } from './build.ts'
import { usableElectron } from './electron-runtime.ts'
import { openAddress } from './open-address.ts'
import { environment, root } from './run.ts'

const HELP = `npm start -- [options]

Opens Quarterdeck: in a window where the Electron runtime is installed, else in your browser.

  --workspace <name|folder>  the workspace to open (default: your own; made when it is missing)
  --port <number>            the port of the browser host (default: a free one)
  --browser                  use the browser even where Electron is
  --no-open                  start the browser host and print its address, without opening a browser
  --help                     this text
`

export interface StartOptions {
  readonly workspaceDir: string
  readonly port: number
  readonly browser: boolean
  readonly open: boolean
}

/** Parses the arguments; a text is a message for the person, and ends the start. */
export function parseStart(args: readonly string[]): StartOptions | { readonly problem: string } | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        workspace: { type: 'string' },
        port: { type: 'string' },
        browser: { type: 'boolean', default: false },
        open: { type: 'boolean', default: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowNegative: true,
    })
    if (values.help) return 'help'
    const port = values.port === undefined ? 0 : Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return { problem: `--port must be a number from 0 to 65535, not “${values.port}”.` }
    }
    const machine = { platform: process.platform, env: process.env, home: homedir() }
    const directory = workspaceDir(machine, values.workspace, process.cwd())
    if (directory === undefined) {
      return { problem: `“${values.workspace}” is neither the name of a workspace nor a folder.` }
    }
    // A port is asked for where someone wants the browser host.
    const browser = values.browser || !values.open || values.port !== undefined
    return { workspaceDir: resolve(directory), port, browser, open: values.open }
  } catch (error) {
    return { problem: `${(error as Error).message.split('\n')[0]} (see --help)` }
  }
}

/** Why the browser host and not Electron, or the binary to start. */
function chooseHost(options: StartOptions): { electron: string } | { because: string } {
  if (options.browser) return { because: 'that was asked for' }
  const found = usableElectron(join(root, 'node_modules/electron'))
  return 'missing' in found ? { because: found.missing } : { electron: found.path }
}

async function startElectron(binary: string, options: StartOptions): Promise<number> {
  console.log('Quarterdeck opens in its own window, because the Electron runtime is installed.')
  const child = spawn(binary, [root, '--workspace', options.workspaceDir], {
    stdio: 'inherit',
    env: environment(),
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', code => done(code ?? 1))
  })
}

async function startBrowser(options: StartOptions, because: string): Promise<number> {
  const entry = pathToFileURL(join(root, 'out/main/browser-host.js')).href
  const { startBrowserHost } = (await import(entry)) as BrowserHostEntry
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  mkdirSync(options.workspaceDir, { recursive: true, mode: 0o700 })
  const host = await startBrowserHost({
    workspaceDir: options.workspaceDir,
    port: options.port,
    rendererDir: join(root, 'out/renderer'),
    version,
  })
  console.log(
    options.open
      ? `Quarterdeck runs in your browser, because ${because}: ${host.url}`
      : `Quarterdeck waits for a browser at ${host.url}`,
  )
  if (options.open) await openAddress(host.url)
  // An address signs in once; whoever closed the tab gets another without a restart.
  if (process.stdin.isTTY) {
    console.log('Press Enter for another address, Ctrl-C to stop.')
    process.stdin.on('data', () => console.log(host.newUrl()))
  }
  await new Promise<void>(stop => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop())
  })
  await host.close()
  return 0
}

/** `npm start`. Resolves to the exit code, when the application ends. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseStart(args)
  if (options === 'help') {
    console.log(HELP)
    return 0
  }
  if ('problem' in options) {
    console.error(options.problem)
    return 2
  }
  if (!(await ensureBuilt(line => console.error(line)))) return 1
  const host = chooseHost(options)
  try {
    return await ('electron' in host
      ? startElectron(host.electron, options)
      : startBrowser(options, host.because))
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}
