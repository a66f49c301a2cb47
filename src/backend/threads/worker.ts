import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { WorkerData } from './worker-data.ts'

/** Each role loads what it needs and nothing else. */
async function run(parent: MessagePort, data: WorkerData): Promise<void> {
  if (data.role === 'database') {
    const { holdDatabase } = await import('./hold-database.ts')
    await holdDatabase(parent, data.dir)
  } else {
    const { carryThreads } = await import('./carry-threads.ts')
    carryThreads(parent, data.database)
  }
}

if (parentPort) await run(parentPort, workerData as WorkerData)
