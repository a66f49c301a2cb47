import { z } from 'zod'
import { type Allowance, Thresholds } from '#shared/contract/billing/quotas.ts'
import { AmountText, Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { ask, type KnownRequest, type KnownRoute, route, run } from './known-route.ts'
import { customerOf, idOf } from './values.ts'

const { quota, entitlement, customer } = contract.billing

const Terms = z.object({
  /** A decimal in the metric's unit; null: as much as it wants. Left out, the plan's limit holds. */
  limit: AmountText.nullable().optional(),
  enforcement: z.enum(['soft', 'hard']).default('soft'),
  /** Percents of the limit; left out, those of the workspace. */
  thresholds: Thresholds.nullable().default(null),
  note: z.string().max(500).default(''),
})
const Made = Terms.extend({
  /** The customer's key or id. */
  customer: z.string().min(1).max(64),
  /** The metric's key. */
  metric: Key,
})

function allowanceOf({ limit, enforcement }: z.infer<typeof Terms>): Allowance {
  if (limit === undefined) return { kind: 'plan' }
  return limit === null ? { kind: 'unlimited' } : { kind: 'limit', limit, enforcement }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
async function quotaOf(request: KnownRequest<never, unknown>) {
  const id = idOf(request.path.id, 'quota')
  const { quotas } = await ask(request, quota.list, {})
  const found = quotas.find(one => one.id === id)
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'quota', id })
  return found
}

const ID = '019aa5c2-7c00-7aaa-8aaa-000000000009'
const QUOTA = {
  id: ID,
  customerId: '019aa5c2-7c00-7aaa-8aaa-000000000003',
  metric: 'api-calls',
  allowance: { kind: 'limit', limit: '75000', enforcement: 'hard' },
  thresholds: [80, 95],
  note: 'until the new contract',
}

export const quotaRoutes: readonly KnownRoute[] = [
  route({
    method: 'POST',
    path: '/billing/quotas',
    summary: 'Says what one customer may use of a metric instead of what its plan says',
    calls: [quota.set, customer.find],
    status: 201,
    body: Made,
    example: {
      body: {
        customer: 'northwind',
        metric: 'api-calls',
        limit: '75000',
        enforcement: 'hard',
        thresholds: [80, 95],
      },
      answer: QUOTA,
    },
    async answer(request) {
      const { customer: name, metric, thresholds, note, ...terms } = request.body
      const customerId = await customerOf(request, name)
      const allowance = allowanceOf({ ...terms, thresholds, note })
      return run(request, quota.set, { customerId, metric, allowance, thresholds, note })
    },
  }),
  route({
    method: 'GET',
    path: '/billing/quotas/organization/{id}',
    summary: 'What a customer may use of each metric, how much of it is used, and what is its own',
    calls: [entitlement.list, quota.list, customer.find],
    example: {
      path: { id: 'northwind' },
      answer: {
        customerId: QUOTA.customerId,
        quotas: [{ key: 'api-calls', kind: 'metered', limit: '75000', used: '41250', enforcement: 'hard' }],
        own: [QUOTA],
      },
    },
    async answer(request) {
      const customerId = await customerOf(request, request.path.id)
      const { entitlements } = await ask(request, entitlement.list, { customerId })
      const { quotas: own } = await ask(request, quota.list, { customerId })
      return { customerId, quotas: entitlements.filter(one => one.kind === 'metered'), own }
    },
  }),
  route({
    method: 'PUT',
    path: '/billing/quotas/{id}',
    summary: 'Changes what one customer may use of a metric',
    calls: [quota.set, quota.list],
    body: Terms,
    example: { path: { id: ID }, body: { limit: '90000', enforcement: 'soft' }, answer: QUOTA },
    async answer(request) {
      const { customerId, metric } = await quotaOf(request as never)
      const { thresholds, note } = request.body
      return run(request, quota.set, {
        ...{ customerId, metric, allowance: allowanceOf(request.body), thresholds, note },
      })
    },
  }),
  route({
    method: 'DELETE',
    path: '/billing/quotas/{id}',
    summary: 'Takes back what was said for one customer: its plan holds again',
    calls: [quota.remove],
    example: { path: { id: ID }, answer: { quotaId: ID } },
    answer: request => run(request, quota.remove, { quotaId: idOf(request.path.id, 'quota') }),
  }),
]
