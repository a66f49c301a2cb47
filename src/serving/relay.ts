import type { WebSocket } from 'ws'
import type { Port } from './serve-core.ts'

/** Above this many waiting bytes the other side is not read from until they are gone. */
const HIGH = 8 * 1024 * 1024
const LOOK_MS = 20

/**
 * Passes messages between two WebSockets as they are, in order. When one ends so does the other; a side that
 * reads slowly slows the other down. Both must be open.
 */
export function relaySockets(a: WebSocket, b: WebSocket, closeCode = 1012): void {
  const pass = (from: WebSocket, to: WebSocket) => {
    from.on('message', (data, isBinary) => {
      if (to.readyState !== to.OPEN) return
      to.send(data, { binary: isBinary })
      if (to.bufferedAmount > HIGH) throttle(from, to)
    })
    from.on('close', () => {
      if (to.readyState === to.OPEN) to.close(closeCode, 'the other side is gone')
    })
    from.on('error', () => {})
  }
  pass(a, b)
  pass(b, a)
}

function throttle(from: WebSocket, to: WebSocket): void {
  from.pause()
  const look = setInterval(() => {
    if (to.readyState === to.OPEN && to.bufferedAmount > HIGH) return
    clearInterval(look)
    from.resume()
  }, LOOK_MS)
}

/** What is needed of a MessagePort: Electron's and Node's both have it. */
interface EventPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: unknown) => void): unknown
  on(event: 'close', listener: () => void): unknown
  close(): void
}

/** Passes messages between a page's port and a WebSocket to the owner. The port must be started. */
export function relayPort(port: Port, ws: WebSocket): void {
  const end = port as unknown as EventPort
  end.on('message', event => {
    // Electron's port gives an event, Node's gives what was sent.
    const isEvent = typeof event === 'object' && event !== null && 'data' in event
    if (ws.readyState === ws.OPEN) ws.send((isEvent ? event.data : event) as string)
  })
  end.on('close', () => ws.close())
  ws.on('message', (data, isBinary) => {
    end.postMessage(isBinary ? bytesOf(data as Buffer) : data.toString())
  })
  ws.on('close', () => end.close())
}

function bytesOf(data: Buffer): ArrayBuffer {
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer
}
