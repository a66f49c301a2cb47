import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type * as Electron from 'electron'
import type { ToCore } from '#shared/core-process-protocol.ts'

/**
 * A typed double of the part of Electron that Quarterdeck uses. It keeps what was asked of it, lets a test
 * play the operating system, and throws on every call that it does not know. Its shapes are checked against
 * Electron's own types, so what it accepts exists.
 */

/** Refuses every property that the object does not have. */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'symbol' || key in object) return Reflect.get(object, key)
      if (key === 'then' || key === 'toJSON' || key === 'asymmetricMatch' || key === 'nodeType')
        return undefined
      throw new Error(`The double of Electron does not know ${name}.${key}`)
    },
    set(object, key, value) {
      if (typeof key === 'symbol' || key in object) return Reflect.set(object, key, value)
      throw new Error(`The double of Electron does not know ${name}.${String(key)}`)
    },
  })
}

type Listener = (...args: never[]) => void

/** Electron's emitters, without the words of Node's that Quarterdeck does not use. */
class Emitter extends EventEmitter {
  override on(event: string, listener: Listener): this {
    return super.on(event, listener as (...args: unknown[]) => void)
  }
  override once(event: string, listener: Listener): this {
    return super.once(event, listener as (...args: unknown[]) => void)
  }
}

/** An event whose default can be prevented. */
export function cancellable<T extends object>(
  more: T,
): T & { defaultPrevented: boolean; preventDefault(): void } {
  return {
    ...more,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
  }
}

export interface DoubleOptions {
  readonly userData: string
  readonly platform?: NodeJS.Platform
  readonly hasLock?: boolean
  readonly isPackaged?: boolean
  readonly backend?: ReturnType<Electron.SafeStorage['getSelectedStorageBackend']>
  readonly isKeychainAvailable?: boolean
  readonly displays?: readonly Electron.Rectangle[]
  /** Runs a forked module, for tests in which the core is the real one. */
  readonly runModule?: (core: FakeCore) => void
}

/** What `utilityProcess.fork` gives: a test speaks for the process through `double`. */
export class FakeCore extends Emitter {
  readonly double

  constructor(modulePath: string, options: Electron.ForkOptions) {
    super()
    const inbox: { message: unknown; ports: readonly FakePort[] }[] = []
    this.double = {
      modulePath,
      options,
      inbox,
      isKilled: false,
      say: (message: unknown) => this.emit('message', structuredClone(message)),
      /** The messages of one type that main sent. */
      sent: (type: ToCore['type']) =>
        inbox
          .map(({ message }) => message as Record<string, unknown>)
          .filter(message => message.type === type),
    }
  }
  postMessage(message: unknown, transfer: readonly FakePort[] = []): void {
    this.double.inbox.push({ message: structuredClone(message), ports: transfer })
    this.emit('posted')
  }
  kill(): boolean {
    this.double.isKilled = true
    return true
  }
}

/** A port of a `MessageChannelMain`, over a real one of Node's. */
export class FakePort extends Emitter {
  readonly double: { readonly real: MessagePort; isClosed: boolean }
  constructor(real: MessagePort) {
    super()
    this.double = { real, isClosed: false }
  }
  postMessage(message: unknown): void {
    this.double.real.postMessage(message)
  }
  start(): void {
    // Listening to a real port starts it, so nothing listens before.
    this.double.real.on('message', data => this.emit('message', { data, ports: [] }))
    this.double.real.on('close', () => this.emit('close'))
  }
  close(): void {
    this.double.isClosed = true
    this.double.real.close()
  }
}

interface Frame {
  url: string
}

interface SessionState {
  permissionRequest:
    | ((contents: unknown, name: string, answer: (is: boolean) => void, details: object) => void)
    | null
  permissionCheck: ((contents: unknown, name: string, origin: string) => boolean) | null
  device: (() => boolean) | null
  beforeRequest: ((details: { url: string }, answer: (is: { cancel?: boolean }) => void) => void) | null
}

class FakeContents extends Emitter {
  readonly id: number
  readonly mainFrame: Frame = { url: 'about:blank' }
  readonly double = {
    sent: [] as { channel: string; value: unknown }[],
    posted: [] as { channel: string; value: unknown; ports: readonly FakePort[] }[],
    reloads: 0,
    openHandler: null as ((details: { url: string }) => { action: string }) | null,
  }

