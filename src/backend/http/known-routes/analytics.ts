import { z } from 'zod'
import { contract } from '#shared/contract/index.ts'
import { INVOICE } from './invoices.ts'
import { ask, type KnownRequest, type KnownRoute, route } from './known-route.ts'
import { subscriptionOf } from './subscriptions.ts'
import { customerOf } from './values.ts'

const { invoice, customer, entitlement, subscription, churn } = contract.billing
/** What a customer was told that it owes. */
const BILLED = ['issued', 'paid', 'uncollectible'] as const
const PAGE = 5000

/** All invoices of a customer that were issued. */
async function billed(request: KnownRequest<never, unknown>, customerId: string) {
  const { invoices } = await ask(request, invoice.list, {
    filter: { search: '', customerId, states: [...BILLED] },
    sort: { by: 'period', descending: true },
    limit: PAGE,
  })
  return invoices
}

export const analyticsRoutes: readonly KnownRoute[] = [
  route({
    method: 'GET',
    path: '/billing/analytics/revenue/{customer}',
    summary: 'What a customer was billed, by currency and month, from issued invoices and credit notes',
    calls: [invoice.list, customer.find],
    example: {
      path: { customer: 'northwind' },
      answer: {
        customerId: INVOICE.customerId,
        currencies: [
          {
            currency: 'USD',
            net: '12900',
            total: '13932',
            months: [{ period: '2026-10', invoices: 1, net: '12900', total: '13932' }],
          },
        ],
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.customer)
      const byCurrency = Map.groupBy(await billed(request as never, customerId), one => one.currency)
      const currencies = [...byCurrency].map(([currency, all]) => ({
        currency,
        ...sums(all),
        months: [...Map.groupBy(all, one => one.period)].map(([period, some]) => ({
          period,
          invoices: some.length,
          ...sums(some),
        })),
      }))
      return { customerId, currencies }
    },
  }),
  route({
    method: 'GET',
    path: '/billing/analytics/churn-analysis/{customer}',
    summary:
      'What recurs of a customer, month by month, how it moved, and the share that was lost, gross and net',
    calls: [churn.analyse, customer.find],
    query: z.object({ months: z.coerce.number().int().min(1).max(36).default(12) }),
    example: {
      path: { customer: 'northwind' },
      query: { months: '1' },
      answer: {
        customerId: INVOICE.customerId,
        currencies: [
          {
            currency: 'USD',
            months: [
              {
                ...{ month: '2026-10', from: '1790812800000', to: '1793491200000', start: '12900' },
                ...{ new: '0', reactivation: '0', expansion: '0', contraction: '2900', churn: '0' },
                ...{ end: '10000', gross: '0.2248', net: '0.2248', quickRatio: '0.0000' },
                ...{ nrr: '0.7752', grr: '0.7752', logoChurn: '0.0000' },
                customers: { start: 1, new: 0, reactivation: 0, churn: 0, end: 1 },
              },
            ],
          },
        ],
        validUntil: '1793491200000',
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.customer)
      return ask(request, churn.analyse, { customerId, months: request.query.months })
    },
  }),
  route({
    method: 'GET',
    path: '/billing/analytics/billing-dashboard/{customer}',
    summary: 'A customer at a glance: plan, allowances, invoices by state, the latest invoices',
    calls: [customer.get, customer.find, subscription.list, entitlement.list, invoice.summary, invoice.list],
    example: {
      path: { customer: 'northwind' },
      answer: {
        customer: { id: INVOICE.customerId, key: 'northwind', name: 'Northwind', currency: 'USD' },
        subscription: null,
        entitlements: [],
        invoices: {
          states: [{ state: 'issued', count: 1 }],
          totals: [{ currency: 'USD', count: 1, total: '13932' }],
        },
        latest: [INVOICE],
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.customer)
      const { subscriptions: _, ...of } = await ask(request, customer.get, { customerId })
      const filter = { search: '', customerId }
      const { states, totals } = await ask(request, invoice.summary, { filter })
      const { invoices: latest } = await ask(request, invoice.list, {
        filter,
        sort: { by: 'period', descending: true },
        limit: 12,
      })
      const { entitlements } = await ask(request, entitlement.list, { customerId })
      return {
        customer: of,
        subscription: await subscriptionOf(request as never, customerId),
        entitlements,
        invoices: { states, totals },
        latest,
      }
    },
  }),
]

function sums(invoices: readonly { net: bigint; total: bigint }[]) {
  return {
    net: invoices.reduce((sum, { net }) => sum + net, 0n),
    total: invoices.reduce((sum, { total }) => sum + total, 0n),
  }
}
