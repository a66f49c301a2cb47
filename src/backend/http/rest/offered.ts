import { capabilityOf, type Leaf } from '#core/runtime/handlers.ts'
import type { Capability } from '#shared/contract/define.ts'
import { contract } from '#shared/contract/index.ts'

/** A capability that programs can call over HTTP. */
export interface Offered {
  readonly id: string
  /** `/api/v1/billing/invoice/approve` */
  readonly path: string
  readonly leaf: Leaf
  readonly capability: Capability
}

/** What stands before every path that is made from the contract. */
export const API = '/api/v1'

/**
 * The capabilities of the contract that stand on their own: not those of the core itself, of one machine, of
 * a page's files, and no streams.
 */
export function offeredCapabilities(): Offered[] {
  const found: Offered[] = []
  const walk = (node: object): void => {
    if (!('~orpc' in node)) {
      Object.values(node).forEach(walk)
      return
    }
    const leaf = node as Leaf
    const capability = capabilityOf(leaf)
    const { id, kind, internal, local, hostOnly, files } = capability
    if (kind === 'stream' || internal || local || hostOnly || files) return
    found.push({ id, path: `${API}/${id.replaceAll('.', '/')}`, leaf, capability })
  }
  walk(contract)
  return found
}

/** What a leaf takes and gives, as schemas. */
export function schemasOf(leaf: Leaf) {
  const { inputSchema, outputSchema, errorMap } = leaf['~orpc']
  return {
    input: inputSchema as import('zod').z.ZodType | undefined,
    output: outputSchema as import('zod').z.ZodType | undefined,
    errors: errorMap as Readonly<Record<string, { readonly data?: import('zod').z.ZodType }>>,
  }
}
