import { Worker } from 'node:worker_threads'

/** Where this process is to end: at which moment from now on, and how long after it, in milliseconds. */
export interface End {
  readonly at: number
  readonly after: number
}

/** Ends this process from beside it, so that it can be in the middle of what only native code does. */
const KILLER = `
  const { workerData } = require('node:worker_threads')
  const signal = new Int32Array(workerData)
  Atomics.wait(signal, 0, 0)
  Atomics.wait(signal, 1, 0, Atomics.load(signal, 2) / 1000)
  process.kill(process.pid, 'SIGKILL')
`

/**
 * Counts what happens in this process (statements before and after, messages, writes to the disk), and kills it at
 * the moment that was named, as `kill -9` does.
 */
export function createMoments() {
  let count = 0
  let end: End | null = null
  const shared = new SharedArrayBuffer(12)
  const signal = new Int32Array(shared)
  let killer: Worker | null = null

  return {
    /** Something happened. */
    pass(): void {
      count++
      if (!end || count !== end.at) return
      if (end.after === 0) process.kill(process.pid, 'SIGKILL')
      Atomics.store(signal, 2, Math.round(end.after * 1000))
      Atomics.store(signal, 0, 1)
      Atomics.notify(signal, 0)
    },
    /** Counts from here; `end` null counts only. */
    async begin(from: End | null): Promise<void> {
      if (from && from.after > 0 && !killer) {
        killer = new Worker(KILLER, { eval: true, workerData: shared })
        killer.unref()
        await new Promise(resolve => killer?.once('online', resolve))
      }
      count = 0
      end = from
    },
    /** How much happened since. */
    count: () => count,
  }
}

export type Moments = ReturnType<typeof createMoments>
