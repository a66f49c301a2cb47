import Sqlite from 'better-sqlite3'

/** An exclusive lock on a file. The operating system releases it when the process ends, however it ends. */
export interface ExclusiveLock {
  release(): void
}

/**
 * Takes the lock, or answers undefined when another process (or this one) has it.
 *
 * The side file is an empty SQLite database that is held in an exclusive transaction: SQLite knows how each
 * operating system locks a file, and how not to lose such a lock. Nothing else may open that file, because on
 * POSIX closing any descriptor of a file gives up the process's locks on it.
 */
export function takeExclusiveLock(path: string): ExclusiveLock | undefined {
  const file = new Sqlite(path, { timeout: 0 })
  try {
    // Without a journal file there is nothing to clean up after a kill; nothing is ever written.
    file.pragma('journal_mode=MEMORY')
    file.pragma('locking_mode=EXCLUSIVE')
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
  return { release: () => void file.close() }
}
