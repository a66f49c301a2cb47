import { existsSync, statSync } from 'node:fs'
import { implement, ORPCError } from '@orpc/server'
import type { Caller } from '#core/runtime/handlers.ts'
import type { CallContext } from '#core/runtime/router.ts'
import { contract } from '#shared/contract/index.ts'
import { isRefusal } from '#shared/errors.ts'
import { hostContract } from '#shared/host-contract.ts'
import { backUp } from './backup/back-up.ts'
import { readLog } from './log.ts'
import type { OpenWorkspace } from './open-workspace.ts'

export interface HostFacts {
  readonly host: string
  readonly version: string
  readonly startedAt: string
  /** How many other processes are connected. */
  readonly clients: () => number
}

/** The host's own capabilities over the workspace that it owns. */
export function hostRouter(workspace: OpenWorkspace, facts: HostFacts) {
  const { ring, core, paths } = workspace
  const os = implement(hostContract).$context<CallContext>()

  /** Admins only; in a workspace without people (not set up yet) whoever opened it. */
  async function demandAdmin(context: CallContext): Promise<void> {
    const { reqHeaders } = context
    const headers = reqHeaders instanceof Headers ? Object.fromEntries(reqHeaders.entries()) : {}
    const caller: Caller = context.caller(headers)
    if (caller.system) return
    const { person, people } = await core.call(contract.workspace.session, {}, caller)
    if (people.length > 0 && !person?.roles.includes('admin'))
      throw new ORPCError('HOST_FORBIDDEN', {
        data: {},
        message: 'Only an admin of the workspace may do this.',
      })
  }

  return {
    about: os.about.handler(() => ({
      host: facts.host,
      version: facts.version,
      pid: process.pid,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      workspaceDir: paths.dir,
      startedAt: facts.startedAt,
      databaseBytes: sizeOf(paths.database),
      walBytes: sizeOf(`${paths.database}-wal`),
      memoryBytes: process.memoryUsage.rss(),
      clients: facts.clients(),
      unlockedBy: ring.assurance,
    })),
    log: os.log.handler(async ({ context, input }) => {
      await demandAdmin(context)
      return { entries: readLog(paths.logs, 'core', input.limit) }
    }),
    backup: os.backup.handler(async ({ context, input }) => {
      await demandAdmin(context)
      try {
        return await backUp(workspace, input.directory)
      } catch (error) {
        if (!isRefusal(error)) throw error
        throw new ORPCError('HOST_BACKUP_REFUSED', { data: { code: error.code }, message: error.message })
      }
    }),
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}
