import { checkpointer } from '#core/database/checkpointer.ts'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { openReader } from '#core/database/sqlite-reader.ts'
import type { Store } from '#core/database/store.ts'
import { servePrinter } from '#core/documents/document-printer.ts'
import { coreHandlers, jobKinds } from '#core/features.ts'
import { serveJob } from '#core/jobs/job-thread.ts'
import { answerContent, createContentReader } from '#core/sync/content-reader.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { byId, type Caller } from './handlers.ts'
import { runQuery } from './query-runner.ts'
import { threadServices } from './thread-services.ts'
import { createPeer, type ThreadData, type ThreadDatabase, type ThreadPort } from './threads.ts'

export interface ThreadHost {
  readonly now: () => bigint
  readonly monotonic: () => number
  /** What the environment overrides of the settings: `parseEnvironment(process.env)`. */
  readonly environment: EnvironmentSettings
  /** The database of a host whose threads know how to reach it. */
  readonly openStore?: () => Pick<Store, 'read' | 'close'>
}

/** Heavy queries read large values once and keep what they decoded; a large page cache would hold it twice. */
const READER_CACHE_KIB = 32_768

/** What runs in a thread of the core, by the role that it was started with. */
export function runThread(port: ThreadPort, data: ThreadData, host: ThreadHost): void {
  if (data.role === 'job') {
    const kind = jobKinds.get(data.jobKind)
    if (!kind) throw new Error(`no job ${data.jobKind}`)
    serveJob(port, kind, host.now)
    return
  }
  if (data.role === 'documents') {
    servePrinter(port)
    return
  }
  if (data.role === 'checkpoint') {
    const database = openSqlite({ ...data.database, monotonic: host.monotonic }, 'write')
    const check = checkpointer(database)
    createPeer(port, { checkpoint: (request: { idle: boolean }) => check(request.idle) })
    port.onExit(() => database.close())
    return
  }
  const store = storeOf(data.database, host)
  const handlers = byId(coreHandlers(threadServices(host.environment, host.monotonic)))
  createPeer(port, {
    query: ({ id, input, caller, now }: { id: string; input: unknown; caller: Caller; now: bigint }) => {
      const handler = handlers.get(id)
      if (handler?.kind !== 'query') throw new Error(`no query ${id}`)
      return runQuery(store, data.workspace, handler, input, caller, now)
    },
    content: answerContent(createContentReader(store, data.workspace)),
  })
  port.onExit(() => void store.close())
}

function storeOf(database: ThreadDatabase | null, host: ThreadHost): Pick<Store, 'read' | 'close'> {
  if (database) return openReader({ ...database, monotonic: host.monotonic, cacheKib: READER_CACHE_KIB })
  if (!host.openStore) throw new Error('this host has no database but those that a thread is told of')
  return host.openStore()
}
