import { describe, expect, it } from 'vitest'
import type { Lifeline } from '#shared/contract/billing/subscription-life.ts'
import type { Interval } from '#shared/contract/billing/values.ts'
import { firstLife } from './life-changes.ts'
import type { PlanPrice } from './model.ts'
import { directionOf, recurringAt } from './mrr.ts'

const AT = BigInt(Date.parse('2026-03-01T00:00:00Z'))
const price = (id: string, planVersionId: string, amount: string, model = 'flat') =>
  ({ planVersionId, metric: null, price: { id, charge: { model, amount } } }) as unknown as PlanPrice
const PRICES = [
  price('base', 'a', '100'),
  price('extra', 'a', '7'),
  price('calls', 'a', '9', 'standard'),
  price('help', 'support', '30'),
]
function life(interval: Interval, more: Partial<Parameters<typeof firstLife>[0]> = {}): Lifeline {
  const cadence = { interval, alignment: 'calendar', anchorAt: AT } as const
  return firstLife({
    ...{ planVersionId: 'a', quantity: 1n, at: AT, zone: 'UTC', cadence, trialDays: 0, card: true },
    ...{ afterTrial: 'convert', ...more },
  })
}
const addOn = (
  interval: Interval,
  priceId: string | null,
  planVersionId = 'support',
): Lifeline['addOns'][0] => ({
  ...{ id: `${interval}${priceId}`, ordinal: 1, planVersionId, priceId, interval, alignment: 'calendar' },
  ...{ anchorAt: AT, stretches: [{ quantity: 2n, from: AT, to: AT + 10n }] },
})
const at = (of: Lifeline, when = AT, currency = 'USD') => recurringAt(of, PRICES, currency, when)

describe('what recurs', () => {
  it('is all flat fees, by the month', () => {
    expect(at(life('month', { quantity: 3n }))).toEqual({
      perPeriod: 32_100n,
      interval: 'month',
      monthly: 32_100n,
    })
    expect(at(life('year'))).toMatchObject({ perPeriod: 10_700n, monthly: 892n })
    expect(at(life('quarter'))).toMatchObject({ monthly: 3567n })
    // 107 × 52 / 12 = 463.666…
    expect(at(life('week'))).toMatchObject({ monthly: 46_367n })
    expect(at(life('year'), AT, 'JPY')).toMatchObject({ perPeriod: 107n, monthly: 9n })
  })

  it('counts add-ons, each in its own rhythm and as long as it is there', () => {
    const whole = { ...life('month'), addOns: [addOn('month', null), addOn('year', 'extra', 'a')] }
    // 107 + 2 × 30 by the month, and 2 × 7 / 12 = 1.1666… more of the year.
    expect(at(whole)).toEqual({ perPeriod: 16_700n, interval: 'month', monthly: 16_817n })
    expect(at(whole, AT + 10n)).toMatchObject({ perPeriod: 10_700n, monthly: 10_700n })
    const open = { ...addOn('month', null), stretches: [{ quantity: 1n, from: AT, to: null }] }
    expect(at({ ...whole, addOns: [open] }, AT + 10n)).toMatchObject({ monthly: 13_700n })
  })

  it('is nothing in a trial, before and after', () => {
    const trial = life('month', { trialDays: 14 })
    expect(at(trial)).toMatchObject({ perPeriod: 10_700n, monthly: 0n })
    expect(at(trial, AT - 1n)).toMatchObject({ perPeriod: 0n, monthly: 0n })
  })

  it('a change between intervals is longer or shorter and never an upgrade, whatever the day costs', () => {
    const [month, year, week] = [at(life('month')), at(life('year')), at(life('week'))]
    expect(directionOf(year, month)).toBe('shorter')
    expect(directionOf(month, year)).toBe('longer')
    expect(directionOf(month, week)).toBe('shorter')
    const more = at(life('month', { quantity: 2n }))
    expect([directionOf(month, more), directionOf(more, month), directionOf(month, month)]).toEqual([
      ...['upgrade', 'downgrade', 'same'],
    ])
  })
})
