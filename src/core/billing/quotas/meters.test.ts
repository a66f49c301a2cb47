import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addPlan } from '../testing/catalogue-kit.ts'
import { recordEvents } from '../usage/record.ts'
import { event, record, usageWorld } from '../usage/testing/usage-kit.ts'

const DAY = 86_400_000n
const on = (month: number, day: number) => BigInt(Date.UTC(2026, month - 1, day, 6))
const { billing } = contract
const { quota } = billing

describe.each(DATABASES)('meters on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world() {
    t = await testCore(database)
    const { customers, metrics } = await usageWorld(t, ['acme', 'globex', 'initech'])
    const words = { key: 'people', name: 'People', unit: 'people', scale: 0, excess: 'refuse' as const }
    const people = { ...words, aggregation: 'unique-count' as const, property: 'user', groupBy: [] }
    metrics.people = (await t.core.call(billing.metric.create, people, t.admin)).id
    const limit = (customer: string, metric: string, most: string) =>
      t.core.call(
        quota.set,
        {
          ...{ customerId: customers[customer]!, metric },
          allowance: { kind: 'limit', limit: most, enforcement: 'soft' },
        },
        t.admin,
      )
    const meter = async (customer: string, metric: string) => {
      const { meters } = await t.core.call(quota.meters, { customerId: customers[customer]! }, t.admin)
      return meters.find(one => one.metric === metric)!
    }
    const seen = (customer: string, at: bigint, ...users: string[]) =>
      record(
        t,
        ...users.map(user =>
          event(t, `${customer}/${at}/${user}`, { customer, metric: 'people', at, properties: { user } }),
        ),
      )
    return { customers, metrics, limit, meter, seen }
  }

  /** A plan on which calls are unlimited and cost 0.50 each, and of which 100 logins are a part. */
  async function subscribe(customerId: string, metricId: string, at: bigint) {
    const input = { key: 'pro', name: 'Pro', description: '' }
    const plan = await t.core.call(billing.plan.create, input, t.admin)
    const charge = { model: 'standard' as const, unit: '0.50' }
    await t.core.call(
      billing.plan.addVersion,
      {
        planId: plan.id,
        prices: [{ key: 'calls', name: 'Calls', metricId, currency: 'EUR', charge, due: 'arrears' }],
        entitlements: [
          { kind: 'metered', key: 'calls', limit: null, enforcement: 'soft' },
          { kind: 'metered', key: 'logins', limit: '100', enforcement: 'soft' },
        ],
      },
      t.admin,
    )
    await t.core.call(billing.subscription.start, { customerId, planId: plan.id, at }, t.admin)
    return plan.id
  }

  it('billing.quota.meters: different values go on as they did in earlier periods', async () => {
    const { limit, meter, seen } = await world()
    for (const [customer, most] of [
      ['acme', '10'],
      ['globex', '2'],
      ['initech', '1'],
    ] as const)
      await limit(customer, 'people', most)
    // Of the thirty days before this month two people came in the first twenty, and two more later: twice as many.
    await seen('acme', on(10, 5), 'ann', 'ben')
    await seen('acme', on(10, 30), 'cle', 'dan')
    // Of the thirty before those nobody came later.
    await seen('acme', on(9, 5), 'ann', 'ben')
    await seen('acme', on(11, 3), 'ann', 'ben', 'cle', 'eve')
    // 4 × 1.5; it erred by 0.5 of 2 and by 0.5 of 1.
    expect(await meter('acme', 'people')).toMatchObject({
      ...{ used: '4', percent: 40, overage: '0' },
      projection: {
        ...{ method: 'earlier-periods', quantity: '6', low: '4', high: '8', error: 37.5, breachAt: null },
      },
    })
    // One period says no more than how it went on; what is reached is reached now.
    await seen('globex', on(10, 5), 'ann')
    await seen('globex', on(11, 3), 'ann', 'ben')
    expect((await meter('globex', 'people')).projection).toEqual({
      ...{ method: 'earlier-periods', quantity: '2', low: '2', high: '2', error: null },
      breachAt: t.clock.now(),
    })
    await seen('initech', on(11, 3), 'ann')
    expect((await meter('initech', 'people')).projection).toEqual({
      ...{ method: 'as-it-stands', quantity: '1', low: null, high: null, error: null, breachAt: null },
    })
  })

  it('billing.quota.meters: what is counted and what has no limit is projected too, with what imports keep aside', async () => {
    const { customers, metrics, meter } = await world()
    const acme = customers.acme!
    await subscribe(acme, metrics.calls!, on(8, 1))
    // A trial costs nothing yet.
    const trial = await addPlan(t, 'trial', { currency: 'EUR', trialDays: 30 })
    const later = { customerId: acme, planId: trial.plan.id, at: on(11, 10) }
    await t.core.call(billing.subscription.start, later, t.admin)
    const days = Array.from({ length: 40 }, (_, i) => t.clock.now() - BigInt(i + 1) * DAY)
    const each = (metric: string, quantity: string) =>
      days.map(at => event(t, `${metric}${at}`, { metric, quantity, at }))
    await record(t, ...each('logins', '7'))
    const aside = [
      ...each('calls', '2'),
      event(t, 'long ago', { at: t.clock.now() - 88n * DAY, quantity: '900' }),
      event(t, 'today', { quantity: '4' }),
      event(t, 'no limit', { metric: 'gb', quantity: '900' }),
    ]
    await t.store.write(t.workspace, 'job', tx => recordEvents(tx, aside, t.clock.now(), { deferred: true }))
    const inMonth = days.filter(at => at >= BigInt(Date.UTC(2026, 10, 1))).length
    const calls = await meter('acme', 'calls')
    const used = 2 * inMonth + 4
    expect(calls).toMatchObject({
      ...{ used: String(used), limit: null, percent: null, source: 'none', overage: '0' },
      projection: { breachAt: null },
      // 0.50 for each.
      cost: { currency: 'EUR', amount: BigInt(used * 50), overage: 0n },
    })
    // Two a day, for ten days more.
    expect(Math.abs(Number(calls.projection!.quantity) - used - 20)).toBeLessThan(4)
    expect(calls.cost!.projected).toBe(BigInt(Number(calls.projection!.quantity) * 50))
    const logins = await meter('acme', 'logins')
    expect(logins).toMatchObject({ used: String(inMonth), limit: '100', cost: null })
    expect(Math.abs(Number(logins.projection!.quantity) - inMonth - 10)).toBeLessThan(2)
  })

  it('billing.quota.overview: a scan projects what comes near its limit, each customer by its own days', async () => {
    const { customers, metrics, limit } = await world()
    await subscribe(customers.acme!, metrics.calls!, on(8, 1))
    await limit('globex', 'logins', '12')
    // Of nothing no percent can be said.
    await limit('initech', 'calls', '0')
    const login = (customer: string, i: number) =>
      event(t, `${customer}${i}`, { customer, metric: 'logins', at: t.clock.now() - BigInt(i + 1) * DAY })
    await record(t, ...Array.from({ length: 8 }, (_, i) => [login('acme', i), login('globex', i)]).flat())
    await limit('acme', 'calls', '50')
    await record(t, event(t, 'calls', { quantity: '20', at: t.clock.now() - DAY }))
    await t.core.call(quota.scan.start, {}, t.admin)
    await t.core.jobs.idle()
    const { readings } = await t.core.call(quota.overview, {}, t.admin)
    expect(readings.map(one => [one.customer, one.metric, one.limit, one.percent])).toEqual([
      ['globex', 'logins', '12', 66],
      ['acme', 'calls', '50', 40],
      ['acme', 'logins', '100', 8],
      ['initech', 'calls', '0', null],
    ])
    const [near, also, far] = readings
    expect(Number(near!.projected)).toBeGreaterThan(8)
    expect(Number(also!.projected)).toBeGreaterThan(20)
    expect(far!.projected).toBeNull()
  })

  it('billing.quota.advise: nothing without a closed period; plans in other currencies are left out', async () => {
    const { customers, metrics } = await world()
    const acme = customers.acme!
    const planId = await subscribe(acme, metrics.calls!, on(11, 5))
    const advise = async (customerId: string) =>
      (await t.core.call(quota.advise, { customerId, periods: 2 }, t.admin)).advice
    expect(await advise(acme)).toBeNull()
    await addPlan(t, 'dollars', { amount: '1' })
    await addPlan(t, 'yearly', { currency: 'EUR', amount: '1', interval: 'year' })
    const start = { customerId: customers.globex!, planId, at: on(9, 1) }
    await t.core.call(billing.subscription.start, start, t.admin)
    await record(t, event(t, 'a', { customer: 'globex', at: on(10, 5), quantity: '30' }))
    const advice = await advise(customers.globex!)
    expect(advice).toMatchObject({ currency: 'EUR', recommended: null, saving: 0n })
    expect(advice!.plans).toMatchObject([{ plan: 'Pro', current: true, usage: 1500n, total: 1500n }])
  })
})
