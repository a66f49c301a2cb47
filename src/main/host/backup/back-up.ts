import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { syncDirectory, syncFile, writeFileAtomic } from '#serving/files/atomic-file.ts'
import { logKeys } from '#serving/log-heads.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { isoNow, type OpenWorkspace } from '../open-workspace.ts'
import { runTask } from '../threads/tasks.ts'
import { proofPaths } from '../workspace/layout.ts'
import { digestFile } from './copy-database.ts'
import { DATABASE, KEYS, type Manifest, manifestPath } from './manifest.ts'

export interface Backup {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly version: bigint
}

/**
 * Makes a backup in a new folder below `directory`, while people work: database, key slots, and a manifest with
 * their digests. The folder appears whole or not at all.
 * @throws Refusal `BACKUP_DISK_FULL`, `BACKUP_UNWRITABLE`
 */
export async function backUp(workspace: OpenWorkspace, directory: string): Promise<Backup> {
  const { paths, core, ring, version: madeBy } = workspace
  if (!isAbsolute(directory))
    throw refuse('BACKUP_UNWRITABLE', { directory }, `${directory} is not a full path.`)
  const session = await core.call(contract.workspace.session, {}, SYSTEM)
  const at = isoNow()
  const name = `${safe(session.workspace.name) || 'workspace'}-${at.replace(/[-:]|\.\d+/g, '')}`
  const path = freeFolder(join(directory, name))
  const partial = `${path}.partial`
  try {
    mkdirSync(partial, { recursive: true, mode: 0o700 })
    await demandRoom(directory, sizeOf(paths.database) + sizeOf(`${paths.database}-wal`))
    const database = await runTask(workspace.worker, {
      task: 'copy',
      from: paths.database,
      to: join(partial, DATABASE),
      key: ring.key,
    })
    chmodSync(join(partial, DATABASE), 0o600)
    copyFileSync(paths.keys, join(partial, KEYS))
    syncFile(join(partial, KEYS))
    const { version, ...copied } = database
    const manifest: Manifest = {
      format: 'quarterdeck-backup',
      version: 1,
      workspace: ring.workspace,
      name: session.workspace.name,
      at,
      madeBy,
      commandVersion: version.toString(),
      logKeys: logKeys(proofPaths(ring.workspace, paths.dir)),
      files: [
        { name: DATABASE, ...copied },
        { name: KEYS, ...digestFile(join(partial, KEYS)) },
      ],
    }
    writeFileAtomic(manifestPath(partial), `${JSON.stringify(manifest, null, 2)}\n`)
    renameSync(partial, path)
    syncDirectory(directory)
    workspace.log('info', 'a backup is made', { path, bytes: copied.bytes, commandVersion: version })
    return { path, ...copied, version }
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw explain(error, directory)
  }
}

const SYSTEM = { person: null, device: 'host', assurance: 'system', system: true } as const

async function demandRoom(directory: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  if (bavail * bsize < needed) throw full(directory)
}

function full(directory: string) {
  return refuse('BACKUP_DISK_FULL', { directory }, `There is not enough room for a backup in ${directory}.`)
}

function explain(error: unknown, directory: string): unknown {
  const code = (error as { code?: string }).code ?? ''
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return full(directory)
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'SQLITE_CANTOPEN'].includes(code))
    return refuse(
      'BACKUP_UNWRITABLE',
      { directory, code },
      `Nothing can be written to ${directory} (${code}).`,
    )
  return error
}

function freeFolder(path: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${path}-${number}`
    if (!existsSync(candidate)) return candidate
  }
}

function safe(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
    .toLowerCase()
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}
