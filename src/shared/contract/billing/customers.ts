import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Subscription } from './subscriptions.ts'
import { AmountText, CurrencyCode, Key } from './values.ts'

const WRITERS = ['analyst'] as const

/** What an invoice to the customer says besides its lines. */
export const BillingProfile = z.object({
  legalName: z.string().max(200),
  address: z.array(z.string().max(120)).max(6),
  taxId: z.string().max(60),
  /** A fraction, 0.08 for 8 %; null: the workspace's. */
  taxRate: AmountText.nullable(),
  /** Days from issue until an invoice is due. */
  paymentDays: z.number().int().min(0).max(365),
  purchaseOrder: z.string().max(80),
})
export type BillingProfile = z.infer<typeof BillingProfile>

export const Customer = z.object({
  id: Uuid,
  key: Key,
  name: z.string().min(1).max(200),
  email: z.string().max(254),
  /** ISO 3166 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/),
  currency: CurrencyCode,
  /** IANA zone in which its months begin. */
  zone: z.string().min(1).max(64),
  profile: BillingProfile,
  createdAt: Instant,
})
export type Customer = z.infer<typeof Customer>

export const CustomerRow = Customer.omit({ profile: true }).extend({
  /** Of its running subscription, where it has one. */
  plan: z.string().nullable(),
  state: z.string().nullable(),
  /** The newest invoice: total in minor units of its currency. */
  lastTotal: z.bigint().nullable(),
  /** Usage and fees are billed up to here. */
  closedUntil: Instant.nullable(),
})

const Writable = Customer.omit({ id: true, createdAt: true, profile: true }).extend({
  profile: BillingProfile.partial().default({}),
})
const errors = {
  BILLING_KEY_TAKEN: { data: z.object({ key: z.string() }) },
  BILLING_ZONE_UNKNOWN: { data: z.object({ zone: z.string() }) },
  BILLING_CURRENCY_UNKNOWN: { data: z.object({ currency: z.string() }) },
}

export const customers = {
  list: query('billing.customer.list', { roles: EVERYONE })
    .input(
      z.object({
        search: z.string().max(200).default(''),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.object({ customers: z.array(CustomerRow), count: z.number().int() })),
  get: query('billing.customer.get', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(Customer.extend({ subscriptions: z.array(Subscription) })),
  create: command('billing.customer.create', { roles: WRITERS })
    .input(Writable)
    .output(Customer)
    .errors(errors),
  /** The currency stays: invoices of one customer in two currencies are two customers' or two subscriptions'. */
  edit: command('billing.customer.edit', { roles: WRITERS })
    .input(Writable.omit({ key: true, currency: true }).extend({ customerId: Uuid }))
    .output(Customer)
    .errors(errors),
}
