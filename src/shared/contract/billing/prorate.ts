import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { query } from '../define.ts'
import { IsoSpan, ProrationMode } from './prices.ts'
import { Alignment, AmountText, CurrencyCode, DecimalText, Interval } from './values.ts'

const iso = z.iso.datetime({ offset: true })

/** What `quarterdeck prorate` reads. Published as JSON schema; later versions only add optional members. */
export const ProrateInput = z.object({
  currency: CurrencyCode,
  /** The fee of a whole billing period, in the currency's unit. */
  amount: AmountText,
  interval: Interval.default('month'),
  /** Billing periods begin with the calendar's, or at the anchor and so many intervals after it. */
  alignment: Alignment.default('anniversary'),
  anchor: iso,
  /** When the fee began to be charged; where nothing is said with the billing period. */
  from: iso.optional(),
  /** Other fees from instants on, in their order; null ends it. All in one billing period, that of the first. */
  changes: z.array(z.object({ at: iso, amount: AmountText.nullable() })).max(100),
  mode: ProrationMode.default('second'),
  zone: z.string().default('UTC'),
  /** What was billed for the period before, rounded; where nothing is said all of the first fee, in advance. */
  billed: DecimalText.optional(),
})
export type ProrateInput = z.infer<typeof ProrateInput>

export const ProratePiece = IsoSpan.extend({
  /** Of the whole period. */
  fee: AmountText,
  /** In seconds or days, as the mode counts. */
  used: z.string(),
  whole: z.string(),
  unit: z.enum(['second', 'day']),
  /** Before it is rounded: a decimal, or a fraction `a/b` where no decimal is exact. */
  exact: z.string(),
  /** Rounded half-up, in the currency's unit. */
  amount: DecimalText,
  /** `99 × 15 ÷ 31`. */
  formula: z.string(),
})
export type ProratePiece = z.infer<typeof ProratePiece>

export const ProrateOutput = z.object({
  currency: CurrencyCode,
  mode: ProrationMode,
  zone: z.string(),
  /** The billing period of the changes. */
  period: IsoSpan,
  pieces: z.array(ProratePiece),
  /** What the pieces come to. */
  total: DecimalText,
  billed: DecimalText,
  /** What is still to be billed; below zero what is given back. */
  due: DecimalText,
})
export type ProrateOutput = z.infer<typeof ProrateOutput>

export const prorate = {
  /** What changes of a fee within a billing period come to, piece by piece: what the close makes of them. */
  prorate: query('billing.price.prorate', { roles: EVERYONE })
    .input(ProrateInput)
    .output(ProrateOutput)
    .errors({
      BILLING_RATE_INPUT: { data: z.object({ path: z.string(), reason: z.string() }) },
    }),
}
