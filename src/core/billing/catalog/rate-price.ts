import { answer } from '#core/runtime/handlers.ts'
import { PricingRefusal } from '#engines/billing/pricing-refusal.ts'
import { prorateInput } from '#engines/billing/prorate-input.ts'
import { rateInput } from '#engines/billing/rate-input.ts'
import { prices as leaf, type RateInput, type RateOutput } from '#shared/contract/billing/prices.ts'
import { type ProrateInput, type ProrateOutput, prorate } from '#shared/contract/billing/prorate.ts'
import { refuse } from '#shared/errors.ts'

/** The pricing engine on any price, saved or not. */
export const ratePrice = answer(leaf.rate, async ({ input }) => rateOrRefuse(input))

/** Changes of a fee within a billing period, piece by piece. */
export const proratePrice = answer(prorate.prorate, async ({ input }) => prorateOrRefuse(input))

/** The same without a workspace, for `quarterdeck rate`. @throws Refusal `BILLING_RATE_INPUT` */
export function rateOrRefuse(input: RateInput): RateOutput {
  return orRefuse(() => rateInput(input))
}

/** The same without a workspace, for `quarterdeck prorate`. @throws Refusal `BILLING_RATE_INPUT` */
export function prorateOrRefuse(input: ProrateInput): ProrateOutput {
  return orRefuse(() => prorateInput(input))
}

/** @throws Refusal `BILLING_RATE_INPUT` */
export function orRefuse<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof PricingRefusal)) throw error
    throw refuse('BILLING_RATE_INPUT', { path: error.path, reason: error.reason }, error.message)
  }
}
