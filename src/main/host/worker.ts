import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { runThread } from '#core/runtime/thread-entry.ts'
import type { ThreadData, ThreadPort } from '#core/runtime/threads.ts'
import { parseEnvironment } from '#shared/settings.ts'
import { CLOSE } from './threads/start-thread.ts'
import { isTask, serveTask } from './threads/tasks.ts'

/** The end of a thread's port that the thread holds. */
function overPort(parent: MessagePort): ThreadPort {
  const listeners = new Set<(message: unknown) => void>()
  const exits = new Set<(error: Error | null) => void>()
  parent.on('message', (message: unknown) => {
    if (message === CLOSE) {
      for (const exit of exits) exit(null)
      parent.close()
    } else for (const listener of listeners) listener(message)
  })
  return {
    post: (message, transfer) => parent.postMessage(message, [...(transfer ?? [])]),
    onMessage: listener => void listeners.add(listener),
    onExit: listener => void exits.add(listener),
    close: () => parent.close(),
  }
}

if (isTask(workerData)) serveTask(workerData)
else if (parentPort)
  runThread(overPort(parentPort), workerData as ThreadData, {
    now: () => BigInt(Date.now()),
    monotonic: () => performance.now(),
    environment: parseEnvironment(process.env),
  })
