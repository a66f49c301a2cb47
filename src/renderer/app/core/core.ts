import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { QueryClient } from '@tanstack/react-query'
import { useConnection } from '#renderer/state/connection.ts'
import type { Contract } from '#shared/contract/index.ts'
import type { PreloadApi } from '#shared/preload-api.ts'
import { type CallContext, CoreLink } from './core-link.ts'
import { createInvalidation } from './invalidation.ts'
import { followLive } from './live.ts'
import { connectByPort } from './port-transport.ts'
import { createQueryClient, markStale } from './query-client.ts'
import { forgetSession, sessionSecret } from './session-secret.ts'
import { connectBySocket } from './socket-transport.ts'
import type { Refusal, Transport, TransportEvents } from './transport.ts'

export type CoreClient = ContractRouterClient<Contract, CallContext>

/** The page's way to the core. */
export interface Core {
  readonly client: CoreClient
  /** Calls a capability by its path. */
  readonly link: CoreLink
  readonly queries: QueryClient
  /** The session secret of the browser host; null in Electron. */
  readonly session: string | null
  readonly desktop: PreloadApi | null
  close(): void
}

/** No connection will come any more; the page says why. */
export class CoreGone extends Error {
  readonly reason: Refusal
  constructor(reason: Refusal) {
    super(`No connection to the core: ${reason}`)
    this.name = 'CoreGone'
    this.reason = reason
  }
}

/** Connects the page to the core: by a port in Electron, by a WebSocket elsewhere. */
export async function connectCore(desktop: PreloadApi | null): Promise<Core> {
  const link = new CoreLink()
  const queries = createQueryClient()
  const connection = useConnection.getState()
  const events: TransportEvents = {
    onOpen(line) {
      connection.set({ phase: 'open', generation: line.generation, lostAt: null })
      link.open(line)
    },
    onLost() {
      connection.set({ phase: 'lost', lostAt: Date.now() })
      link.lost()
    },
    onWaiting(waiting) {
      if (useConnection.getState().phase !== 'open') {
        connection.set({ phase: waiting === 'restarting' ? 'lost' : 'connecting' })
      }
    },
    onRefused(reason) {
      connection.set({ phase: 'refused', lostAt: Date.now() })
      if (reason === 'session-ended') forgetSession()
      link.refuse(new CoreGone(reason))
    },
  }
  const session = desktop ? null : await sessionSecret()
  let transport: Transport | null = null
  if (desktop) transport = connectByPort(desktop, events)
  else if (session !== null) transport = connectBySocket(session, events)
  else events.onRefused('session-ended')

  const client: CoreClient = createORPCClient(link)
  const invalidation = createInvalidation(stale => markStale(queries, stale), {
    set: (run, milliseconds) => setTimeout(run, milliseconds),
    clear: timer => clearTimeout(timer as number),
  })
  const live = followLive(
    options => client.workspace.live({}, { ...options, context: {} }),
    invalidation,
    milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
  )
  return {
    client,
    link,
    queries,
    session,
    desktop,
    close() {
      live.close()
      invalidation.close()
      transport?.close()
      queries.clear()
    },
  }
}
