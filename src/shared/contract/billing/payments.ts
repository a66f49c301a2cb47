import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, service, Uuid } from '../define.ts'
import { InvoiceState } from './invoices.ts'
import { methodErrors, ProviderOutcome, providerErrors } from './payment-methods.ts'
import { Refund } from './refunds.ts'
import { CurrencyCode, Minor } from './values.ts'

const WRITERS = ['analyst'] as const

export const PaymentMethod = z.enum(['bank-transfer', 'direct-debit', 'card', 'cash', 'cheque', 'other'])
export type PaymentMethod = z.infer<typeof PaymentMethod>

/** `pending`: asked for; `reversed`: it was taken for a payment and is none, or the bank took it back. */
export const PaymentState = z.enum(['pending', 'succeeded', 'failed', 'reversed'])
export type PaymentState = z.infer<typeof PaymentState>

/** A part of a payment that settles an invoice. */
export const Allocation = z.object({ invoiceId: Uuid, amount: Minor })

export const Payment = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  currency: CurrencyCode,
  amount: Minor,
  method: PaymentMethod,
  provider: z.string(),
  providerRef: z.string().nullable(),
  /** What the payer wrote. */
  reference: z.string(),
  state: PaymentState,
  receivedAt: Instant.nullable(),
  /** Of the amount, what settles invoices, what went back, and what is left on the customer's account. */
  allocated: Minor,
  refunded: Minor,
  left: Minor,
  /** A code of ours, what may be done, and what the provider said. */
  failure: z
    .object({
      code: z.string(),
      remedy: z.enum(['retry', 'payer-confirms', 'another-method', 'stop']),
      text: z.string(),
    })
    .nullable(),
  note: z.string().nullable(),
  createdBy: Uuid.nullable(),
  createdAt: Instant,
})
export type Payment = z.infer<typeof Payment>

/** A payment with what it settles and what went back. */
export const PaymentDetail = Payment.extend({
  settles: z.array(z.object({ invoiceId: Uuid, number: z.string().nullable(), amount: Minor, at: Instant })),
  refunds: z.array(Refund),
  /** What its provider said of it last; null where people carry it. */
  underWay: z
    .object({
      methodId: Uuid.nullable(),
      /** What only the payer can do, and where. */
      action: z.string().nullable(),
      actionUrl: z.string().nullable(),
      toldAt: Instant.nullable(),
    })
    .nullable(),
})
export type PaymentDetail = z.infer<typeof PaymentDetail>

/** What an issued invoice still asks for. */
export const OpenInvoice = z.object({
  invoiceId: Uuid,
  customerId: Uuid,
  customer: z.string(),
  number: z.string(),
  currency: CurrencyCode,
  total: Minor,
  open: Minor,
  issuedAt: Instant,
  dueAt: Instant,
  /** Whole days since it was due, in the customer's zone; negative before. */
  overdueDays: z.number().int(),
})
export type OpenInvoice = z.infer<typeof OpenInvoice>

const One = z.object({ paymentId: Uuid })
const state = { BILLING_PAYMENT_STATE: { data: z.object({ state: PaymentState }) } }
const allocation = {
  /** It is not issued, paid already, or somebody else's. */
  BILLING_INVOICE_NOT_OPEN: { data: z.object({ invoiceId: Uuid }) },
  BILLING_ALLOCATION_OVER_INVOICE: { data: z.object({ invoiceId: Uuid, open: Minor }) },
  BILLING_ALLOCATION_OVER_PAYMENT: { data: z.object({ left: Minor, asked: Minor }) },
  BILLING_CURRENCY_DIFFERS: { data: z.object({ payment: z.string(), invoice: z.string() }) },
}
const currency = { BILLING_CURRENCY_UNKNOWN: { data: z.object({ currency: z.string() }) } }
const Amount = Minor.refine(amount => amount > 0n, 'more than nothing')
const Reference = z.string().max(500).default('')

