import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, day } from '../testing/catalogue-kit.ts'

const { subscription } = contract.billing
const { jobs } = contract.workspace
const SYSTEM: Caller = { person: null, device: 'test', assurance: 'system', system: true }
// The clock of the tests stands on 21 November 2026, 09:00.
const NOV = day('2026-11-01')
const DEC = day('2026-12-01')
const FEB = day('2027-02-01')

describe.each(DATABASES)('subscriptions as they are seen on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function begun() {
    t = await testCore(database)
    const starter = await addPlan(t, 'starter', { amount: '30' })
    const start = async (key: string, more: object) => {
      const customer = await addCustomer(t, key)
      const terms = { customerId: customer.id, planId: starter.plan.id, at: NOV, trialDays: 0, ...more }
      return t.core.call(subscription.start, terms, t.admin)
    }
    const overview = async () => (await t.core.call(subscription.overview, {}, t.admin)).subscriptions
    const story = (subscriptionId: string) => t.core.call(subscription.story, { subscriptionId }, t.admin)
    return { starter, start, overview, story }
  }

  it('billing.subscription.overview: nothing, what begins later, trials, and what ended as it began', async () => {
    const { start, overview, story } = await begun()
    expect(await overview()).toEqual([])
    const later = await start('later', { at: DEC })
    const trial = await start('trial', { at: day('2026-11-20'), trialDays: 14 })
    const never = await start('never', { at: day('2026-11-20') })
    await t.core.call(subscription.cancel, { subscriptionId: never.id, at: never.startedAt }, t.admin)
    const found = new Map((await overview()).map(one => [one.id, one]))
    expect(found.get(later.id)).toMatchObject({
      ...{ state: 'scheduled', plan: 'Plan starter', version: 1, seats: 1n, mrr: 0n, renewsAt: null },
    })
    expect(found.get(trial.id)).toMatchObject({ state: 'trialing', trialEndsAt: day('2026-12-04') })
    expect(found.get(never.id)).toMatchObject({
      ...{ state: 'cancelled', plan: 'Plan starter', planId: never.planId, version: 0, seats: 0n, mrr: 0n },
    })
    // What it will bring is counted from its beginning.
    const { renewals, recurring } = await story(later.id)
    expect(recurring).toMatchObject({ monthly: 3000n })
    expect(renewals.map(({ at }) => at)).toEqual([day('2027-01-01'), FEB, day('2027-03-01')])
    const { jobId } = await t.core.call(subscription.sweep, {}, t.admin)
    await t.core.jobs.idle()
    const { state, result } = await t.core.call(jobs.get, { jobId }, t.admin)
    expect([state, result]).toMatchObject(['done', { looked: 3, ended: 0 }])
  })

  it('billing.subscription.story: no renewal after its planned end, and no add-on that is over', async () => {
    const { start, overview, story } = await begun()
    const support = await addPlan(t, 'support', { amount: '10' })
    const { id: subscriptionId } = await start('acme', {})
    const add = { subscriptionId, planVersionId: support.version.id, at: NOV }
    const { addOns } = await t.core.call(subscription.addAddOn, add, t.admin)
    const end = { subscriptionId, addOnId: addOns[0]!.id }
    await t.core.call(subscription.endAddOn, { ...end, at: day('2026-11-10') }, t.admin)
    expect(await overview()).toMatchObject([{ addOns: 0, mrr: 3000n }])
    await t.core.call(subscription.cancel, { subscriptionId, at: FEB }, t.admin)
    expect((await story(subscriptionId)).renewals).toEqual([
      { at: DEC, amount: 3000n },
      { at: day('2027-01-01'), amount: 3000n },
    ])
    expect(await overview()).toMatchObject([{ state: 'active', endsAt: FEB }])
  })

  it('billing.subscription.due: page after page, and nothing to note of none', async () => {
    const { start } = await begun()
    const ids = [(await start('one', {})).id, (await start('two', {})).id].sort()
    const due = (after: string | null) =>
      t.core.call(subscription.due, { after, limit: 1, until: t.clock.now() }, SYSTEM)
    expect(await due(null)).toEqual({ subscriptionIds: [ids[0]], last: ids[0], looked: 1 })
    expect(await due(ids[0]!)).toEqual({ subscriptionIds: [ids[1]], last: ids[1], looked: 1 })
    expect(await due(ids[1]!)).toEqual({ subscriptionIds: [], last: null, looked: 0 })
    const none = { subscriptionIds: [], until: t.clock.now() }
    expect(await t.core.call(subscription.note, none, SYSTEM)).toEqual({ noted: 0, reminded: 0, ended: 0 })
  })

  it('billing.subscription.addAddOn: by a price of another currency is refused', async () => {
    const { start } = await begun()
    const { id: subscriptionId } = await start('acme', {})
    const plan = contract.billing.plan
    const base = {
      key: 'base',
      name: 'Base fee',
      metricId: null,
      charge: { model: 'flat' as const, amount: '10' },
    }
    const made = await t.core.call(plan.create, { key: 'both', name: 'Both', description: '' }, t.admin)
    const version = await t.core.call(
      plan.addVersion,
      {
        planId: made.id,
        prices: [
          { ...base, currency: 'USD' },
          { ...base, currency: 'JPY' },
        ],
      },
      t.admin,
    )
    const yen = version.prices.find(price => price.currency === 'JPY')!
    const add = { subscriptionId, planVersionId: version.id, priceId: yen.id }
    await expect(t.core.call(subscription.addAddOn, add, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_NO_PRICE_FOR_CURRENCY', data: { currency: 'USD', plan: 'Both' } },
    })
  })
})
