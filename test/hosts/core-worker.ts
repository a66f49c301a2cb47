/**
 * The core process of the desktop in a thread, which stands in for Electron's utility process: real ports are
 * transferred to it, and it ends by `process.exit`. What its parent posts is `{ data, ports }`.
 */
import { parentPort } from 'node:worker_threads'

const up = parentPort!
Object.assign(process, {
  parentPort: {
    postMessage: (message: unknown) => up.postMessage(message),
    on: (_: 'message', listener: (event: unknown) => void) => up.on('message', listener),
  },
})
await import('#main/host/core-process.ts')
