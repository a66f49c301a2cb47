import { giveLease, takeLease } from '#core/database/lease-rows.ts'
import type { Store } from '#core/database/store.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Id } from '#shared/ids.ts'

export interface LeaseParts {
  readonly store: Pick<Store, 'write'>
  readonly workspace: Id
  /** What it is for, for example `background`. */
  readonly name: string
  /** This run of this server. */
  readonly holder: string
  readonly timer: Timer
  /** Milliseconds, never going back. */
  readonly monotonic: () => number
  /** It is ours from now on. */
  readonly taken: (epoch: bigint) => void
  /** It was ours, and another may have it: whatever it was for must end. */
  readonly lost: () => void
  readonly onFailure: (error: unknown) => void
  /** How long it holds without another word, in milliseconds. */
  readonly term?: number
}

/** What only one of several servers may do, held as long as this server lives. */
export interface Lease {
  /** Whether it is ours at this moment. */
  held(): boolean
  /** Resolves when it was asked for once. */
  readonly asked: Promise<void>
  /** Gives it back, so that another server has it at once. */
  close(): Promise<void>
}

const TERM = 15_000
/** It is asked for and kept so many times within a term. */
const TIMES = 3

/**
 * Asks for a lease until it is ours, and keeps it. Where it cannot be kept, it counts as lost before the term is
 * over by our own clock: another server takes it only after that.
 */
export function createLease(parts: LeaseParts): Lease {
  const { store, workspace, name, holder, timer, monotonic, term = TERM } = parts
  let mine = false
  let until = Number.NEGATIVE_INFINITY
  let closed = false
  let cancel = () => {}
  let cancelEnd = () => {}
  let asking: Promise<void> = Promise.resolve()

  function lose(): void {
    if (!mine) return
    mine = false
    parts.lost()
  }

  async function ask(): Promise<void> {
    const asked = monotonic()
    try {
      const epoch = await store.write(workspace, 'job', tx => takeLease(tx, name, holder, term))
      if (closed) return
      if (epoch === null) lose()
      else {
        // The term began when the database was asked, at the latest.
        until = asked + term
        cancelEnd()
        cancelEnd = timer.after(Math.max(0, until - monotonic()), lose)
        if (!mine) {
          mine = true
          parts.taken(epoch)
        }
      }
    } catch (error) {
      if (!closed) parts.onFailure(error)
    }
  }

  function again(): void {
    cancel = timer.after(term / TIMES, () => {
      asking = ask().then(() => {
        if (!closed) again()
      })
    })
  }

  const first = ask().then(() => {
    if (!closed) again()
  })
  asking = first

  return {
    held: () => mine && monotonic() < until,
    asked: first,
    async close() {
      closed = true
      cancel()
      cancelEnd()
      await asking
      if (!mine) return
      mine = false
      await store.write(workspace, 'job', tx => giveLease(tx, name, holder)).catch(parts.onFailure)
    },
  }
}
