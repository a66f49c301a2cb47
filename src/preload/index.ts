import { contextBridge, ipcRenderer, webUtils } from 'electron'
import {
  CHANNELS,
  type CoreState,
  type FileHandle,
  PORT_MESSAGE,
  type PreloadApi,
  type Unsubscribe,
} from '#shared/preload-api.ts'

/**
 * Hands the port to the page and passes a few typed calls on. Everything that arrives is checked by the main
 * process; nothing of Electron is exposed.
 */

// A port cannot cross the bridge, so it is posted to the page's own window, which is its only listener.
ipcRenderer.on(CHANNELS.port, (event, generation: number) => {
  window.postMessage({ [PORT_MESSAGE]: generation }, window.location.origin, event.ports)
})

let lastState: CoreState | undefined
const stateListeners = new Set<(state: CoreState) => void>()

ipcRenderer.on(CHANNELS.coreState, (_event, state: CoreState) => {
  lastState = state
  for (const listener of stateListeners) listener(state)
})

function subscribe<T>(channel: string, listener: (value: T) => void): Unsubscribe {
  const wrapped = (_event: unknown, value: T): void => listener(value)
  ipcRenderer.on(channel, wrapped)
  return () => {
    ipcRenderer.removeListener(channel, wrapped)
  }
}

/** The version and the platform travel as arguments of the page's process: they are known before it asks. */
function argument(name: string): string {
  const prefix = `--quarterdeck-${name}=`
  return process.argv.find(value => value.startsWith(prefix))?.slice(prefix.length) ?? ''
}

const api: PreloadApi = {
  platform: process.platform as PreloadApi['platform'],
  version: argument('version'),
  connect: () => ipcRenderer.invoke(CHANNELS.connect, null),
  onCoreState: listener => {
    stateListeners.add(listener)
    if (lastState !== undefined) listener(lastState)
    return () => {
      stateListeners.delete(listener)
    }
  },
  onNavigate: listener => subscribe(CHANNELS.navigate, listener),
  onAction: listener => subscribe(CHANNELS.action, listener),
  openBillDialog: () => ipcRenderer.invoke(CHANNELS.openBill, null) as Promise<readonly FileHandle[]>,
  registerFile: async file => {
    const path = webUtils.getPathForFile(file)
    return path === '' ? null : ((await ipcRenderer.invoke(CHANNELS.registerFile, path)) as FileHandle | null)
  },
  saveExportDialog: name => ipcRenderer.invoke(CHANNELS.saveExport, name) as Promise<FileHandle | null>,
  setTheme: theme => ipcRenderer.invoke(CHANNELS.setTheme, theme),
  setMenu: groups => ipcRenderer.invoke(CHANNELS.setMenu, groups),
  openExternal: url => ipcRenderer.invoke(CHANNELS.openExternal, url),
  newWindow: route => ipcRenderer.invoke(CHANNELS.newWindow, route),
  retryCore: () => ipcRenderer.invoke(CHANNELS.retryCore, null),
}

contextBridge.exposeInMainWorld('quarterdeck', api)
