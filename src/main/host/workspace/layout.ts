import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { ProofPaths } from '#serving/log-heads.ts'
import { refuse } from '#shared/errors.ts'
import { dataRoot, keyRoot, type Machine, workspaceDir } from '#shared/workspace-location.ts'

/** The files of one workspace, all in its folder (mode 0700). */
export interface WorkspacePaths {
  readonly dir: string
  readonly database: string
  /** The key slots, beside the database. */
  readonly keys: string
  /** The side file whose lock says who owns the workspace. Never copied, never opened by anything else. */
  readonly lock: string
  /** How later hosts reach the owner: address and secret, mode 0600. */
  readonly owner: string
  readonly run: string
  /** Uploaded files and exports under way. Emptied at every start. */
  readonly staging: string
  /** Copies made before a migration, a rekey or a restore. */
  readonly aside: string
  readonly logs: string
}

export function workspacePaths(dir: string): WorkspacePaths {
  const at = (...parts: string[]) => join(dir, ...parts)
  return {
    dir,
    database: at('workspace.db'),
    keys: at('workspace.keys.json'),
    lock: at('owner.lock'),
    run: at('run'),
    owner: at('run', 'owner.json'),
    staging: at('staging'),
    aside: at('aside'),
    logs: at('logs'),
  }
}

/** What this machine says about folders, read once at the edge of a host. */
export function thisMachine(): Machine {
  return { platform: process.platform, home: homedir(), env: process.env }
}

/**
 * The folder that `--workspace` names.
 * @throws Refusal `WORKSPACE_NAME_INVALID`
 */
export function resolveWorkspace(nameOrDir: string | undefined, machine = thisMachine()): string {
  const dir = workspaceDir(machine, nameOrDir, process.cwd())
  if (dir === undefined)
    throw refuse(
      'WORKSPACE_NAME_INVALID',
      { name: nameOrDir },
      `'${nameOrDir}' is neither a workspace name (letters, digits, - and _) nor a folder.`,
    )
  return resolve(dir)
}

/** Makes the folders of a workspace where they are missing, closed to other accounts. */
export function ensureFolders(paths: WorkspacePaths): void {
  for (const dir of [paths.dir, paths.run, paths.staging, paths.aside, paths.logs]) ensurePrivateFolder(dir)
}

/** Makes a folder of mode 0700; one that exists is closed to others. */
export function ensurePrivateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  if (process.platform !== 'win32' && (statSync(dir).mode & 0o077) !== 0) chmodSync(dir, 0o700)
}

export interface FoundWorkspace {
  readonly name: string
  readonly dir: string
}

/** The workspaces in the data folder, by name. */
export function listWorkspaces(machine = thisMachine()): FoundWorkspace[] {
  const root = join(dataRoot(machine), 'workspaces')
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(workspacePaths(join(root, entry.name)).keys))
    .map(entry => ({ name: entry.name, dir: join(root, entry.name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Where the key file of a workspace is made when nobody says where. */
export function defaultKeyFile(dir: string, machine = thisMachine()): string {
  return join(keyRoot(machine), `${basename(resolve(dir))}-${shortOf(dir)}.key`)
}

/** Tells folders of the same name apart. */
function shortOf(dir: string): string {
  return createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 8)
}

/** Where the proofs of a workspace's command log are kept: not with its data. */
export function proofPaths(workspace: string, dir: string, machine = thisMachine()): ProofPaths {
  const at = (name: string) => join(keyRoot(machine), `${workspace}.${name}`)
  // A backup that was restored to another folder is another log with the same beginning.
  return { signer: at('signer.key'), heads: at(`${shortOf(dir)}.heads.jsonl`), trusted: at('trusted.json') }
}

/** Where the key of this machine is, by which a server knows it: not with the workspace's data. */
export function deviceKeyPath(workspace: string, machine = thisMachine()): string {
  return join(keyRoot(machine), `${workspace}.device.json`)
}
