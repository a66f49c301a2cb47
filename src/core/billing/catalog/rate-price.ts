import { answer } from '#core/runtime/handlers.ts'
import { PricingRefusal } from '#engines/billing/pricing-refusal.ts'
import { rateInput } from '#engines/billing/rate-input.ts'
import { prices as leaf, type RateInput, type RateOutput } from '#shared/contract/billing/prices.ts'
import { refuse } from '#shared/errors.ts'

/** The pricing engine on any price, saved or not. */
export const ratePrice = answer(leaf.rate, async ({ input }) => rateOrRefuse(input))

/** The same without a workspace, for `quarterdeck rate`. @throws Refusal `BILLING_RATE_INPUT` */
export function rateOrRefuse(input: RateInput): RateOutput {
  try {
    return rateInput(input)
  } catch (error) {
    if (!(error instanceof PricingRefusal)) throw error
    throw refuse('BILLING_RATE_INPUT', { path: error.path, reason: error.reason }, error.message)
  }
}
