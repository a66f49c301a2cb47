import { createHash, randomBytes } from 'node:crypto'
import { lstatSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { refuse } from '#shared/errors.ts'
import { ensurePrivateFolder } from '../workspace/layout.ts'

/** The shortest limit of the systems we run on: macOS allows 104 bytes with the final zero, Linux 108. */
const LONGEST_SOCKET_PATH = 103

/**
 * The address that an owner listens on: a socket in the workspace's own folder; where that path is too long
 * for a socket, one in a private folder of this account below the temporary folder; on Windows a named pipe
 * whose name cannot be guessed.
 */
export function chooseEndpoint(runDir: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\quarterdeck-${randomBytes(16).toString('hex')}`
  const near = join(runDir, 'core.sock')
  if (Buffer.byteLength(near) <= LONGEST_SOCKET_PATH) return near
  const name = createHash('sha256').update(resolve(runDir)).digest('hex').slice(0, 16)
  const base = process.env.XDG_RUNTIME_DIR || tmpdir()
  const folder = join(base, `quarterdeck-${process.getuid?.() ?? 0}`)
  claimFolder(folder)
  const far = join(folder, `${name}.sock`)
  if (Buffer.byteLength(far) <= LONGEST_SOCKET_PATH) return far
  throw refuse('OWNER_PATH_TOO_LONG', { path: far }, `The path ${far} is too long for a socket.`)
}

/** Removes the socket that an owner which was killed left behind. Only the holder of the lock calls this. */
export function clearEndpoint(endpoint: string): void {
  if (process.platform !== 'win32') rmSync(endpoint, { force: true })
}

/** A folder below the temporary one is only trusted when nobody else made it. */
function claimFolder(folder: string): void {
  ensurePrivateFolder(folder)
  const stat = lstatSync(folder)
  const self = process.getuid?.()
  if (!stat.isDirectory() || (self !== undefined && stat.uid !== self))
    throw refuse(
      'OWNER_FOLDER_FOREIGN',
      { folder },
      `${folder} belongs to another account. Remove it, or set XDG_RUNTIME_DIR.`,
    )
}
