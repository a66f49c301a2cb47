import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { AmountText, CurrencyCode, Minor } from './values.ts'

/** What a coupon takes off: a share of each line, or an amount of money for each month. */
export const Off = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('percent'), percent: AmountText }),
  z.object({ kind: z.literal('amount'), amount: Minor, currency: CurrencyCode }),
])
export type Off = z.infer<typeof Off>

/** What people type: letters, digits and - _ between them; kept in capitals. */
const Code = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9]+(?:[-_][A-Z0-9]+)*$/)
  .max(40)

/** What can be changed whenever. */
const Words = {
  name: z.string().trim().min(1).max(120),
  /** When customers can get it: from, and until. */
  validFrom: Instant.nullable().default(null),
  validUntil: Instant.nullable().default(null),
  /** How many times customers can get it, all together and each of them; null without end. */
  most: z.number().int().min(1).max(1_000_000).nullable().default(null),
  mostEach: z.number().int().min(1).max(1000).nullable().default(1),
}

/** What holds for everybody who has it, and so never changes. */
const Terms = {
  code: Code,
  off: Off,
  /** How many months it counts for; null for as long as a customer has it. */
  months: z.number().int().min(1).max(120).nullable(),
  /** Only what these plans or metrics cost; null where it does not matter. */
  planIds: z.array(Uuid).min(1).nullable().default(null),
  metricIds: z.array(Uuid).min(1).nullable().default(null),
  /** It takes something off what is charged once too; no coupon for plans, metrics or one subscription does. */
  oneOffs: z.boolean().default(false),
}

const Stored = z.object({
  ...Terms,
  ...Words,
  archivedAt: Instant.nullable(),
  createdBy: z.string().nullable(),
  createdAt: Instant,
})
export type StoredCoupon = z.infer<typeof Stored>

export const Coupon = Stored.extend({
  id: Uuid,
  /** How many customers got it and have it still, and how many ever got it. */
  active: z.number().int(),
  redeemed: z.number().int(),
})
export type Coupon = z.infer<typeof Coupon>

const StoredRedemption = z.object({
  couponId: Uuid,
  customerId: Uuid,
  subscriptionId: Uuid.nullable(),
  from: Instant,
  endedAt: Instant.nullable(),
  appliedBy: z.string().nullable(),
  appliedAt: Instant,
})
export type StoredRedemption = z.infer<typeof StoredRedemption>

export const Redemption = StoredRedemption.extend({
  id: Uuid,
  code: z.string(),
  name: z.string(),
  off: Off,
  months: z.number().int().nullable(),
  customer: z.string(),
  /** The plan of the one subscription that it is for. */
  plan: z.string().nullable(),
  /** Months in which it took something off an invoice that stands. */
  usedMonths: z.number().int(),
  /** What it took off those, before tax. */
  given: z.array(z.object({ currency: CurrencyCode, amount: Minor })),
  state: z.enum(['active', 'used-up', 'ended']),
})
export type Redemption = z.infer<typeof Redemption>

const invalid = {
  /** It makes no sense as a coupon, with the reason. */
  BILLING_COUPON_INVALID: {
    data: z.object({
      reason: z.enum(['percent', 'amount', 'currency', 'span', 'plan', 'metric', 'one-offs']),
    }),
  },
}

export const coupons = {
  /** All coupons, by their code. */
  list: query('billing.coupon.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ coupons: z.array(Coupon) })),
  /** Who has a coupon, or which coupons a customer has; those that are over are among them, the newest first. */
  redemptions: query('billing.coupon.redemptions', { roles: EVERYONE })
    .input(z.object({ couponId: Uuid.optional(), customerId: Uuid.optional() }))
    .output(z.object({ redemptions: z.array(Redemption) })),
  create: command('billing.coupon.create', { roles: ['analyst'] })
    .input(z.object({ ...Terms, ...Words }))
    .output(Coupon)
    .errors({ ...invalid, BILLING_COUPON_CODE_TAKEN: { data: z.object({ code: z.string() }) } }),
  /** Its name, and who can still get it; what those have who got it stays. */
  edit: command('billing.coupon.edit', { roles: ['analyst'] })
    .input(z.object({ couponId: Uuid, ...Words }))
    .output(Coupon)
    .errors(invalid),
  /** Nobody gets it any more, or again; who has it keeps it. */
  setArchived: command('billing.coupon.setArchived', { roles: ['analyst'] })
    .input(z.object({ couponId: Uuid, archived: z.boolean() }))
    .output(Coupon),
  /** Puts a coupon back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.coupon.restore', { roles: [], internal: true })
    .input(z.object({ couponId: Uuid, coupon: Stored.nullable() }))
    .output(z.object({ couponId: Uuid }))
    .errors({ BILLING_COUPON_IN_USE: { data: z.object({ code: z.string() }) } }),
  /**
   * Gives it to a customer, for all subscriptions or one of them. It counts from the invoice of the month on in which
   * `from` is, which is now where nothing is said; drafts that it is about are made anew with it.
   */
  apply: command('billing.coupon.apply', { roles: ['analyst'] })
    .input(
      z.object({
        code: Code,
        customerId: Uuid,
        subscriptionId: Uuid.nullable().default(null),
        from: Instant.optional(),
      }),
    )
    .output(Redemption)
    .errors({
      BILLING_COUPON_UNKNOWN: { data: z.object({ code: z.string() }) },
      /** It is not offered now, or not to this customer any more. */
      BILLING_COUPON_NOT_OFFERED: {
        data: z.object({
          code: z.string(),
          reason: z.enum(['archived', 'not-yet', 'over', 'most', 'most-each', 'held']),
        }),
      },
    }),
  /** Takes it away: months that end later have nothing taken off, and drafts of them are made anew without it. */
  remove: command('billing.coupon.remove', { roles: ['analyst'] })
    .input(z.object({ redemptionId: Uuid }))
    .output(Redemption)
    .errors({ BILLING_COUPON_ENDED: { data: z.object({ endedAt: Instant }) } }),
  /** Puts a redemption back as it was, or removes it: what undoing a command runs. */
  restoreRedemption: command('billing.coupon.restoreRedemption', { roles: [], internal: true })
    .input(z.object({ redemptionId: Uuid, redemption: StoredRedemption.nullable() }))
    .output(z.object({ redemptionId: Uuid }))
    .errors({ BILLING_COUPON_IN_USE: { data: z.object({ code: z.string() }) } }),
}
