import { RPCLink } from '@orpc/client/websocket'
import { WebSocket as PartySocket } from 'partysocket'
import { PATHS, WsClose, type WsHello } from '#shared/browser-host-protocol.ts'
import { callHeaders } from './call-headers.ts'
import type { CallContext } from './core-link.ts'
import type { Transport, TransportEvents } from './transport.ts'

/**
 * One connection of a socket that connects again by itself. oRPC numbers its messages for each connection, so
 * each gets a link of its own, and an old link must hear nothing of a new connection.
 */
class Connection extends EventTarget {
  readonly #socket: PartySocket
  #over = false

  constructor(socket: PartySocket) {
    super()
    this.#socket = socket
  }

  get readyState(): number {
    return this.#over ? WebSocket.CLOSED : this.#socket.readyState
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (!this.#over) this.#socket.send(data as string)
  }

  message(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    this.dispatchEvent(new CloseEvent('close'))
  }
}

/** Browser host: a WebSocket to where the page came from, whose first message is the session secret. */
export function connectBySocket(session: string, events: TransportEvents): Transport {
  const url = new URL(PATHS.ws, location.href)
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  const socket = new PartySocket(url.href, [], {
    maxEnqueuedMessages: 0,
    minReconnectionDelay: 250,
    maxReconnectionDelay: 5000,
    reconnectionDelayGrowFactor: 1.6,
    connectionTimeout: 8000,
  })
  let connection: Connection | null = null
  const drop = () => {
    if (!connection) return
    const ended = connection
    connection = null
    // First the calls are told to wait, then the link fails what it has under way.
    events.onLost()
    ended.end()
  }
  socket.addEventListener('open', () => {
    drop()
    const hello: WsHello = { session }
    socket.send(JSON.stringify(hello))
    connection = new Connection(socket)
    const link = new RPCLink<CallContext>({
      websocket: connection as unknown as Pick<
        WebSocket,
        'addEventListener' | 'removeEventListener' | 'send' | 'readyState'
      >,
      headers: callHeaders,
    })
    events.onOpen({ link, generation: null })
  })
  socket.addEventListener('message', event => connection?.message(event.data))
  socket.addEventListener('close', event => {
    drop()
    if (event.code === WsClose.unauthorised || event.code === WsClose.badHello) {
      socket.close()
      events.onRefused('session-ended')
    } else events.onWaiting('restarting')
  })
  return {
    close() {
      drop()
      socket.close()
    },
  }
}
