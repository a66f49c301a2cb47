import type { KeychainState } from './core-process-protocol.ts'

/**
 * What the built entries of `src/main/host` export. They run nothing when they are imported: a script, a
 * test or Electron's main process calls them. (`core-process` and `worker` are forked, and run by themselves.)
 */

/** The keychain of the operating system, where the command line runs inside Electron. */
export interface Keychain {
  readonly state: () => Promise<KeychainState>
  readonly wrap: (key: Uint8Array) => Promise<Uint8Array>
  readonly unwrap: (wrapped: Uint8Array) => Promise<{ key: Uint8Array; rewrapped?: Uint8Array }>
}

export interface CliServices {
  readonly version: string
  /** Absent outside Electron. */
  readonly keychain?: Keychain
}

/** `out/main/cli.js`: runs one command line and resolves to the exit code, without ending the process. */
export interface CliEntry {
  readonly runCli: (args: readonly string[], services: CliServices) => Promise<number>
}

export interface BrowserHostOptions {
  readonly workspaceDir: string
  /** 0 lets the system choose. */
  readonly port: number
  /** The built renderer (`out/renderer`). */
  readonly rendererDir: string
  readonly version: string
}

export interface RunningBrowserHost {
  /** The address with the one-time token in its fragment. */
  readonly url: string
  /** One more such address, for another tab or after the first was used. */
  readonly newUrl: () => string
  readonly close: () => Promise<void>
}

/** `out/main/browser-host.js`. */
export interface BrowserHostEntry {
  readonly startBrowserHost: (options: BrowserHostOptions) => Promise<RunningBrowserHost>
}
