import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Charge, PriceTerms } from './prices.ts'
import { AmountText, CurrencyCode, Key } from './values.ts'

/** What a price of one customer alone says in the place of the plan's. What is not there stays as it is. */
export const OverrideTerms = z.object({
  charge: Charge.optional(),
  filters: PriceTerms.shape.filters,
  minimum: AmountText.nullable().optional(),
  maximum: AmountText.nullable().optional(),
  /** Off what the price comes to, before maximum and minimum. */
  discountPercent: AmountText.optional(),
})
export type OverrideTerms = z.infer<typeof OverrideTerms>

export const PriceOverride = z.object({
  id: Uuid,
  customerId: Uuid,
  planId: Uuid,
  planName: z.string(),
  priceKey: Key,
  /** As the newest version of the plan calls it. */
  priceName: z.string(),
  currency: CurrencyCode,
  from: Instant,
  /** Null: until further notice. */
  to: Instant.nullable(),
  terms: OverrideTerms,
  reason: z.string(),
  /** A person's id. */
  createdBy: z.string().nullable(),
  createdAt: Instant,
})
export type PriceOverride = z.infer<typeof PriceOverride>

const Asked = z.object({
  customerId: Uuid,
  planId: Uuid,
  priceKey: Key,
  currency: CurrencyCode,
  from: Instant,
  to: Instant.nullable().default(null),
  terms: OverrideTerms,
  reason: z.string().trim().min(1).max(500),
})

/** What a row holds, for putting it back as it was. */
const Stored = Asked.extend({ createdBy: z.string().nullable(), createdAt: Instant })

const errors = {
  /** It makes no sense as a price, with the place: tiers out of order, a fee in the place of usage. */
  BILLING_PRICE_INVALID: { data: z.object({ path: z.string(), reason: z.string() }) },
  /** The plan has no such price in that currency. */
  BILLING_PRICE_UNKNOWN: { data: z.object({ price: z.string(), currency: z.string() }) },
  /** It changes nothing, or ends before it begins. */
  BILLING_OVERRIDE_EMPTY: { data: z.object({}) },
  /** The customer has a price of its own for the same price in that time. */
  BILLING_OVERRIDE_OVERLAP: { data: z.object({ from: Instant, to: Instant.nullable() }) },
}

export const overrides = {
  /** The prices of one customer alone, the newest first. */
  list: query('billing.override.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(z.object({ overrides: z.array(PriceOverride) })),
  /**
   * Gives one customer a price of its own for a time. What was billed for that time already is corrected by the
   * next close. Below the floor of the price it needs somebody's approval, and holds from then on.
   */
  set: command('billing.override.set', { roles: ['analyst'] })
    .input(Asked)
    .output(z.object({ override: PriceOverride.nullable(), approvalId: Uuid.nullable() }))
    .errors(errors),
  /** What an approval carries out. */
  setApproved: command('billing.override.setApproved', { roles: [], internal: true })
    .input(Asked.extend({ requestedBy: z.string() }))
    .output(z.object({ override: PriceOverride.nullable(), approvalId: Uuid.nullable() }))
    .errors(errors),
  /** Ends it at an instant; where that is before it begins it never was. */
  end: command('billing.override.end', { roles: ['analyst'] })
    .input(z.object({ overrideId: Uuid, at: Instant.optional() }))
    .output(z.object({ overrideId: Uuid, to: Instant.nullable() })),
  /** Puts one back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.override.restore', { roles: [], internal: true })
    .input(z.object({ overrideId: Uuid, override: Stored.nullable() }))
    .output(z.object({ overrideId: Uuid })),
}
