import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query } from '../define.ts'
import { Day } from './tax.ts'
import { AmountText, CurrencyCode, Minor } from './values.ts'

const Rate = {
  base: CurrencyCode,
  quote: CurrencyCode,
  /** The day that it is of. */
  day: Day,
  /** So many units of the quote for one of the base. */
  rate: AmountText,
  /** Who published it. */
  source: z.string().trim().min(1).max(200),
}

export const ExchangeRate = z.object({ ...Rate, addedBy: z.string().nullable(), addedAt: Instant })
export type ExchangeRate = z.infer<typeof ExchangeRate>

const Part = z.object(Rate)

const errors = {
  /** It is no rate, with the reason. */
  BILLING_RATE_INVALID: {
    data: z.object({ reason: z.enum(['currency', 'same', 'day', 'rate', 'to-come']) }),
  },
}

export const exchange = {
  /** Rates, the newest first. */
  list: query('billing.exchange.list', { roles: EVERYONE })
    .input(
      z.object({
        currency: CurrencyCode.optional(),
        /** Until this day. */
        until: Day.optional(),
        limit: z.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.object({ rates: z.array(ExchangeRate) })),
  /** Adds rates of a file. What is there of a pair and a day stays, and is counted. */
  add: command('billing.exchange.add', { roles: ['analyst'] })
    .input(z.object({ rates: z.array(z.object(Rate)).min(1).max(5000) }))
    .output(z.object({ added: z.number().int(), there: z.number().int(), differing: z.number().int() }))
    .errors(errors),
  /** Says what a rate is, in the place of what was said of that pair and day. */
  set: command('billing.exchange.set', { roles: ['analyst'] })
    .input(z.object(Rate))
    .output(ExchangeRate)
    .errors(errors),
  /** Puts a rate back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.exchange.restore', { roles: [], internal: true })
    .input(z.object({ base: CurrencyCode, quote: CurrencyCode, day: Day, before: ExchangeRate.nullable() }))
    .output(z.object({ day: Day })),
  /**
   * Amounts of several currencies in one: in the workspace's, where nothing else is said. What has no rate of the day
   * or of few days before is left out and named.
   */
  convert: query('billing.exchange.convert', { roles: EVERYONE })
    .input(
      z.object({
        amounts: z.array(z.object({ currency: CurrencyCode, amount: Minor })).max(200),
        to: CurrencyCode.optional(),
        /** Today where nothing is said. */
        day: Day.optional(),
      }),
    )
    .output(
      z.object({
        /** Null where the workspace has no currency of its own. */
        currency: CurrencyCode.nullable(),
        total: Minor,
        converted: z.array(
          z.object({
            currency: CurrencyCode,
            amount: Minor,
            /** In the other currency, half-up. */
            worth: Minor,
            /** A decimal, or a fraction. */
            rate: z.string(),
            day: Day,
            parts: z.array(Part),
          }),
        ),
        missing: z.array(CurrencyCode),
      }),
    ),
}
