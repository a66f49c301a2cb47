import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { askingErrors } from '../workspace/approvals.ts'
import { ProviderOutcome } from './payment-methods.ts'
import { CurrencyCode, Minor, Month } from './values.ts'

const WRITERS = ['analyst'] as const

/** `sent`: on its way, by a provider or in a file of transfers. */
export const RefundState = z.enum(['waiting', 'sent', 'done', 'failed', 'cancelled'])
export type RefundState = z.infer<typeof RefundState>

/** Back the way that the money came, or to an account. */
export const RefundWay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('original') }),
  z.object({
    kind: z.literal('bank-transfer'),
    holder: z.string().trim().min(1).max(140),
    iban: z.string().trim().min(1).max(50),
    bic: z.string().trim().max(11).default(''),
  }),
])
export type RefundWay = z.infer<typeof RefundWay>

/** Money that goes back to a customer. */
export const Refund = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  /** Where the money comes from: left of a payment, the balance, or what a credit note gave back. */
  source: z.enum(['payment', 'balance', 'credit-note']),
  paymentId: Uuid.nullable(),
  creditNoteId: Uuid.nullable(),
  currency: CurrencyCode,
  amount: Minor,
  reason: z.string(),
  state: RefundState,
  way: z.enum(['original', 'bank-transfer']),
  holder: z.string(),
  iban: z.string(),
  bic: z.string(),
  provider: z.string(),
  /** What the provider, or who paid it out, calls it. */
  reference: z.string().nullable(),
  /** The local day of the pay-out. */
  paidOn: z.string().nullable(),
  failure: z.object({ code: z.string(), remedy: z.string(), text: z.string() }).nullable(),
  approvalId: Uuid.nullable(),
  createdBy: Uuid.nullable(),
  createdAt: Instant,
  doneAt: Instant.nullable(),
})
export type Refund = z.infer<typeof Refund>

/** What is given back: of what is left of a payment, or of what a customer has on their balance. */
export const RefundFrom = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('payment'), paymentId: Uuid }),
  z.object({ kind: z.literal('balance'), customerId: Uuid, currency: CurrencyCode }),
])
export type RefundFrom = z.infer<typeof RefundFrom>

const One = z.object({ refundId: Uuid })
const RefundInput = z.object({
  from: RefundFrom,
  amount: Minor.refine(amount => amount > 0n, 'more than nothing'),
  reason: z.string().trim().min(1).max(500),
  way: RefundWay.default({ kind: 'original' }),
})
const account = {
  BILLING_ACCOUNT_NUMBER: { data: z.object({ field: z.string(), reason: z.string() }) },
  /** What is on the balance has no way back of its own: it needs an account. */
  BILLING_REFUND_NEEDS_ACCOUNT: { data: z.object({}) },
}
const asked = {
  ...account,
  BILLING_REFUND_OVER_PAYMENT: { data: z.object({ left: Minor, asked: Minor }) },
  BILLING_REFUND_OVER_BALANCE: { data: z.object({ left: Minor, asked: Minor }) },
  BILLING_PAYMENT_STATE: { data: z.object({ state: z.string() }) },
  BILLING_PERIOD_LOCKED: { data: z.object({ period: Month }) },
}
const state = {
  BILLING_REFUND_STATE: { data: z.object({ state: z.string() }) },
  BILLING_PERIOD_LOCKED: { data: z.object({ period: Month }) },
}

export const refunds = {
  list: query('billing.refund.list', { roles: EVERYONE })
    .input(
      z.object({
        filter: z
          .object({
            customerId: Uuid.optional(),
            states: z.array(RefundState).optional(),
            search: z.string().max(200).default(''),
          })
          .default({ search: '' }),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(20_000).default(500),
      }),
    )
    .output(
      z.object({
        refunds: z.array(Refund),
        count: z.number().int(),
        /** What is still to be paid out, by currency. */
        waiting: z.array(z.object({ currency: CurrencyCode, amount: Minor, count: z.number().int() })),
      }),
    ),
  get: query('billing.refund.get', { roles: EVERYONE }).input(One).output(Refund),
  /**
   * Up to which amount one person decides alone, in minor units of the currency; where it is said of what, how much of
   * that is left to the acting person for its customer this month.
   */
  limit: query('billing.refund.limit', { roles: EVERYONE })
    .input(z.object({ currency: CurrencyCode, from: RefundFrom.optional() }))
    .output(z.object({ limit: Minor })),
  /** Money goes back: at once up to the limit, above it when another person allowed it. */
  request: command('billing.refund.request', { roles: WRITERS })
    .input(RefundInput)
    .output(z.object({ approvalId: Uuid.nullable(), refund: Refund.nullable() }))
    .errors({ ...asked, ...askingErrors }),
  make: command('billing.refund.make', { roles: [], internal: true, authorityOnly: true })
    .input(RefundInput.extend({ requestedBy: z.string() }))
    .output(z.object({ approvalId: Uuid.nullable(), refund: Refund.nullable() }))
    .errors(asked),
  /** Says where it is to go, while it waits: what a credit note gives back has no account yet. */
  setWay: command('billing.refund.setWay', { roles: WRITERS })
    .input(One.extend({ way: RefundWay }))
    .output(Refund)
    .errors({ ...state, ...account }),
  /** Somebody paid it out, or took it to the bank. */
  paidOut: command('billing.refund.paidOut', { roles: WRITERS })
    .input(One.extend({ paidOn: z.iso.date().optional(), reference: z.string().trim().max(200).default('') }))
    .output(Refund)
    .errors({ ...state, BILLING_REFUND_IN_FUTURE: { data: z.object({ paidOn: z.string() }) } }),
  /** It could not be paid out, or came back: the money is on the customer's balance. */
  fail: command('billing.refund.fail', { roles: WRITERS })
    .input(One.extend({ code: z.string().min(1).max(100), text: z.string().max(500).default('') }))
    .output(Refund)
    .errors(state),
  /** It is not to be paid out after all: the money is where it was, or on the balance where a credit note gave it. */
  cancel: command('billing.refund.cancel', { roles: WRITERS }).input(One).output(Refund).errors(state),
  /** What a provider says of a pay-out that it carries. It may say it twice, and late. */
  told: command('billing.refund.told', { roles: [], internal: true })
    .input(One.extend({ outcome: ProviderOutcome }))
    .output(Refund),
}
