import type { Contract } from '#shared/contract/index.ts'
import type { JobKind } from './jobs/job.ts'
import type { LogHeadServices } from './log/head-signer.ts'
import type { Handlers } from './runtime/handlers.ts'
import type { LiveFeed } from './runtime/live.ts'
import { syncHandlers } from './sync/index.ts'
import type { Outbox } from './sync/outbox.ts'
import { workspaceHandlers } from './workspace/index.ts'

/** What a host gives to the core besides the database. */
export interface HostServices {
  /** Signs the end of the command log and keeps heads elsewhere; without it the log is chained only. */
  readonly logHeads?: LogHeadServices
}

/** What handlers need besides the database, passed in by the composition root of the host. */
export interface Services extends HostServices {
  readonly live: LiveFeed
  readonly outbox: Outbox
}

/** Every capability of the contract with its handler: a leaf without one does not compile. */
export function coreHandlers(services: Services): Handlers<Contract> {
  return { workspace: workspaceHandlers(services), sync: syncHandlers(services) }
}

/** Every kind of job, by its name. */
export const jobKinds: ReadonlyMap<string, JobKind> = new Map()
