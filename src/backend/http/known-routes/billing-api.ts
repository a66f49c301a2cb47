import { z } from 'zod'
import { Automation } from '#shared/contract/billing/automation.ts'
import { Month } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { INVOICE, invoicePage } from './invoices.ts'
import { ask, type KnownRoute, route, run } from './known-route.ts'
import { NewSubscription, startSubscription } from './subscriptions.ts'
import { customerOf, Paged } from './values.ts'

const { invoice, customer, plan, subscription, close, automation } = contract.billing

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
    method: 'POST',
    path: '/api/v1/billing/automated-billing',
    summary: 'Says whether and when a customer, or all of whom nothing else is said, is billed by itself',
    calls: [automation.set, automation.get, customer.find],
    body: z.object({
      /** Id or key; without one it is said for all. */
      customer: z.string().min(1).max(64).optional(),
      enabled: z.boolean(),
      billing_day: Automation.shape.billingDay.optional(),
      include_usage: z.boolean().optional(),
      auto_payment: z.boolean().optional(),
      send_notifications: z.boolean().optional(),
    }),
    example: {
      body: { customer: 'northwind', enabled: true, billing_day: 5, include_usage: true },
      answer: {
        ...{ customer: '019aa5c2-7c00-7aaa-8aaa-000000000003', enabled: true, billing_day: 5 },
        ...{ include_usage: true, auto_payment: false, send_notifications: false, own: true },
        next_at: '1796428800000',
      },
    },
    async answer(request) {
      const { customer: name, enabled, ...said } = request.body
      const of = name === undefined ? {} : { customerId: await customerOf(request, name) }
      const { automation: before } = await ask(request, automation.get, of)
      // What is left out stays.
      const next = {
        enabled,
        billingDay: said.billing_day ?? before.billingDay,
        includeUsage: said.include_usage ?? before.includeUsage,
        autoPayment: said.auto_payment ?? before.autoPayment,
        sendNotifications: said.send_notifications ?? before.sendNotifications,
      }
      await run(request, automation.set, { ...of, automation: next })
      const { automation: now, own, nextAt } = await ask(request, automation.get, of)
      return {
        ...{ customer: of.customerId ?? null, enabled: now.enabled, billing_day: now.billingDay },
        ...{ include_usage: now.includeUsage, auto_payment: now.autoPayment },
        ...{ send_notifications: now.sendNotifications, own, next_at: nextAt },
      }
    },
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
]
