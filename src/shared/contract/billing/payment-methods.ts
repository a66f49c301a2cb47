import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, service, Uuid } from '../define.ts'

const WRITERS = ['analyst'] as const

export const MethodKind = z.enum(['card', 'bank-account', 'sepa-mandate', 'bank-transfer'])
export type MethodKind = z.infer<typeof MethodKind>

/** What a provider says of a payment or of a pay-out that it was asked for. */
export const ProviderOutcome = z.discriminatedUnion('state', [
  /** It is on its way: more is told later. */
  z.object({ state: z.literal('pending'), ref: z.string().nullable() }),
  /** It waits for the payer: to confirm it, say, at this address. */
  z.object({
    state: z.literal('needs-action'),
    ref: z.string().nullable(),
    action: z.string().max(500),
    url: z.string().max(2000).nullable(),
  }),
  /** `at`: when the money came, or went out. */
  z.object({ state: z.literal('succeeded'), ref: z.string().nullable(), at: Instant }),
  z.object({
    state: z.literal('failed'),
    ref: z.string().nullable(),
    /** The provider's code, or one of ours. */
    code: z.string().min(1).max(100),
    text: z.string().max(500),
  }),
  /** It had succeeded, and was taken back since: by the payer, or by a bank. */
  z.object({
    state: z.literal('returned'),
    ref: z.string().nullable(),
    code: z.string().min(1).max(100),
    text: z.string().max(500),
  }),
])
export type ProviderOutcome = z.infer<typeof ProviderOutcome>

export const PaymentMethodRow = z.object({
  id: Uuid,
  customerId: Uuid,
  kind: MethodKind,
  provider: z.string(),
  providerRef: z.string().nullable(),
  /** The network of a card, or the name of a bank. */
  brand: z.string(),
  holder: z.string(),
  /** The last characters of its number: nothing more of it is kept. */
  last4: z.string(),
  /** The last month of a card. */
  expires: z.string().nullable(),
  isDefault: z.boolean(),
  /** It can be charged: it has not expired, and its mandate holds. */
  usable: z.boolean(),
  createdAt: Instant,
})
export type PaymentMethodRow = z.infer<typeof PaymentMethodRow>

/** What a provider of payments can do by itself. */
export const ProviderCapabilities = z.object({
  name: z.string(),
  /** It takes money without a person. */
  collects: z.boolean(),
  /** It sends money back without a person. */
  refunds: z.boolean(),
  /** It has a page where customers look after their methods. */
  portal: z.boolean(),
  /** It says which methods a customer has with it. */
  lists: z.boolean(),
  methods: z.array(MethodKind),
})
export type ProviderCapabilities = z.infer<typeof ProviderCapabilities>

export const methodErrors = {
  /** Its card has expired, its mandate has ended, or it was removed. */
  BILLING_METHOD_UNUSABLE: { data: z.object({ methodId: z.string() }) },
}
export const providerErrors = {
  BILLING_PROVIDER_UNKNOWN: { data: z.object({ provider: z.string() }) },
  BILLING_PROVIDER_CANNOT: { data: z.object({ provider: z.string(), what: z.string() }) },
  /** It was asked and did not answer as it should. */
  BILLING_PROVIDER_FAILED: { data: z.object({ provider: z.string(), reason: z.string() }) },
}
const One = z.object({ methodId: Uuid })
const Customer = z.object({ customerId: Uuid })
const Provided = z.object({
  ref: z.string().min(1).max(200),
  kind: MethodKind,
  brand: z.string().max(100),
  holder: z.string().max(140),
  last4: z.string().max(4),
  expires: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .nullable(),
})

export const paymentMethods = {
  /** The ways in which a customer pays, the default first. */
  list: query('billing.paymentMethod.list', { roles: EVERYONE })
    .input(Customer)
    .output(z.object({ methods: z.array(PaymentMethodRow) })),
  /** Who can carry payments here, and what they can do. */
  providers: query('billing.paymentMethod.providers', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ providers: z.array(ProviderCapabilities) })),
  add: command('billing.paymentMethod.add', { roles: WRITERS })
    .input(
      Customer.extend({
        kind: z.enum(['card', 'bank-account', 'bank-transfer']),
        provider: z.string().min(1).max(50).default('manual'),
        providerRef: z.string().trim().min(1).max(200).nullable().default(null),
        brand: z.string().trim().max(100).default(''),
        holder: z.string().trim().max(140).default(''),
        /** Never the whole number. */
        last4: z
          .string()
          .regex(/^[A-Z0-9]{0,4}$/)
          .default(''),
        expires: Provided.shape.expires.default(null),
        isDefault: z.boolean().default(false),
      }),
    )
    .output(PaymentMethodRow)
    .errors({
      BILLING_PROVIDER_UNKNOWN: providerErrors.BILLING_PROVIDER_UNKNOWN,
      BILLING_PROVIDER_CANNOT: providerErrors.BILLING_PROVIDER_CANNOT,
    }),
  /** The method that payments of the customer go by; null: none. */
  setDefault: command('billing.paymentMethod.setDefault', { roles: WRITERS })
    .input(Customer.extend({ methodId: Uuid.nullable() }))
    .output(z.object({ methods: z.array(PaymentMethodRow) }))
    .errors(methodErrors),
  remove: command('billing.paymentMethod.remove', { roles: WRITERS }).input(One).output(PaymentMethodRow),
  restore: command('billing.paymentMethod.restore', { roles: [], internal: true })
    .input(One.extend({ isDefault: z.boolean() }))
    .output(PaymentMethodRow),
  /** Asks a provider which methods a customer has with it, and keeps them. */
  fetch: service('billing.paymentMethod.fetch', { roles: WRITERS })
    .input(Customer.extend({ provider: z.string().min(1).max(50) }))
    .output(z.object({ methods: z.array(PaymentMethodRow) }))
    .errors(providerErrors),
  keep: command('billing.paymentMethod.keep', { roles: [], internal: true })
    .input(Customer.extend({ provider: z.string(), provided: z.array(Provided).max(100) }))
    .output(z.object({ methods: z.array(PaymentMethodRow) })),
  /** A page of a provider where the customer looks after their methods; it is open for a while. */
  portal: service('billing.paymentMethod.portal', { roles: WRITERS })
    .input(Customer.extend({ provider: z.string().min(1).max(50).optional(), returnUrl: z.url().optional() }))
    .output(z.object({ provider: z.string(), url: z.string(), expiresAt: Instant }))
    .errors(providerErrors),
}
