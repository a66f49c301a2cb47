import { describe, expect, test } from 'vitest'
import { Entitlement, Metric, PriceInput } from '#shared/contract/billing/catalog.ts'
import { checkPlan } from './check-price.ts'
import { DEFAULT_METRICS, defaultPlans } from './default-plans.ts'

describe('the plans to begin with', () => {
  const known = new Map(DEFAULT_METRICS.map(({ key }) => [key, { key, active: true }]))

  test('eight metrics, four plans, a price for every metric', () => {
    expect(DEFAULT_METRICS).toHaveLength(8)
    for (const metric of DEFAULT_METRICS) Metric.omit({ id: true, active: true }).parse(metric)
    const plans = defaultPlans('USD')
    const fees = plans.map(({ name, prices }) => {
      const fee = prices.find(({ metric }) => metric === null)
      return [name, fee?.charge.model === 'flat' ? fee.charge.amount : '0']
    })
    expect(fees).toEqual([
      ['Free', '0'],
      ['Starter', '99'],
      ['Professional', '499'],
      ['Enterprise', '2499'],
    ])
    for (const { prices } of plans) {
      const metrics = prices.flatMap(({ metric }) => metric ?? [])
      expect(metrics).toEqual(DEFAULT_METRICS.map(({ key }) => key))
    }
    const models = new Set(plans.flatMap(({ prices }) => prices.map(({ charge }) => charge.model)))
    expect([...models].sort()).toEqual(['flat', 'graduated', 'package', 'standard', 'volume'])
  })

  test('all of it passes the schemas and the checks, in every currency', () => {
    for (const currency of ['USD', 'EUR', 'JPY', 'KWD'])
      for (const { prices, entitlements } of defaultPlans(currency)) {
        expect(
          checkPlan(
            { prices: prices.map(price => ({ ...price, metricId: price.metric })), entitlements },
            known,
          ),
        ).toEqual([])
        for (const price of prices) PriceInput.omit({ metricId: true }).parse(price)
        for (const entitlement of entitlements) Entitlement.parse(entitlement)
      }
    expect(() => defaultPlans('XXX')).toThrow(RangeError)
  })

  test('Enterprise is unlimited, Free is not to be exceeded', () => {
    const limits = (key: string) =>
      defaultPlans('USD')
        .find(plan => plan.key === key)!
        .entitlements.flatMap(entitlement => (entitlement.kind === 'metered' ? [entitlement] : []))
    expect(limits('enterprise').every(({ limit }) => limit === null)).toBe(true)
    expect(limits('free').every(({ limit, enforcement }) => limit !== null && enforcement === 'hard')).toBe(
      true,
    )
    expect(
      limits('starter').every(({ limit, enforcement }) => limit !== null && enforcement === 'soft'),
    ).toBe(true)
  })

  test('figures are a hundred times as large where the unit is worth less than a cent', () => {
    const fee = (currency: string) => defaultPlans(currency)[1]!.prices[0]!.charge
    expect(fee('JPY')).toEqual({ model: 'flat', amount: '9900' })
    expect(fee('KWD')).toEqual({ model: 'flat', amount: '99' })
    const calls = defaultPlans('JPY')[1]!.prices[1]!.charge
    expect(calls).toMatchObject({ tiers: [{ unit: '0' }, { unit: '0.04' }, { unit: '0.03' }] })
  })
})
