import type { Id } from '#shared/ids.ts'

/** Something that the core does: a capability that is called, or a transaction. */
export interface Watched {
  readonly kind: 'command' | 'query' | 'service' | 'write' | 'read'
  /** The capability; of a transaction, whose turn it takes. */
  readonly id: string
  readonly commandId?: Id
}

/** What a host wants to know of the core's work, for its traces and measures. Decides nothing. */
export interface CoreWatch {
  /**
   * Runs the work, and gives what it gives.
   * @param work is given a way to say how it ended, where returning does not say it: `refused`, `repeated`
   */
  follow<T>(what: Watched, work: (ended: (outcome: string) => void) => Promise<T>): Promise<T>
}

/** For a host that watches nothing. */
export const UNWATCHED: CoreWatch = { follow: (_, work) => work(() => {}) }
