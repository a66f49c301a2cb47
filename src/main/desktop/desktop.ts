import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  app,
  type BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeTheme,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
  utilityProcess,
} from 'electron'
import { DEEP_LINK_SCHEME, deepLinkOf } from '#shared/deep-link.ts'
import { workspaceDir as locateWorkspace } from '#shared/workspace-location.ts'
import { PAGE_ORIGIN, SCHEME, serveApp, UNLOCK_ORIGIN } from './app-scheme.ts'
import { coreMessages } from './core-messages.ts'
import { CoreProcess } from './core-process.ts'
import { openExternal } from './external-link.ts'
import { fileGrants } from './files.ts'
import { hardenContents, hardenSession } from './hardening.ts'
import { channels } from './ipc.ts'
import { keychainOf } from './keychain.ts'
import { openLog } from './log.ts'
import { menuTemplate } from './menu.ts'
import { notifier } from './notifications.ts'
import { answerPages } from './page-channels.ts'
import { type StatusIcon, statusIcon } from './status-icon.ts'
import { unlocking } from './unlocking.ts'
import { windowKeeper } from './windows.ts'

/** Where the built parts lie, found by the entry from its own place. */
export interface Parts {
  readonly coreProcess: string
  readonly preload: string
  readonly unlockPreload: string
  readonly renderer: string
  readonly icon: string
  readonly trayIcon: string
}

export interface DesktopOptions {
  readonly parts: Parts
  readonly workspaceDir: string | undefined
  /** A route from the arguments of the first start. */
  readonly route: string | null
}

/** The scheme's privileges must be known before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Runs the desktop application. Resolves when it is open, or when another instance took over. */
export async function runDesktop({ parts, workspaceDir, route }: DesktopOptions): Promise<void> {
  const machine = { platform: process.platform, env: process.env, home: homedir() }
  const own = locateWorkspace(machine, undefined, process.cwd())
  const directory = locateWorkspace(machine, workspaceDir, process.cwd())
  if (directory === undefined)
    throw new Error(`“${workspaceDir}” is neither the name of a workspace nor a folder.`)
  // One instance for each workspace: the lock, the windows' places and the cache lie in their own directory.
  if (directory !== own)
    app.setPath('userData', join(app.getPath('userData'), 'workspaces', digest(directory)))
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  registerScheme()
  const log = openLog(app.getPath('logs'))
  const keychain = keychainOf(safeStorage, process.platform)
  let isQuitting = false
  let icon: StatusIcon | undefined
  const early: { route: string | null } = { route }

  const windows = windowKeeper({
    preload: parts.preload,
    icon: parts.icon,
    version: app.getVersion(),
    stateFile: join(app.getPath('userData'), 'window-state.json'),
    log,
    onClosed: window => core.disconnect(window.id),
    onFocused: () => drawMenu(),
    onPageGone: (window, reason) => void offerReload(window, reason),
  })

  const core = new CoreProcess(
    { workspaceDir: directory, appVersion: app.getVersion() },
    {
      fork: generation =>
        utilityProcess.fork(parts.coreProcess, [], {
          serviceName: `Quarterdeck core ${generation}`,
          stdio: 'inherit',
        }),
      makeChannel: () => new MessageChannelMain(),
      keychainState: keychain.state,
      now: () => Date.now(),
      setTimer: (task, ms) => setTimeout(task, ms),
      clearTimer: timer => clearTimeout(timer),
      log,
    },
    {
      onState: state => {
        windows.announce(state)
        if (state.state === 'running' || state.state === 'stopped') keys.done()
        if (state.state === 'restarting' || state.state === 'stopped') files.forget()
      },
      onMessage: message => receive(message),
    },
  )

  const files = fileGrants({ dialog, send: message => core.send(message) })
  const report = (refusal: Error): void => log(refusal.message)
  const askExternal = (window: BrowserWindow | null, url: string) =>
    openExternal({ dialog, shell }, window, url)

  const keys = unlocking({
    preload: parts.unlockPreload,
    channels: channels({
      ipcMain,
      origin: UNLOCK_ORIGIN,
      isOurs: sender => keys.isOurs(sender),
      report,
    }),
    dialog,
    keychainState: keychain.state,
    send: message => core.send(message),
    quit: () => app.quit(),
  })

  answerPages({
    channels: channels({
      ipcMain,
      origin: PAGE_ORIGIN,
      isOurs: sender => windows.of(sender) !== null,
      report,
    }),
    windows,
    files,
    nativeTheme,
    connect: (window, deliver) => core.connect(window, deliver),
    coreState: () => core.state,
    retryCore: () => core.retry(),
    openExternal: askExternal,
    menuChanged: () => drawMenu(),
  })

  const receive = coreMessages({
    send: message => core.send(message),
    keychain,
    files,
    askForKey: keys.ask,
    notify: notifier({
      isSupported: () => Notification.isSupported(),
      make: options => new Notification(options),
      show: target => windows.show(target),
    }),
    onReady: name => icon?.setWorkspace(name),
    onCounts: counts => icon?.setCounts(counts),
    log,
  })

  function drawMenu(): void {
    const template = menuTemplate(process.platform, windows.menuOfFocused(), {
      runAction: id => windows.runAction(id),
      newWindow: () => void windows.open(),
      about: () => app.showAboutPanel(),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }

  async function offerReload(window: BrowserWindow, reason: string): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: 'This window stopped working.',
      detail: `Nothing that was confirmed is lost. (${reason})`,
      buttons: ['Load it again', 'Close the window'],
      defaultId: 0,
      cancelId: 1,
    })
    if (response === 0) window.webContents.reload()
    else window.destroy()
  }

  hardenContents(app, (url, contents) => void askExternal(windows.of(contents), url))

  app.on('second-instance', (_event, argv) => windows.show(deepLinkOf(argv)))
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const target = deepLinkOf([url])
    if (target === null) return
    if (app.isReady()) windows.show(target)
    else early.route = target
  })
  app.on('activate', () => windows.show(null))
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  // After the windows: a page that holds unsaved typing may still have refused to close.
  app.on('will-quit', event => {
    if (isQuitting) return
    isQuitting = true
    event.preventDefault()
    void core.close().finally(() => app.quit())
  })

  await app.whenReady()
  if (app.isPackaged) app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME)
  app.setAppUserModelId('com.quarterdeck.desktop')
  app.setAboutPanelOptions({ applicationName: 'Quarterdeck', applicationVersion: app.getVersion() })
  hardenSession(session.defaultSession)
  protocol.handle(SCHEME, serveApp(parts.renderer))
  powerMonitor.on('suspend', () => core.send({ type: 'power', state: 'suspend' }))
  powerMonitor.on('resume', () => core.send({ type: 'power', state: 'resume' }))
  drawMenu()
  icon = statusIcon(parts.trayIcon, { show: target => windows.show(target), quit: () => app.quit() })
  core.start()
  windows.open(early.route)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
