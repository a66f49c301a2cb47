import { z } from 'zod'
import { PaymentMethod, PaymentState } from '#shared/contract/billing/payments.ts'
import { CurrencyCode } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { cursorOf, placeOf, questionOf } from '../rest/paging.ts'
import { ask, type KnownRoute, route, run } from './known-route.ts'
import { customerOf, idOf, Paged } from './values.ts'

const { payment, paymentMethod, customer } = contract.billing

const PAYMENT = {
  id: '019aa5c2-7c00-7aaa-8aaa-00000000000a',
  customerId: '019aa5c2-7c00-7aaa-8aaa-000000000003',
  customer: 'Northwind',
  currency: 'USD',
  amount: '13932',
  method: 'bank-transfer',
  state: 'succeeded',
  reference: 'INV-2026-0042',
  allocated: '13932',
  refunded: '0',
  left: '0',
}
const PENDING = { ...PAYMENT, state: 'pending', allocated: '0' }

const Query = z.object({
  ...Paged,
  customer: z.string().max(64).optional(),
  state: PaymentState.optional(),
})

/** Money that is asked for, in minor units as a decimal integer. */
const Intent = z.object({
  customer: z.string().min(1).max(64),
  amount: z.string().regex(/^[1-9]\d{0,17}$/, 'a whole number of minor units'),
  currency: CurrencyCode,
  method: PaymentMethod.default('bank-transfer'),
  reference: z.string().max(500).default(''),
  invoices: z.array(z.uuid()).max(1000).default([]),
})

const METHOD = {
  ...{ id: '019aa5c2-7c00-7aaa-8aaa-00000000000b', customerId: PAYMENT.customerId, kind: 'card' },
  ...{ provider: 'manual', providerRef: null, brand: 'Visa', holder: 'Northwind', last4: '4242' },
  ...{ expires: '2027-09', isDefault: true, usable: true, createdAt: '1793491200000' },
}

/** A way in which a customer pays. A whole number of a card or an account is refused: nobody keeps it here. */
const NewMethod = z.strictObject({
  customer: z.string().min(1).max(64),
  kind: z.enum(['card', 'bank-account', 'bank-transfer']),
  provider: z.string().min(1).max(50).default('manual'),
  provider_ref: z.string().min(1).max(200).nullable().default(null),
  brand: z.string().max(100).default(''),
  holder: z.string().max(140).default(''),
  last4: z
    .string()
    .regex(/^[A-Z0-9]{0,4}$/)
    .default(''),
  expires: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .nullable()
    .default(null),
  default: z.boolean().default(false),
})

export const paymentRoutes: readonly KnownRoute[] = [
  route({
    method: 'POST',
    path: '/api/v1/billing/payment-method',
    summary: 'Notes a way in which a customer pays: what it is known by, never its whole number',
    calls: [paymentMethod.add, customer.find],
    status: 201,
    body: NewMethod,
    example: {
      body: {
        customer: 'northwind',
        kind: 'card',
        brand: 'Visa',
        last4: '4242',
        expires: '2027-09',
        default: true,
      },
      answer: METHOD,
    },
    async answer(request) {
      const { customer: name, provider_ref: providerRef, default: isDefault, ...seen } = request.body
      const customerId = await customerOf(request, name)
      return run(request, paymentMethod.add, { ...seen, customerId, providerRef, isDefault })
    },
  }),
  route({
    method: 'POST',
    path: '/billing/portal/create-session',
    summary: 'Opens a page of a provider of payments, where the customer looks after their ways to pay',
    calls: [paymentMethod.portal, customer.find],
    status: 201,
    body: z.object({
      customer: z.string().min(1).max(64),
      /** Without one, the first that has such a page. */
      provider: z.string().min(1).max(50).optional(),
      return_url: z.url().optional(),
    }),
    example: {
      body: { customer: 'northwind', return_url: 'https://app.example.com/account' },
      answer: {
        ...{ provider: 'acquirer', url: 'https://pay.example.com/session/4f1', expiresAt: '1793494800000' },
      },
    },
    async answer(request) {
      const { customer: name, provider, return_url: returnUrl } = request.body
      const customerId = await customerOf(request, name)
      return ask(request, paymentMethod.portal, {
        ...{ customerId, ...(provider === undefined ? {} : { provider }) },
        ...(returnUrl === undefined ? {} : { returnUrl }),
      })
    },
  }),
  route({
    method: 'GET',
    path: '/billing/payments',
    summary: 'Payments, the newest first',
    calls: [payment.list, customer.find],
    query: Query,
    example: {
      query: { customer: 'northwind', limit: '50' },
      answer: { payments: [PAYMENT], count: 1, next: null },
    },
    async answer(request) {
      const { limit, cursor, customer: of, state } = request.query
      const question = questionOf('payments', { of, state })
      const { offset = 0 } =
        cursor === undefined ? {} : placeOf(question, cursor, { instead: ['offset'], next: () => null })
      const from = Number(offset)
      const { payments, count } = await ask(request, payment.list, {
        filter: {
          search: '',
          ...(of === undefined ? {} : { customerId: await customerOf(request, of) }),
          ...(state === undefined ? {} : { states: [state] }),
        },
        offset: from,
        limit,
      })
      const end = from + payments.length
      const next = end < count && payments.length > 0 ? cursorOf(question, { offset: end }) : null
      return { payments, count, next }
    },
  }),
  route({
    method: 'POST',
    path: '/billing/payments/create-payment-intent',
    summary: 'Asks a customer for money: the payment waits until it is confirmed or failed',
    calls: [payment.request, customer.find],
    status: 201,
    body: Intent,
    example: { body: { customer: 'northwind', amount: '13932', currency: 'USD' }, answer: PENDING },
    async answer(request) {
      const { customer: name, amount, invoices, ...terms } = request.body
      const customerId = await customerOf(request, name)
      return run(request, payment.request, {
        ...{ ...terms, customerId, amount: BigInt(amount), invoiceIds: invoices },
      })
    },
  }),
  route({
    method: 'POST',
    path: '/billing/payments/{id}/confirm',
    summary: 'The money came: it settles what it was asked for, and then what is due longest',
    calls: [payment.confirm],
    body: z.object({}),
    example: { path: { id: PAYMENT.id }, body: {}, answer: PAYMENT },
    answer: request => run(request, payment.confirm, { paymentId: idOf(request.path.id, 'payment') }),
  }),
  route({
    method: 'POST',
    path: '/billing/payments/{id}/failed',
    summary: 'The money did not come; the answer says what may be done',
    calls: [payment.fail],
    body: z.object({ code: z.string().min(1).max(100), text: z.string().max(500).default('') }),
    example: {
      path: { id: PAYMENT.id },
      body: { code: 'AM04' },
      answer: {
        ...PENDING,
        state: 'failed',
        failure: { code: 'insufficient-funds', remedy: 'retry', text: 'AM04' },
      },
    },
    answer: request =>
      run(request, payment.fail, { paymentId: idOf(request.path.id, 'payment'), ...request.body }),
  }),
]
