import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { WrongKey } from '#core/database/sqlite-connection.ts'
import { readIfPresent, syncDirectory, syncFile } from '#serving/files/atomic-file.ts'
import { retireHeads, trustKeys } from '#serving/log-heads.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { openKeyRing } from '../keys/key-ring.ts'
import type { KeyServices, UnlockSecret } from '../keys/slots.ts'
import { ensureFolders, proofPaths, type WorkspacePaths } from '../workspace/layout.ts'
import { checkDatabase, digestFile } from './copy-database.ts'
import { DATABASE, KEYS, type Manifest, readManifest } from './manifest.ts'

/** A backup that was read through and found whole. */
export interface VerifiedBackup {
  readonly dir: string
  readonly manifest: Manifest
  readonly version: bigint
}

/**
 * Reads a backup through: digests, key slots, that they open the database, and every page of it.
 * @throws Refusal `BACKUP_NOT_ONE`, `BACKUP_DAMAGED`, and what the key slots refuse
 */
export async function verifyBackup(
  dir: string,
  secret: UnlockSecret,
  services: KeyServices,
): Promise<VerifiedBackup> {
  const manifest = readManifest(dir)
  for (const name of [DATABASE, KEYS]) {
    const known = manifest.files.find(file => file.name === name)
    const path = join(dir, name)
    if (!known || !existsSync(path)) throw damaged(dir, name, 'it is missing')
    const found = digestFile(path)
    if (found.sha256 !== known.sha256) throw damaged(dir, name, 'its digest is not the one of the manifest')
  }
  const ring = await openKeyRing(join(dir, KEYS), secret, services)
  try {
    const version = checkWith(join(dir, DATABASE), ring.key, dir)
    return { dir, manifest, version }
  } finally {
    ring.close()
  }
}

function checkWith(path: string, key: Uint8Array, dir: string): bigint {
  try {
    return checkDatabase(path, key)
  } catch (error) {
    if (isRefusal(error)) throw error
    const reason = error instanceof WrongKey ? 'its key slots do not belong to it' : (error as Error).message
    throw damaged(dir, DATABASE, reason)
  }
}

function damaged(dir: string, file: string, reason: string) {
  return refuse(
    'BACKUP_DAMAGED',
    { dir, file, reason },
    `${file} of the backup ${dir} is damaged: ${reason}.`,
  )
}

/** The files of a workspace that a restore replaces, the database last. */
const OLD = (paths: WorkspacePaths) => ({
  database: [`${paths.database}-wal`, `${paths.database}-shm`, paths.database],
  keys: [`${paths.keys}.bak`, paths.keys],
})
const incoming = (path: string) => `${path}.restoring`
const marker = (paths: WorkspacePaths) => join(paths.dir, 'restoring')

/**
 * Puts a verified backup in the place of the workspace, whose files go aside. The caller holds the lock. After
 * a crash at any point `finishRestore` ends it, or nothing has happened.
 * @returns the folder where the old files are now; undefined where there were none
 */
export function restoreBackup(paths: WorkspacePaths, backup: VerifiedBackup, at: string): string | undefined {
  ensureFolders(paths)
  const hadOne = existsSync(paths.database) || existsSync(paths.keys)
  const aside = join(paths.aside, `before-restore-${at.replace(/[-:]|\.\d+/g, '')}`)
  for (const [name, target] of [
    [DATABASE, paths.database],
    [KEYS, paths.keys],
  ] as const) {
    const staged = incoming(target)
    rmSync(staged, { force: true })
    copyFileSync(join(backup.dir, name), staged, constants.COPYFILE_FICLONE)
    chmodSync(staged, 0o600)
    syncFile(staged)
    // What lands is what was verified, not what a failing disk made of it.
    if (digestFile(staged).sha256 !== backup.manifest.files.find(file => file.name === name)?.sha256) {
      rmSync(staged, { force: true })
      throw damaged(backup.dir, name, 'it changed while it was copied')
    }
  }
  writeFileSync(marker(paths), aside, { mode: 0o600, flush: true })
  syncDirectory(paths.dir)
  // The heads that were kept are about entries that are not there any more; the backup's are signed by its keys.
  const proofs = proofPaths(backup.manifest.workspace, paths.dir)
  trustKeys(proofs, backup.manifest.logKeys)
  retireHeads(proofs, at)
  finishRestore(paths, aside)
  return hadOne ? aside : undefined
}

/** Ends a restore that had got to the point of no return: moves the old files aside and the new ones in. */
export function finishRestore(paths: WorkspacePaths, aside: string): void {
  for (const [files, target] of [
    [OLD(paths).database, paths.database],
    [OLD(paths).keys, paths.keys],
  ] as const) {
    if (!existsSync(incoming(target))) continue
    mkdirSync(aside, { recursive: true, mode: 0o700 })
    for (const old of files) if (existsSync(old)) renameSync(old, join(aside, basename(old)))
    renameSync(incoming(target), target)
    syncDirectory(paths.dir)
  }
  rmSync(marker(paths), { force: true })
}

/** Where an interrupted restore was putting the old files; undefined when there was none. */
export function interruptedRestore(paths: WorkspacePaths): string | undefined {
  return readIfPresent(marker(paths))
}
