import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Log } from '#core/create-core.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { mustBeReady } from '#core/database/ready.ts'
import { listWorkspaces } from '#core/database/workspaces.ts'
import { SYNC_PATH } from '#core/sync/wire.ts'
import { type Id, uuidv7 } from '#shared/ids.ts'
import { parseEnvironment } from '#shared/settings.ts'
import { archive } from './backup/commands.ts'
import type { BackendConfig } from './config.ts'
import { serveControls } from './control.ts'
import { keepMonthsAhead } from './database/months-ahead.ts'
import { openDatabase } from './database/open-database.ts'
import { createHttpServer, type HttpServerParts } from './http/create-http-server.ts'
import { openIdentity } from './identity/open-identity.ts'
import { backupSchedule } from './scheduler/backup-schedule.ts'
import { openScheduled } from './scheduler/open-scheduled.ts'
import { syncRoutes } from './sync/sync-routes.ts'
import { measureSessions } from './telemetry/measure-sessions.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createThreadPool, type ThreadPool } from './threads/thread-pool.ts'
import { openWorkspaces, timer } from './workspaces/open-workspaces.ts'
import { createServerFiles } from './workspaces/server-files.ts'
import { serverServices } from './workspaces/server-services.ts'
import type { Workspaces } from './workspaces/workspaces.ts'

/** What the process around a server says of it, and what a test puts in the place of our own. */
export interface BackendParts {
  readonly log?: Log
  readonly version?: string
  /** The folder of the built interface; null where this server has no pages but those of sign-in. */
  readonly rendererDir?: string | null
  /** False leaves the process itself out of the measures, which are one for all servers in it. */
  readonly processMetrics?: boolean
  /** The environment that settings of workspaces are read from. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly limits?: HttpServerParts['limits']
  readonly leaseTerm?: number
}

export interface Backend {
  /** The address that is listened on. */
  readonly url: string
  readonly workspaces: Workspaces
  /** Where the first admin makes the first workspace, once; null where there is one. */
  readonly firstAdmin: string | null
  /** Resolves when the server cannot go on, with the reason; it must be closed then. */
  readonly lost: Promise<Error>
  /** Takes no more requests, ends those that run, and closes the database. */
  close(): Promise<void>
}

const newId = () => uuidv7(Date.now(), randomBytes(10))

/**
 * Puts a server together: database, workspaces, sign-in, sync, HTTP. It listens when this resolves.
 * @throws FolderInUse, SchemaMismatch, DatabaseUnusable, ServerKeyInvalid, and what the port refuses
 */
export async function startBackend(config: BackendConfig, parts: BackendParts = {}): Promise<Backend> {
  const version = parts.version ?? '0.0.0'
  const made = createTelemetry({
    version,
    otlpEndpoint: config.otlpEndpoint,
    processMetrics: parts.processMetrics ?? true,
  })
  const log = parts.log ?? made.log
  const telemetry = { ...made, log }
  const environment = parseEnvironment(parts.environment ?? process.env)
  const closers: (() => unknown)[] = [() => telemetry.close()]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    let threads: ThreadPool | null = null
    const opened = await openDatabase(config, { log, moved: () => threads?.restart() })
    closers.push(() => opened.close())
    const database = { ...opened, source: measureSessions(opened.source, telemetry.metrics) }
    const { source } = database
    const pool = createThreadPool({ address: database.address, log })
    threads = pool
    closers.push(() => pool.close())
    closers.push(keepMonthsAhead(openPostgresStore(source), timer, log))
    const files = createServerFiles(config.home)
    // The workspace that was there first looks after the server.
    let oldest = (await listWorkspaces(source))[0] ?? null
    const schedulesOf = (workspace: Id) => {
      oldest ??= workspace
      if (workspace !== oldest) return []
      const backups = backupSchedule({
        dir: config.backupDir ?? join(config.home, 'backups'),
        backUp: to => archive(database, to, { config, version }),
        looksAfterServer: async () => (await listWorkspaces(source))[0] === workspace,
      })
      return [backups]
    }
    const workspaces = openWorkspaces({
      database,
      threads: pool,
      log,
      watch: telemetry.watch,
      ...(parts.leaseTerm === undefined ? {} : { leaseTerm: parts.leaseTerm }),
      services: workspace =>
        serverServices({
          workspace,
          publicUrl: config.publicUrl,
          home: config.home,
          files: files.staged(workspace),
          environment,
          version,
          scheduleKinds: schedulesOf(workspace),
        }),
    })
    closers.push(() => workspaces.close())
    const scheduled = openScheduled({ workspaces, store: openPostgresStore(source), timer, log })
    closers.push(() => scheduled.close())
    const identity = openIdentity({ config, source, workspaces, log })
    closers.push(() => identity.close())
    const { authenticator } = identity
    const sync = syncRoutes({
      ...{ authenticator, workspaces, log, timer },
      store: openPostgresStore(source),
      files: files.partial,
      newReference: randomUUID,
    })
    const rendererDir = parts.rendererDir ?? null
    const http = await createHttpServer({
      ...{ workspaces, authenticator, telemetry, version, newId },
      publicUrl: config.publicUrl,
      trustProxy: config.trustedProxies,
      ready: () => mustBeReady(source),
      now: Date.now,
      limits: {
        perPrincipal: config.requestsPerMinute,
        perAddress: 2 * config.requestsPerMinute,
        ...parts.limits,
      },
      routes: [
        { prefix: '', plugin: identity.routes },
        { prefix: SYNC_PATH, plugin: sync },
      ],
      pages: rendererDir === null ? null : { rendererDir, files: async workspace => files.staged(workspace) },
    })
    closers.push(() => http.close())
    const url = await http.listen(config.host, config.port)
    const linked = async (another: boolean) => {
      const link = await identity.firstAdmin(another)
      return link && { url: (config.publicUrl ?? url) + link.path }
    }
    if (database.kind === 'pglite') {
      const stop = await serveControls(config.home, {
        backup: ({ to }) => archive(database, to, { config, version }),
        firstAdmin: ({ another }) => linked(another),
      })
      if (stop) closers.push(stop)
      else log('warn', 'the path of the home folder is too long for commands beside the running server', {})
    }
    const first = await linked(false)
    log('info', 'the server listens', { url, database: database.kind })
    return {
      ...{ url, workspaces, close },
      lost: database.lost,
      firstAdmin: first?.url ?? null,
    }
  } catch (error) {
    await close()
    throw error
  }
}
