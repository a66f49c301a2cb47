import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { Subscription, SubscriptionState } from './subscriptions.ts'
import { CurrencyCode, Key, TaxFraction } from './values.ts'

const WRITERS = ['analyst'] as const

/** What an invoice to the customer says besides its lines. */
export const BillingProfile = z.object({
  legalName: z.string().max(200),
  address: z.array(z.string().max(120)).max(6),
  taxId: z.string().max(60),
  /** A fraction, 0.08 for 8 %; null: the workspace's. */
  taxRate: TaxFraction.nullable(),
  /** Days from issue until an invoice is due. */
  paymentDays: z.number().int().min(0).max(365),
  purchaseOrder: z.string().max(80),
  /** What is in the customer's favour is used for its invoices; null: as the workspace says. */
  useBalance: z.boolean().nullable().optional(),
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
  /** What the invoices of the newest month come to, in minor units of the customer's currency; top-ups are none. */
  lastTotal: z.bigint().nullable(),
  /** Usage and fees are billed up to here. */
  closedUntil: Instant.nullable(),
})

const Part = z.string().max(200)

/** What a list of customers is narrowed to: parts of texts in any case, and states. */
export const CustomerFilter = z.object({
  name: Part.optional(),
  key: Part.optional(),
  plan: Part.optional(),
  currency: Part.optional(),
  country: Part.optional(),
  zone: Part.optional(),
  email: Part.optional(),
  /** `none`: without a subscription. */
  states: z.array(z.enum([...SubscriptionState.options, 'none'])).optional(),
})

export const CustomerSort = z.object({
  by: z.enum([
    ...['name', 'key', 'plan', 'state', 'currency', 'country', 'zone', 'email'],
    /** By currency, then by amount. */
    'lastTotal',
    'closedUntil',
  ] as const),
  descending: z.boolean(),
})

/** Everything that a customer's two rows hold, for putting them back as they were. */
const Stored = Customer.extend({
  industry: z.string(),
  tier: z.string(),
  seats: z.bigint(),
  signedUpOn: z.string(),
})

/** Why a line of a file of customers cannot be taken. */
export const CustomerProblem = z.enum([
  /** A value that the field cannot hold. */
  'invalid',
  /** The line cannot be read at all. */
  'unreadable',
  'unknown-column',
  'unknown-currency',
  'unknown-zone',
  'unknown-plan',
  'inactive-plan',
  /** The plan has no price in the customer's currency. */
  'no-price',
  /** The customer has such a subscription in that time already. */
  'overlap',
  /** The customer is known with other content, and differences are refused. */
  'differs',
  /** The currency of a customer, and the terms of a subscription, are not changed by an import. */
  'cannot-change',
  /** Another line says something else of the same customer. */
  'contradicts',
  /** Something changed while the lines came in: what stands before this line is in. */
  'changed-meanwhile',
])
export type CustomerProblem = z.infer<typeof CustomerProblem>

/** What a file of customers did, or would do. All of it comes in, or nothing. */
export const CustomerReceipt = z.object({
  fileName: z.string(),
  digest: Digest,
  format: z.enum(['csv', 'jsonl']),
  /** False for a trial run and where a line was refused: nothing was changed. */
  done: z.boolean(),
  /** Lines with content, the heading not counted. */
  lines: z.number().int(),
  customers: z.object({ created: z.number().int(), edited: z.number().int(), unchanged: z.number().int() }),
  subscriptions: z.object({ started: z.number().int(), unchanged: z.number().int() }),
  refused: z.number().int(),
  /** The first thousand. */
  problems: z.array(
    z.object({
      line: z.number().int(),
      column: z.string().nullable(),
      value: z.string().nullable(),
      code: CustomerProblem,
      /** In plain words, for the command line and the receipt. */
      reason: z.string(),
    }),
  ),
})
export type CustomerReceipt = z.infer<typeof CustomerReceipt>

/** What is said of a customer when it is made. */
export const CustomerWords = Customer.omit({ id: true, createdAt: true, profile: true }).extend({
  profile: BillingProfile.partial().default({}),
})
const errors = {
  BILLING_KEY_TAKEN: { data: z.object({ key: z.string() }) },
  BILLING_ZONE_UNKNOWN: { data: z.object({ zone: z.string() }) },
  BILLING_CURRENCY_UNKNOWN: { data: z.object({ currency: z.string() }) },
}

export const customers = {
  list: query('billing.customer.list', { roles: EVERYONE, heavy: true })
    .input(
      z.object({
        search: z.string().max(200).default(''),
        filter: CustomerFilter.default({}),
        /** By name where nothing is said. */
        sort: CustomerSort.optional(),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.object({ customers: z.array(CustomerRow), count: z.number().int() })),
  get: query('billing.customer.get', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(
      Customer.extend({
        subscriptions: z.array(Subscription),
        /** Usage and fees are billed up to here. */
        closedUntil: Instant.nullable(),
      }),
    ),
  /** The id of a customer that is known by its key: what programs ask before they ask anything else. */
  find: query('billing.customer.find', { roles: EVERYONE })
    .input(z.object({ key: Key }))
    .output(z.object({ customerId: Uuid.nullable() })),
  create: command('billing.customer.create', { roles: WRITERS, realData: true })
    .input(CustomerWords)
    .output(Customer)
    .errors(errors),
  /** The currency stays: invoices of one customer in two currencies are two customers' or two subscriptions'. */
  edit: command('billing.customer.edit', { roles: WRITERS })
    .input(CustomerWords.omit({ key: true, currency: true }).extend({ customerId: Uuid }))
    .output(Customer)
    .errors(errors),
  /** Puts a customer back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.customer.restore', { roles: [], internal: true })
    .input(z.object({ customerId: Uuid, customer: Stored.nullable() }))
    .output(z.object({ customerId: Uuid })),
  /** Says in the log which file comes in, before its lines do, each by its own command. */
  noteImport: command('billing.customer.noteImport', { roles: WRITERS, realData: true, files: true })
    .input(
      z.object({
        fileName: z.string().min(1).max(255),
        digest: Digest,
        customers: z.number().int(),
        subscriptions: z.number().int(),
      }),
    )
    .output(z.object({})),
  /**
   * Brings a staged file of customers and their subscriptions in: everything is checked first, and one refused
   * line leaves everything as it was. A line that says what is known already changes nothing.
   */
  import: service('billing.customer.import', { roles: WRITERS, files: true })
    .input(
      z.object({
        fileId: z.string(),
        fileName: z.string().min(1).max(255),
        /** A customer that is known with other content. */
        onDifferent: z.enum(['refuse', 'edit']).default('refuse'),
        dryRun: z.boolean().default(false),
      }),
    )
    .output(CustomerReceipt)
    .errors({
      BILLING_FILE_GONE: { data: z.object({ fileId: z.string() }) },
      BILLING_FILE_UNREADABLE: { data: z.object({ reason: z.string(), line: z.number().nullable() }) },
    }),
}
