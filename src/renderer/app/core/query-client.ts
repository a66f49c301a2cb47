import { QueryClient } from '@tanstack/react-query'
import { canonicalJson } from '#shared/canonical.ts'
import type { Stale } from './invalidation.ts'

/**
 * Keeps answers of the core while somebody looks at them. Nothing goes stale by time: the core says what has
 * changed. Inputs hold bigints, which JSON does not have, so keys are hashed as canonical text.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        queryKeyHashFn: canonicalJson,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        // Lost connections are waited out below; what comes up here is an answer.
        retry: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

/** Asks again what is looked at; what is not is asked again when it is looked at next. */
export function markStale(client: QueryClient, stale: Stale): void {
  void client.invalidateQueries(
    stale === 'everything' ? {} : { predicate: query => stale.has(String(query.queryKey[0])) },
  )
}
