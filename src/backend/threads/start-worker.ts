import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type TransferListItem, Worker } from 'node:worker_threads'
import type { WorkerData } from './worker-data.ts'

/**
 * The file that threads of the server run: beside the sources it is `worker.ts`, in a build it is
 * `backend-worker.js` beside or above the chunk that asks.
 */
function workerFile(): URL {
  const candidates = import.meta.url.endsWith('.ts')
    ? ['./worker.ts']
    : ['./backend-worker.js', '../backend-worker.js']
  for (const candidate of candidates) {
    const url = new URL(candidate, import.meta.url)
    if (existsSync(fileURLToPath(url))) return url
  }
  throw new Error(`The file of the threads is missing near ${import.meta.url}`)
}

/** Starts a thread of the server. */
export function startWorker(data: WorkerData, transfer: readonly TransferListItem[] = []): Worker {
  return new Worker(workerFile(), {
    workerData: data,
    transferList: [...transfer],
    name: `quarterdeck-${data.role}`,
  })
}
