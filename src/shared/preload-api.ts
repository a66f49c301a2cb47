/**
 * What the page finds as `window.quarterdeck` in Electron, and nothing else; in the browser host it is
 * undefined. The preload script carries these calls to the main process and changes nothing on the way.
 */

/** The channels between the preload script and the main process. Every message on them is parsed by main. */
export const CHANNELS = {
  /** page → main: this page is ready for its port. Answered by a `port` message. */
  connect: 'quarterdeck:connect',
  openBill: 'quarterdeck:open-bill',
  registerFile: 'quarterdeck:register-file',
  saveExport: 'quarterdeck:save-export',
  setTheme: 'quarterdeck:set-theme',
  setMenu: 'quarterdeck:set-menu',
  openExternal: 'quarterdeck:open-external',
  newWindow: 'quarterdeck:new-window',
  retryCore: 'quarterdeck:retry-core',
  /** main → page. */
  port: 'quarterdeck:port',
  coreState: 'quarterdeck:core-state',
  navigate: 'quarterdeck:navigate',
  action: 'quarterdeck:action',
} as const

/** The `data` of the window message that carries the MessagePort: `{ [PORT_MESSAGE]: generation }`. */
export const PORT_MESSAGE = 'quarterdeck:port'

/** A file that the core may read or write for this page, known to the page by its handle only. */
export interface FileHandle {
  readonly handle: string
  readonly name: string
  /** Bytes; absent for a file that is to be written. */
  readonly size?: number
}

/** What the page shows about the process behind its port. */
export type CoreState =
  | { readonly state: 'starting'; readonly generation: number }
  | { readonly state: 'running'; readonly generation: number }
  /** It ended without being asked; the next generation starts after the pause. */
  | { readonly state: 'restarting'; readonly generation: number; readonly retryInMs: number }
  /** A person is asked for the key of the workspace in a window of its own. */
  | { readonly state: 'locked'; readonly generation: number }
  | {
      readonly state: 'stopped'
      readonly generation: number
      readonly code: string
      readonly message: string
      readonly reference?: string
    }

export type ThemeChoice = 'system' | 'light' | 'dark'

/** An action of the page, as the application menu shows it. */
export interface MenuAction {
  /** The id of the capability, such as `finops.imports.start`, or the route of a screen. */
  readonly id: string
  readonly label: string
  /** Shown beside the label, such as `Mod+K`; the page handles the key itself. */
  readonly shortcut?: string
  readonly enabled?: boolean
}

/** A menu of the application menu between Edit and Window, in the page's words. */
export interface MenuGroup {
  readonly label: string
  readonly actions: readonly MenuAction[]
}

export type Unsubscribe = () => void

export interface PreloadApi {
  readonly platform: 'darwin' | 'linux' | 'win32'
  readonly version: string
  /**
   * Asks for a MessagePort to the core. It arrives as a `message` event of the window (source: this window)
   * with `{ [PORT_MESSAGE]: generation }` as its data, as soon as the core is ready, and again at every later
   * generation.
   */
  readonly connect: () => Promise<void>
  /** The present state at once, and every change. */
  readonly onCoreState: (listener: (state: CoreState) => void) => Unsubscribe
  /** A route to show: a deep link, a clicked notification, a tray entry. */
  readonly onNavigate: (listener: (route: string) => void) => Unsubscribe
  /** An action that was chosen in the application menu. */
  readonly onAction: (listener: (actionId: string) => void) => Unsubscribe
  /** The dialog for bills; empty when the person cancelled. */
  readonly openBillDialog: () => Promise<readonly FileHandle[]>
  /** A dropped file. Null when it has no path on this machine. */
  readonly registerFile: (file: File) => Promise<FileHandle | null>
  /** The dialog for an export's place; null when the person cancelled. */
  readonly saveExportDialog: (suggestedName: string) => Promise<FileHandle | null>
  readonly setTheme: (theme: ThemeChoice) => Promise<void>
  readonly setMenu: (groups: readonly MenuGroup[]) => Promise<void>
  /** Opens an `https:` address in the browser, after asking. */
  readonly openExternal: (url: string) => Promise<void>
  /** A second window at a route; a route that no link may name is refused. */
  readonly newWindow: (route: string) => Promise<void>
  /** Starts the core again after `stopped`, because a person asked for it. */
  readonly retryCore: () => Promise<void>
}

/** The channels of the page that asks for a key. It has its own origin and its own preload script. */
export const UNLOCK_CHANNELS = {
  describe: 'quarterdeck:unlock-describe',
  submit: 'quarterdeck:unlock-submit',
} as const

export type UnlockMethod = 'keychain' | 'passphrase' | 'key-file' | 'recovery'

/** What the page that asks for a key shows. */
export interface UnlockRequest {
  /** True where a new workspace gets its first key; false where an existing one is opened. */
  readonly creating: boolean
  /** The ways that are open, in the order in which they are offered. */
  readonly methods: readonly UnlockMethod[]
  /** Why the keychain is not among them, in words; absent when it is, or never was. */
  readonly keychainNote?: string
  /** Why the last attempt failed, in words. */
  readonly problem?: string
}

/** What a person answered. A key file is chosen in a dialog, so its path does not pass through the page. */
export type UnlockAnswer =
  | { readonly kind: 'keychain' | 'key-file' | 'quit' }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery'; readonly recoveryKey: string }
