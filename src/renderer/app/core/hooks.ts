import type { InferClientInputs, InferClientOutputs } from '@orpc/client'
import type { ContractProcedure } from '@orpc/contract'
import {
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query'
import { createContext, useCallback, useContext, useMemo } from 'react'
import { useConnection } from '#renderer/state/connection.ts'
import { capabilityId } from '#renderer/ui/actions/action.ts'
import { uuidv7 } from '#shared/ids.ts'
import type { Core } from './core.ts'

export const CoreContext = createContext<Core | null>(null)

/** The way to the core. Must be below the shell. */
export function useCore(): Core {
  const core = useContext(CoreContext)
  if (!core) throw new Error('useCore outside of the shell')
  return core
}

// biome-ignore lint/suspicious/noExplicitAny: any schema, any errors, any meta
type Leaf = ContractProcedure<any, any, any, any>
type LeafClient<L extends Leaf> = import('@orpc/contract').ContractRouterClient<L>
/** What a capability takes, and what it gives. */
export type InputOf<L extends Leaf> = InferClientInputs<LeafClient<L>>
export type OutputOf<L extends Leaf> = InferClientOutputs<LeafClient<L>>

/** The key under which the answer to a question is kept. Its first part is what the core names when it changes. */
export function coreQueryKey<L extends Leaf>(leaf: L, input: InputOf<L>): QueryKey {
  return [capabilityId(leaf), input]
}

/** Asks the core, outside of a component's drawing. Waits while there is no connection. */
export async function ask<L extends Leaf>(
  core: Core,
  leaf: L,
  input: InputOf<L>,
  signal?: AbortSignal,
): Promise<OutputOf<L>> {
  const path = capabilityId(leaf).split('.')
  return (await core.link.call(path, input, { context: {}, ...(signal ? { signal } : {}) })) as OutputOf<L>
}

type Options<T> = Pick<UseQueryOptions<T>, 'enabled' | 'placeholderData' | 'gcTime' | 'refetchInterval'>

/** An answer of the core, kept up to date for as long as it is shown. */
export function useCoreQuery<L extends Leaf>(
  leaf: L,
  input: InputOf<L>,
  options: Options<OutputOf<L>> = {},
): UseQueryResult<OutputOf<L>> {
  const core = useCore()
  return useQuery<OutputOf<L>>({
    ...options,
    queryKey: coreQueryKey(leaf, input),
    queryFn: ({ signal }) => ask(core, leaf, input, signal),
  })
}

/** Runs a command once. `commandId` makes sending it again safe; each intention has its own. */
export async function send<L extends Leaf>(
  core: Core,
  leaf: L,
  input: InputOf<L>,
  commandId: string = newCommandId(),
): Promise<OutputOf<L>> {
  const { countUnanswered } = useConnection.getState()
  countUnanswered(1)
  try {
    const context = { commandId, intendedAt: Date.now() }
    return (await core.link.call(capabilityId(leaf).split('.'), input, { context })) as OutputOf<L>
  } catch (error) {
    // An unexpected failure is found in the log under the command's id.
    if (typeof error === 'object' && error !== null && !('reference' in error)) {
      Object.defineProperty(error, 'reference', { value: commandId, enumerable: false })
    }
    throw error
  } finally {
    countUnanswered(-1)
  }
}

/** A new id for a command: a UUIDv7 of this moment. */
export function newCommandId(): string {
  return uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))
}

export interface Command<L extends Leaf> {
  readonly id: string
  /**
   * Rejects with the contract's error; show it with `useErrorWords` or `toasts.fail`. A command id is made
   * here unless one is given, which is needed to undo the command later.
   */
  readonly run: (input: InputOf<L>, commandId?: string) => Promise<OutputOf<L>>
  readonly running: boolean
  readonly error: unknown
  readonly reset: () => void
}

/** A command of the contract, with its state. What it changes is asked again by itself. */
export function useCommand<L extends Leaf>(leaf: L): Command<L> {
  const core = useCore()
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: ({ input, commandId }: { input: InputOf<L>; commandId: string | undefined }) =>
      send(core, leaf, input, commandId),
  })
  const run = useCallback(
    (input: InputOf<L>, commandId?: string) => mutateAsync({ input, commandId }),
    [mutateAsync],
  )
  return useMemo(
    () => ({ id: capabilityId(leaf), run, running: isPending, error, reset }),
    [leaf, run, isPending, error, reset],
  )
}
