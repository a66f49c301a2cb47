import { parentPort, Worker } from 'node:worker_threads'
import { type CopiedDatabase, copyDatabase } from '../backup/copy-database.ts'

/** Work of the host that would hold up the core's thread: it runs in a thread of its own. */
export interface Task {
  readonly task: 'copy'
  readonly from: string
  readonly to: string
  readonly key: Uint8Array
}

type Outcome = { value: CopiedDatabase } | { code: string | undefined; message: string }

export function isTask(data: unknown): data is Task {
  return typeof data === 'object' && data !== null && 'task' in data
}

/** The thread's side. */
export function serveTask({ from, to, key }: Task): void {
  let outcome: Outcome
  try {
    outcome = { value: copyDatabase(from, to, key) }
  } catch (error) {
    outcome = { code: (error as { code?: string }).code, message: (error as Error).message }
  }
  parentPort?.postMessage(outcome)
}

/** Runs a task in a thread, and waits. An error has the code that it had there. */
export function runTask(file: URL, task: Task): Promise<CopiedDatabase> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: task, name: `quarterdeck-${task.task}` })
    worker.once('message', (outcome: Outcome) => {
      if ('value' in outcome) resolve(outcome.value)
      else reject(Object.assign(new Error(outcome.message), { code: outcome.code }))
    })
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the thread ended with code ${code}`)))
  })
}
