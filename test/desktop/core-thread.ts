/**
 * The built core process in a thread, with the parent port and the ports of Electron's utility process: their
 * events carry `data` and `ports`, and they have no `addEventListener`. What its parent posts is `{ message, ports }`.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { FakePort, strict } from './electron-double.ts'

const up = parentPort!
Object.assign(process, {
  parentPort: strict('parentPort', {
    postMessage: (message: unknown) => up.postMessage(message),
    on: (name: string, listener: (event: object) => void) => {
      if (name !== 'message') throw new Error(`Electron's parent port has no event ${name}`)
      up.on('message', ({ message, ports }: { message: unknown; ports: MessagePort[] }) =>
        listener({ data: message, ports: ports.map(port => strict('MessagePortMain', new FakePort(port))) }),
      )
    },
  }),
})
await import((workerData as { entry: string }).entry)
