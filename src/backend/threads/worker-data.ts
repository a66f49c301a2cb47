import type { MessagePort } from 'node:worker_threads'
import type { ThreadData } from '#core/runtime/threads.ts'

/** Where a thread that answers queries finds the database. */
export type DatabaseAddress =
  | { readonly kind: 'port'; readonly port: MessagePort; readonly role: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly role: string | null }

/** What a thread of the server is started for. */
export type WorkerData =
  /** Holds the PGlite database of a folder. */
  | { readonly role: 'database'; readonly dir: string }
  /** Carries threads of cores, as many as it is asked for. */
  | { readonly role: 'carrier'; readonly database: DatabaseAddress }

/** Sent to a carrier: begin this thread of a core, whose other end of the port is with the core. */
export interface Begin {
  readonly begin: ThreadData
  readonly port: MessagePort
}

/** Sent to the thread that holds the database. */
export type DatabaseMessage = { readonly serve: MessagePort } | { readonly close: true }

/** Sent by the thread that holds the database. */
export type DatabaseNews = { readonly ready: true } | { readonly broken: string }
