import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, statSync } from 'node:fs'
import { openSqlite } from '#core/database/sqlite-connection.ts'

/** A file as a manifest knows it. */
export interface FileDigest {
  readonly bytes: number
  readonly sha256: string
}

export interface CopiedDatabase extends FileDigest {
  /** The version of the workspace that the copy holds. */
  readonly version: bigint
}

/**
 * Writes a consistent, compact copy of an open database to a new file, with the same key, and proves that it
 * can be read. It blocks this thread for as long as it takes, and nobody else: readers do not hold up a writer.
 */
export function copyDatabase(from: string, to: string, key: Uint8Array): CopiedDatabase {
  const source = openSqlite({ path: from, key, cacheKib: 16_384, monotonic: () => 0 }, 'read')
  try {
    source.pragma('query_only=OFF')
    source.prepare('VACUUM INTO ?').run(to)
  } finally {
    source.close()
  }
  const version = checkDatabase(to, key)
  const file = openSync(to, 'r+')
  fsyncSync(file)
  closeSync(file)
  return { ...digestFile(to), version }
}

/**
 * Reads every page of a database that nobody has open, and its workspace's version.
 * @throws when it is damaged; WrongKey when it has another key
 */
export function checkDatabase(path: string, key: Uint8Array): bigint {
  const database = openSqlite({ path, key, cacheKib: 16_384, monotonic: () => 0 }, 'read')
  try {
    const found = database.pragma('integrity_check', { simple: true })
    if (found !== 'ok') throw new Error(`integrity check: ${String(found)}`)
    const row = database.prepare('SELECT version FROM workspace_state').get() as
      | { version: bigint }
      | undefined
    return row?.version ?? 0n
  } finally {
    database.close()
  }
}

/** Size and SHA-256 of a file, read in pieces. */
export function digestFile(path: string): FileDigest {
  const digest = createHash('sha256')
  const piece = Buffer.allocUnsafe(1024 * 1024)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
      digest.update(piece.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return { bytes: statSync(path).size, sha256: digest.digest('hex') }
}
