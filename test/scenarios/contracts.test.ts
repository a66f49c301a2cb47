import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { day } from '#core/billing/testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, subscribed, use } from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { billing } = contract

describe('an enterprise customer with a contract', () => {
  let t: TestCore
  beforeEach(async () => {
    t = await testCore('sqlite')
  })
  afterEach(() => t.close())

  async function agreed(customerId: string, from: string, terms: object, more: object = {}) {
    const words = { number: 'C-1', name: 'Enterprise', currency: 'USD', from: day(from) }
    const made = await t.core.call(
      billing.contract.create,
      { ...words, customerId, terms, ...more } as never,
      t.admin,
    )
    return (await t.core.call(billing.contract.activate, { contractId: made.id }, t.admin)).contract
  }
  const texts = async (period: string) => (await invoicesOf(t, period)).flatMap(one => one.text)

  /**
   * A fee of 1,000.00 a month in arrears and tokens at 0.02, for two years from 1 November 2024. In the first year a
   * fifth is off everything: 800.00, and 0.016 a token; in the second the fee is a tenth less and tokens are 0.015:
   * 900.00, and 5,000 tokens 75.00. After that everything is as the plan says. Payment within 60 days.
   */
  it('has prices that ramp up over two years', async () => {
    const { metrics } = await closeWorld(t)
    const { planId } = await plan(t, 'enterprise', [
      {
        ...{ key: 'base', name: 'Platform', metricId: null, currency: 'USD', due: 'arrears' },
        charge: { model: 'flat', amount: '1000' },
      },
      {
        ...{ key: 'tokens', name: 'Tokens', metricId: metrics.calls, currency: 'USD' },
        charge: { model: 'standard', unit: '0.02' },
      },
    ])
    const { customer } = await subscribed(t, 'acme', planId, { from: '2024-11-01' })
    const [year1, year2, end] = ['2024-11-01', '2025-11-01', '2026-11-01'].map(day)
    const tokens = { charge: { model: 'standard', unit: '0.015' } }
    await agreed(
      customer.id,
      '2024-11-01',
      {
        phases: [
          { name: 'Year 1', from: year1, to: year2, discountPercent: '20' },
          {
            ...{ name: 'Year 2', from: year2, to: end, discountPercent: '10' },
            prices: [{ planId, priceKey: 'tokens', terms: tokens }],
          },
        ],
      },
      { until: end, paymentDays: 60 },
    )
    for (const on of ['2024-11-20', '2025-10-20', '2025-11-20', '2026-10-20'])
      await use(t, 'acme', 'calls', on, '5000')
    await closeMonth(t, '2024-11')
    expect(await texts('2024-11')).toEqual(['fee Platform 1 = 80000', 'usage Tokens 5000 = 8000'])
    const [issued] = await issueMonth(t, '2024-11')
    expect(issued!.dueAt! - issued!.issuedAt!).toBe(60n * 86_400_000n)
    // Eleven months later the last of the first year; those in between are on the same draft, 800.00 each.
    await closeMonth(t, '2025-10')
    const second = await texts('2025-10')
    expect(second.filter(text => text === 'fee Platform 1 = 80000')).toHaveLength(11)
    expect(second).toContain('usage Tokens 5000 = 8000')
    await closeMonth(t, '2025-11')
    expect(await texts('2025-11')).toEqual(['fee Platform 1 = 90000', 'usage Tokens 5000 = 7500'])
    await closeMonth(t, '2026-10')
    const last = await texts('2026-10')
    expect(last.filter(text => text === 'fee Platform 1 = 90000')).toHaveLength(11)
    expect(last).toContain('usage Tokens 5000 = 7500')
  })

  /**
   * A fee of 12,000.00 a year in advance from 1 January 2026, which counts by its time, and storage of 1,000.00 a
   * quarter at least, with the calendar; 4,000.00 a quarter in all. A quarter of the fee is 12,000 × 90 / 365 =
   * 2,958.90 to the end of March, and 12,000 × 91 / 365 = 2,991.78 in the second (the first half is
   * 12,000 × 181 / 365 = 5,950.68, of which 2,958.90 are gone).
   * In the first quarter 800 units at 1.00 are used: 4,000.00 − 2,958.90 − 800.00 = 241.10 are missing.
   * In the second 2,000: 4,991.78 are more than 4,000.00, and a tenth of the 991.78 beyond is taken off: 99.18.
   */
  it('pays a year in advance and a minimum by the quarter', async () => {
    const { metrics } = await closeWorld(t)
    const made = await t.core.call(
      billing.plan.create,
      { key: 'annual', name: 'Annual', description: '' },
      t.admin,
    )
    await t.core.call(
      billing.plan.addVersion,
      {
        ...{ planId: made.id, interval: 'year' },
        prices: [
          {
            ...{ key: 'base', name: 'Year', metricId: null, currency: 'USD' },
            charge: { model: 'flat', amount: '12000' },
          },
          {
            ...{ key: 'units', name: 'Units', metricId: metrics.calls, currency: 'USD', interval: 'month' },
            charge: { model: 'standard', unit: '1' },
          },
        ],
      },
      t.admin,
    )
    const { customer } = await subscribed(t, 'acme', made.id, { from: '2026-01-01' })
    await agreed(customer.id, '2026-01-01', {
      commitments: [
        {
          ...{ key: 'quarter', name: 'Quarterly spend', amount: 400_000n, every: 'quarter' },
          ...{ alignment: 'calendar', overagePercent: '-10' },
        },
      ],
    })
    await use(t, 'acme', 'calls', '2026-02-10', '800')
    await use(t, 'acme', 'calls', '2026-05-10', '2000')
    await closeMonth(t, '2026-02')
    expect(await texts('2026-02')).toEqual(['fee Year 1 = 1200000', 'usage Units 800 = 80000'])
    await closeMonth(t, '2026-03')
    expect(await texts('2026-03')).toEqual(['fee Quarterly spend (shortfall) 0 = 24110'])
    await closeMonth(t, '2026-06')
    expect(await texts('2026-06')).toEqual([
      'usage Units 2000 = 200000',
      'discount Quarterly spend (beyond it) 0 = -9918',
    ])
    await closeMonth(t, '2026-06')
    expect(await texts('2026-06')).toHaveLength(2)
  })

  /**
   * Calls at 0.10 above 100 free ones: 20,100 are 2,000.00; a fee of 100.00 in advance twice on the first invoice.
   * By spend on calls: nothing off the first 1,000.00, 20 % off what is above: 200.00, a tenth of all of it.
   * Then the coupon of 10 % on everything, from what that left: 10.00 off each fee, 180.00 off the 1,800.00 left.
   * Net 200.00 + 2,000.00 − 200.00 − 20.00 − 180.00 = 1,800.00; tax of 8 %, line by line: 16.00 + 160.00 − 16.00
   * − 1.60 − 14.40 = 144.00.
   */
  it('has something off by volume, and a coupon from what that leaves', async () => {
    const { pro, metrics } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-09-01' })
    const tiers = [
      { upTo: '1000', percent: '0' },
      { upTo: null, percent: '20' },
    ]
    const volume = [{ name: 'Volume', basis: 'spend', mode: 'graduated', metricIds: [metrics.calls], tiers }]
    await agreed(customer.id, '2026-09-01', { volume })
    const coupon = { code: 'TENTH', name: 'A tenth', off: { kind: 'percent' as const, percent: '10' } }
    await t.core.call(billing.coupon.create, { ...coupon, months: null }, t.admin)
    await t.core.call(
      billing.coupon.apply,
      { code: 'TENTH', customerId: customer.id, from: day('2026-09-01') },
      t.admin,
    )
    await use(t, 'acme', 'calls', '2026-09-10', '20100')
    await closeMonth(t, '2026-09')
    expect(await texts('2026-09')).toEqual([
      'fee Base fee 1 = 10000',
      'usage API calls 20100 = 200000',
      'fee Base fee 1 = 10000',
      'discount Volume: API calls 0 = -20000',
      'discount TENTH: Base fee 0 = -1000',
      'discount TENTH: API calls 0 = -18000',
      'discount TENTH: Base fee 0 = -1000',
    ])
    const [issued] = await issueMonth(t, '2026-09')
    expect(issued).toMatchObject({ net: 180_000n, tax: 14_400n, total: 194_400n })
    // A credit note over all of it comes to the same, and nothing is billed again.
    await t.core.call(
      billing.correction.credit,
      { invoiceId: issued!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'Goodwill' },
      t.admin,
    )
    await closeMonth(t, '2026-09')
    expect(await invoicesOf(t, '2026-09')).not.toContainEqual(expect.objectContaining({ state: 'draft' }))
  })

  /**
   * Fees of 100.00 and a minimum of 250.00: the first invoice has two fees, 200.00, so that 50.00 make it up, with tax
   * of 8 %: 16.00 + 4.00. The second has one, and 150.00. With 2,100 calls, 200.00, the third reaches it by itself.
   */
  it('has a minimum on each invoice', async () => {
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    await agreed(customer.id, '2026-08-01', { minimum: 25_000n })
    await use(t, 'acme', 'calls', '2026-10-10', '2100')
    const minima: bigint[] = []
    for (const period of ['2026-08', '2026-09', '2026-10']) {
      await closeMonth(t, period)
      const [one] = await issueMonth(t, period)
      const { lineItems } = await t.core.call(billing.invoice.get, { invoiceId: one!.id }, t.admin)
      minima.push(lineItems.find(line => line.name.startsWith('Minimum'))?.amount ?? 0n)
      expect([one!.net, one!.tax]).toEqual(period === '2026-10' ? [30_000n, 2400n] : [25_000n, 2000n])
    }
    expect(minima).toEqual([5000n, 15_000n, 0n])
  })
})
