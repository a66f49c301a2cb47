import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { type Core, createCore } from '#core/create-core.ts'
import type { ExclusiveLock } from '#core/database/exclusive-lock.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { HostServices } from '#core/features.ts'
import type { DesktopPort } from '#core/notify/notification.ts'
import { openStagedFiles, type StagedFiles } from '#serving/files/staged-files.ts'
import type { LogLine } from '#serving/log-line.ts'
import { type Id, uuidv7 } from '#shared/ids.ts'
import { finishRestore, interruptedRestore } from './backup/restore.ts'
import { openDeviceKey } from './identity/device-key.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { KeyServices } from './keys/slots.ts'
import { openFileLog } from './log.ts'
import { coreServices, timer } from './services/core-services.ts'
import { createDeskSync, type DeskSync } from './sync/desk-sync.ts'
import { startThread, workerFile } from './threads/start-thread.ts'
import { settleDatabaseKey } from './workspace/database-key.ts'
import { deviceKeyPath, ensureFolders, type WorkspacePaths } from './workspace/layout.ts'
import { migrateDatabase } from './workspace/migrate-database.ts'
import { finishCreation, type Unlocker, unlockWorkspace } from './workspace/unlock.ts'

export interface OpenWorkspaceOptions {
  readonly paths: WorkspacePaths
  /** The lock on the workspace; released by `close`, and when opening fails. */
  readonly lock: ExclusiveLock
  readonly unlocker: Unlocker
  readonly keys?: Partial<KeyServices>
  /** Which host opens, for the log. */
  readonly host: string
  /** What kind of host that is, for the diagnostics page. */
  readonly kind: HostServices['host']['kind']
  readonly version: string
  /** Shows notifications at this desk. */
  readonly desktop?: DesktopPort
  /** Is given every line of the log too. */
  readonly alsoLog?: (line: string) => void
}

/** A workspace that this process owns. */
export interface OpenWorkspace {
  readonly id: Id
  readonly paths: WorkspacePaths
  readonly core: Core
  readonly ring: KeyRing
  readonly files: StagedFiles
  readonly log: LogLine
  readonly newId: () => Id
  /** The connection to a server, where the workspace has one. */
  readonly desk: DeskSync
  readonly version: string
  /** The file that threads run. */
  readonly worker: URL
  close(): Promise<void>
}

/** Milliseconds since the epoch as ISO 8601. */
export const isoNow = (): string => new Date().toISOString()

/** An id that sorts by time. */
export const newId = (): Id => uuidv7(Date.now(), randomBytes(10))

/**
 * Opens a workspace that this process owns: unlock → settle an interrupted change of key → copy aside →
 * migrate → open → recover jobs. A workspace that does not exist is made.
 * @throws Refusal `KEYS_*`, `WORKSPACE_NEWER`, `WORKSPACE_DATABASE_MISSING`, and what the unlocker throws; the
 *   database is intact and the lock free again
 */
export async function openWorkspace(options: OpenWorkspaceOptions): Promise<OpenWorkspace> {
  const { paths, lock, host, version } = options
  ensureFolders(paths)
  const log = openFileLog({
    dir: paths.logs,
    name: 'core',
    now: isoNow,
    facts: { host, version, pid: process.pid },
    ...(options.alsoLog ? { also: options.alsoLog } : {}),
  })
  const closers: (() => void | Promise<void>)[] = [() => lock.release(), () => log.close()]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const interrupted = interruptedRestore(paths)
    if (interrupted !== undefined) {
      finishRestore(paths, interrupted)
      log.write('warn', 'an interrupted restore is finished', { aside: interrupted })
    }
    const ring = await unlockWorkspace(paths, options.unlocker, { now: isoNow, ...options.keys })
    closers.push(() => ring.close())
    const monotonic = () => performance.now()
    await settleDatabaseKey(ring, paths.database, key => {
      openSqlite({ path: paths.database, key, cacheKib: 1024, monotonic }, 'write').close()
    })
    const key = ring.key
    await migrateDatabase(paths, key, BigInt(Date.now()), log.write)
    finishCreation(paths)
    // SQLite gives the files beside the database its mode.
    if (process.platform !== 'win32') chmodSync(paths.database, 0o600)
    const database = { path: paths.database, key }
    const files = openStagedFiles({ dir: paths.staging, now: Date.now })
    const clock = { now: () => BigInt(Date.now()), monotonic }
    const desk = createDeskSync({
      workspace: ring.workspace,
      timer,
      clock,
      random: Math.random,
      log: log.write,
      deviceKey: async () => openDeviceKey(deviceKeyPath(ring.workspace), ring),
      files,
    })
    const services = {
      ...coreServices({
        ...{ ring, files, paths, kind: options.kind, version },
      }),
      desk,
      ...(options.desktop ? { desktop: options.desktop } : {}),
    }
    const store = openSqliteStore({ ...database, monotonic, onWait: services.waits.onWait })
    const worker = workerFile(import.meta.url)
    const core = createCore({
      workspace: ring.workspace,
      store,
      clock,
      newId,
      log: log.write,
      threads: { start: data => startThread(worker, data), database },
      timer,
      services,
    })
    closers.push(() => core.close())
    await prepareWorkspace(store, ring.workspace, 'standalone', BigInt(Date.now()))
    files.sweep()
    await core.start()
    closers.push(() => desk.close())
    await desk.start(core, store)
    log.write('info', 'the workspace is open', { assurance: ring.assurance })
    closers.push(() => log.write('info', 'the workspace closes'))
    const facts = { id: ring.workspace, paths, core, ring, files, newId, desk, version, worker }
    return { ...facts, log: log.write, close }
  } catch (error) {
    log.write('error', 'the workspace did not open', { error })
    await close()
    throw error
  }
}
