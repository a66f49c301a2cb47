import { z } from 'zod'
import { Month } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { INVOICE, invoicePage } from './invoices.ts'
import { ask, type KnownRoute, route, run } from './known-route.ts'
import { NewSubscription, startSubscription } from './subscriptions.ts'
import { customerOf, Paged } from './values.ts'

const { invoice, customer, plan, subscription, close, entitlement } = contract.billing

export const billingApiRoutes: readonly KnownRoute[] = [
  route({
    method: 'GET',
    path: '/api/v1/billing/summary',
    summary: 'Invoices by state, their sums by currency, and how many customers there are',
    calls: [invoice.summary, customer.list],
    query: z.object({ period: Month.optional() }),
    example: {
      query: { period: '2026-10' },
      answer: {
        customers: 48,
        states: [{ state: 'draft', count: 48 }],
        doubtful: 3,
        clean: 45,
        totals: [{ currency: 'USD', count: 48, total: '648912' }],
      },
    },
    async answer(request) {
      const { period } = request.query
      const summary = await ask(request, invoice.summary, {
        filter: { search: '', ...(period ? { period } : {}) },
      })
      const { count } = await ask(request, customer.list, { limit: 1 })
      return { customers: count, ...summary }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/billing/generate-invoice',
    summary: 'Closes a month as a job: the drafts of all customers are made, and what is there already stays',
    calls: [close.start],
    body: z.object({ period: Month, dryRun: z.boolean().default(false) }),
    status: 202,
    example: {
      body: { period: '2026-10', dryRun: false },
      answer: {
        runId: '019aa5c2-7c00-7aaa-8aaa-000000000005',
        jobId: '019aa5c2-7c00-7aaa-8aaa-000000000006',
      },
    },
    answer: request => run(request, close.start, request.body),
  }),
  route({
    method: 'POST',
    path: '/api/v1/billing/subscription',
    summary: 'Subscribes a customer to a plan, from an instant on',
    calls: [subscription.start, plan.list, customer.find],
    body: NewSubscription,
    status: 201,
    example: {
      body: { customer: 'northwind', plan: 'team' },
      answer: { id: '019aa5c2-7c00-7aaa-8aaa-000000000002', state: 'active', planName: 'Team' },
    },
    answer: request => startSubscription(request as never),
  }),
  route({
    method: 'GET',
    path: '/api/v1/billing/pricing-plans',
    summary: 'The plans that take subscriptions, with their prices',
    calls: [plan.list],
    example: { answer: { plans: [{ key: 'team', name: 'Team', active: true }] } },
    async answer(request) {
      const { plans } = await ask(request, plan.list, undefined)
      return { plans: plans.filter(one => one.active) }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/billing/history',
    summary: 'Issued invoices and credit notes, the newest month first',
    calls: [invoice.list, customer.find],
    query: z.object({ ...Paged, customer: z.string().max(64).optional(), period: Month.optional() }),
    example: {
      query: { customer: 'northwind' },
      answer: { invoices: [INVOICE], count: 1, next: null },
    },
    answer: request => invoicePage(request as never, ['issued', 'paid', 'uncollectible', 'void']),
  }),
  route({
    method: 'GET',
    path: '/billing/quotas/organization/{id}',
    summary: 'The quotas of a customer: what its plan allows of each metric, and how much of it is used',
    calls: [entitlement.list, customer.find],
    example: {
      path: { id: 'northwind' },
      answer: {
        customerId: INVOICE.customerId,
        quotas: [{ key: 'api-calls', kind: 'metered', limit: '50000', used: '41250', enforcement: 'soft' }],
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.id)
      const { entitlements } = await ask(request, entitlement.list, { customerId })
      return { customerId, quotas: entitlements.filter(one => one.kind === 'metered') }
    },
  }),
]
