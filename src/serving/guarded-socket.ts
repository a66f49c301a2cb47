import type { RawData, WebSocket } from 'ws'

/** How a server keeps its WebSockets alive and its memory bounded. Times in milliseconds. */
export interface GuardOptions {
  /** How long a new connection may take to say who it is. */
  readonly helloTimeout?: number
  /** A peer that has not answered a ping for this long is gone. */
  readonly heartbeat?: number
  /** A peer that lets more than this many bytes wait is cut off. */
  readonly maxBuffered?: number
  readonly codes: { readonly badHello: number; readonly slow: number }
}

/** Once a peer is slow its queue is looked at this often, so that it cannot grow far past the limit. */
const BUFFER_LOOK_MS = 1000

/**
 * Waits for the first message of a new WebSocket and lets `accept` judge it, at once: messages that follow in
 * the same packet already belong to the protocol that `accept` attaches. Pings it, and cuts it off when it
 * does not answer or does not read.
 * @param accept attaches the protocol and answers true, or answers false after it closed the socket
 */
export function guardSocket(
  ws: WebSocket,
  accept: (first: string) => boolean,
  { helloTimeout = 5000, heartbeat = 30_000, maxBuffered = 64 * 1024 * 1024, codes }: GuardOptions,
): void {
  let alive = true
  const hello = setTimeout(() => ws.close(codes.badHello, 'no first message'), helloTimeout)
  const pulse = setInterval(() => {
    if (!alive) return ws.terminate()
    alive = false
    ws.ping()
  }, heartbeat)
  const look = setInterval(() => {
    if (ws.bufferedAmount > maxBuffered) {
      ws.close(codes.slow, 'does not read')
      ws.terminate()
    }
  }, BUFFER_LOOK_MS)
  for (const timer of [hello, pulse, look]) timer.unref()

  ws.once('message', (data: RawData, isBinary: boolean) => {
    clearTimeout(hello)
    if (isBinary || !accept(data.toString())) {
      if (ws.readyState === ws.OPEN) ws.close(codes.badHello, 'not a greeting')
    }
  })
  ws.on('pong', () => {
    alive = true
  })
  ws.on('message', () => {
    alive = true
  })
  // An error is followed by `close`; without a listener it would end the process.
  ws.on('error', () => {})
  ws.on('close', () => {
    clearTimeout(hello)
    clearInterval(pulse)
    clearInterval(look)
  })
}

/** Reads a text as JSON of a schema; undefined for anything else. */
export function parseText<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  text: string,
): T | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
