import { getEventMeta } from '@orpc/client'
import { useConnection } from '#renderer/state/connection.ts'
import type { LiveEvent } from '#shared/contract/workspace.ts'
import type { createInvalidation } from './invalidation.ts'

/** Opens the stream of changes, after the event with this id. */
export type OpenLive = (options: {
  readonly lastEventId: string | undefined
  readonly signal: AbortSignal
}) => Promise<AsyncIterable<LiveEvent>>

/** Milliseconds before a stream that ended is opened again. Opening waits for a connection by itself. */
const PAUSE = 300

/**
 * Follows the stream of changes for as long as the page lives, over any number of connections, without losing
 * or doubling an event: it goes on after the last event that it saw, and asks everything again after a gap or
 * when another generation of the core answers.
 */
export function followLive(
  open: OpenLive,
  invalidation: Pick<ReturnType<typeof createInvalidation>, 'changed' | 'everything'>,
  wait: (milliseconds: number) => Promise<void>,
): { close(): void } {
  const stop = new AbortController()
  const run = async () => {
    let lastEventId: string | undefined
    let generation = useConnection.getState().generation
    while (!stop.signal.aborted) {
      try {
        const events = await open({ lastEventId, signal: stop.signal })
        const now = useConnection.getState().generation
        if (now !== generation) {
          generation = now
          invalidation.everything()
        }
        for await (const event of events) {
          lastEventId = getEventMeta(event)?.id ?? lastEventId
          useConnection.getState().set({ version: event.version.toString() })
          if (event.gap) invalidation.everything()
          else invalidation.changed(event.queries, event.bulk)
        }
      } catch {
        // The stream ends with its connection. What failed inside the core is in its log.
      }
      if (!stop.signal.aborted) await wait(PAUSE)
    }
  }
  void run()
  return { close: () => stop.abort() }
}