export const payments = {
  list: query('billing.payment.list', { roles: EVERYONE })
    .input(
      z.object({
        filter: z
          .object({
            customerId: Uuid.optional(),
            states: z.array(PaymentState).optional(),
            method: PaymentMethod.optional(),
            /** Only those with money left on the customer's account. */
            left: z.boolean().optional(),
            search: z.string().max(200).default(''),
          })
          .default({ search: '' }),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(20_000).default(500),
      }),
    )
    .output(z.object({ payments: z.array(Payment), count: z.number().int() })),
  get: query('billing.payment.get', { roles: EVERYONE }).input(One).output(PaymentDetail),
  /** Issued invoices with what they still ask for, longest due first. */
  open: query('billing.payment.open', { roles: EVERYONE })
    .input(
      z.object({
        customerId: Uuid.optional(),
        /** Only those that are past due. */
        overdue: z.boolean().default(false),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(20_000).default(500),
      }),
    )
    .output(z.object({ invoices: z.array(OpenInvoice), count: z.number().int() })),
  /** What is asked for by age, and what lies unused on customers' accounts, by currency. */
  aging: query('billing.payment.aging', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(
      z.object({
        currencies: z.array(
          z.object({
            currency: CurrencyCode,
            notDue: Minor,
            days30: Minor,
            days60: Minor,
            days90: Minor,
            older: Minor,
            total: Minor,
            invoices: z.number().int(),
            onAccount: Minor,
          }),
        ),
      }),
    ),
  /** Where an amount would go, without doing it. */
  propose: query('billing.payment.propose', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid, currency: CurrencyCode, amount: Amount, reference: Reference }))
    .output(z.object({ allocations: z.array(Allocation), rest: Minor })),

  /** Money that came. It settles what it is said to settle, and else what is named and what is due longest. */
  record: command('billing.payment.record', { roles: WRITERS })
    .input(
      z.object({
        customerId: Uuid,
        currency: CurrencyCode,
        amount: Amount,
        method: PaymentMethod.default('bank-transfer'),
        reference: Reference,
        /** The moment of the command where nothing is said. */
        receivedAt: Instant.optional(),
        allocations: z.array(Allocation).max(1000).optional(),
      }),
    )
    .output(PaymentDetail)
    .errors({
      ...allocation,
      ...currency,
      /** It came after it was recorded. */
      BILLING_PAYMENT_IN_FUTURE: { data: z.object({ receivedAt: Instant }) },
    }),
  /** Money that is asked for and has not come: confirmed or failed later. */
  request: command('billing.payment.request', { roles: WRITERS })
    .input(
      z.object({
        customerId: Uuid,
        currency: CurrencyCode,
        amount: Amount,
        method: PaymentMethod.default('bank-transfer'),
        reference: Reference,
        invoiceIds: z.array(Uuid).max(1000).default([]),
        /** By this method of the customer, whose provider is asked for it; else people carry it. */
        methodId: Uuid.optional(),
      }),
    )
    .output(PaymentDetail)
    .errors({ ...allocation, ...currency, ...methodErrors }),
  /** The money that was asked for came. */
  confirm: command('billing.payment.confirm', { roles: WRITERS })
    .input(One.extend({ receivedAt: Instant.optional() }))
    .output(PaymentDetail)
    .errors({ ...state, BILLING_PAYMENT_IN_FUTURE: { data: z.object({ receivedAt: Instant }) } }),
  /** The money that was asked for did not come. */
  fail: command('billing.payment.fail', { roles: WRITERS })
    .input(One.extend({ code: z.string().min(1).max(100), text: z.string().max(500).default('') }))
    .output(PaymentDetail)
    .errors(state),
  /** Uses what is left of a payment for invoices. */
  allocate: command('billing.payment.allocate', { roles: WRITERS })
    .input(One.extend({ allocations: z.array(Allocation).min(1).max(1000) }))
    .output(PaymentDetail)
    .errors({ ...state, ...allocation }),
  /** Takes back what a payment settles of an invoice: the money is on the customer's account again. */
  release: command('billing.payment.release', { roles: WRITERS })
    .input(One.extend({ invoiceId: Uuid }))
    .output(PaymentDetail)
    .errors({ ...state, BILLING_NOT_ALLOCATED: { data: z.object({ invoiceId: Uuid }) } }),
  /** It is no payment after all, or the bank took it back. What it settled is asked for again. */
  reverse: command('billing.payment.reverse', { roles: WRITERS })
    .input(One.extend({ reason: z.string().min(1).max(500) }))
    .output(PaymentDetail)
    .errors({ ...state, BILLING_PAYMENT_REFUNDED: { data: z.object({ refunded: Minor }) } }),
  /** Asks its provider how a payment stands that is under way. */
  ask: service('billing.payment.ask', { roles: WRITERS })
    .input(One)
    .output(PaymentDetail)
    .errors({ ...state, ...providerErrors }),
  /** What a provider says of a payment that it carries. It may say it twice, and late. */
  told: command('billing.payment.told', { roles: [], internal: true })
    .input(One.extend({ outcome: ProviderOutcome }))
    .output(PaymentDetail),
  /** What a customer was asked for and paid between two instants, with balances before and after. */
  statement: query('billing.payment.statement', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid, from: Instant, to: Instant }))
    .output(
      z.object({
        customer: z.string(),
        currencies: z.array(
          z.object({
            currency: CurrencyCode,
            opening: Minor,
            closing: Minor,
            entries: z.array(
              z.object({
                at: Instant,
                kind: z.enum(['invoice', 'credit-note', 'payment', 'refund', 'write-off', 'void', 'wallet']),
                /** A number, or what the payer wrote. */
                text: z.string(),
                rowId: Uuid,
                /** What the customer owes more by it. */
                amount: Minor,
                balance: Minor,
              }),
            ),
          }),
        ),
      }),
    )
    .errors({ BILLING_SPAN_INVERTED: { data: z.object({ from: Instant, to: Instant }) } }),
  /** Which state an invoice is in by what settles it; for tests of the house and the page. */
  settlementsOf: query('billing.payment.settlementsOf', { roles: EVERYONE })
    .input(z.object({ invoiceId: Uuid }))
    .output(
      z.object({
        state: InvoiceState,
        total: Minor,
        open: Minor,
        settlements: z.array(
          z.object({
            id: Uuid,
            kind: z.enum(['payment', 'credit-note', 'balance', 'write-off', 'wallet']),
            sourceId: Uuid,
            amount: Minor,
            at: Instant,
          }),
        ),
      }),
    ),
}
