import { z } from 'zod'
import { UsageEvent } from '#shared/contract/billing/usage.ts'
import { DecimalText } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { isRecord } from '../rest/input.ts'
import { ask, type KnownRequest, type KnownRoute, route, run } from './known-route.ts'
import { customerOf, instantOf, SpanQuery, spanOf, When } from './values.ts'

const { usage, metric, entitlement, customer } = contract.billing

/** One event, a list of them, or a list as the member `events`. */
const Event = UsageEvent.extend({ at: When })
const Events = z.union([
  Event,
  z.array(Event).min(1).max(1000),
  z.object({ events: z.array(Event).min(1).max(1000) }),
])

/** The events of a body as the core takes them: it checks them once, and nobody checks them twice. */
export function readEvents(body: unknown): unknown {
  const events = Array.isArray(body) ? body : isRecord(body) && 'events' in body ? body.events : [body]
  if (!Array.isArray(events)) return events
  return events.map(event => (isRecord(event) ? { ...event, at: instantOf(event.at) } : event))
}

/** Usage of a customer in a span by metric, with its days. */
export async function usageByMetric(
  request: KnownRequest<never, unknown>,
  customerId: string,
  span: { from: bigint; to: bigint },
) {
  const { metrics } = await ask(request, metric.list, undefined)
  const { points } = await ask(request, usage.series, { customerId, ...span, grain: 'day' })
  const { totals } = await ask(request, usage.totals, { customerId, ...span })
  return metrics.flatMap(({ id, key, name, unit, aggregation }) => {
    const days = points.filter(point => point.metricId === id)
    if (days.length === 0) return []
    const total = totals.find(one => one.metricId === id)
    return [
      {
        ...{ metric: key, name, unit, aggregation, events: total?.events ?? 0 },
        quantity: total?.quantity ?? '0',
        days: days.map(({ at, quantity, events: count }) => ({ at, quantity, events: count })),
      },
    ]
  })
}

/** A metric's usage as one sum. */
export function withoutDays<T extends { days: unknown }>({ days: _, ...sum }: T): Omit<T, 'days'> {
  return sum
}

const METRIC = {
  metric: 'api-calls',
  name: 'API calls',
  unit: 'calls',
  aggregation: 'sum',
  events: 812,
  quantity: '41250',
}
const SPAN = { from: '1793491200000', to: '1795219200000' }
const QUOTA = {
  key: 'api-calls',
  kind: 'metered',
  allowed: true,
  value: null,
  limit: '50000',
  used: '41250',
  enforcement: 'soft',
  resetsAt: '1796083200000',
}

export const usageRoutes: readonly KnownRoute[] = [
  route({
    method: 'POST',
    path: '/billing/usage/events',
    summary: 'Records one event or up to a thousand: all of them or none, each id once',
    calls: [usage.record],
    body: Events,
    read: readEvents,
    example: {
      body: [
        {
          id: 'req-7f3a',
          customer: 'northwind',
          metric: 'api-calls',
          quantity: '3',
          at: '2026-11-21T09:00:00Z',
          properties: { region: 'eu' },
        },
      ],
      answer: { stored: 1, duplicates: 0, late: 0 },
    },
    answer: request => run(request, usage.record, { events: request.body as never }),
  }),
  route({
    method: 'GET',
    path: '/billing/usage/analytics/{customer}',
    summary: 'Usage of a customer in a span, by metric and day; with `by` apart by a property of its events',
    calls: [usage.series, usage.totals, usage.analytics, metric.list, customer.find],
    query: z.object({ ...SpanQuery, by: z.string().min(1).max(60).optional() }),
    example: {
      path: { customer: 'northwind' },
      query: { from: '2026-11-01T00:00:00Z', to: '2026-11-21T00:00:00Z' },
      answer: {
        customerId: '019aa5c2-7c00-7aaa-8aaa-000000000003',
        ...SPAN,
        metrics: [{ ...METRIC, days: [{ at: '1793491200000', quantity: '41250', events: 812 }] }],
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.customer)
      const span = spanOf(request.query, request.asking.now())
      const metrics = await usageByMetric(request as never, customerId, span)
      const { by } = request.query
      if (by === undefined) return { customerId, ...span, metrics }
      const { metrics: known } = await ask(request, metric.list, undefined)
      const ids = new Map(known.map(one => [one.key, one.id]))
      const apart = await Promise.all(
        metrics.map(async one => {
          const asked = { metricId: ids.get(one.metric)!, customerId, ...span, by }
          const { groups, total, complete } = await ask(request, usage.analytics, asked)
          return { ...one, by, groups, total, complete }
        }),
      )
      return { customerId, ...span, metrics: apart }
    },
  }),
  route({
    method: 'GET',
    path: '/billing/usage/summary/{customer}',
    summary: 'Usage of a customer in a span by metric, and what it may use',
    calls: [usage.series, usage.totals, metric.list, entitlement.list, customer.find],
    query: z.object(SpanQuery),
    example: {
      path: { customer: 'northwind' },
      answer: {
        customerId: '019aa5c2-7c00-7aaa-8aaa-000000000003',
        ...SPAN,
        metrics: [METRIC],
        entitlements: [QUOTA],
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.customer)
      const span = spanOf(request.query, request.asking.now())
      const metrics = await usageByMetric(request as never, customerId, span)
      const { entitlements } = await ask(request, entitlement.list, { customerId })
      return { customerId, ...span, metrics: metrics.map(withoutDays), entitlements }
    },
  }),
  route({
    method: 'GET',
    path: '/billing/usage/quota-check/{customer}/{type}',
    summary: 'Whether a customer may use so much more of a metric or a feature, by its key',
    calls: [entitlement.check, customer.find],
    query: z.object({ quantity: DecimalText.default('0') }),
    example: {
      path: { customer: 'northwind', type: 'api-calls' },
      query: { quantity: '100' },
      answer: QUOTA,
    },
    answer: async request =>
      ask(request, entitlement.check, {
        customerId: await customerOf(request, request.path.customer),
        key: request.path.type as string,
        quantity: request.query.quantity,
      }),
  }),
]
