import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { WebSocket } from 'ws'
import type { Contract } from '#shared/contract/index.ts'
import type { HostContract } from '#shared/host-contract.ts'
import { RPC_HEADERS } from '#shared/rpc-headers.ts'

/** Everything that can be called, wherever the core runs. */
export type Client = ContractRouterClient<Contract & { host: HostContract }>

/** In whose name calls are made. */
export interface ActingAs {
  readonly person?: string | undefined
  /** What `workspace.people.actAs` gave for a person with a passphrase. */
  readonly proof?: string | undefined
}

/** Calls over a connection to the owner. */
export function socketClient(ws: WebSocket, { person, proof }: ActingAs): Client {
  const link = new RPCLink({
    websocket: ws as never,
    headers: {
      ...(person === undefined ? {} : { [RPC_HEADERS.person]: person }),
      ...(proof === undefined ? {} : { [RPC_HEADERS.proof]: proof }),
    },
  })
  return createORPCClient(link)
}