  constructor(id: number) {
    super()
    this.id = id
  }
  send(channel: string, value: unknown): void {
    this.double.sent.push({ channel, value: structuredClone(value) })
  }
  postMessage(channel: string, value: unknown, ports: readonly FakePort[] = []): void {
    this.double.posted.push({ channel, value, ports })
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.double.openHandler = handler
  }
  getURL(): string {
    return this.mainFrame.url
  }
  reload(): void {
    this.double.reloads++
  }
}

/** Electron's API, and the strings that a test pulls. */
export function makeElectron(options: DoubleOptions) {
  const windows: FakeWindow[] = []
  const contents = new Map<number, FakeContents>()
  const cores: FakeCore[] = []
  const handlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>()
  const schemes = new Map<string, (request: Request) => Promise<Response>>()
  const trays: FakeTray[] = []
  const notifications: FakeNotification[] = []
  const record = {
    calls: [] as string[],
    exitCode: null as number | null,
    privileged: [] as Electron.CustomScheme[],
    menu: null as FakeMenu | null,
    badge: null as number | null,
    opened: [] as string[],
    boxes: [] as Electron.MessageBoxOptions[],
    nextBox: 0,
    nextOpen: [] as string[],
    nextSave: '',
    hasQuit: false,
  }
  const paths: Record<string, string> = {
    userData: options.userData,
    logs: join(options.userData, 'logs'),
  }
  let isReady = false
  let nextId = 1

  class FakeWindow extends Emitter {
    readonly id = nextId++
    readonly webContents: FakeContents
    readonly double

    constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
      super()
      const { x = 0, y = 0, width = 800, height = 600 } = options
      this.double = {
        options,
        bounds: { x, y, width, height },
        isShown: false,
        hasFocus: false,
        isGone: false,
        maximized: false,
        minimized: false,
        fullScreen: false,
        /** What the page's scheme answered. */
        response: null as Response | null,
      }
      const made = new FakeContents(nextId++)
      contents.set(made.id, made)
      this.webContents = strict('webContents', made)
      contents.set(made.id, this.webContents)
      windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
    async loadURL(url: string): Promise<void> {
      this.webContents.mainFrame.url = url
      const handler = schemes.get(new URL(url).protocol.slice(0, -1))
      if (handler === undefined) throw new Error(`No handler for ${url}`)
      this.double.response = await handler(new Request(url))
      this.emit('ready-to-show')
    }
    show(): void {
      this.double.isShown = true
    }
    focus(): void {
      this.double.hasFocus = true
      this.emit('focus')
    }
    maximize(): void {
      this.double.maximized = true
    }
    setFullScreen(isFull: boolean): void {
      this.double.fullScreen = isFull
    }
    isMaximized(): boolean {
      return this.double.maximized
    }
    isFullScreen(): boolean {
      return this.double.fullScreen
    }
    isMinimized(): boolean {
      return this.double.minimized
    }
    restore(): void {
      this.double.minimized = false
    }
    getNormalBounds(): Electron.Rectangle {
      return this.double.bounds
    }
    close(): void {
      this.emit('close', cancellable({}))
      this.destroy()
    }
    destroy(): void {
      if (this.double.isGone) return
      this.double.isGone = true
      contents.delete(this.webContents.id)
      windows.splice(windows.indexOf(this), 1)
      this.emit('closed')
      if (windows.length === 0 && !record.hasQuit) app.emit('window-all-closed')
    }
  }

  class FakeTray extends Emitter {
    readonly double = { toolTip: '', menu: null as FakeMenu | null, image: null as unknown }
    constructor(image: unknown) {
      super()
      this.double.image = image
      trays.push(this)
    }
    setToolTip(text: string): void {
      this.double.toolTip = text
    }
    setContextMenu(menu: FakeMenu): void {
      this.double.menu = menu
    }
  }

  class FakeMenu {
    template: Electron.MenuItemConstructorOptions[] = []
    static buildFromTemplate(template: Electron.MenuItemConstructorOptions[]): FakeMenu {
      const menu = new FakeMenu()
      menu.template = template
      return menu
    }
    static setApplicationMenu(menu: FakeMenu): void {
      record.menu = menu
    }
  }

  class FakeNotification extends Emitter {
    readonly double
    constructor(options: Electron.NotificationConstructorOptions) {
      super()
      this.double = { options, isShown: false, isClosed: false }
      notifications.push(this)
    }
    static isSupported(): boolean {
      return true
    }
    show(): void {
      this.double.isShown = true
    }
    close(): void {
      this.double.isClosed = true
      this.emit('close')
    }
  }

  class FakeChannel {
    readonly port1: FakePort
    readonly port2: FakePort
    constructor() {
      const { port1, port2 } = new MessageChannel()
      this.port1 = strict('MessagePortMain', new FakePort(port1))
      this.port2 = strict('MessagePortMain', new FakePort(port2))
    }
  }

  const ready = Promise.withResolvers<void>()

  class FakeApp extends Emitter {
    readonly isPackaged = options.isPackaged ?? false
    readonly dock = { hide: () => record.calls.push('dock.hide') }
    readonly commandLine = {
      appendSwitch: (name: string, value: string) => record.calls.push(`switch ${name}=${value}`),
    }
    requestSingleInstanceLock(): boolean {
      return options.hasLock ?? true
    }
    enableSandbox(): void {
      if (isReady) throw new Error('enableSandbox must come before ready')
      record.calls.push('enableSandbox')
    }
    isReady(): boolean {
      return isReady
    }
    whenReady(): Promise<void> {
      return ready.promise
    }
    quit(): void {
      record.calls.push('quit')
      record.hasQuit = true
      for (const window of [...windows]) window.close()
      const event = cancellable({})
      this.emit('will-quit', event)
      if (!event.defaultPrevented) record.exitCode ??= 0
    }
    exit(code: number): void {
      record.exitCode = code
    }
    getPath(name: string): string {
      const path = paths[name]
      if (path === undefined) throw new Error(`The double of Electron does not know the path ${name}`)
      return path
    }
    setPath(name: string, path: string): void {
      paths[name] = path
      if (name === 'userData') paths.logs = join(path, 'logs')
    }
    getVersion(): string {
      return '0.0.0-test'
    }
    setAsDefaultProtocolClient(scheme: string): boolean {
      record.calls.push(`protocol client ${scheme}`)
      return true
    }
    setAppUserModelId(): void {}
    setAboutPanelOptions(): void {}
    showAboutPanel(): void {
      record.calls.push('about')
    }
    setBadgeCount(count: number): boolean {
      record.badge = count
      return true
    }
    disableHardwareAcceleration(): void {
      record.calls.push('disableHardwareAcceleration')
    }
  }
  const app = new FakeApp()

  class FakeSession {
    readonly double: SessionState = {
      permissionRequest: null,
      permissionCheck: null,
      device: null,
      beforeRequest: null,
    }
    readonly webRequest = strict('webRequest', {
      onBeforeRequest: (listener: SessionState['beforeRequest']) => {
        this.double.beforeRequest = listener
      },
    })
    setPermissionRequestHandler(handler: SessionState['permissionRequest']): void {
      this.double.permissionRequest = handler
    }
    setPermissionCheckHandler(handler: SessionState['permissionCheck']): void {
      this.double.permissionCheck = handler
    }
    setDevicePermissionHandler(handler: () => boolean): void {
      this.double.device = handler
    }
  }
  const defaultSession = new FakeSession()

  const displays = (options.displays ?? [{ x: 0, y: 0, width: 1920, height: 1080 }]).map(workArea => ({
    workArea,
  }))

  const electron = {
    app: strict('app', app),
    BrowserWindow: FakeWindow,
    dialog: strict('dialog', {
      async showMessageBox(...args: unknown[]) {
        record.boxes.push(args.at(-1) as Electron.MessageBoxOptions)
        return { response: record.nextBox, checkboxChecked: false }
      },
      async showOpenDialog() {
        return { canceled: record.nextOpen.length === 0, filePaths: record.nextOpen }
      },
      async showSaveDialog() {
        return { canceled: record.nextSave === '', filePath: record.nextSave }
      },
    }),
    ipcMain: strict('ipcMain', {
      handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) {
        if (handlers.has(channel)) throw new Error(`A second handler for ${channel}`)
        handlers.set(channel, handler)
      },
    }),
    Menu: strict('Menu', FakeMenu),
    MessageChannelMain: FakeChannel,
    Notification: FakeNotification,
    nativeImage: strict('nativeImage', { createFromPath: (path: string) => ({ path }) }),
    nativeTheme: strict('nativeTheme', {
      themeSource: 'system' as Electron.NativeTheme['themeSource'],
      shouldUseDarkColors: false,
    }),
    powerMonitor: strict('powerMonitor', new Emitter()),
    protocol: strict('protocol', {
      registerSchemesAsPrivileged(list: Electron.CustomScheme[]) {
        if (isReady) throw new Error('Schemes must be registered before ready')
        record.privileged.push(...list)
      },
      handle(scheme: string, handler: (request: Request) => Promise<Response>) {
        if (!isReady) throw new Error('protocol.handle must come after ready')
        schemes.set(scheme, handler)
      },
    }),
    safeStorage: strict('safeStorage', {
      getSelectedStorageBackend: () => (isReady ? (options.backend ?? 'gnome_libsecret') : 'unknown'),
      isAsyncEncryptionAvailable: async () => options.isKeychainAvailable ?? true,
      encryptStringAsync: async (text: string) => Buffer.from(`sealed:${text}`),
      decryptStringAsync: async (sealed: Buffer) => {
        const text = sealed.toString()
        if (!text.startsWith('sealed:')) throw new Error('Decryption failed')
        return { result: text.slice('sealed:'.length), shouldReEncrypt: false }
      },
    }),
    screen: strict('screen', {
      getPrimaryDisplay: () => displays[0]!,
      getAllDisplays: () => displays,
    }),
    session: strict('session', { defaultSession: strict('defaultSession', defaultSession) }),
    shell: strict('shell', {
      openExternal: async (url: string) => {
        record.opened.push(url)
      },
    }),
    Tray: FakeTray,
    utilityProcess: strict('utilityProcess', {
      fork(modulePath: string, _args: string[], given: Electron.ForkOptions) {
        const core = new FakeCore(modulePath, given)
        cores.push(core)
        options.runModule?.(core)
        setImmediate(() => core.emit('spawn'))
        return strict('UtilityProcess', core)
      },
    }),
    webContents: strict('webContents', { fromId: (id: number) => contents.get(id) }),
  }

  return {
    electron,
    record,
    windows,
    cores,
    trays,
    notifications,
    session: defaultSession,
    app,
    /** The operating system says that Electron is ready. */
    becomeReady() {
      isReady = true
      ready.resolve()
    },
    /** A page calls a channel, from its top frame unless another frame is given. */
    async invoke(
      window: FakeWindow,
      channel: string,
      args: unknown[],
      frame: Frame | null = window.webContents.mainFrame,
    ) {
      const handler = handlers.get(channel)
      if (handler === undefined) throw new Error(`No handler for ${channel}`)
      return handler({ sender: window.webContents, senderFrame: frame }, ...structuredClone(args))
    },
    fetch: (url: string, init?: RequestInit) => schemes.get('app')!(new Request(url, init)),
    /** All channels that have a handler. */
    channels: () => [...handlers.keys()],
  }
}

