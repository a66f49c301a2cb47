import type Sqlite from 'better-sqlite3'

export interface CheckpointAnswer {
  /** Pages in the write-ahead log and pages that are in the database file by now. */
  readonly pages: number
  readonly moved: number
}

/**
 * Moves what was written from the write-ahead log into the database, on a connection and in a thread of its
 * own: inline it would hold up commits. When idle the log is also cut back to nothing.
 */
export function checkpointer(database: Sqlite.Database): (idle: boolean) => CheckpointAnswer {
  return idle => {
    const [row] = database.pragma(`wal_checkpoint(${idle ? 'TRUNCATE' : 'PASSIVE'})`) as {
      log: bigint
      checkpointed: bigint
    }[]
    return { pages: Number(row!.log), moved: Number(row!.checkpointed) }
  }
}
