import { contract } from '#shared/contract/index.ts'
import type { TestCore } from '#test/kit/core-kit.ts'

const { billing } = contract

/** A customer of whom only what matters is said. */
export function addCustomer(t: TestCore, key: string, more: { currency?: string; zone?: string } = {}) {
  return t.core.call(
    billing.customer.create,
    {
      ...{ key, name: `Customer ${key}`, email: `${key}@example.com`, country: 'US' },
      currency: more.currency ?? 'USD',
      zone: more.zone ?? 'UTC',
    },
    t.admin,
  )
}

/** A plan whose one price is a monthly fee. */
export async function addPlan(
  t: TestCore,
  key: string,
  more: { currency?: string; amount?: string; trialDays?: number; interval?: 'month' | 'year' } = {},
) {
  const plan = await t.core.call(billing.plan.create, { key, name: `Plan ${key}`, description: '' }, t.admin)
  const version = await addVersion(t, plan.id, more)
  return { plan, version }
}

/** A further version of a plan. */
export function addVersion(
  t: TestCore,
  planId: string,
  more: { currency?: string; amount?: string; trialDays?: number; interval?: 'month' | 'year' } = {},
) {
  return t.core.call(
    billing.plan.addVersion,
    {
      planId,
      interval: more.interval ?? 'month',
      trialDays: more.trialDays ?? 0,
      prices: [
        {
          key: 'base',
          name: 'Base fee',
          metricId: null,
          currency: more.currency ?? 'USD',
          charge: { model: 'flat', amount: more.amount ?? '99' },
        },
      ],
    },
    t.admin,
  )
}

/** An instant of a UTC day. */
export const day = (text: string) => BigInt(Date.parse(`${text}T00:00:00Z`))
