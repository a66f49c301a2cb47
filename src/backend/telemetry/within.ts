import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from '@opentelemetry/api'

/** What everything that happens on behalf of one request carries along. */
export interface Within {
  /** Names the request in answers, log lines and traces. */
  readonly requestId?: string
  readonly workspace?: string
  /** `person:<id>`, `service:<token's id>` or `device:<id>`; never a secret. */
  readonly principal?: string
  /** The command that the request runs. */
  readonly commandId?: string
  readonly span?: Span
}

const storage = new AsyncLocalStorage<Within>()

/** What the running code belongs to; empty outside of any request. */
export function within(): Within {
  return storage.getStore() ?? {}
}

/** Runs something as part of what it is in now and of what is said here. */
export function runWithin<T>(more: Within, work: () => T): T {
  return storage.run({ ...within(), ...more }, work)
}

/** Adds to what the running code belongs to, for all that follows. */
export function noteWithin(more: Within): void {
  const store = storage.getStore()
  if (store) Object.assign(store, more)
}
