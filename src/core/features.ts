import type { Contract } from '#shared/contract/index.ts'
import type { JobKind } from './jobs/job.ts'
import type { Handlers } from './runtime/handlers.ts'
import type { LiveFeed } from './runtime/live.ts'
import { workspaceHandlers } from './workspace/index.ts'

/** What handlers need besides the database, passed in by the composition root of the host. */
export interface Services {
  readonly live: LiveFeed
}

/** Every capability of the contract with its handler: a leaf without one does not compile. */
export function coreHandlers(services: Services): Handlers<Contract> {
  return { workspace: workspaceHandlers(services) }
}

/** Every kind of job, by its name. */
export const jobKinds: ReadonlyMap<string, JobKind> = new Map()
