import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Log } from '#core/create-core.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import { remoteSource } from '#core/database/remote-source.ts'
import { overMessagePort } from '../threads/message-port.ts'
import { startWorker } from '../threads/start-worker.ts'
import type { DatabaseMessage, DatabaseNews } from '../threads/worker-data.ts'

export interface PgliteThreadParts {
  readonly dir: string
  readonly log: Log
  /** A crashed thread was started again: ports that were handed out lead nowhere any more. */
  readonly restarted: () => void
  /** It crashes again and again, or does not start any more: the server cannot go on. */
  readonly failed: (error: Error) => void
  /** Starts a thread: `startWorker`, unless a test wants to see it. */
  readonly start?: typeof startWorker
}

/** PGlite in a thread of its own. */
export interface PgliteThread {
  readonly source: PostgresSource
  /** A further way to its sessions, for another thread. */
  port(): MessagePort
  close(): Promise<void>
}

/** So many crashes within so many milliseconds are no accident. */
const MOST_CRASHES = 3
const WITHIN = 60_000

/** The thread of the database ended while a statement was under way; whether it was carried out is not known. */
class DatabaseCrashed extends Error {
  constructor(reason: string) {
    super(`the thread of the database ended: ${reason}`)
    this.name = 'DatabaseCrashed'
  }
}

/**
 * Starts the thread that holds the PGlite database of a folder, and starts it again when it crashes: what was
 * committed is on the disk, what was under way fails.
 * @throws what opening the database says
 */
export async function startPgliteThread(parts: PgliteThreadParts): Promise<PgliteThread> {
  const { dir, log, start = startWorker } = parts
  const crashes: number[] = []
  let closing = false
  let current = await open()

  interface Open {
    readonly worker: Worker
    readonly source: PostgresSource
    readonly over: Promise<void>
  }

  function open(): Promise<Open> {
    const worker = start({ role: 'database', dir })
    let reason: string | null = null
    let ready = false
    const opening = new Promise<Open>((resolve, reject) => {
      const over = new Promise<void>(done => {
        worker.on('exit', code => {
          done()
          const why = reason ?? `exit code ${code}`
          if (!ready) reject(new DatabaseCrashed(why))
          else if (!closing) void crashed(why)
        })
      })
      worker.on('error', error => {
        reason = error instanceof Error ? error.message : String(error)
      })
      worker.on('message', (news: DatabaseNews) => {
        if ('broken' in news) {
          reason = news.broken
          void worker.terminate()
          return
        }
        ready = true
        const own = remoteSource(
          overMessagePort(portOf(worker), () => new DatabaseCrashed(reason ?? 'closed')),
        )
        resolve({ worker, source: own, over })
      })
    })
    return opening
  }

  let reopening: Promise<Open> | null = null

  async function crashed(reason: string): Promise<void> {
    const now = Date.now()
    crashes.push(now)
    log('error', 'the thread of the database ended', { reason })
    try {
      if (crashes.filter(at => at > now - WITHIN).length >= MOST_CRASHES)
        throw new Error(`The database ended ${MOST_CRASHES} times within a minute, at last with: ${reason}`)
      reopening = open()
      current = await reopening
      reopening = null
      log('warn', 'the thread of the database runs again', {})
      parts.restarted()
    } catch (error) {
      parts.failed(error as Error)
    }
  }

  return {
    source: {
      connect: async (urgency, opening) =>
        (reopening ? await reopening : current).source.connect(urgency, opening),
      close: async () => {},
    },
    port: () => portOf(current.worker),
    async close() {
      closing = true
      current.worker.postMessage({ close: true } satisfies DatabaseMessage)
      await current.over
    },
  }
}

/** One end of a new way to the database of this thread; the thread has the other. */
function portOf(worker: Worker): MessagePort {
  const { port1, port2 } = new MessageChannel()
  worker.postMessage({ serve: port2 } satisfies DatabaseMessage, [port2])
  return port1
}
