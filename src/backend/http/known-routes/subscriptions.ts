import { z } from 'zod'
import { Settlement } from '#shared/contract/billing/subscription-life.ts'
import { Alignment } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { ask, type KnownRequest, type KnownRoute, route, run } from './known-route.ts'
import { usageByMetric, withoutDays } from './usage.ts'
import { Count, customerOf, idOf, planOf, SpanQuery, spanOf, When } from './values.ts'

const { subscription, plan, customer, entitlement, usage, metric } = contract.billing

export const NewSubscription = z.object({
  /** Id or key. */
  customer: z.string().min(1).max(64),
  plan: z.string().min(1).max(64),
  planVersionId: z.uuid().optional(),
  quantity: Count.optional(),
  at: When.optional(),
  anchorAt: When.optional(),
  billFrom: When.optional(),
  trialDays: z.number().int().min(0).max(365).optional(),
  alignment: Alignment.optional(),
  /** A payment method is on file. */
  card: z.boolean().optional(),
})

const EXAMPLE = {
  id: '019aa5c2-7c00-7aaa-8aaa-000000000002',
  customerId: '019aa5c2-7c00-7aaa-8aaa-000000000003',
  planId: '019aa5c2-7c00-7aaa-8aaa-000000000001',
  planName: 'Team',
  currency: 'USD',
  interval: 'month',
  alignment: 'calendar',
  state: 'active',
  startedAt: '1795219200000',
  anchorAt: '1795219200000',
  billFrom: '1795219200000',
  endedAt: null,
  phases: [],
  versions: [],
}

export async function startSubscription(request: KnownRequest<never, z.infer<typeof NewSubscription>>) {
  const { customer: of, plan: to, ...terms } = request.body
  const { id: planId } = await planOf(request, to)
  return run(request, subscription.start, { ...terms, planId, customerId: await customerOf(request, of) })
}

async function byId(request: KnownRequest<never, unknown>, text: string | undefined) {
  const id = idOf(text, 'subscription')
  const { subscriptions } = await ask(request, subscription.list, { id })
  const [found] = subscriptions
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id })
  return found
}

const RUNNING = ['active', 'past-due', 'unpaid', 'trialing', 'paused', 'scheduled']

/** The subscription of a customer: one that runs, else the latest. */
export async function subscriptionOf(request: KnownRequest<never, unknown>, customerId: string) {
  const { subscriptions } = await ask(request, subscription.list, { customerId })
  const running = RUNNING.flatMap(state => subscriptions.find(one => one.state === state) ?? [])
  return running[0] ?? subscriptions[0] ?? null
}

export const subscriptionRoutes: readonly KnownRoute[] = [
  route({
    method: 'POST',
    path: '/billing/subscriptions',
    summary: 'Subscribes a customer to a plan, from an instant on',
    calls: [subscription.start, plan.list, customer.find],
    body: NewSubscription,
    status: 201,
    example: { body: { customer: 'northwind', plan: 'team', at: '2026-12-01T00:00:00Z' }, answer: EXAMPLE },
    answer: request => startSubscription(request as never),
  }),
  route({
    method: 'GET',
    path: '/billing/subscriptions/organization/{id}',
    summary: 'The subscription of a customer: the running one, else the latest',
    calls: [subscription.list, customer.find],
    example: { path: { id: 'northwind' }, answer: EXAMPLE },
    async answer(request) {
      const id = await customerOf(request, request.path.id)
      const found = await subscriptionOf(request as never, id)
      if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id })
      return found
    },
  }),
  route({
    method: 'PUT',
    path: '/billing/subscriptions/{id}/cancel',
    summary: 'Ends a subscription, now or at an instant',
    calls: [subscription.cancel],
    body: z
      .object({
        at: When.optional(),
        /** At the end of the billing period. */
        atPeriodEnd: z.boolean().optional(),
        settlement: Settlement.optional(),
      })
      .default({}),
    example: {
      path: { id: EXAMPLE.id },
      body: { at: '2026-12-31T00:00:00Z' },
      answer: { ...EXAMPLE, endedAt: '1798675200000' },
    },
    answer: request =>
      run(request, subscription.cancel, {
        subscriptionId: idOf(request.path.id, 'subscription'),
        ...request.body,
      }),
  }),
  route({
    method: 'PUT',
    path: '/billing/subscriptions/{id}/upgrade',
    summary: 'Puts a subscription on another plan, or on another number of seats, now or from an instant on',
    calls: [subscription.change, plan.list],
    body: z.object({
      plan: z.string().min(1).max(64).optional(),
      planVersionId: z.uuid().optional(),
      quantity: Count.optional(),
      at: When.optional(),
      atPeriodEnd: z.boolean().optional(),
      /** From where periods of another interval are counted. */
      anchor: z.enum(['keep', 'reset']).optional(),
    }),
    example: { path: { id: EXAMPLE.id }, body: { plan: 'team', quantity: 5 }, answer: EXAMPLE },
    async answer(request) {
      const { plan: to, planVersionId, ...more } = request.body
      const version = planVersionId ?? (to && (await planOf(request, to)).latest?.id)
      if (to && !version) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan version', id: to })
      const subscriptionId = idOf(request.path.id, 'subscription')
      return run(request, subscription.change, { subscriptionId, planVersionId: version, ...more })
    },
  }),
  route({
    method: 'GET',
    path: '/billing/subscriptions/{id}/usage',
    summary: 'What the customer of a subscription used in a span, and what it may use',
    calls: [subscription.list, usage.series, usage.totals, metric.list, entitlement.list],
    query: z.object(SpanQuery),
    example: {
      path: { id: EXAMPLE.id },
      answer: {
        subscription: EXAMPLE,
        from: '1793491200000',
        to: '1795219200000',
        metrics: [{ metric: 'api-calls', unit: 'calls', quantity: '41250', events: 812 }],
        entitlements: [],
      },
    },
    async answer(request) {
      const found = await byId(request as never, request.path.id)
      const span = spanOf(request.query, request.asking.now())
      const { customerId } = found
      const metrics = await usageByMetric(request as never, customerId, span)
      const { entitlements } = await ask(request, entitlement.list, { customerId })
      return { subscription: found, ...span, metrics: metrics.map(withoutDays), entitlements }
    },
  }),
]
