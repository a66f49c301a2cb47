import type { z } from 'zod'
import { BridgePart } from '#shared/contract/billing/invoices.ts'

type Part = z.infer<typeof BridgePart>

/** The parts of a bridge summed by their cause, in the order of the contract; causes of nothing are left out. */
export function causesOf(
  parts: readonly Part[],
): readonly { readonly cause: Part['cause']; readonly amount: bigint }[] {
  return BridgePart.shape.cause.options
    .map(cause => ({
      cause,
      amount: parts.filter(part => part.cause === cause).reduce((sum, part) => sum + part.amount, 0n),
    }))
    .filter(({ amount }) => amount !== 0n)
}
