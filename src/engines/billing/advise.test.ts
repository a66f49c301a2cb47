import { describe, expect, test } from 'vitest'
import { Charge } from '#shared/contract/billing/prices.ts'
import { advise, isRateable, type PlanOffer, type UsedPeriod } from './advise.ts'
import { scaled } from './exact.ts'

const price = (metricId: string | null, charge: object) => ({
  ...{ id: `${metricId}`, key: `${metricId}`, name: '', metricId, currency: 'EUR' },
  charge: Charge.parse(charge),
  ...{ minimum: null, maximum: null, due: 'arrears' as const, proration: 'second' as const },
})
const offer = (
  plan: string,
  fee: string,
  unit: string,
  free: string,
  more: Partial<PlanOffer> = {},
): PlanOffer => ({
  ...{ planId: plan, planVersionId: `${plan}-1`, plan, entitlements: [] },
  prices: [price(null, { model: 'flat', amount: fee }), price('m', { model: 'standard', unit, free })],
  ...more,
})
const month = (calls: bigint): UsedPeriod => ({
  period: { from: 0n, to: 1n },
  seats: 1n,
  used: new Map([['m', scaled(calls)]]),
})
const keys = new Map([['m', 'calls']])
const small = offer('small', '10', '0.10', '100')
const large = offer('large', '50', '0.02', '1000')

describe('advice', () => {
  test('is what each plan would have cost, worked out by its own prices', () => {
    // small: 2 × 10 + (900 + 1900) × 0.10 = 300; large: 2 × 50 + (0 + 1000) × 0.02 = 120.
    const found = advise([small, large], 'small-1', [month(1000n), month(2000n)], keys)
    expect(found).toMatchObject({ recommended: 'large', saving: 18_000n })
    expect(found.plans.map(one => [one.plan, one.fees, one.usage, one.total, one.current])).toEqual([
      ['large', 10_000n, 2000n, 12_000n, false],
      ['small', 2000n, 28_000n, 30_000n, true],
    ])
    expect(advise([small, large], 'large-1', [month(1000n)], keys)).toMatchObject({
      recommended: null,
      saving: 0n,
    })
    expect(advise([small, large], 'large-1', [month(100n)], keys)).toMatchObject({
      recommended: 'small',
      saving: 4000n,
    })
    expect(advise([small], 'gone', [month(1n)], keys).recommended).toBeNull()
  })

  test('takes nothing away and stops nobody', () => {
    const feature = { kind: 'boolean' as const, key: 'sso', allowed: true }
    const hard = { kind: 'metered' as const, key: 'calls', limit: '500', enforcement: 'hard' as const }
    const stopping = { ...large, entitlements: [hard, feature] }
    const found = advise(
      [{ ...small, entitlements: [feature] }, stopping, { ...large, planId: 'bare' }],
      'small-1',
      [month(1000n)],
      keys,
    )
    expect(found.recommended).toBeNull()
    expect(found.plans.find(one => one.planId === 'large')).toMatchObject({
      stopped: 1,
      stoppedBy: ['calls'],
    })
    expect(found.plans.find(one => one.planId === 'bare')).toMatchObject({ lost: ['sso'] })
    // Who is stopped today pays more to go on.
    const stopped = advise(
      [{ ...small, entitlements: [hard] }, offer('big', '500', '0', '0')],
      'small-1',
      [month(600n)],
      keys,
    )
    expect(stopped).toMatchObject({ recommended: 'big', saving: -44_000n })
  })

  test('looks at prices that a quantity is enough for', () => {
    expect(isRateable(price('m', { model: 'standard', unit: '1' }))).toBe(true)
    expect(isRateable(price('m', { model: 'dynamic', property: 'p' }))).toBe(false)
    expect(isRateable({ ...price('m', { model: 'standard', unit: '1' }), filters: [{}] })).toBe(false)
  })
})
