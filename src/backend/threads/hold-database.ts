import type { MessagePort } from 'node:worker_threads'
import { openPglite } from '#core/database/open-pglite.ts'
import { serveSource } from '#core/database/remote-source.ts'
import { overMessagePort } from './message-port.ts'
import type { DatabaseMessage, DatabaseNews } from './worker-data.ts'

/** The thread that holds PGlite: it serves its one session to whoever has a port, one at a time. */
export async function holdDatabase(parent: MessagePort, dir: string): Promise<void> {
  const source = await openPglite(dir)
  const news = (message: DatabaseNews) => parent.postMessage(message)
  parent.on('message', (message: DatabaseMessage) => {
    if ('serve' in message) {
      serveSource(overMessagePort(message.serve), source, error => {
        // What is left of the database in memory cannot be trusted; what is on the disk can.
        news({ broken: error instanceof Error ? error.message : String(error) })
      })
    } else void source.close().finally(() => process.exit(0))
  })
  news({ ready: true })
}
