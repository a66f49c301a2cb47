import type { Store } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'
import type { Timer } from '../runtime/timer.ts'
import { publishBatches } from './batches.ts'

export interface PublisherParts {
  readonly store: Store
  readonly workspace: Id
  readonly timer: Timer
  readonly now: () => bigint
  /** Is told which tables changed. */
  readonly committed: (tables: ReadonlySet<string>) => void
  readonly onFailure: (error: unknown) => void
}

/** Milliseconds between two publications at least. */
const PAUSE = 1000

/** Publishes bulk content on a server a moment after it changed, at most once a second; elsewhere nothing. */
export function createPublisher(parts: PublisherParts) {
  let cancel: (() => void) | null = null
  let running: Promise<void> | null = null
  let again = false
  let closed = false
  let serves = false

  async function publish(): Promise<void> {
    try {
      const changed = await publishBatches(parts.store, parts.workspace, parts.now())
      if (changed.size > 0) parts.committed(changed)
    } catch (error) {
      if (!closed) parts.onFailure(error)
    }
  }

  function wake(): void {
    again = true
    if (!serves || closed || cancel || running) return
    cancel = parts.timer.after(PAUSE, () => {
      cancel = null
      again = false
      running = publish().finally(() => {
        running = null
        if (again) wake()
      })
    })
  }

  return {
    /** Looks whether this is a server, and whether something was left unpublished. */
    async start(): Promise<void> {
      const state = await parts.store.read(parts.workspace, reader =>
        reader.db.selectFrom('workspace_state').select('authority').executeTakeFirst(),
      )
      serves = state?.authority === 'server'
      wake()
    },
    /** Something may be there to publish. */
    wake,
    async close(): Promise<void> {
      closed = true
      cancel?.()
      await running
    },
  }
}
