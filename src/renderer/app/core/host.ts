import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { HostContract } from '#shared/host-contract.ts'
import type { CallContext } from './core-link.ts'
import { useCore } from './hooks.ts'

export type HostClient = ContractRouterClient<HostContract, CallContext>

/** What the host offers beside the core: copies, and what is to be known of its process. */
export function useHostClient(): HostClient {
  const { link } = useCore()
  return useMemo(() => createORPCClient<HostClient>(link, { path: ['host'] }), [link])
}

/** What the host says of itself; asked again every few seconds while it is shown. */
export function useHostQuery<T>(
  name: string,
  read: (host: HostClient, signal: AbortSignal) => Promise<T>,
): UseQueryResult<T> {
  const host = useHostClient()
  return useQuery<T>({
    queryKey: [`host.${name}`],
    queryFn: ({ signal }) => read(host, signal),
    refetchInterval: 5000,
    staleTime: 0,
  })
}
