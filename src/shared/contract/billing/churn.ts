import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, query, Uuid } from '../define.ts'
import { CurrencyCode, Minor, Month } from './values.ts'

/** A share, or a ratio, as a decimal of four places. */
const Share = z.string().nullable()

/** How recurring revenue moved in a month. Usage, one-off charges and tax are not in it. */
export const ChurnMonth = z.object({
  month: Month,
  from: Instant,
  /** The end of the month, or the present in the month that runs. */
  to: Instant,
  start: Minor,
  new: Minor,
  reactivation: Minor,
  expansion: Minor,
  contraction: Minor,
  churn: Minor,
  end: Minor,
  /** (churn + contraction) / start; null where there was nothing. */
  gross: Share,
  /** The same less expansion and reactivation. */
  net: Share,
  /** (new + expansion) / (churn + contraction); null where nothing was lost. */
  quickRatio: Share,
})
export type ChurnMonth = z.infer<typeof ChurnMonth>

export const churn = {
  /** What recurs, month by month, and why it moved: of a customer, or of all together. */
  analyse: query('billing.churn.analyse', { roles: EVERYONE, heavy: true })
    .input(z.object({ customerId: Uuid.optional(), months: z.number().int().min(1).max(36).default(12) }))
    .output(
      z.object({
        customerId: Uuid.nullable(),
        currencies: z.array(z.object({ currency: CurrencyCode, months: z.array(ChurnMonth) })),
      }),
    ),
}
