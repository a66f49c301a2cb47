import { z } from 'zod'
import { Uuid } from '../define.ts'
import { CommitmentTerms, Phase, Volume } from './contracts.ts'
import { OverrideTerms } from './overrides.ts'
import { AmountText, CurrencyCode, Key } from './values.ts'

/** A calendar day in the customer's zone, `2026-12-31`; a term begins with its first moment. */
const Day = z.iso.date()

/** Only what these plans or metrics cost, by their keys; ids are taken as well, one of the two. */
const OnlyByKey = {
  plans: z.array(Key).min(1).max(100).nullable().optional(),
  metrics: z.array(Key).min(1).max(100).nullable().optional(),
}

/** A price of a phase: of a plan by its key, or by its id. */
const PhasePrice = z.object({
  plan: Key.optional(),
  planId: Uuid.optional(),
  priceKey: Key,
  terms: OverrideTerms,
})

/**
 * A contract as people and programs write it: customer, plans and metrics by their keys, days in the customer's zone,
 * money in the currency's unit. Ends are the days on which something does not hold any more.
 */
export const ContractDocument = z.strictObject({
  /** The customer's key. */
  customer: Key,
  number: z.string().trim().min(1).max(60),
  name: z.string().trim().min(1).max(120),
  subscriptionId: Uuid.nullable().optional(),
  currency: CurrencyCode,
  from: Day,
  until: Day.nullable().optional(),
  renewMonths: z.number().int().min(1).max(120).nullable().optional(),
  noticeDays: z.number().int().min(0).max(730).optional(),
  paymentDays: z.number().int().min(0).max(365).nullable().optional(),
  notes: z.string().max(4000).optional(),
  terms: z.strictObject({
    phases: z
      .array(
        Phase.extend({
          from: Day,
          to: Day.nullable().optional(),
          prices: z.array(PhasePrice).max(200).optional(),
        }),
      )
      .max(60)
      .optional(),
    volume: z.array(Volume.extend(OnlyByKey)).max(10).optional(),
    commitments: z
      .array(
        CommitmentTerms.extend({
          ...OnlyByKey,
          amount: AmountText,
          from: Day.nullable().optional(),
          to: Day.nullable().optional(),
        }),
      )
      .max(30)
      .optional(),
    /** What the invoices of a month come to at least. */
    minimum: AmountText.nullable().optional(),
    cycle: z
      .strictObject({
        months: z.number().int().min(2).max(36),
        alignment: z.enum(['calendar', 'contract']),
      })
      .nullable()
      .optional(),
  }),
})
export type ContractDocument = z.infer<typeof ContractDocument>
