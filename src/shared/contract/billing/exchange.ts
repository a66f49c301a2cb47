import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Day, OutsideState, outsideErrors } from './tax.ts'
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

/** A time that the European Central Bank was asked for its rates. */
export const RateFetch = z.object({
  id: Uuid,
  /** The last day, or the last ninety. */
  span: z.enum(['day', 'quarter']),
  state: z.enum(['asking', 'done', 'failed']),
  /** Why it failed; else empty. */
  reason: z.string(),
  askedBy: z.string().nullable(),
  askedAt: Instant,
  doneAt: Instant.nullable(),
  added: z.number().int(),
  there: z.number().int(),
  /** What of the publication was no rate, or said two of a day. */
  problems: z.number().int(),
  /** Rates of pairs and days of which another was there, which was kept. */
  differing: z.array(z.object({ offered: Part, kept: z.object({ rate: AmountText, source: z.string() }) })),
  /** The newest day that was published; empty where nothing came. */
  latest: z.string(),
})
export type RateFetch = z.infer<typeof RateFetch>

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
  /** How far the rates of the European Central Bank are, and the last times that it was asked. */
  fetches: query('billing.exchange.fetches', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        service: OutsideState,
        /** The newest day that the bank should have published. */
        expected: Day,
        /** The newest day that is there; null for none of the last ninety days. */
        latest: Day.nullable(),
        /** Days that should be there, from the first that is. */
        missing: z.array(Day),
        /** The newest first. */
        fetches: z.array(RateFetch),
      }),
    ),
  /** Asks the European Central Bank: for the last day, or for ninety where more is missing. */
  fetch: command('billing.exchange.fetch', { roles: ['analyst'], authorityOnly: true })
    .input(z.object({}))
    .output(z.object({ fetchId: Uuid }))
    .errors(outsideErrors),
  /** Of how many days rates are missing, where the bank may be asked. */
  fetchDue: query('billing.exchange.fetchDue', { roles: [], internal: true })
    .input(z.object({}))
    .output(z.object({ missing: z.number().int() })),
  /** Asks where something is missing. */
  fetchMissing: command('billing.exchange.fetchMissing', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({}))
    .output(z.object({ fetchId: Uuid.nullable() })),
  /** What the bank published, or why it was not reached. */
  fetched: command('billing.exchange.fetched', { roles: [], internal: true, authorityOnly: true })
    .input(
      z.object({
        fetchId: Uuid,
        outcome: z.discriminatedUnion('state', [
          z.object({ state: z.literal('failed'), reason: z.string() }),
          z.object({
            state: z.literal('done'),
            rates: z.array(Part).max(5000),
            problems: z.number().int(),
          }),
        ]),
      }),
    )
    .output(z.object({ fetchId: Uuid })),
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
