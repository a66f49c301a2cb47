import type { Store } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'
import type { Timer } from '../runtime/timer.ts'
import { publishBatches } from './batches.ts'
import type { ContentReader } from './content-reader.ts'
import { publishUsage } from './usage-batches.ts'

export interface PublisherParts {
  readonly store: Store
  readonly workspace: Id
  /** Reads what is published. */
  readonly content: ContentReader
  readonly timer: Timer
  readonly now: () => bigint
  /** For durations, in milliseconds. */
  readonly monotonic: () => number
  /** Is told which tables changed. */
  readonly committed: (tables: ReadonlySet<string>) => void
  readonly onFailure: (error: unknown) => void
}

/** Milliseconds between two publications at least. */
const PAUSE = 1000
/** Publishing takes a twentieth of the time at most, however much comes in. */
const REST = 19

/** Publishes bulk content on a server a moment after it changed, at most once a second; elsewhere nothing. */
export function createPublisher(parts: PublisherParts) {
  let cancel: (() => void) | null = null
  let running: Promise<void> | null = null
  let again = false
  let closed = false
  let serves = false
  let pause = PAUSE

  async function publish(): Promise<void> {
    const begun = parts.monotonic()
    try {
      const { store, workspace, content, now } = parts
      const changed = new Set(await publishBatches(store, workspace, content, now()))
      const usage = await publishUsage(store, workspace, content, now())
      for (const name of usage.changed) changed.add(name)
      if (usage.more) again = true
      if (changed.size > 0) parts.committed(changed)
    } catch (error) {
      if (!closed) parts.onFailure(error)
    }
    pause = Math.max(PAUSE, (parts.monotonic() - begun) * REST)
  }

  function wake(): void {
    again = true
    if (!serves || closed || cancel || running) return
    cancel = parts.timer.after(pause, () => {
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
