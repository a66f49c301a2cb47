import { BrowserWindow, nativeTheme, screen, type WebContents } from 'electron'
import { CHANNELS, type CoreState, type MenuGroup } from '#shared/preload-api.ts'
import { PAGE_ORIGIN } from './app-scheme.ts'
import { pagePreferences } from './hardening.ts'
import { MIN_SIZE, placeWindow, readWindowState, writeWindowState } from './window-state.ts'

export interface WindowOptions {
  readonly preload: string
  readonly icon: string
  readonly version: string
  readonly stateFile: string
  readonly log: (line: string) => void
  readonly onClosed: (window: BrowserWindow) => void
  readonly onFocused: () => void
  /** The page's process ended; the person may load it again. */
  readonly onPageGone: (window: BrowserWindow, reason: string) => void
}

interface Known {
  readonly window: BrowserWindow
  /** The page asked for its port, so it listens; until then a route waits. */
  isListening: boolean
  pendingRoute: string | null
  menu: readonly MenuGroup[]
}

export interface Windows {
  readonly open: (route?: string | null) => BrowserWindow
  /** Brings the last used window to the front at a route, or opens one. */
  readonly show: (route: string | null) => void
  readonly of: (contents: WebContents) => BrowserWindow | null
  readonly focused: () => BrowserWindow | null
  /** The page of this window listens from now on; delivers the route that waited. */
  readonly listening: (window: BrowserWindow) => void
  readonly setMenu: (window: BrowserWindow, groups: readonly MenuGroup[]) => void
  readonly menuOfFocused: () => readonly MenuGroup[]
  /** Runs an action of the page that was used last. */
  readonly runAction: (id: string) => void
  readonly announce: (state: CoreState) => void
  readonly count: () => number
}

/** The application's windows. The last one that is moved or sized is how the next one opens. */
export function windowKeeper(options: WindowOptions): Windows {
  // Ordered by use: the last one was focused last. Holding them keeps them from being collected.
  const known = new Map<number, Known>()

  const last = (): Known | null => [...known.values()].at(-1) ?? null

  const open = (route: string | null = null): BrowserWindow => {
    const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(display => display.workArea)
    const state = placeWindow(readWindowState(options.stateFile), areas)
    const window = new BrowserWindow({
      ...state.bounds,
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      show: false,
      title: 'Quarterdeck',
      icon: options.icon,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#15191b' : '#f6f7f7',
      webPreferences: {
        ...pagePreferences(options.preload),
        additionalArguments: [`--quarterdeck-version=${options.version}`],
      },
    })
    if (state.maximized) window.maximize()
    if (state.fullScreen) window.setFullScreen(true)
    known.set(window.id, { window, isListening: false, pendingRoute: null, menu: [] })
    watch(window)
    void window.loadURL(`${PAGE_ORIGIN}/${route === null ? '' : `#${route}`}`).catch((error: unknown) => {
      options.log(`The page could not be loaded: ${String(error)}`)
    })
    return window
  }

  const watch = (window: BrowserWindow): void => {
    const { id } = window
    window.once('ready-to-show', () => window.show())
    window.on('focus', () => {
      const entry = known.get(id)
      if (entry === undefined) return
      known.delete(id)
      known.set(id, entry)
      options.onFocused()
    })
    window.on('close', () => remember(window))
    window.on('closed', () => {
      known.delete(id)
      options.onClosed(window)
    })
    window.webContents.on('did-start-navigation', details => {
      const entry = known.get(id)
      if (entry !== undefined && details.isMainFrame && !details.isSameDocument) entry.isListening = false
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return
      options.log(`The page's process ended: ${reason}`)
      options.onPageGone(window, reason)
    })
  }

  const remember = (window: BrowserWindow): void => {
    try {
      writeWindowState(options.stateFile, {
        bounds: window.getNormalBounds(),
        maximized: window.isMaximized(),
        fullScreen: window.isFullScreen(),
      })
    } catch (error) {
      options.log(`The window's place could not be stored: ${String(error)}`)
    }
  }

  const bringUp = (entry: Known, route: string | null): void => {
    const { window } = entry
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    if (route === null) return
    if (entry.isListening) window.webContents.send(CHANNELS.navigate, route)
    else entry.pendingRoute = route
  }

  return {
    open,
    show: route => {
      const entry = last()
      if (entry === null) open(route)
      else bringUp(entry, route)
    },
    of: contents => [...known.values()].find(({ window }) => window.webContents === contents)?.window ?? null,
    focused: () => last()?.window ?? null,
    listening: window => {
      const entry = known.get(window.id)
      if (entry === undefined) return
      entry.isListening = true
      if (entry.pendingRoute !== null) window.webContents.send(CHANNELS.navigate, entry.pendingRoute)
      entry.pendingRoute = null
    },
    setMenu: (window, groups) => {
      const entry = known.get(window.id)
      if (entry !== undefined) entry.menu = groups
    },
    menuOfFocused: () => last()?.menu ?? [],
    runAction: id => last()?.window.webContents.send(CHANNELS.action, id),
    announce: state => {
      for (const { window } of known.values()) window.webContents.send(CHANNELS.coreState, state)
    },
    count: () => known.size,
  }
}
