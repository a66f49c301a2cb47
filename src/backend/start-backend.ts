import Fastify from 'fastify'
import type { Log } from '#core/create-core.ts'
import { parseEnvironment } from '#shared/settings.ts'
import { archive } from './backup/commands.ts'
import { serveBackups } from './backup/control.ts'
import type { BackendConfig } from './config.ts'
import { openDatabase } from './database/open-database.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createThreadPool, type ThreadPool } from './threads/thread-pool.ts'
import { openWorkspaces } from './workspaces/open-workspaces.ts'
import { serverServices } from './workspaces/server-services.ts'
import type { Workspaces } from './workspaces/workspaces.ts'

/** What a test may put in the place of our own. */
export interface BackendParts {
  readonly log?: Log
  readonly version?: string
  /** False leaves the process itself out of the measures, which are one for all servers in it. */
  readonly processMetrics?: boolean
  /** The environment that settings of workspaces are read from. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export interface Backend {
  /** The address that is listened on. */
  readonly url: string
  readonly workspaces: Workspaces
  /** Resolves when the server cannot go on, with the reason; it must be closed then. */
  readonly lost: Promise<Error>
  /** Takes no more requests, ends those that run, and closes the database. */
  close(): Promise<void>
}

/**
 * Puts a server together: database, workspaces, HTTP. It listens when this resolves.
 * @throws FolderInUse, SchemaMismatch, and what the database or the port refuses
 */
export async function startBackend(config: BackendConfig, parts: BackendParts = {}): Promise<Backend> {
  const version = parts.version ?? '0.0.0'
  const telemetry = createTelemetry({
    version,
    otlpEndpoint: config.otlpEndpoint,
    processMetrics: parts.processMetrics ?? true,
  })
  const log = parts.log ?? telemetry.log
  const environment = parseEnvironment(parts.environment ?? process.env)
  const closers: (() => Promise<unknown>)[] = [() => telemetry.close()]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    let threads: ThreadPool | null = null
    const database = await openDatabase(config, { log, moved: () => threads?.restart() })
    closers.push(() => database.close())
    const pool = createThreadPool({ address: database.address, log })
    threads = pool
    closers.push(() => pool.close())
    const workspaces = openWorkspaces({
      database,
      threads: pool,
      log,
      watch: telemetry.watch,
      services: workspace => serverServices({ workspace, home: config.home, environment, version }),
    })
    closers.push(() => workspaces.close())
    if (database.kind === 'pglite') {
      const stop = await serveBackups(config.home, to => archive(database, to, { config, version }))
      if (stop) closers.push(stop)
      else log('warn', 'the path of the home folder is too long for backups beside the running server', {})
    }
    const http = Fastify()
    http.get('/healthz', async () => ({ status: 'ok' }))
    closers.push(() => http.close())
    const url = await http.listen({ host: config.host, port: config.port })
    log('info', 'the server listens', { url, database: database.kind })
    return { url, workspaces, lost: database.lost, close }
  } catch (error) {
    await close()
    throw error
  }
}
