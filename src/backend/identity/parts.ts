import type { Log } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import type { Passphrases } from '#core/workspace/passphrases.ts'
import type { Id } from '#shared/ids.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import type { Sealer } from './server-key.ts'

/** What sign-in stands on. */
export interface IdentityParts {
  /** The database of all workspaces; each transaction names one. */
  readonly store: Pick<Store, 'read' | 'write'>
  readonly workspaces: Pick<Workspaces, 'open' | 'list' | 'create' | 'opened'>
  readonly passphrases: Passphrases
  readonly random: (bytes: number) => Uint8Array
  readonly newId: () => Id
  /** Milliseconds since the epoch. */
  readonly now: () => bigint
  readonly sealer: Sealer
  /** People reach this server by https: its cookies are safe from everybody on the way. */
  readonly https: boolean
  readonly log: Log
}

/** Somebody in a workspace. */
export interface Account {
  readonly workspace: Id
  readonly person: Id
}

/** The server itself, which checked who somebody is; the log names the person. */
export function asServer(person: Id | null = null): Caller {
  return { person, device: 'sign-in', assurance: 'system', system: true, vouched: true }
}
