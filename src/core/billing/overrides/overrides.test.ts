import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import {
  closeMonth,
  closeWorld,
  plan,
  subscribed,
  type TestPrice,
  use,
  usualPrices,
} from '../testing/close-kit.ts'

const { billing, workspace } = contract
/** The host itself, of whom no person is known: a schedule, or the command line. */
const HOST: Caller = { person: null, device: 'test', assurance: 'system', system: true }

describe.each(DATABASES)('prices of one customer alone, and moves to another version (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world() {
    t = await testCore(database)
    const { metrics } = await closeWorld(t)
    const prices = usualPrices(metrics).map(price =>
      price.key === 'calls' ? { ...price, floorPercent: '80' } : price,
    )
    const { planId, versionId } = await plan(t, 'floored', prices)
    const { customer, subscription } = await subscribed(t, 'acme', planId)
    const common = { customerId: customer.id, planId, currency: 'USD', reason: 'Old friends' }
    const set = (more: object, caller: Caller = t.admin) =>
      t.core.call(
        billing.override.set,
        { ...common, priceKey: 'calls', from: day('2026-10-01'), ...more } as never,
        caller,
      )
    return { metrics, planId, versionId, customer, subscription, set, prices }
  }

  it('refusals: no such price, no change, another kind, nonsense, two at a time', async () => {
    const { set } = await world()
    const off = { terms: { discountPercent: '10' } }
    await expect(set({ priceKey: 'none', ...off })).rejects.toMatchObject({ code: 'BILLING_PRICE_UNKNOWN' })
    await expect(set({ currency: 'EUR', ...off })).rejects.toMatchObject({ code: 'BILLING_PRICE_UNKNOWN' })
    await expect(set({ terms: {} })).rejects.toMatchObject({ code: 'BILLING_OVERRIDE_EMPTY' })
    await expect(set({ to: day('2026-10-01'), ...off })).rejects.toMatchObject({
      code: 'BILLING_OVERRIDE_EMPTY',
    })
    const invalid = (reason: string) => ({ code: 'BILLING_PRICE_INVALID', data: { reason } })
    await expect(set({ terms: { charge: { model: 'flat', amount: '1' } } })).rejects.toMatchObject(
      invalid('fee-for-usage'),
    )
    await expect(set({ terms: { minimum: '5', maximum: '1' } })).rejects.toMatchObject(
      invalid('minimum-over-maximum'),
    )
    await expect(set({ terms: { discountPercent: '101' } })).rejects.toMatchObject(
      invalid('discount-over-100'),
    )
    await set({ to: day('2026-11-01'), ...off })
    await expect(set(off)).rejects.toMatchObject({ code: 'BILLING_OVERRIDE_OVERLAP' })
    await set({ ...off, from: day('2026-11-01') })
    // One may end where another begins, and no later.
    await expect(set({ ...off, from: day('2026-09-01'), to: day('2026-10-02') })).rejects.toMatchObject({
      ...{ code: 'BILLING_OVERRIDE_OVERLAP', data: { from: day('2026-10-01'), to: day('2026-11-01') } },
    })
    await set({ ...off, from: day('2026-09-01'), to: day('2026-10-01') })
  })

  it('the newest first; undoing one takes it back, and undoing that puts it there again', async () => {
    const { set, customer } = await world()
    const off = { terms: { discountPercent: '10' } }
    await set({ ...off, to: day('2026-11-01') })
    t.clock.advance(1)
    await set({ ...off, priceKey: 'gb' })
    await set({ ...off, priceKey: 'base', from: day('2026-09-01') })
    await set({ ...off, from: day('2026-11-01') }, HOST)
    const list = async () =>
      (await t.core.call(billing.override.list, { customerId: customer.id }, t.admin)).overrides
    const before = await list()
    expect(before.map(one => [one.priceName, one.from, one.createdBy])).toEqual([
      ['API calls', day('2026-11-01'), null],
      ['Storage', day('2026-10-01'), t.admin.person],
      ['API calls', day('2026-10-01'), t.admin.person],
      ['Base fee', day('2026-09-01'), t.admin.person],
    ])
    const undoLast = async () => {
      const { entries } = await t.core.call(workspace.log.list, { limit: 1 }, t.admin)
      await t.core.call(workspace.log.undo, { commandId: entries[0]!.commandId }, t.admin)
    }
    await undoLast()
    expect(await list()).toEqual(before.slice(1))
    await undoLast()
    expect(await list()).toEqual(before)
  })

  it('an end, what never was, and undoing both', async () => {
    const { set, customer } = await world()
    const { override } = await set({ terms: { discountPercent: '10' } })
    const list = async () =>
      (await t.core.call(billing.override.list, { customerId: customer.id }, t.admin)).overrides.map(
        one => one.to,
      )
    const overrideId = override!.id
    const ended = await t.core.call(billing.override.end, { overrideId, at: day('2026-11-05') }, t.admin)
    expect(ended.to).toBe(day('2026-11-05'))
    await expect(
      t.core.call(billing.override.end, { overrideId, at: day('2026-11-05') }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_OVERRIDE_EMPTY' })
    await t.core.call(billing.override.end, { overrideId, at: day('2026-09-01') }, t.admin)
    expect(await list()).toEqual([])
    await expect(
      t.core.call(billing.override.end, { overrideId, at: day('2026-09-01') }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    const { entries } = await t.core.call(workspace.log.list, { limit: 2 }, t.admin)
    await t.core.call(workspace.log.undo, { commandId: entries[1]!.commandId }, t.admin)
    expect(await list()).toEqual([day('2026-11-05')])
  })

  it('below the floor somebody is asked, and nothing holds until they allow it', async () => {
    const { set, customer } = await world()
    expect(await set({ terms: { discountPercent: '20' }, to: day('2026-10-02') })).toMatchObject({
      approvalId: null,
    })
    const asked = await set({ terms: { discountPercent: '21' }, from: day('2026-10-02') })
    expect(asked).toMatchObject({ override: null, approvalId: expect.any(String) })
    const { overrides } = await t.core.call(billing.override.list, { customerId: customer.id }, t.admin)
    expect(overrides).toHaveLength(1)

    // The host itself cannot ask: nobody would know who did.
    await expect(set({ terms: { discountPercent: '50' } }, HOST)).rejects.toMatchObject({
      code: 'WORKSPACE_NOBODY',
    })
    // Once an approver allows it, it holds in the name of who asked.
    const { people, approval } = workspace
    const words = { name: 'Ben', email: 'ben@example.com', roles: ['approver' as const] }
    const ben = t.as((await t.core.call(people.add, words, t.admin)).id)
    const approvalId = asked.approvalId!
    const { digest, nonce } = await t.core.call(approval.get, { approvalId }, ben)
    await t.core.call(approval.approve, { approvalId, digest, nonce }, ben)
    const held = await t.core.call(billing.override.list, { customerId: customer.id }, t.admin)
    expect(held.overrides.map(one => [one.terms.discountPercent, one.createdBy])).toEqual([
      ['21', t.admin.person],
      ['20', t.admin.person],
    ])
  })

  it('who is on an earlier version and what each would pay, with prices of its own, then moves', async () => {
    const { planId, versionId, customer, subscription, set, metrics, prices } = await world()
    await use(t, 'acme', 'calls', '2026-09-10', '1100')
    await set({ terms: { discountPercent: '10' }, from: day('2026-09-01') })
    await subscribed(t, 'other', planId)
    await closeMonth(t, '2026-09')
    const dearer = prices.map(price =>
      price.key === 'base' ? { ...price, charge: { model: 'flat' as const, amount: '150' } } : price,
    )
    const version = await t.core.call(billing.plan.addVersion, { planId, prices: dearer }, t.admin)
    const look = (more: object = {}) =>
      t.core.call(billing.plan.migration, { planVersionId: version.id, ...more }, t.admin)
    const { subscriptions, more } = await look()
    expect(more).toBe(false)
    // The fee, and 1,000 calls at 0.10 less a tenth.
    const mine = subscriptions.find(one => one.customerId === customer.id)!
    expect(mine).toMatchObject({
      ...{ fromVersionId: versionId, fromNumber: 1, before: 19_000n, after: 24_000n, obstacle: null },
      period: { from: day('2026-09-01'), to: day('2026-10-01') },
    })
    expect(subscriptions.find(one => one.customerId !== customer.id)).toMatchObject({
      before: 10_000n,
      after: 15_000n,
    })
    const first = await look({ limit: 1 })
    expect(first.more).toBe(true)
    const rest = await look({ limit: 1, after: first.subscriptions[0]!.subscriptionId })
    expect([...first.subscriptions, ...rest.subscriptions]).toEqual(subscriptions)

    await t.core.call(
      billing.subscription.change,
      { subscriptionId: subscription.id, planVersionId: version.id },
      t.admin,
    )
    expect((await look()).subscriptions.map(one => one.customer)).toEqual(['Customer other'])
    const euro = await t.core.call(
      billing.plan.addVersion,
      { planId, prices: usualPrices(metrics, 'EUR') },
      t.admin,
    )
    const there = await t.core.call(billing.plan.migration, { planVersionId: euro.id }, t.admin)
    expect(there.subscriptions.map(one => one.obstacle)).toEqual(['currency', 'currency'])
    await expect(look({ planVersionId: customer.id })).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('what a move would cost who was never billed yet, by the prices of each kind of usage', async () => {
    t = await testCore(database)
    const words = { key: 'tokens', name: 'Tokens', unit: 'tokens', scale: 0, groupBy: ['model'] }
    const metric = await t.core.call(
      billing.metric.create,
      { ...words, aggregation: 'sum', excess: 'refuse' },
      t.admin,
    )
    const prices = (large: string): TestPrice[] => [
      {
        ...{ key: 'tokens', name: 'Tokens', metricId: metric.id, currency: 'USD' },
        charge: { model: 'standard', unit: '0.01' },
        filters: [
          { name: 'Large', values: { model: ['large'] }, charge: { model: 'standard', unit: large } },
        ],
      },
    ]
    const { planId } = await plan(t, 'pro', prices('0.03'))
    await subscribed(t, 'acme', planId, { from: '2026-10-01' })
    const used = (id: string, model: string, quantity: string) => ({
      ...{ id, customer: 'acme', metric: 'tokens', quantity, at: day('2026-10-05'), properties: { model } },
    })
    const events = [used('a', 'large', '100'), used('b', 'small', '50')]
    await t.core.call(billing.usage.record, { events }, t.admin)
    const { id } = await t.core.call(billing.plan.addVersion, { planId, prices: prices('0.05') }, t.admin)
    // In October 100 × 0.03 + 50 × 0.01, and with the new version 100 × 0.05 + 50 × 0.01.
    expect(await t.core.call(billing.plan.migration, { planVersionId: id }, t.admin)).toMatchObject({
      subscriptions: [
        { before: 350n, after: 550n, period: { from: day('2026-10-01'), to: day('2026-11-01') } },
      ],
    })
  })

  it('a simulation on what a customer really used', async () => {
    const { customer, metrics } = await world()
    await use(t, 'acme', 'calls', '2026-09-10', '1100')
    const span = { from: day('2026-09-01'), to: day('2026-10-01') }
    const simulate = (price: object, more: object = {}) =>
      t.core.call(
        billing.price.simulate,
        {
          price: { currency: 'USD', charge: { model: 'standard', unit: '0.10' }, ...price },
          ...{ customerId: customer.id, metricId: metrics.calls, ...span, ...more },
        } as never,
        t.admin,
      )
    expect(await simulate({ minimum: '200', trueUp: true })).toMatchObject({
      ...{ quantity: '1100', amount: '200.00', trueUp: '90.00', events: 1, unpriced: 0 },
    })
    expect(await simulate({ charge: { model: 'dynamic', property: 'price' } })).toMatchObject({ unpriced: 1 })
    // 1 % of 1,100, and 0.10 for the one event.
    expect(await simulate({ charge: { model: 'percentage', percent: '1', fixed: '0.10' } })).toMatchObject({
      ...{ amount: '11.10', events: 1, unpriced: 0 },
    })
    const reason = (text: string) => ({ code: 'BILLING_RATE_INPUT', data: { reason: text } })
    await expect(simulate({ charge: { model: 'flat', amount: '1' } })).rejects.toMatchObject(
      reason('metric-on-fee'),
    )
    await expect(simulate({ currency: 'XXX' })).rejects.toMatchObject(reason('currency-unknown'))
    const dear = { charge: { model: 'standard', unit: '999999999999999999' } }
    await expect(simulate(dear)).rejects.toMatchObject(reason('amount-too-large'))
    await expect(simulate({}, { to: span.from })).rejects.toMatchObject(reason('ends-before-it-begins'))
    const filter = { name: 'x', values: { region: ['eu'] }, charge: { model: 'standard', unit: '1' } }
    await expect(simulate({ filters: [filter] })).rejects.toMatchObject(reason('filter-property-not-kept'))
  })
})
