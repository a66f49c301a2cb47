import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, query, Uuid } from '../define.ts'
import { PriceTerms, RateOutput } from './prices.ts'
import { AmountText } from './values.ts'

export const simulate = {
  /** What any price, saved or not, makes of what a customer really used in a stretch of time. */
  simulate: query('billing.price.simulate', { roles: EVERYONE, heavy: true })
    .input(
      z.object({
        price: PriceTerms,
        customerId: Uuid,
        metricId: Uuid,
        from: Instant,
        to: Instant,
        taxRate: AmountText.default('0'),
      }),
    )
    .output(RateOutput.extend({ events: z.number().int(), unpriced: z.number().int() }))
    .errors({
      /** Tiers out of order, a filter by what the metric does not keep apart, a fee. */
      BILLING_RATE_INPUT: { data: z.object({ path: z.string(), reason: z.string() }) },
    }),
}
