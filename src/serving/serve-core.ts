import type { AnyRouter } from '@orpc/server'
import { createRouterClient } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RequestHeadersPlugin } from '@orpc/server/plugins'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { Core, Log } from '#core/create-core.ts'
import { type CallContext, createRouter } from '#core/runtime/router.ts'
import type { Id } from '#shared/ids.ts'
import { callerOf, type Peer } from './caller.ts'
import type { Client } from './client.ts'

/** A port of Electron or of a worker: what the RPC library needs of it. */
export type Port = Parameters<PortHandler<CallContext>['upgrade']>[0]

/** What is served: a core, and what its host offers beside it. */
export interface Served {
  readonly core: Core
  readonly log: Log
  readonly newId: () => Id
  /** The host's own capabilities, which stand at `host` next to the features of the contract. */
  readonly host: object
}

/** The one way in to a core that this process carries, over any transport. */
export interface Serving<P = Peer> {
  attachSocket(ws: WebSocket, peer: P): void
  attachPort(port: Port, peer: P): void
  /** Calls from this process. */
  local(peer: P): Client
}

/** Serves a core to callers that say in headers who they are. */
export function serveCore(served: Served): Serving {
  return serveCoreTo(served, callerOf)
}

/**
 * Serves a core.
 * @param callers makes the caller of each call out of who is at the other end and the headers of the call
 */
export function serveCoreTo<P>(served: Served, callers: (peer: P) => CallContext['caller']): Serving<P> {
  const { core, log, newId, host } = served
  const onBug = (error: unknown, reference: string) => log('error', 'a call failed', { reference, error })
  const router = { ...(createRouter(core, onBug, newId) as Record<string, AnyRouter>), host } as AnyRouter
  const plugins = () => [new RequestHeadersPlugin() as never]
  const sockets = new SocketHandler<CallContext>(router as never, { plugins: plugins() })
  const ports = new PortHandler<CallContext>(router as never, { plugins: plugins() })
  const contextOf = (peer: P): CallContext => ({ caller: callers(peer) })
  return {
    attachSocket: (ws, peer) => void sockets.upgrade(ws, { context: contextOf(peer) }),
    attachPort: (port, peer) => ports.upgrade(port, { context: contextOf(peer) }),
    local: peer =>
      createRouterClient(router as never, { context: contextOf(peer) as never }) as unknown as Client,
  }
}
