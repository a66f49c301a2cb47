import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { day } from '#core/billing/testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, subscribed, use } from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { billing } = contract

/**
 * Two subscriptions in euros: a plan with a fee of 100.00 in advance, calls at 0.10 above 100; and an agent at 33.33 in
 * advance. Tax is 8 % of each line: of 33.33 it is 2.67, of 66.66 in one sum it would be 5.33 and not 5.34.
 */
describe('a customer with an invoice for each subscription', () => {
  let t: TestCore
  let customerId: string
  beforeEach(async () => {
    t = await testCore('sqlite')
    const { pro } = await closeWorld(t)
    const agent = await plan(t, 'agent', [
      {
        ...{ key: 'agent', name: 'Agent', metricId: null, currency: 'USD' },
        charge: { model: 'flat', amount: '33.33' },
      },
    ])
    customerId = (await subscribed(t, 'acme', pro.planId)).customer.id
    await t.core.call(
      billing.subscription.start,
      { customerId, planId: agent.planId, at: day('2026-09-01'), trialDays: 0 },
      t.admin,
    )
  })
  afterEach(() => t.close())

  const set = (invoices: 'together' | 'by-subscription') =>
    t.core.call(billing.arrangement.set, { customerId, invoices }, t.admin)
  const month = async (period: string) =>
    (await invoicesOf(t, period))
      .map(({ plan: of, net, tax }) => [of, net, tax])
      .sort((a, b) => Number((b[1] as bigint) - (a[1] as bigint)))
  const numbers = async (period: string) => (await invoicesOf(t, period)).map(one => one.number).sort()

  it('gets two documents of what one would say, corrects each on its own, and goes back to one', async () => {
    // Fees of September and October, and of 150 calls 50: 5.00.
    await use(t, 'acme', 'calls', '2026-09-10', '150')
    await set('by-subscription')
    await closeMonth(t, '2026-09')
    expect(await month('2026-09')).toEqual([
      ['Plan pro', 20_500n, 1640n],
      ['Plan agent', 6666n, 534n],
    ])
    await issueMonth(t, '2026-09')
    expect(await numbers('2026-09')).toEqual(['INV-2026-00001', 'INV-2026-00002'])

    // 30 late calls of September are 3.00 on the invoice of their subscription alone.
    await use(t, 'acme', 'calls', '2026-09-20', '30')
    await closeMonth(t, '2026-10')
    expect(await month('2026-10')).toEqual([
      ['Plan pro', 10_300n, 824n],
      ['Plan agent', 3333n, 267n],
    ])
    // Each is compared with its like.
    const october = await invoicesOf(t, '2026-10')
    expect(october.map(one => one.previous).sort()).toEqual([20_500n + 1640n, 6666n + 534n].sort())

    // One of them goes out; the rest of the month is billed together with what comes after.
    const agent = october.find(one => one.plan === 'Plan agent')!
    await t.core.call(billing.invoice.approve, { invoiceId: agent.id, digest: agent.digest }, t.admin)
    await t.core.call(billing.invoice.issue, { invoiceId: agent.id, digest: agent.digest }, t.admin)
    await set('together')
    expect(await month('2026-10')).toEqual([
      ['Plan agent, Plan pro', 10_300n, 824n],
      ['Plan agent', 3333n, 267n],
    ])
    await issueMonth(t, '2026-10')
    t.clock.advance(40 * 86_400_000)
    await closeMonth(t, '2026-11')
    expect(await month('2026-11')).toEqual([['Plan agent, Plan pro', 13_333n, 1067n]])
    await issueMonth(t, '2026-11')

    // Nothing was billed twice and nothing is missing: closing again adds nothing.
    for (const period of ['2026-09', '2026-10', '2026-11']) await closeMonth(t, period)
    const all = (await Promise.all(['2026-09', '2026-10', '2026-11'].map(month))).flat()
    // Four fees of 100.00, four of 33.33, and 80 calls.
    expect(all.reduce((sum, one) => sum + (one[1] as bigint), 0n)).toBe(40_000n + 13_332n + 800n)
  })

  it('gives back on the invoice of its own what a subscription that ended was billed', async () => {
    await set('by-subscription')
    await closeMonth(t, '2026-09')
    await issueMonth(t, '2026-09')
    const { subscriptions } = await t.core.call(billing.subscription.overview, {}, t.admin)
    const agent = subscriptions.find(one => one.plan.includes('agent'))!
    await t.core.call(
      billing.subscription.cancel,
      { subscriptionId: agent.id, at: day('2026-10-01') },
      t.admin,
    )
    await closeMonth(t, '2026-10')
    // The fee of October comes back with its tax as a credit note of its own: 33.33 and 2.67.
    expect(await month('2026-10')).toEqual([
      ['Plan pro', 10_000n, 800n],
      ['', -3333n, -267n],
    ])
    await issueMonth(t, '2026-10')
    expect((await invoicesOf(t, '2026-10')).map(one => [one.kind, one.number]).sort()).toEqual([
      ['credit-note', 'CN-2026-00001'],
      ['invoice', 'INV-2026-00003'],
    ])
  })
})
