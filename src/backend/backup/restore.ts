import {
  completeUsage,
  confineTo,
  countOf,
  inRestore,
  placeLines,
  restoreLines,
  standOf,
} from '#core/database/archive-rows.ts'
import type { Execute } from '#core/database/dialect.ts'
import { type Migration, migrations } from '#core/database/migrate.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import { listWorkspacesBy } from '#core/database/workspaces.ts'
import { readTable } from './archive-files.ts'
import { ArchiveDamaged, type ArchivedWorkspace, fileOf, type Manifest } from './manifest.ts'

/** The archive cannot be restored here; nothing was changed. */
export class RestoreRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RestoreRefused'
  }
}

/**
 * The migrations that an archive was made with, which its rows fit.
 * @throws RestoreRefused when this program does not know them
 */
export function migrationsOf(manifest: Manifest): readonly Migration[] {
  const { migrations: names } = manifest
  const known = migrations.slice(0, names.length)
  if (names.length > migrations.length || known.some((one, place) => one.name !== names[place]))
    throw new RestoreRefused(
      `The archive was made by another version of Quarterdeck (${manifest.madeBy}, ${names.at(-1)}): restore it with that one.`,
    )
  return known
}

/** Rows that one statement puts back: texts of a few megabytes at most. */
const PORTION = 2000
const PORTION_LARGE = 20

/**
 * Puts the workspaces of an archive that was read through into a database that has the archive's migrations, in
 * one transaction: all of them, or none.
 * @throws RestoreRefused when one of them is there already
 */
export async function restoreArchive(
  dir: string,
  manifest: Manifest,
  source: PostgresSource,
  progress: (what: { readonly workspace: string; readonly table: string }) => void = () => {},
): Promise<void> {
  await inRestore(source, async execute => {
    const here = new Set(await listWorkspacesBy(execute))
    const twice = manifest.workspaces.find(({ id }) => here.has(id))
    if (twice)
      throw new RestoreRefused(
        `The workspace ${twice.id} is in this database already. Restore into an empty one, and change to it.`,
      )
    for (const workspace of manifest.workspaces) {
      await confineTo(execute, workspace.id)
      await restoreWorkspace(execute, dir, workspace, table => progress({ workspace: workspace.id, table }))
    }
  })
}

async function restoreWorkspace(
  execute: Execute,
  dir: string,
  workspace: ArchivedWorkspace,
  progress: (table: string) => void,
): Promise<void> {
  for (const file of workspace.tables) {
    progress(file.name)
    const large = file.columns.some(column => column.kind === 'blob')
    const portions = readTable(dir, workspace.id, file, large ? PORTION_LARGE : PORTION)
    for await (const lines of portions) {
      await placeLines(execute, file, lines)
      await restoreLines(execute, workspace.id, file, lines)
    }
    const rows = await countOf(execute, file.name)
    if (rows !== BigInt(file.rows))
      throw new ArchiveDamaged(fileOf(workspace.id, file.name), `gave ${rows} rows instead of ${file.rows}`)
  }
  await completeUsage(execute)
  const { version, end } = await standOf(execute)
  if (version.toString() !== workspace.version || end?.hash !== workspace.log?.hash)
    throw new ArchiveDamaged(workspace.id, 'does not end where its manifest says')
}
