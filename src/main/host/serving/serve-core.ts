import type { AnyRouter } from '@orpc/server'
import { createRouterClient } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RequestHeadersPlugin } from '@orpc/server/plugins'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import { type CallContext, createRouter } from '#core/runtime/router.ts'
import type { OpenWorkspace } from '../open-workspace.ts'
import { callerOf, type Peer } from './caller.ts'
import type { Client } from './client.ts'
import { type HostFacts, hostRouter } from './host-handlers.ts'

/** A port of Electron or of a worker: what the RPC library needs of it. */
export type Port = Parameters<PortHandler<CallContext>['upgrade']>[0]

/** The one way in to a workspace that this process owns, over any transport. */
export interface Serving {
  attachSocket(ws: WebSocket, peer: Peer): void
  attachPort(port: Port, peer: Peer): void
  /** Calls from this process. */
  local(peer: Peer): Client
}

export function serveCore(workspace: OpenWorkspace, facts: HostFacts): Serving {
  const onBug = (error: unknown, reference: string) =>
    workspace.log('error', 'a call failed', { reference, error })
  const router = {
    ...(createRouter(workspace.core, onBug, workspace.newId) as Record<string, AnyRouter>),
    host: hostRouter(workspace, facts),
  } as AnyRouter
  const plugins = () => [new RequestHeadersPlugin() as never]
  const sockets = new SocketHandler<CallContext>(router as never, { plugins: plugins() })
  const ports = new PortHandler<CallContext>(router as never, { plugins: plugins() })
  const contextOf = (peer: Peer): CallContext => ({ caller: callerOf(peer) })
  return {
    attachSocket: (ws, peer) => void sockets.upgrade(ws, { context: contextOf(peer) }),
    attachPort: (port, peer) => ports.upgrade(port, { context: contextOf(peer) }),
    local: peer =>
      createRouterClient(router as never, { context: contextOf(peer) as never }) as unknown as Client,
  }
}
