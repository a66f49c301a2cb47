import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '#serving/client.ts'
import { CHANNELS, type CoreState, type FileHandle } from '#shared/preload-api.ts'
import type { DoubleOptions, FakeCore } from './electron-double.ts'
import { type MainRun, openDesktop } from './run-main.ts'

/**
 * The whole desktop without Electron's runtime: the built main process against the double, the built core
 * process in a thread, a workspace on disk, and a page's calls over the real port between them.
 */

const threads: Worker[] = []
let run: MainRun

function runModule(core: FakeCore): void {
  const thread = new Worker(new URL('./core-thread.ts', import.meta.url), {
    workerData: { entry: pathToFileURL(core.double.modulePath).href },
    execArgv: [],
    stderr: true,
  })
  threads.push(thread)
  thread.on('message', message => core.emit('message', message))
  thread.on('exit', code => core.emit('exit', code))
  thread.on('error', error => core.emit('error', 'FatalError', '', String(error)))
  core.on('posted', () => {
    const { message, ports } = core.double.inbox.at(-1)!
    const real = ports.map(port => port.double.real)
    thread.postMessage({ message, ports: real }, real)
  })
  core.kill = () => {
    void thread.terminate()
    return true
  }
}

beforeEach(() => {
  threads.length = 0
})

afterEach(async () => {
  run.electron.app.quit()
  await Promise.all(threads.map(thread => thread.terminate()))
  run.close()
})

const start = async (options: Partial<DoubleOptions> = {}) => {
  run = await openDesktop([], { runModule, ...options })
  await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
}

const states = () =>
  run.windows[0]!.webContents.double.sent.filter(({ channel }) => channel === CHANNELS.coreState).map(
    ({ value }) => value as CoreState,
  )

/** The page's client on the port of this generation. */
async function clientOf(generation: number): Promise<Client> {
  const posted = () => run.windows[0]!.webContents.double.posted.find(({ value }) => value === generation)
  await run.until(() => posted() !== undefined)
  const port = posted()!.ports[0]!.double.real
  const client = createORPCClient(new RPCLink({ port: port as never })) as Client
  port.start()
  return client
}

describe('the desktop', () => {
  it('makes an encrypted workspace with a key that the keychain wraps, and serves the page', async () => {
    await start()
    const client = await clientOf(1)
    expect(await client.host.about({})).toMatchObject({ host: 'desktop', version: '0.0.0-test' })
    expect(states().at(-1)).toEqual({ state: 'running', generation: 1 })
    expect(run.windows).toHaveLength(1)
    const database = readFileSync(join(run.directory, 'workspace/workspace.db'))
    expect(database.subarray(0, 15).toString()).not.toBe('SQLite format 3')
  })

  it('goes on in a new generation when the core dies under an open window', async () => {
    await start()
    await (await clientOf(1)).host.about({})
    await threads[0]!.terminate()
    await run.until(() => states().at(-1)?.state === 'restarting')
    const client = await clientOf(2)
    expect(await client.host.about({})).toMatchObject({ host: 'desktop' })
    expect(states().at(-1)).toEqual({ state: 'running', generation: 2 })
    expect(run.record.boxes).toEqual([])
  })

  it('lets the core read a bill that a person chose, which the page knows by its handle', async () => {
    await start()
    await clientOf(1)
    const bill = join(run.directory, 'bill.csv')
    writeFileSync(bill, 'BilledCost\n1.00\n')
    run.record.nextOpen = [bill]
    const [file] = (await run.invoke(run.windows[0]!, CHANNELS.openBill, [null])) as FileHandle[]
    expect(file).toMatchObject({ name: 'bill.csv', size: 16 })
    expect(file!.handle).not.toContain('/')
  })

  it('closes the workspace and ends when it quits', async () => {
    await start()
    await clientOf(1)
    const owner = join(run.directory, 'workspace/run/owner.json')
    expect(existsSync(owner)).toBe(true)
    run.electron.app.quit()
    await run.until(() => run.record.exitCode === 0)
    expect(existsSync(owner)).toBe(false)
  })
})
