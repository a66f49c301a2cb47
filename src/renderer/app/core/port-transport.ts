import { RPCLink } from '@orpc/client/message-port'
import { PORT_MESSAGE, type PreloadApi } from '#shared/preload-api.ts'
import { callHeaders } from './call-headers.ts'
import type { CallContext } from './core-link.ts'
import type { Transport, TransportEvents } from './transport.ts'

/**
 * Electron: a MessagePort to the core process, a new one after each of its starts. A port does not tell when
 * its other end has died, so the main process announces states and generations.
 */
export function connectByPort(api: PreloadApi, events: TransportEvents): Transport {
  let port: MessagePort | null = null
  const drop = () => {
    if (!port) return
    port.close()
    port = null
    events.onLost()
  }
  const onMessage = (event: MessageEvent) => {
    const generation = (event.data as Record<string, unknown> | null)?.[PORT_MESSAGE]
    const [next] = event.ports
    if (event.source !== window || typeof generation !== 'number' || !next) return
    drop()
    port = next
    const link = new RPCLink<CallContext>({ port: next, headers: callHeaders })
    next.start()
    events.onOpen({ link, generation })
  }
  window.addEventListener('message', onMessage)
  const unsubscribe = api.onCoreState(state => {
    if (state.state === 'running') return
    drop()
    if (state.state === 'stopped') events.onRefused('core-stopped', state.reference ?? state.code)
    else events.onWaiting(state.state)
  })
  void api.connect()
  return {
    close() {
      window.removeEventListener('message', onMessage)
      unsubscribe()
      drop()
    },
  }
}
