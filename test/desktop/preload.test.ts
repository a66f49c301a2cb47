import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { CHANNELS, PORT_MESSAGE, type PreloadApi } from '#shared/preload-api.ts'
import { root } from '../../scripts/lib/run.ts'
import { strict } from './electron-double.ts'

const folder = join(root, 'out/preload')

/** Runs the built preload script as the sandbox does: CommonJS, `require('electron')` and nothing else. */
function runPreload() {
  const exposed: Record<string, PreloadApi> = {}
  const listeners = new Map<string, Set<(...args: unknown[]) => void>>()
  const invoked: unknown[][] = []
  const posted: unknown[][] = []
  const electron = strict('electron', {
    contextBridge: strict('contextBridge', {
      exposeInMainWorld: (name: string, api: PreloadApi) => {
        exposed[name] = api
      },
    }),
    ipcRenderer: strict('ipcRenderer', {
      on: (channel: string, listener: (...args: unknown[]) => void) => {
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
      },
      removeListener: (channel: string, listener: (...args: unknown[]) => void) => {
        listeners.get(channel)?.delete(listener)
      },
      invoke: async (...args: unknown[]) => {
        invoked.push(args)
        return null
      },
    }),
    webUtils: strict('webUtils', { getPathForFile: (file: { path: string }) => file.path }),
  })
  const required: string[] = []
  const window = {
    location: { origin: 'app://quarterdeck' },
    postMessage: (...args: unknown[]) => posted.push(args),
  }
  runInNewContext(readFileSync(join(folder, 'index.cjs'), 'utf8'), {
    require: (name: string) => {
      required.push(name)
      return electron
    },
    exports: {},
    module: { exports: {} },
    window,
    process: { platform: 'linux', argv: ['x', '--quarterdeck-version=1.2.3'] },
  })
  const emit = (channel: string, event: object, ...args: unknown[]) => {
    for (const listener of listeners.get(channel) ?? []) listener(event, ...args)
  }
  return { exposed, invoked, posted, required, emit, listeners }
}

it('is one file each, which needs nothing but electron', () => {
  expect(readdirSync(folder).toSorted()).toEqual(['index.cjs', 'unlock.cjs'])
  expect(runPreload().required).toEqual(['electron'])
  expect(readFileSync(join(folder, 'unlock.cjs'), 'utf8')).not.toContain('contextBridge')
})

it('exposes exactly this', () => {
  const { exposed } = runPreload()
  expect(Object.keys(exposed)).toEqual(['quarterdeck'])
  const surface = Object.entries(exposed.quarterdeck!).map(([name, value]) => [name, typeof value])
  expect(Object.fromEntries(surface)).toEqual({
    platform: 'string',
    version: 'string',
    connect: 'function',
    onCoreState: 'function',
    onNavigate: 'function',
    onAction: 'function',
    openBillDialog: 'function',
    registerFile: 'function',
    saveExportDialog: 'function',
    setTheme: 'function',
    setMenu: 'function',
    openExternal: 'function',
    newWindow: 'function',
    retryCore: 'function',
  })
  expect(exposed.quarterdeck).toMatchObject({ platform: 'linux', version: '1.2.3' })
})

it('passes calls to their channels and nowhere else', async () => {
  const { exposed, invoked } = runPreload()
  const api = exposed.quarterdeck!
  await api.connect()
  await api.openBillDialog()
  await api.registerFile({ path: '/a/b.csv' } as unknown as File)
  expect(await api.registerFile({ path: '' } as unknown as File)).toBeNull()
  await api.saveExportDialog('a.csv')
  await api.setTheme('dark')
  await api.setMenu([])
  await api.openExternal('https://example.com')
  await api.newWindow('/finops')
  await api.retryCore()
  expect(invoked).toEqual([
    [CHANNELS.connect, null],
    [CHANNELS.openBill, null],
    [CHANNELS.registerFile, '/a/b.csv'],
    [CHANNELS.saveExport, 'a.csv'],
    [CHANNELS.setTheme, 'dark'],
    [CHANNELS.setMenu, []],
    [CHANNELS.openExternal, 'https://example.com'],
    [CHANNELS.newWindow, '/finops'],
    [CHANNELS.retryCore, null],
  ])
})

it('posts the port to its own window, and to no other origin', () => {
  const { posted, emit } = runPreload()
  const port = {}
  emit(CHANNELS.port, { ports: [port] }, 3)
  expect(posted).toEqual([[{ [PORT_MESSAGE]: 3 }, 'app://quarterdeck', [port]]])
})

it('tells states, routes and actions until it is told to stop, without the event', () => {
  const { exposed, emit } = runPreload()
  const api = exposed.quarterdeck!
  const heard: unknown[][] = []
  const stops = [
    api.onCoreState((...args) => heard.push(args)),
    api.onNavigate((...args) => heard.push(args)),
    api.onAction((...args) => heard.push(args)),
  ]
  const state = { state: 'running', generation: 1 }
  const say = () => {
    emit(CHANNELS.coreState, { sender: 'secret' }, state)
    emit(CHANNELS.navigate, { sender: 'secret' }, '/finops')
    emit(CHANNELS.action, { sender: 'secret' }, 'finops.import.start')
  }
  say()
  expect(heard).toEqual([[state], ['/finops'], ['finops.import.start']])
  for (const stop of stops) stop()
  say()
  expect(heard).toHaveLength(3)
  api.onCoreState((...args) => heard.push(args))
  expect(heard.at(-1)).toEqual([state])
})
