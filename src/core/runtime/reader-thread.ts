import type { Log } from '#core/create-core.ts'
import { askedContent, type ContentReader } from '#core/sync/content-reader.ts'
import type { Caller } from './handlers.ts'
import type { QueryAnswer } from './query-runner.ts'
import { createPeer, type Peer, type ThreadData, ThreadGone, type Threads } from './threads.ts'

export interface ReaderThread {
  query(id: string, input: unknown, caller: Caller, now: bigint): Promise<QueryAnswer>
  /** What is to be published, read there. */
  readonly content: ContentReader
  close(): void
}

/**
 * Heavy queries run in a thread with a read-only connection of its own, so that they hold up neither the
 * writer nor the answers to small questions. The thread starts with the first of them, and again after a crash.
 */
export function createReaderThread(start: Threads['start'], data: ThreadData, log: Log): ReaderThread {
  let peer: Peer | null = null
  let close: () => void = () => {}
  let closed = false

  function thread(): Peer {
    if (closed) throw new ThreadGone('the core is closed')
    if (peer) return peer
    const port = start(data)
    const made = createPeer(port, {})
    port.onExit(error => {
      if (peer === made) peer = null
      if (!closed) log('error', 'the reader thread ended', { error: error?.message ?? 'without a reason' })
    })
    close = () => port.close()
    peer = made
    return made
  }

  return {
    // A fence is for writes, and a function does not cross to a thread.
    query: async (id, input, { fence: _, ...caller }, now) =>
      thread().ask('query', { id, input, caller, now }),
    content: askedContent(async question => thread().ask('content', question)),
    close() {
      closed = true
      close()
    },
  }
}
