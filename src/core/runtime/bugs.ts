/** An unexpected failure, as the diagnostics page shows it. */
export interface Bug {
  readonly at: bigint
  /** What a person was shown, or the id of the command or job; the log says more under it. */
  readonly reference: string
  /** What failed: the id of a capability, or what the core was doing. */
  readonly where: string
  readonly message: string
}

/** The latest unexpected failures of this run, in bounded memory. */
export interface Bugs {
  note(bug: { reference: string; where: string; error: unknown }): void
  /** The newest first. */
  list(): readonly Bug[]
}

const LONGEST = 500

export function createBugs(now: () => bigint, keep = 50): Bugs {
  const kept: Bug[] = []
  return {
    note({ reference, where, error }) {
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      kept.unshift({ at: now(), reference, where, message: message.split('\n')[0]!.slice(0, LONGEST) })
      kept.length = Math.min(kept.length, keep)
    },
    list: () => [...kept],
  }
}

/** What the log says of an error: its stack where it has one. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
