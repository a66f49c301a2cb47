import type { Services } from '#core/features.ts'
import { checkLog, logHead, verifyLog } from '#core/log/index.ts'
import type { Handlers } from '#core/runtime/handlers.ts'
import type { Contract } from '#shared/contract/index.ts'
import { cancelJob, getJob, listJobs } from './jobs.ts'
import { listLog, undo } from './log.ts'
import { addPerson, listPeople, setActive, setRoles } from './people.ts'
import { createWorkspace, live, session } from './session.ts'

export function workspaceHandlers(services: Services): Handlers<Contract['workspace']> {
  return {
    session,
    live: live(services.live),
    setup: { create: createWorkspace },
    people: { list: listPeople, add: addPerson, setRoles, setActive },
    jobs: { list: listJobs, get: getJob, cancel: cancelJob },
    log: { list: listLog, undo, head: logHead, check: checkLog, verify: verifyLog(services.logHeads) },
  }
}
