import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, invoicesOf, subscribed, type TestPrice } from '../testing/close-kit.ts'

const { billing } = contract

describe.each(DATABASES)('further terms of prices, closed (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function metric(key: string, groupBy: string[] = [], scale = 2) {
    const words = { key, name: key, unit: key, scale, aggregation: 'sum' as const, excess: 'refuse' as const }
    return (await t.core.call(billing.metric.create, { ...words, groupBy }, t.admin)).id
  }

  async function planOf(key: string, prices: TestPrice[], interval: 'month' | 'year' = 'month') {
    const { id } = await t.core.call(billing.plan.create, { key, name: key, description: '' }, t.admin)
    return t.core.call(billing.plan.addVersion, { planId: id, interval, prices }, t.admin)
  }

  let events = 0
  async function record(
    customer: string,
    of: string,
    list: readonly (readonly [on: string, quantity: string, properties?: Record<string, string>])[],
  ) {
    const all = list.map(([on, quantity, properties = {}]) => ({
      ...{ id: `event-${events++}`, customer, metric: of, quantity, properties },
      at: day(on) + 3_601_000n,
    }))
    await t.core.call(billing.usage.record, { events: all }, t.admin)
  }

  const lines = async (period: string) => (await invoicesOf(t, period)).flatMap(({ text }) => text).sort()

  it('prices by property: each event has one price, in roll-ups and at the edges of a zone', async () => {
    t = await testCore(database)
    const tokens = await metric('tokens', ['model', 'region'])
    const version = await planOf('pro', [
      {
        ...{ key: 'tokens', name: 'Tokens', metricId: tokens, currency: 'USD' },
        charge: { model: 'standard', unit: '0.01' },
        filters: [
          { name: 'Large', values: { model: ['large'] }, charge: { model: 'standard', unit: '0.03' } },
          {
            ...{ name: 'Small in Europe', values: { model: ['small', 'tiny'], region: ['eu'] } },
            charge: {
              model: 'graduated',
              tiers: [
                { upTo: '100', unit: '0.02' },
                { upTo: null, unit: '0.01' },
              ],
            },
          },
        ],
      },
    ])
    for (const [key, zone] of [
      ['acme', 'UTC'],
      ['kathmandu', 'Asia/Kathmandu'],
    ] as const) {
      await subscribed(t, key, version.planId, { from: '2026-09-01', zone })
      await record(key, 'tokens', [
        ['2026-09-05', '100', { model: 'large', region: 'us' }],
        ['2026-09-06', '120', { model: 'small', region: 'eu' }],
        ['2026-09-07', '80', { model: 'tiny', region: 'eu' }],
        ['2026-09-08', '300', { model: 'small', region: 'us' }],
        ['2026-09-09', '50', { other: 'x' }],
      ])
    }
    await closeMonth(t, '2026-09')
    // 100 × 0.03 + (100 × 0.02 + 100 × 0.01) + 350 × 0.01 = 3 + 3 + 3.50
    expect(await lines('2026-09')).toEqual(['usage Tokens 650 = 950', 'usage Tokens 650 = 950'])
    const [invoice] = await invoicesOf(t, '2026-09')
    const { lineItems } = await t.core.call(billing.invoice.get, { invoiceId: invoice!.id }, t.admin)
    const { steps } = await t.core.call(billing.invoice.explain, { lineId: lineItems[0]!.id }, t.admin)
    expect(steps.filter(step => step.step === 'price').map(step => step.filter)).toEqual([
      { name: 'Large', quantity: '100', events: 1 },
      { name: 'Small in Europe', quantity: '200', events: 2 },
      { name: null, quantity: '350', events: 2 },
    ])
    // What the next invoice will say is rated by the same charges: it is 11 × 0.03 and 10 × 0.01.
    const { subscriptions } = await t.core.call(billing.subscription.overview, {}, t.admin)
    const subscriptionId = subscriptions.find(one => one.customerKey === 'acme')!.id
    await record('acme', 'tokens', [
      ['2026-11-02', '11', { model: 'large' }],
      ['2026-11-03', '10', { model: 'other' }],
    ])
    await record('acme', 'tokens', [['2026-09-20', '100', { model: 'large' }]])
    const next = await t.core.call(billing.subscription.nextInvoice, { subscriptionId }, t.admin)
    expect([next.period, next.lines.map(line => line.amount)]).toEqual(['2026-11', [300n, 43n]])
    // Late usage of one of them is corrected by itself.
    await closeMonth(t, '2026-10')
    expect((await invoicesOf(t, '2026-10')).flatMap(({ text }) => text)).toEqual([
      'adjustment Tokens 100 = 300',
    ])
  })

  it('prices by property, and event by event: who used nothing of a kind, or nothing at all, owes nothing for it', async () => {
    t = await testCore(database)
    const tokens = await metric('tokens', ['model'])
    const version = await planOf('pro', [
      {
        ...{ key: 'tokens', name: 'Tokens', metricId: tokens, currency: 'USD' },
        charge: { model: 'percentage', percent: '10', fixed: '0.50' },
        filters: [
          { name: 'Large', values: { model: ['large'] }, charge: { model: 'standard', unit: '0.03' } },
        ],
      },
    ])
    for (const key of ['idle', 'large-only', 'small-only'])
      await subscribed(t, key, version.planId, { from: '2026-09-01' })
    await record('large-only', 'tokens', [['2026-09-05', '100', { model: 'large' }]])
    await record('small-only', 'tokens', [['2026-09-05', '40', { model: 'small' }]])
    const run = await closeMonth(t, '2026-09')
    expect(run.report!.problems).toEqual([])
    // 100 × 0.03; 40 × 10 % + 0.50
    expect(await lines('2026-09')).toEqual(['usage Tokens 100 = 300', 'usage Tokens 40 = 450'])
  })

  it('events one by one: a fee for each with limits, and what events say themselves', async () => {
    t = await testCore(database)
    const payments = await metric('payments', ['kind'])
    const calls = await metric('calls')
    const version = await planOf('pay', [
      {
        ...{ key: 'payments', name: 'Payments', metricId: payments, currency: 'USD' },
        charge: {
          ...{ model: 'percentage', percent: '2.9', fixed: '0.30', freeEvents: 1 },
          ...{ minimumPerEvent: '0.50', maximumPerEvent: '3' },
        },
        filters: [
          {
            ...{ name: 'Transfers', values: { kind: ['transfer'] } },
            charge: { model: 'percentage', percent: '1', fixed: '0.10' },
          },
        ],
      },
      {
        ...{ key: 'calls', name: 'Calls', metricId: calls, currency: 'USD' },
        charge: { model: 'dynamic', property: 'price', per: 'unit' },
      },
    ])
    await subscribed(t, 'acme', version.planId, { from: '2026-10-01' })
    await record('acme', 'payments', [
      ['2026-10-02', '500', { kind: 'card' }], // free
      ['2026-10-03', '1'], // 0.329 → 0.50
      ['2026-10-04', '50', { kind: 'card' }], // 1.75
      ['2026-10-05', '1000'], // 29.30 → 3
      ['2026-10-06', '100', { kind: 'transfer' }], // 1 + 0.10
    ])
    await record('acme', 'calls', [
      ['2026-10-02', '10', { price: '0.5' }],
      ['2026-10-03', '4', { price: '0.25' }],
      ['2026-10-04', '7', { price: 'dear' }],
    ])
    const run = await closeMonth(t, '2026-10')
    expect(await lines('2026-10')).toEqual(['usage Calls 21 = 600', 'usage Payments 1651 = 635'])
    expect(run.report!.problems.map(({ code, detail }) => `${code} ${detail}`)).toEqual([
      'event-without-price Calls: 1',
    ])
  })

  it('usage billed monthly on a yearly fee, with a quarterly minimum that is made up on its own', async () => {
    t = await testCore(database)
    const calls = await metric('calls', [], 0)
    const version = await planOf(
      'annual',
      [
        {
          key: 'fee',
          name: 'Fee',
          metricId: null,
          currency: 'USD',
          charge: { model: 'flat', amount: '1200' },
        },
        {
          ...{ key: 'calls', name: 'Calls', metricId: calls, currency: 'USD', minimum: '300' },
          charge: { model: 'standard', unit: '1' },
          ...{ interval: 'month', trueUp: true, minimumInterval: 'quarter' },
        },
      ],
      'year',
    )
    await subscribed(t, 'acme', version.planId, { from: '2026-01-01' })
    await record('acme', 'calls', [
      ['2026-01-10', '80'],
      ['2026-02-10', '50'],
      ['2026-03-10', '90'],
      ['2026-04-10', '400'],
    ])
    for (const month of ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'])
      await closeMonth(t, month)
    expect(await lines('2026-01')).toEqual(['fee Fee 1 = 120000', 'usage Calls 80 = 8000'])
    expect(await lines('2026-02')).toEqual(['usage Calls 50 = 5000'])
    // 300 less 80 + 50 + 90
    expect(await lines('2026-03')).toEqual(['fee Calls (minimum) 0 = 8000', 'usage Calls 90 = 9000'])
    expect(await lines('2026-04')).toEqual(['usage Calls 400 = 40000'])
    expect([...(await lines('2026-05')), ...(await lines('2026-06'))]).toEqual([])
    // Late usage of the quarter is billed, and the minimum that it reaches is given back.
    await record('acme', 'calls', [['2026-03-20', '30']])
    await closeMonth(t, '2026-07')
    expect(await lines('2026-07')).toEqual(['adjustment Calls 30 = 3000', 'credit Calls (minimum) 0 = -3000'])
  })

  it('a price of one customer alone, from a day on, with its reason in the line', async () => {
    t = await testCore(database)
    const calls = await metric('calls', [], 0)
    const version = await planOf('pro', [
      { key: 'fee', name: 'Fee', metricId: null, currency: 'USD', charge: { model: 'flat', amount: '300' } },
      {
        ...{ key: 'calls', name: 'Calls', metricId: calls, currency: 'USD', floorPercent: '50' },
        charge: { model: 'standard', unit: '0.10' },
      },
    ])
    const { planId } = version
    const { customer } = await subscribed(t, 'acme', planId, { from: '2026-09-01' })
    await subscribed(t, 'other', planId, { from: '2026-09-01' })
    const own = { customerId: customer.id, planId, currency: 'USD', reason: 'Launch partner' }
    const set = (input: Partial<Parameters<typeof ask>[0]>) => ask({ ...own, ...input } as never)
    const ask = (input: {
      customerId: string
      planId: string
      currency: string
      reason: string
      priceKey: string
      from: bigint
      to?: bigint
      terms: object
    }) => t.core.call(billing.override.set, input as never, t.admin)

    const from = day('2026-09-16')
    await set({ priceKey: 'calls', from, terms: { charge: { model: 'standard', unit: '0.05' } } })
    await set({ priceKey: 'fee', from, to: day('2026-10-01'), terms: { discountPercent: '50' } })
    for (const key of ['acme', 'other'])
      await record(key, 'calls', [
        ['2026-09-10', '1000'],
        ['2026-09-20', '1000'],
      ])
    await closeMonth(t, '2026-09')
    // 15 of 30 days of 300 and 15 of them at half; 1,000 at 0.10 and 1,000 at 0.05. October's fee is whole again.
    expect(await lines('2026-09')).toEqual(
      [
        ...['fee Fee 1 = 15000', 'fee Fee 1 = 7500', 'fee Fee 1 = 30000'],
        ...['usage Calls 1000 = 10000', 'usage Calls 1000 = 5000'],
        ...['fee Fee 1 = 30000', 'fee Fee 1 = 30000', 'usage Calls 2000 = 20000'],
      ].sort(),
    )
    const { overrides } = await t.core.call(billing.override.list, { customerId: customer.id }, t.admin)
    expect(overrides.map(({ priceName, planName, reason }) => [priceName, planName, reason])).toEqual([
      ['Fee', 'pro', 'Launch partner'],
      ['Calls', 'pro', 'Launch partner'],
    ])
    const invoices = await t.core.call(billing.invoice.list, { filter: { period: '2026-09' } }, t.admin)
    const mine = invoices.invoices.find(one => one.customerId === customer.id)!
    const { lineItems } = await t.core.call(billing.invoice.get, { invoiceId: mine.id }, t.admin)
    const line = lineItems.find(one => one.name === 'Calls' && one.amount === 5000n)!
    const { steps } = await t.core.call(billing.invoice.explain, { lineId: line.id }, t.admin)
    expect(steps).toContainEqual({ step: 'override', reason: 'Launch partner' })

    // Ended a day after it was billed: the rest of September is corrected.
    const calls2 = overrides.find(one => one.priceKey === 'calls')!
    await t.core.call(billing.override.end, { overrideId: calls2.id, at: day('2026-09-18') }, t.admin)
    await closeMonth(t, '2026-10')
    const after = await lines('2026-10')
    expect(after).toContain('credit Calls -1000 = -5000')
    expect(after).toContain('usage Calls 1000 = 10000')
  })
})
