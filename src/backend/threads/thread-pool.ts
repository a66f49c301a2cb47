import { availableParallelism } from 'node:os'
import { MessageChannel, type Worker } from 'node:worker_threads'
import type { Log } from '#core/create-core.ts'
import type { ThreadData, Threads } from '#core/runtime/threads.ts'
import { overMessagePort } from './message-port.ts'
import { startWorker } from './start-worker.ts'
import type { Begin, DatabaseAddress } from './worker-data.ts'

export interface ThreadPoolParts {
  /** How a thread reaches the database; asked for each one that starts. */
  readonly address: () => DatabaseAddress
  readonly log: Log
}

/** The threads of all cores of a server. */
export interface ThreadPool extends Threads {
  /** Ends the threads that reach the database by a way that is gone; the next question starts others. */
  restart(): void
  close(): Promise<void>
}

interface Carrier {
  readonly worker: Worker
  carried: number
  failure: Error | null
}

/** How many carriers there are for each kind of work, at most. */
const CARRIERS = { reader: 1, job: Math.max(1, Math.min(4, availableParallelism())), documents: 1 } as const
type Work = keyof typeof CARRIERS

/**
 * Carries the threads of many cores in few threads of the machine: one for heavy questions, one for documents,
 * and for jobs as many as there are processors. A job then waits for its turn behind others, and the thread that
 * answers requests computes none of them.
 */
export function createThreadPool({ address, log }: ThreadPoolParts): ThreadPool {
  const carriers: Record<Work, Set<Carrier>> = { reader: new Set(), job: new Set(), documents: new Set() }
  const ends = new Set<Promise<void>>()

  function made(work: Work): Carrier {
    const database = address()
    const worker = startWorker({ role: 'carrier', database }, database.kind === 'port' ? [database.port] : [])
    // What it carries keeps the process alive where it must.
    worker.unref()
    const carrier: Carrier = { worker, carried: 0, failure: null }
    carriers[work].add(carrier)
    worker.on('error', error => {
      carrier.failure = error instanceof Error ? error : new Error(String(error))
      log('error', 'a thread ended', { work, error: carrier.failure.message })
    })
    const end = new Promise<void>(resolve => {
      worker.once('exit', () => {
        carriers[work].delete(carrier)
        ends.delete(end)
        resolve()
      })
    })
    ends.add(end)
    return carrier
  }

  function leastBusy(work: Work): Carrier {
    const known = [...carriers[work]]
    const idle = known.find(carrier => carrier.carried === 0)
    if (idle) return idle
    if (known.length < CARRIERS[work]) return made(work)
    return known.reduce((one, other) => (other.carried < one.carried ? other : one))
  }

  function workOf({ role }: ThreadData): Work {
    if (role === 'checkpoint') throw new Error('a server has no checkpoints of its own')
    return role
  }

  return {
    start(data) {
      const carrier = leastBusy(workOf(data))
      const { port1, port2 } = new MessageChannel()
      carrier.carried++
      port1.once('close', () => void carrier.carried--)
      const begin: Begin = { begin: data, port: port2 }
      carrier.worker.postMessage(begin, [port2])
      return overMessagePort(port1, () => carrier.failure)
    },
    restart() {
      for (const carrier of carriers.reader) void carrier.worker.terminate()
    },
    async close() {
      for (const work of Object.values(carriers)) for (const { worker } of work) void worker.terminate()
      await Promise.all(ends)
    },
  }
}
