import type { ClientOptions } from '@orpc/client'
import { useConnection } from '#renderer/state/connection.ts'
import { RPC_HEADERS } from '#shared/rpc-headers.ts'
import type { CallContext } from './core-link.ts'

/** The headers of a call: whom the window acts as, and which command it is. */
export function callHeaders({ context }: ClientOptions<CallContext>): Record<string, string> {
  const { personId, proof } = useConnection.getState()
  return {
    ...(personId === null ? {} : { [RPC_HEADERS.person]: personId }),
    ...(proof === null ? {} : { [RPC_HEADERS.proof]: proof }),
    ...(context.commandId === undefined ? {} : { [RPC_HEADERS.command]: context.commandId }),
    ...(context.intendedAt === undefined ? {} : { [RPC_HEADERS.at]: context.intendedAt.toString() }),
  }
}
