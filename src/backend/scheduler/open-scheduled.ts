import type { Log } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import { describeError } from '#core/runtime/bugs.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Id } from '#shared/ids.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'

export interface OpenScheduledParts {
  readonly workspaces: Pick<Workspaces, 'list' | 'open' | 'opened'>
  readonly store: Pick<Store, 'read'>
  readonly timer: Timer
  readonly log: Log
}

/** How often workspaces that are not open are looked at, in milliseconds. */
const EVERY = 60_000

/**
 * Opens the workspaces that have schedules, also where nobody calls them: a core that is open runs its own, on the
 * server that leads. Looks at once, and again and again for what other servers changed.
 */
export function openScheduled(parts: OpenScheduledParts) {
  const { workspaces, store, timer, log } = parts
  let closed = false
  let cancel: () => void = () => {}

  async function hasSchedules(workspace: Id): Promise<boolean> {
    const row = await store.read(workspace, reader =>
      reader.db.selectFrom('schedules').select('id').limit(1).executeTakeFirst(),
    )
    return row !== undefined
  }

  async function round(): Promise<void> {
    try {
      for (const id of await workspaces.list()) {
        if (closed) return
        if (!workspaces.opened().has(id) && (await hasSchedules(id))) await workspaces.open(id)
      }
    } catch (error) {
      if (!closed) log('error', 'workspaces with schedules were not opened', { error: describeError(error) })
    }
    if (!closed)
      cancel = timer.after(EVERY, () => {
        running = round()
      })
  }

  let running = round()
  return {
    /** Resolves when it has looked. */
    looked: () => running,
    async close(): Promise<void> {
      closed = true
      cancel()
      await running
    },
  }
}
