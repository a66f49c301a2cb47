import { syncedTables } from '#core/database/capture.ts'
import { schema } from '#core/database/schema.ts'
import type { LiveFeed } from '#core/runtime/live.ts'
import type { Timer } from '#core/runtime/timer.ts'

export interface AnnouncerParts {
  readonly live: Pick<LiveFeed, 'watch'>
  /** The version that desks can pull up to now. */
  readonly version: () => Promise<bigint>
  readonly timer: Timer
  readonly onFailure: (error: unknown) => void
}

export interface Announcer {
  /** Is told the version at once, and then whenever there is a newer one. Gives what ends it. */
  follow(told: (version: bigint) => void): () => void
  followers(): number
  close(): void
}

/** Chunks of a job come by the dozen: desks hear of them at most this often, in milliseconds. */
const QUIET = 40
/** Another server over the same database may have committed: asked this often while somebody follows. */
const LOOK_EVERY = 1000

const SYNCED: ReadonlySet<string> = new Set([
  ...syncedTables(schema).map(([name]) => name),
  'workspace_state',
])

/** Tells the desks of one workspace that there is something to pull. What it is they find out by pulling. */
export function createAnnouncer(parts: AnnouncerParts): Announcer {
  const following = new Set<(version: bigint) => void>()
  let known = -1n
  let reading = false
  let again = false
  let stopLooking: (() => void) | null = null
  let waiting: (() => void) | null = null

  async function look(): Promise<void> {
    if (reading) {
      again = true
      return
    }
    reading = true
    try {
      const version = await parts.version()
      if (version > known) {
        known = version
        for (const told of following) told(version)
      }
    } catch (error) {
      parts.onFailure(error)
    } finally {
      reading = false
      if (again) {
        again = false
        soon()
      }
    }
  }

  /** The first of many changes is told at once, the rest together a moment later. */
  function soon(): void {
    if (waiting) {
      again = true
      return
    }
    waiting = parts.timer.after(QUIET, () => {
      waiting = null
      if (!again) return
      again = false
      soon()
    })
    void look()
  }

  function keepLooking(): void {
    stopLooking = parts.timer.after(LOOK_EVERY, () => {
      void look()
      keepLooking()
    })
  }

  const unwatch = parts.live.watch(tables => {
    if (following.size === 0) return
    for (const name of tables)
      if (SYNCED.has(name)) {
        soon()
        return
      }
  })

  return {
    follow(told) {
      following.add(told)
      if (following.size === 1) {
        known = -1n
        keepLooking()
      } else if (known >= 0n) told(known)
      void look()
      return () => {
        following.delete(told)
        if (following.size > 0) return
        stopLooking?.()
        stopLooking = null
      }
    },
    followers: () => following.size,
    close() {
      unwatch()
      stopLooking?.()
      waiting?.()
      following.clear()
    },
  }
}
