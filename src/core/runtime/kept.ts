import type { Reader } from '#core/database/store.ts'

/** What a process keeps in memory of a database. It is told of each commit before whoever made it hears of it. */
export interface Kept {
  /** @param changed the tables that a commit changed: the very set that stood at its transaction */
  committed(changed: ReadonlySet<string>): void
  /** Is asked before a snapshot is opened, and is given the snapshot with the answer: only what it reads is kept. */
  opening(): number
  opened(reader: Reader, at: number): void
}