export type ElectronDouble = ReturnType<typeof makeElectron>

/** What modules see that import `electron` under the unit tests' alias. */
const standing = makeElectron({ userData: join(process.cwd(), 'test-results/electron') }).electron
export const {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
  webContents,
} = standing

/**
 * Checked by the compiler only: every property of the double exists in Electron, under the same name. What a
 * test uses besides is under `double`.
 */
type Named<T, U> = false extends { [K in keyof T]: K extends keyof U | 'double' ? true : false }[keyof T]
  ? false
  : true
type Plain<T> = Omit<T, keyof EventEmitter>
type Assert<T extends true> = T
type D = typeof standing
export type NamesExist = [
  Assert<Named<D, typeof Electron>>,
  Assert<Named<Plain<D['app']>, Electron.App>>,
  Assert<Named<Plain<InstanceType<D['BrowserWindow']>>, Electron.BrowserWindow>>,
  Assert<Named<Plain<FakeContents>, Electron.WebContents>>,
  Assert<Named<Plain<FakeCore>, Electron.UtilityProcess>>,
  Assert<Named<Plain<FakePort>, Electron.MessagePortMain>>,
  Assert<Named<Plain<InstanceType<D['Tray']>>, Electron.Tray>>,
  Assert<Named<Plain<InstanceType<D['Notification']>>, Electron.Notification>>,
  Assert<Named<D['dialog'], Electron.Dialog>>,
  Assert<Named<D['ipcMain'], Electron.IpcMain>>,
  Assert<Named<D['nativeTheme'], Electron.NativeTheme>>,
  Assert<Named<D['protocol'], Electron.Protocol>>,
  Assert<Named<D['safeStorage'], Electron.SafeStorage>>,
  Assert<Named<D['screen'], Electron.Screen>>,
  Assert<Named<D['session']['defaultSession'], Electron.Session>>,
  Assert<Named<D['shell'], Electron.Shell>>,
]
