import { ContractProcedure } from '@orpc/contract'
import { type AnyRouter, implement, ORPCError } from '@orpc/server'
import type { Core } from '#core/create-core.ts'
import { contract } from '#shared/contract/index.ts'
import { isRefusal } from '#shared/errors.ts'
import { type Caller, capabilityOf, type Leaf } from './handlers.ts'

/** What a transport knows of a call: who calls, and how to follow a stream. */
export interface CallContext {
  readonly caller: (headers: Readonly<Record<string, string | undefined>>) => Caller
  readonly reqHeaders?: Headers | Record<string, string | string[] | undefined>
}

/**
 * The core as a router of the RPC library, for any transport. Refusals become typed errors of the contract;
 * a bug becomes one calm error with a reference that the log has too.
 */
export function createRouter(
  core: Core,
  onBug: (error: unknown, reference: string) => void,
  newId: () => string,
): AnyRouter {
  const build = (node: unknown): unknown => {
    if (isLeaf(node)) return procedure(node)
    return Object.fromEntries(Object.entries(node as object).map(([name, child]) => [name, build(child)]))
  }

  const procedure = (leaf: Leaf) => {
    const { id, kind } = capabilityOf(leaf)
    const implementer = implement(withStatus(leaf) as never) as unknown as {
      $context<C>(): { handler(run: (options: HandlerOptions<C>) => unknown): unknown }
    }
    return implementer.$context<CallContext>().handler(async ({ input, context, signal, lastEventId }) => {
      try {
        const caller = context.caller(plainHeaders(context.reqHeaders))
        if (kind === 'stream') return core.stream(id, input, caller, signal, lastEventId)
        return await core.callById(id, input, caller)
      } catch (error) {
        if (isRefusal(error))
          throw new ORPCError(error.code, { data: error.data, message: error.message, status: REFUSED })
        const reference = newId()
        core.bugs.note({ reference, where: id, error })
        onBug(error, reference)
        throw new ORPCError('INTERNAL_SERVER_ERROR', { data: { reference }, message: 'unexpected failure' })
      }
    })
  }

  return build(contract) as AnyRouter
}

/** The HTTP status of a refusal: understood, and not done. */
const REFUSED = 422

/** The library takes an error for the contract's only when its status is the one that the contract states. */
function withStatus(leaf: Leaf): Leaf {
  const definition = leaf['~orpc']
  const errors = Object.entries<object | undefined>(definition.errorMap).map(([code, error]) => [
    code,
    { status: REFUSED, ...error },
  ])
  return new ContractProcedure({ ...definition, errorMap: Object.fromEntries(errors) })
}

interface HandlerOptions<C> {
  input: unknown
  context: C
  signal?: AbortSignal
  lastEventId?: string
}

function isLeaf(node: unknown): node is Leaf {
  return typeof node === 'object' && node !== null && '~orpc' in node
}

function plainHeaders(headers: CallContext['reqHeaders']): Record<string, string | undefined> {
  if (!headers) return {}
  if (headers instanceof Headers) return Object.fromEntries(headers.entries())
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value[0] : value,
    ]),
  )
}
