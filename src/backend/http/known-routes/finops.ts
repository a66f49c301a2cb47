import { z } from 'zod'
import { Dimension, Grain, Measure } from '#shared/contract/finops-costs.ts'
import { contract } from '#shared/contract/index.ts'
import { ask, type KnownRequest, type KnownRoute, route } from './known-route.ts'
import { SpanQuery, spanOf } from './values.ts'

const { costs } = contract.finops

const Query = z.object({
  ...SpanQuery,
  by: Dimension.default('service'),
  grain: Grain.default('none'),
  zone: z.string().max(64).default('UTC'),
  top: z.coerce.number().int().min(1).max(1000).default(50),
})
type Query = z.infer<typeof Query>

function explore(
  request: KnownRequest<Query>,
  by: readonly z.infer<typeof Dimension>[],
  measure: z.infer<typeof Measure>,
) {
  const { grain, zone, top } = request.query
  const period = spanOf(request.query, request.asking.now())
  return ask(request, costs.explore, {
    period,
    filters: [],
    measure,
    by: [...by],
    grain,
    zone,
    top,
    compare: 'none',
  })
}

const ROW = {
  keys: ['Compute'],
  currency: 'USD',
  unit: null,
  scale: 9,
  amounts: ['1250000000000'],
  total: '1250000000000',
  previous: null,
  previousTotal: null,
  lines: 1200,
  merged: 0,
}
const ANSWER = {
  buckets: [{ from: '1793491200000', to: '1795219200000' }],
  previousBuckets: null,
  rows: [ROW],
  totals: [{ ...ROW, keys: [] }],
  source: 'roll-ups',
  took: 3.2,
}

export const finopsRoutes: readonly KnownRoute[] = [
  route({
    method: 'GET',
    path: '/api/v1/finops/dashboard',
    summary: 'Spend of a span by provider and by service, and how fresh the bills are',
    calls: [costs.explore, costs.freshness],
    query: Query.omit({ by: true }),
    example: {
      answer: {
        providers: ANSWER,
        services: ANSWER,
        freshness: {
          from: '1793491200000',
          to: '1795219200000',
          lines: '1200',
          currencies: ['USD'],
          sources: [],
        },
      },
    },
    async answer(request) {
      const freshness = await ask(request, costs.freshness, {})
      const providers = await explore(request as never, ['provider'], 'effective')
      return { providers, services: await explore(request as never, ['service'], 'effective'), freshness }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/finops/cost-attribution',
    summary: 'Spend of a span by a dimension: service, account, department, customer, or a tag as tag:team',
    calls: [costs.explore],
    query: Query.extend({ measure: Measure.exclude(['quantity']).default('effective') }),
    example: { query: { by: 'department', grain: 'month' }, answer: ANSWER },
    answer: request => explore(request as never, [request.query.by], request.query.measure),
  }),
  route({
    method: 'GET',
    path: '/api/v1/finops/usage-analytics',
    summary: 'Quantities of a span by a dimension, each unit for itself',
    calls: [costs.explore],
    query: Query,
    example: {
      query: { by: 'service', grain: 'day' },
      answer: { ...ANSWER, rows: [{ ...ROW, currency: null, unit: 'Hours' }] },
    },
    answer: request => explore(request as never, [request.query.by], 'quantity'),
  }),
]
