import { randomBytes, randomUUID } from 'node:crypto'
import { type Core, createCore, type Log } from '#core/create-core.ts'
import { mustHoldLease } from '#core/database/lease-rows.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { listWorkspaces } from '#core/database/workspaces.ts'
import type { HostServices } from '#core/features.ts'
import type { Threads } from '#core/runtime/threads.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { CoreWatch } from '#core/runtime/watch.ts'
import { refuse } from '#shared/errors.ts'
import { type Id, uuidv7 } from '#shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import { createLease, type Lease } from './lease.ts'
import { type News, openNews } from './news.ts'
import type { Workspaces } from './workspaces.ts'

export interface WorkspacesParts {
  readonly database: Database
  /** Threads for jobs, heavy reads and documents; without them everything runs in this one. */
  readonly threads?: Threads
  readonly log: Log
  /** False where nothing but questions is asked: jobs, effects and housekeeping rest. */
  readonly background?: boolean
  /** How long a server that is silent keeps a workspace's work in the background, in milliseconds. */
  readonly leaseTerm?: number
  readonly watch?: CoreWatch
  /** The ports of one workspace's core. */
  readonly services: (workspace: Id) => HostServices
}

/** Timers that do not keep the process alive. */
export const timer: Timer = {
  after(milliseconds, call) {
    const timeout = setTimeout(call, milliseconds)
    timeout.unref()
    return () => clearTimeout(timeout)
  },
}

const clock = { now: () => BigInt(Date.now()), monotonic: () => performance.now() }

/** The workspaces of a database: each core is made at its first use and stays until the server stops. */
export function openWorkspaces(parts: WorkspacesParts): Workspaces {
  const { database } = parts
  const known = new Set<Id>()
  const cores = new Map<Id, Promise<Core>>()
  const opened = new Map<Id, Core>()
  const leases = new Map<Id, Lease>()
  /** This run of this server. */
  const holder = randomUUID()
  let held = 0
  let closed = false

  async function start(workspace: Id): Promise<Core> {
    const services = parts.services(workspace)
    const core = createCore({
      workspace,
      store: storeOf(services),
      clock,
      timer,
      newId: () => uuidv7(Date.now(), randomBytes(10)),
      log: (level, message, facts) => parts.log(level, message, { workspace, ...facts }),
      ...(parts.threads ? { threads: { start: parts.threads.start, database: null } } : {}),
      ...(parts.watch ? { watch: parts.watch } : {}),
      services,
    })
    const background = parts.background ?? true
    // Nobody else opens the folder of PGlite.
    const alone = database.kind === 'pglite'
    await core.start({ leads: background && alone })
    opened.set(workspace, core)
    if (!alone && background) {
      const { follow } = await news()
      follow(core)
      const lease = leaseOf(core)
      leases.set(workspace, lease)
      await lease.asked
    }
    return core
  }

  /** Which of the servers of this database does what only one may do for the workspace. */
  function leaseOf(core: Core): Lease {
    const { workspace } = core
    // A core that is opened anew is another holder: what the one before has under way is fenced off too.
    const own = `${holder}/${++held}`
    const name = 'background'
    return createLease({
      store: openPostgresStore(database.source),
      ...{ workspace, holder: own, timer, name, monotonic: clock.monotonic },
      ...(parts.leaseTerm === undefined ? {} : { term: parts.leaseTerm }),
      taken: epoch => {
        core
          .lead(tx => mustHoldLease(tx, name, own, epoch))
          .catch(error => parts.log('error', 'work in the background did not begin', { workspace, error }))
      },
      lost() {
        parts.log('warn', 'another server may work for this workspace: it is opened anew', { workspace })
        void reopen(core)
      },
      onFailure: error => parts.log('warn', 'the lease of a workspace was not kept', { workspace, error }),
    })
  }

  /** Ends what a core does in the background, with the core: the next one begins without. */
  async function reopen(core: Core): Promise<void> {
    const { workspace } = core
    if (closed || opened.get(workspace) !== core) return
    opened.delete(workspace)
    cores.delete(workspace)
    await leases.get(workspace)?.close()
    leases.delete(workspace)
    await core.close()
  }

  let opening: Promise<News> | null = null
  /** What other servers of this database commit. */
  function news(): Promise<News> {
    const address = database.address()
    if (address.kind !== 'postgres') throw new Error('the database has no other servers')
    const { log } = parts
    opening ??= openNews({ url: address.url, holder, timer, log, opened: () => opened })
    return opening
  }

  /** A core closes its store, and this one is everybody's. */
  function storeOf({ waits }: HostServices): Store {
    const store = openPostgresStore(database.source, { monotonic: clock.monotonic, onWait: waits.onWait })
    return { ...store, close: async () => {} }
  }

  async function exists(workspace: Id): Promise<boolean> {
    if (known.has(workspace)) return true
    for (const one of await listWorkspaces(database.source)) known.add(one)
    return known.has(workspace)
  }

  function once(workspace: Id, make: () => Promise<Core>): Promise<Core> {
    if (closed) throw new Error('the server stops')
    let core = cores.get(workspace)
    if (!core) {
      core = make()
      cores.set(workspace, core)
      core.catch(() => cores.delete(workspace))
    }
    return core
  }

  return {
    open: async workspace =>
      once(workspace, async () => {
        if (!(await exists(workspace)))
          throw refuse('WORKSPACE_NOT_FOUND', { entity: 'workspace', id: workspace })
        return start(workspace)
      }),
    list: () => listWorkspaces(database.source),
    create: async workspace =>
      once(workspace, async () => {
        const store = openPostgresStore(database.source)
        await prepareWorkspace(store, workspace, 'server', clock.now())
        known.add(workspace)
        return start(workspace)
      }),
    opened: () => opened,
    async close() {
      closed = true
      await Promise.allSettled(cores.values())
      await Promise.all([...opened.values()].map(core => core.close()))
      // What they did in the background has ended: another server may begin it.
      await Promise.all([...leases.values()].map(lease => lease.close()))
      await (await opening)?.close()
      opened.clear()
    },
  }
}
