import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { refuse } from '#shared/errors.ts'

/** What a key file is good for, and what not. Shown wherever one is made or listed. */
export const KEY_FILE_NOTICE =
  'A key file protects the data when a disk, a copy of the workspace folder or a backup is lost. ' +
  'It does not protect against this account: every program that runs as you can read it.'

const HEADER = 'quarterdeck-key-1 '

/** Creates a key file of mode 0600 with 32 secret bytes. Refuses to overwrite one. */
export function writeKeyFile(path: string, secret: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    throw refuse(
      'KEYS_KEY_FILE_UNWRITABLE',
      { path },
      `The key file ${path} cannot be made: ${reason(error)}.`,
    )
  }
  try {
    writeFileSync(file, `${HEADER}${Buffer.from(secret).toString('base64url')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Reads the 32 bytes of a key file.
 * @throws Refusal `KEYS_KEY_FILE_EXPOSED` when others may read it or it belongs to someone else,
 *   `KEYS_KEY_FILE_UNREADABLE` when it is missing or not a key file
 */
export function readKeyFile(path: string): Uint8Array {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY)
  } catch (error) {
    throw unreadable(path, `The key file ${path} cannot be read: ${reason(error)}.`)
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile() || stat.size > 4096) throw unreadable(path, `${path} is not a key file.`)
    if (process.platform !== 'win32') checkExposure(path, stat.mode & 0o777, stat.uid)
    const text = readFileSync(file, 'utf8').trim()
    const secret = Buffer.from(text.slice(HEADER.length), 'base64url')
    if (!text.startsWith(HEADER) || secret.length !== 32) throw unreadable(path, `${path} is not a key file.`)
    return secret
  } finally {
    closeSync(file)
  }
}

function checkExposure(path: string, mode: number, owner: number): void {
  if ((mode & 0o077) !== 0)
    throw refuse(
      'KEYS_KEY_FILE_EXPOSED',
      { path, mode: mode.toString(8) },
      `Other accounts may read the key file ${path} (mode ${mode.toString(8)}). Run: chmod 600 '${path}'`,
    )
  const self = process.getuid?.()
  if (self !== undefined && owner !== self && self !== 0)
    throw refuse('KEYS_KEY_FILE_EXPOSED', { path, owner }, `The key file ${path} belongs to another account.`)
}

function unreadable(path: string, message: string) {
  return refuse('KEYS_KEY_FILE_UNREADABLE', { path }, message)
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'it does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'permission is denied'
  if (code === 'EEXIST') return 'it exists already'
  return code ?? String(error)
}
