import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { archivedTables, archiveLines, confineTo, inSnapshot, standOf } from '#core/database/archive-rows.ts'
import type { Execute } from '#core/database/dialect.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import { listWorkspacesBy } from '#core/database/workspaces.ts'
import { syncDirectory, writeFileAtomic } from '#serving/files/atomic-file.ts'
import { type MakeFile, makeFile, writeTable } from './archive-files.ts'
import { type ArchivedWorkspace, type Manifest, manifestPath, manifestText } from './manifest.ts'

export interface BackUpParts {
  /** The database, or a copy of it that nobody else uses. */
  readonly source: PostgresSource
  /** The folder in which the archive gets a folder of its own. */
  readonly to: string
  readonly madeBy: string
  readonly migrations: readonly string[]
  readonly logKeys: readonly string[]
  readonly now: () => Date
  readonly makeFile?: MakeFile
  readonly progress?: (what: { readonly workspace: string; readonly table: string }) => void
}

export interface MadeArchive {
  readonly path: string
  readonly workspaces: number
  readonly rows: number
  readonly bytes: number
}

/** The archive could not be written; nothing of it is left. */
export class BackupFailed extends Error {
  constructor(to: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOSPC'
        ? 'there is no room left on its disk'
        : cause instanceof Error
          ? cause.message
          : String(cause)
    super(`No backup was made in ${to}: ${reason}. What had been written is removed.`, { cause })
    this.name = 'BackupFailed'
  }
}

/**
 * Writes all workspaces as they were at one moment into a new folder, which appears whole or not at all. Others
 * write on meanwhile.
 * @throws BackupFailed
 */
export async function backUp(parts: BackUpParts): Promise<MadeArchive> {
  const { to, now } = parts
  const at = now()
  const path = join(to, `quarterdeck-${at.toISOString().replace(/[-:]|\.\d+/g, '')}`)
  const partial = `${path}.partial`
  try {
    mkdirSync(to, { recursive: true, mode: 0o700 })
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { mode: 0o700 })
    const workspaces = await inSnapshot(parts.source, execute => writeAll(execute, partial, parts))
    const manifest: Manifest = {
      format: 'quarterdeck-archive',
      version: 1,
      at: at.toISOString(),
      madeBy: parts.madeBy,
      migrations: [...parts.migrations],
      logKeys: [...parts.logKeys],
      workspaces,
    }
    writeFileAtomic(manifestPath(partial), manifestText(manifest))
    for (const { id } of workspaces) syncDirectory(join(partial, 'workspaces', id))
    if (workspaces.length > 0) syncDirectory(join(partial, 'workspaces'))
    syncDirectory(partial)
    renameSync(partial, path)
    syncDirectory(to)
    const tables = workspaces.flatMap(workspace => workspace.tables)
    return {
      path,
      workspaces: workspaces.length,
      rows: tables.reduce((sum, table) => sum + table.rows, 0),
      bytes: tables.reduce((sum, table) => sum + table.bytes, 0),
    }
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw new BackupFailed(to, error)
  }
}

async function writeAll(execute: Execute, dir: string, parts: BackUpParts): Promise<ArchivedWorkspace[]> {
  const make = parts.makeFile ?? makeFile
  const written: ArchivedWorkspace[] = []
  for (const id of await listWorkspacesBy(execute)) {
    await confineTo(execute, id)
    const tables = []
    for (const table of archivedTables()) {
      parts.progress?.({ workspace: id, table: table.name })
      const file = await writeTable(dir, id, table, archiveLines(execute, table), make)
      tables.push(file)
    }
    const { version, end } = await standOf(execute)
    const log = end && { version: end.version.toString(), hash: end.hash }
    written.push({ id, version: version.toString(), log, tables })
  }
  return written
}
