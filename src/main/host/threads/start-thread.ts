import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ThreadData, ThreadPort } from '#core/runtime/threads.ts'

/** How long a thread may take to end by itself before it is ended, in milliseconds. */
const GRACE = 2000
/** A document leaves much behind that is only collected under pressure: in megabytes, ample for 10,000 lines. */
const DOCUMENTS_HEAP = 384
/** What a thread is sent to end itself. */
export const CLOSE = 'quarterdeck:close'

/**
 * The file that threads run: beside the sources it is `worker.ts`, which Node runs as it is; in a build it is
 * `out/main/worker.js`, beside or above the chunk that asks.
 * @param from the URL of the module that asks
 */
export function workerFile(from: string): URL {
  const candidates = from.endsWith('.ts')
    ? ['../worker.ts', './worker.ts']
    : ['./worker.js', '../worker.js', '../../worker.js']
  for (const candidate of candidates) {
    const url = new URL(candidate, from)
    if (existsSync(fileURLToPath(url))) return url
  }
  throw new Error(`The file of the threads is missing near ${from}`)
}

/** Starts one thread of the core. */
export function startThread(file: URL, data: ThreadData): ThreadPort {
  const worker = new Worker(file, {
    workerData: data,
    name: `quarterdeck-${data.role}`,
    ...(data.role === 'documents' ? { resourceLimits: { maxOldGenerationSizeMb: DOCUMENTS_HEAP } } : {}),
  })
  let failure: Error | null = null
  worker.on('error', error => {
    failure = error instanceof Error ? error : new Error(String(error))
  })
  let closing: NodeJS.Timeout | undefined
  worker.on('exit', () => clearTimeout(closing))
  return {
    post: (message, transfer) => worker.postMessage(message, [...(transfer ?? [])]),
    onMessage: listener => void worker.on('message', listener),
    onExit: listener => void worker.once('exit', () => listener(failure)),
    close() {
      if (closing) return
      worker.postMessage(CLOSE)
      closing = setTimeout(() => void worker.terminate(), GRACE)
      closing.unref()
    },
  }
}
