import { z } from 'zod'
import { Entitlement, Plan, PlanVersion, PriceInput } from '#shared/contract/billing/catalog.ts'
import { Alignment, CurrencyCode, Interval, Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { ask, type KnownRequest, type KnownRoute, route, run } from './known-route.ts'
import { planOf } from './values.ts'

const { plan, metric } = contract.billing
const { log } = contract.workspace

/** A plan's prices as programs send them: by the metric's key instead of its id. */
const Version = z.object({
  interval: Interval.default('month'),
  alignment: Alignment.default('calendar'),
  trialDays: PlanVersion.shape.trialDays.default(0),
  note: PlanVersion.shape.note.default(''),
  prices: z
    .array(PriceInput.omit({ metricId: true }).extend({ metric: Key.nullable().default(null) }))
    .max(200),
  entitlements: z.array(Entitlement).max(100).default([]),
})
type Version = z.infer<typeof Version>
const Words = z.object({ name: Plan.shape.name, description: Plan.shape.description.default('') })

const EXAMPLE = {
  id: '019aa5c2-7c00-7aaa-8aaa-000000000001',
  key: 'team',
  name: 'Team',
  description: 'For a team that grows',
  active: true,
  subscriptions: 12,
  latest: null,
}
const VERSION = {
  interval: 'month',
  prices: [
    {
      key: 'base',
      name: 'Base fee',
      currency: 'USD',
      charge: { model: 'flat', amount: '49' },
    },
    {
      key: 'calls',
      name: 'API calls',
      metric: 'api-calls',
      currency: 'USD',
      charge: { model: 'standard', unit: '0.002', free: '10000' },
    },
  ],
  entitlements: [{ kind: 'metered', key: 'api-calls', limit: '50000', enforcement: 'soft' }],
}

async function addVersion(request: KnownRequest<never, unknown>, planId: string, version: Version) {
  const { metrics } = await ask(request, metric.list, undefined)
  const prices = version.prices.map(({ metric: key, ...price }) => {
    const known = key === null ? null : metrics.find(one => one.key === key)
    if (known === undefined) throw refuse('BILLING_METRIC_UNKNOWN', { metric: key })
    return { ...price, metricId: known?.id ?? null }
  })
  return run(request, plan.addVersion, { ...version, planId, prices })
}

export const planRoutes: readonly KnownRoute[] = [
  route({
    method: 'GET',
    path: '/billing/plans',
    summary: 'All plans',
    calls: [plan.list],
    example: { answer: { plans: [EXAMPLE] } },
    answer: request => ask(request, plan.list, undefined),
  }),
  route({
    method: 'POST',
    path: '/billing/plans',
    summary: 'Makes a plan, with its first version where that is given',
    calls: [plan.create, plan.addVersion, metric.list],
    body: Words.extend({ key: Key, version: Version.optional() }),
    status: 201,
    example: {
      body: { key: 'team', name: 'Team', description: 'For a team that grows', version: VERSION },
      answer: EXAMPLE,
    },
    async answer(request) {
      const { key, name, description, version } = request.body
      const made = await run(request, plan.create, { key, name, description })
      if (!version) return made
      try {
        return { ...made, latest: await addVersion(request as never, made.id, version) }
      } catch (error) {
        // All or nothing: a plan whose prices were refused does not stay.
        await request.asking.takeBack(log.undo)
        throw error
      }
    },
  }),
  route({
    method: 'POST',
    path: '/billing/plans/initialize-defaults',
    summary: 'Makes the eight usual metrics and the plans Free, Starter, Professional and Enterprise, once',
    calls: [plan.initializeDefaults],
    body: z.object({ currency: CurrencyCode.default('USD') }).default({ currency: 'USD' }),
    example: { body: { currency: 'USD' }, answer: { metrics: 8, plans: 4 } },
    answer: request => run(request, plan.initializeDefaults, request.body),
  }),
  route({
    method: 'GET',
    path: '/billing/plans/{id}',
    summary: 'A plan with its versions, by id or key',
    calls: [plan.list, plan.get],
    example: { path: { id: 'team' }, answer: { ...EXAMPLE, versions: [] } },
    answer: async request => ask(request, plan.get, { planId: (await planOf(request, request.path.id)).id }),
  }),
  route({
    method: 'PUT',
    path: '/billing/plans/{id}',
    summary:
      'Changes the words of a plan, whether it takes subscriptions, and adds a version with other prices',
    calls: [plan.list, plan.edit, plan.setActive, plan.addVersion, metric.list],
    body: Words.extend({ active: z.boolean().optional(), version: Version.optional() }),
    example: { path: { id: 'team' }, body: { name: 'Team', description: 'For teams' }, answer: EXAMPLE },
    async answer(request) {
      const { id: planId } = await planOf(request, request.path.id)
      const { name, description, active, version } = request.body
      let changed = await run(request, plan.edit, { planId, name, description })
      if (active !== undefined) changed = await run(request, plan.setActive, { planId, active })
      if (!version) return changed
      return { ...changed, latest: await addVersion(request as never, planId, version) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/billing/plans/{id}',
    summary: 'Deactivates a plan: what was billed by it stays explained, and no new subscription takes it',
    calls: [plan.list, plan.setActive],
    example: { path: { id: 'team' }, answer: { ...EXAMPLE, active: false } },
    answer: async request =>
      run(request, plan.setActive, { planId: (await planOf(request, request.path.id)).id, active: false }),
  }),
]
