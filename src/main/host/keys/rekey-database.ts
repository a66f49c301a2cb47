import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { syncDirectory, syncFile } from '#serving/files/atomic-file.ts'
import { checkDatabase, copyDatabase } from '../backup/copy-database.ts'

/**
 * Encrypts a database that nobody has open with another key: into a new file, which takes the place of the old
 * one when it was read through. A crash at any point leaves a whole database with one of the two keys.
 */
export function rekeyDatabase(path: string, from: Uint8Array, to: Uint8Array): void {
  const made = `${path}.rekeyed`
  for (const file of [made, `${made}-wal`, `${made}-shm`, `${made}-journal`]) rmSync(file, { force: true })
  // What is still in the write-ahead log would be lost with it.
  const old = openSqlite({ path, key: from, monotonic: () => 0 }, 'write')
  try {
    old.pragma('wal_checkpoint(TRUNCATE)')
    old.pragma('journal_mode=DELETE')
  } finally {
    old.close()
  }
  try {
    copyDatabase(path, made, from)
    const copy = openSqlite({ path: made, key: from, monotonic: () => 0 }, 'write')
    try {
      // A change of key rewrites every page in one transaction, which the write-ahead log is not made for.
      copy.pragma('journal_mode=DELETE')
      copy.pragma(`rekey='raw:${Buffer.from(to).toString('hex')}'`)
    } finally {
      copy.close()
    }
    checkDatabase(made, to)
    chmodSync(made, 0o600)
    syncFile(made)
    if (existsSync(`${path}-wal`)) throw new Error('the database is open elsewhere')
    renameSync(made, path)
    syncDirectory(dirname(path))
  } catch (error) {
    rmSync(made, { force: true })
    throw error
  }
}
