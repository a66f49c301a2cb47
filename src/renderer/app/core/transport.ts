import type { Line } from './core-link.ts'

/** Why there will be no connection any more. */
export type Refusal = 'session-ended' | 'core-stopped'

/** What a transport tells while it looks after the connection. */
export interface TransportEvents {
  onOpen(line: Line): void
  onLost(): void
  onRefused(reason: Refusal, detail?: string): void
  /** The core waits for a person to unlock the workspace, or runs again. */
  onWaiting(waiting: 'starting' | 'locked' | 'restarting'): void
}

/** Keeps a connection to the core, as well as it can, until it is closed. */
export interface Transport {
  close(): void
}
