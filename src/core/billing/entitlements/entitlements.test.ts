import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { event, record, usageWorld } from '../usage/testing/usage-kit.ts'
import { createEntitlementCache } from './entitlement-cache.ts'

describe.each(DATABASES)('entitlements on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world(files = testFiles()) {
    t = await testCore(database, { files })
    const { customers } = await usageWorld(t)
    const plan = await t.core.call(
      contract.billing.plan.create,
      { key: 'pro', name: 'Pro', description: '' },
      t.admin,
    )
    const addVersion = (calls: string) =>
      t.core.call(
        contract.billing.plan.addVersion,
        {
          planId: plan.id,
          prices: [],
          entitlements: [
            { kind: 'boolean', key: 'sso', allowed: true },
            { kind: 'static', key: 'support', value: 'chat' },
            { kind: 'metered', key: 'calls', limit: calls, enforcement: 'hard' },
            { kind: 'metered', key: 'seats', limit: '3', enforcement: 'soft' },
            { kind: 'metered', key: 'peak', limit: null, enforcement: 'hard' },
          ],
        },
        t.admin,
      )
    await addVersion('10')
    const customerId = customers.acme as string
    const start = () =>
      t.core.call(
        contract.billing.subscription.start,
        { customerId, planId: plan.id, at: BigInt(Date.UTC(2026, 10, 1)) },
        t.admin,
      )
    const check = (key: string, quantity = '0') =>
      t.core.call(contract.billing.entitlement.check, { customerId, key, quantity }, t.admin)
    return { customerId, start, check, addVersion, files }
  }

  it('billing.entitlement.check: follows each commit, of terms and of usage', async () => {
    const { start, check, customerId, addVersion } = await world()
    expect(await check('sso')).toMatchObject({ kind: 'none', allowed: false })
    const subscription = await start()
    expect(await check('sso')).toMatchObject({ kind: 'boolean', allowed: true })
    expect(await check('support')).toMatchObject({ kind: 'static', value: 'chat' })
    expect(await check('calls', '10')).toEqual({
      ...{ key: 'calls', kind: 'metered', allowed: true, value: null, limit: '10', used: '0' },
      ...{ enforcement: 'hard', resetsAt: BigInt(Date.UTC(2026, 11, 1)), percent: 0, reached: 0 },
    })
    await record(t, event(t, 'a', { quantity: '7' }))
    expect(await check('calls', '3')).toMatchObject({ allowed: true, used: '7' })
    expect(await check('calls', '3.5')).toMatchObject({ allowed: false })
    // The same again, usage of the month before, and a refused call count for nothing.
    await record(t, event(t, 'a', { quantity: '7' }), event(t, 'old', { at: BigInt(Date.UTC(2026, 9, 31)) }))
    await expect(
      record(t, event(t, 'b', { quantity: '2' }), event(t, 'c', { metric: 'none' })),
    ).rejects.toThrow()
    expect(await check('calls')).toMatchObject({ used: '7', allowed: true })
    await record(t, event(t, 'b', { quantity: '3' }), event(t, 's', { metric: 'seats', quantity: '5' }))
    expect(await check('calls')).toMatchObject({ used: '10', allowed: false })
    expect(await check('seats')).toMatchObject({ used: '5', allowed: true, enforcement: 'soft' })
    await record(t, event(t, 's2', { metric: 'seats', quantity: '2' }))
    expect(await check('seats')).toMatchObject({ used: '2' })
    expect(await check('peak', '999')).toMatchObject({ used: '0', allowed: true, limit: null })
    await record(
      t,
      event(t, 'p', { metric: 'peak', quantity: '4' }),
      event(t, 'p2', { metric: 'peak', quantity: '2' }),
    )
    expect(await check('peak')).toMatchObject({ used: '4' })

    const version = await addVersion('100')
    await t.core.call(
      contract.billing.subscription.change,
      { subscriptionId: subscription.id, at: t.clock.now(), planVersionId: version.id },
      t.admin,
    )
    expect(await check('calls')).toMatchObject({ used: '10', limit: '100', allowed: true })
    const { entitlements } = await t.core.call(contract.billing.entitlement.list, { customerId }, t.admin)
    expect(entitlements.map(one => one.key)).toEqual(['calls', 'peak', 'seats', 'sso', 'support'])
    // The allowance begins anew with the month.
    t.clock.advance(11 * 86_400_000)
    expect(await check('calls')).toMatchObject({ used: '0', resetsAt: BigInt(Date.UTC(2027, 0, 1)) })
    await t.core.call(
      contract.billing.subscription.cancel,
      { subscriptionId: subscription.id, at: t.clock.now() },
      t.admin,
    )
    expect(await check('sso')).toMatchObject({ kind: 'none', allowed: false })
  })

  it('follows files of usage', async () => {
    const { start, check, files } = await world()
    await start()
    expect(await check('calls')).toMatchObject({ used: '0' })
    const path = join(mkdtempSync(join(tmpdir(), 'quarterdeck-entitled-')), 'u.csv')
    writeFileSync(path, 'id,customer,metric,quantity,at\nx,acme,calls,8,2026-11-20\n')
    files.put('u', path)
    await t.core.call(
      contract.billing.usage.import,
      { fileId: 'u', fileName: 'u.csv', mode: 'good-rows' },
      t.admin,
    )
    await t.core.jobs.idle()
    expect(await check('calls')).toMatchObject({ used: '8' })
  })

  it('keeps nothing that was read in a snapshot from before a commit', async () => {
    const { start, customerId, check } = await world()
    await start()
    const cache = createEntitlementCache()
    const now = t.clock.now()
    const old = cache.opening()
    await t.store.read(t.workspace, async reader => {
      cache.opened(reader, old)
      // A commit elsewhere, after the snapshot was opened.
      cache.committed(new Set(['usage_buckets']))
      await cache.read(reader, customerId, 'calls', '0', now)
    })
    expect(cache.check(customerId, 'calls', '0', now)).toBeNull()
    const fresh = cache.opening()
    await t.store.read(t.workspace, async reader => {
      cache.opened(reader, fresh)
      await cache.read(reader, customerId, 'calls', '0', now)
    })
    expect(cache.check(customerId, 'calls', '0', now)).toMatchObject({ used: '0' })
    expect(await check('calls')).toMatchObject({ used: '0' })
  })
})

describe('what several subscriptions entitle to', () => {
  let t: TestCore
  afterEach(() => t.close())
  const NOV = BigInt(Date.UTC(2026, 10, 1))

  async function planWith(key: string, interval: 'month' | 'year', entitlements: readonly object[]) {
    const input = { key, name: key, description: '' }
    const { id } = await t.core.call(contract.billing.plan.create, input, t.admin)
    const version = { planId: id, interval, prices: [], entitlements }
    await t.core.call(contract.billing.plan.addVersion, version as never, t.admin)
    return id
  }
  const start = (customerId: string, planId: string, at: bigint) =>
    t.core.call(contract.billing.subscription.start, { customerId, planId, at, trialDays: 0 }, t.admin)

  it('billing.entitlement.check: adds allowances up until the first begins anew, and takes a key as it began', async () => {
    t = await testCore('sqlite')
    const { customers } = await usageWorld(t)
    const acme = customers.acme!
    const metered = (key: string, limit: string) => ({ kind: 'metered', key, limit, enforcement: 'hard' })
    const yearly = await planWith('yearly', 'year', [
      metered('logins', '5'),
      { kind: 'static', key: 'tier', value: 'gold' },
    ])
    const monthly = await planWith('monthly', 'month', [
      metered('logins', '2'),
      { kind: 'boolean', key: 'tier', allowed: false },
    ])
    await start(acme, yearly, NOV - 86_400_000n)
    await start(acme, monthly, NOV)
    // One that is to come counts for nothing yet, but says until when the answer holds.
    await start(acme, await planWith('later', 'month', [metered('logins', '90')]), t.clock.now() + 1000n)
    const check = (key: string) =>
      t.core.call(contract.billing.entitlement.check, { customerId: acme, key }, t.admin)
    const login = (id: string, on: bigint) => event(t, id, { metric: 'logins', quantity: '40', at: on })
    // Before the month began, though within the year; and two in it.
    await record(t, login('x', NOV - 1n), login('a', NOV), login('b', NOV + 1n))
    expect(await check('logins')).toMatchObject({
      used: '2',
      limit: '7',
      resetsAt: BigInt(Date.UTC(2026, 11, 1)),
    })
    await record(t, login('c', NOV + 2n))
    expect(await check('logins')).toMatchObject({ used: '3', allowed: true })
    expect(await check('tier')).toMatchObject({ kind: 'static', value: 'gold' })
    t.clock.advance(1000)
    expect(await check('logins')).toMatchObject({ limit: '97' })
    const stranger = { customerId: monthly, key: 'logins' }
    await expect(t.core.call(contract.billing.entitlement.check, stranger, t.admin)).rejects.toMatchObject({
      ...{ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'customer', id: monthly } },
    })
  })

  it('billing.entitlement.check: an add-on allows as much as often as it is there, for as long as it is; one price of a plan allows nothing', async () => {
    t = await testCore('sqlite')
    const { customers, metrics } = await usageWorld(t)
    const acme = customers.acme!
    const now = t.clock.now()
    const { id: subscriptionId } = await start(
      acme,
      await planWith('base', 'month', [
        { kind: 'metered', key: 'logins', limit: '5', enforcement: 'hard' },
        { kind: 'metered', key: 'peak', limit: null, enforcement: 'hard' },
      ]),
      NOV,
    )
    const { billing } = contract
    const input = { key: 'pack', name: 'Pack', description: '' }
    const pack = await t.core.call(billing.plan.create, input, t.admin)
    const unit = { model: 'standard' as const, unit: '1' }
    const version = await t.core.call(
      billing.plan.addVersion,
      {
        planId: pack.id,
        prices: [{ key: 'calls', name: 'Calls', metricId: metrics.calls!, currency: 'EUR', charge: unit }],
        entitlements: [
          { kind: 'metered', key: 'logins', limit: '2.5', enforcement: 'hard' },
          { kind: 'metered', key: 'peak', limit: null, enforcement: 'hard' },
          { kind: 'boolean', key: 'sso', allowed: true },
        ],
      },
      t.admin,
    )
    const add = (more: object) =>
      t.core.call(
        billing.subscription.addAddOn,
        { subscriptionId, planVersionId: version.id, at: now, ...more },
        t.admin,
      )
    const check = async (key: string) => {
      const found = await t.core.call(billing.entitlement.check, { customerId: acme, key }, t.admin)
      return [found.kind, found.allowed, found.limit]
    }
    await add({ priceId: version.prices[0]!.id, until: now + 86_400_000n })
    expect([await check('logins'), await check('sso')]).toEqual([
      ['metered', true, '5'],
      ['none', false, null],
    ])
    // Three packs, from tomorrow until the day after.
    const day = 86_400_000n
    await add({ quantity: 3n, at: now + day, until: now + 2n * day })
    expect(await check('logins')).toEqual(['metered', true, '5'])
    t.clock.advance(86_400_000)
    expect([await check('logins'), await check('peak'), await check('sso')]).toEqual([
      ['metered', true, '12.5'],
      ['metered', true, null],
      ['boolean', true, null],
    ])
    t.clock.advance(86_400_000)
    expect([await check('logins'), await check('sso')]).toEqual([
      ['metered', true, '5'],
      ['none', false, null],
    ])
  })

  it('billing.entitlement.check: who does not pay is allowed nothing, whatever was agreed with them alone', async () => {
    t = await testCore('sqlite')
    const { customers } = await usageWorld(t)
    const customerId = customers.acme!
    const allowance = { kind: 'limit' as const, limit: '20', enforcement: 'hard' as const }
    await t.core.call(contract.billing.quota.set, { customerId, metric: 'calls', allowance }, t.admin)
    const check = () => t.core.call(contract.billing.entitlement.check, { customerId, key: 'calls' }, t.admin)
    const at = t.clock.now()
    await t.store.write(t.workspace, 'job', tx =>
      tx.db
        .insertInto('billing_standings')
        .values({ customer_id: customerId, past_due_at: at, unpaid_at: at + 1000n })
        .execute(),
    )
    // The days of grace go on until then.
    expect(await check()).toMatchObject({ kind: 'metered', limit: '20' })
    t.clock.advance(1000)
    expect(await check()).toMatchObject({ kind: 'none', allowed: false })
  })

  it('are kept for so many customers, and the one that came in first goes first', async () => {
    t = await testCore('sqlite')
    const { customers, metrics } = await usageWorld(t)
    const [acme, globex] = [customers.acme!, customers.globex!]
    const plan = await planWith('pro', 'month', [
      { kind: 'metered', key: 'calls', limit: '9', enforcement: 'hard' },
    ])
    for (const id of [acme, globex]) await start(id, plan, NOV)
    const cache = createEntitlementCache(1)
    const now = t.clock.now()
    const read = (id: string) => {
      const at = cache.opening()
      return t.store.read(t.workspace, reader => {
        cache.opened(reader, at)
        return cache.read(reader, id, 'calls', '0', now)
      })
    }
    await read(acme)
    expect(cache.check(acme, 'calls', '0', now)).toMatchObject({ used: '0' })
    await read(globex)
    expect(cache.check(acme, 'calls', '0', now)).toBeNull()
    // What they may is kept for as many.
    for (const id of [acme, globex, acme])
      await t.store.write(t.workspace, 'job', async tx =>
        expect((await cache.allowances(tx, id, now)).allowances.get('calls')).toMatchObject([
          { entitlement: { limit: '9' } },
        ]),
      )

    // All that one transaction stored counts, for those who are kept.
    const changed = new Set(['usage_buckets'])
    const call = (customerId: string) => ({
      ...{
        customerId,
        metricId: metrics.calls!,
        aggregation: 'sum' as const,
        addsUp: true,
        at: now,
        units: 2n,
      },
    })
    cache.measured(changed, [call(globex), call(acme)])
    cache.measured(changed, [call(globex)])
    cache.committed(changed)
    expect(cache.check(globex, 'calls', '0', now)).toMatchObject({ used: '4' })
    // What was stored without a word about it is read again.
    cache.committed(new Set(['usage_buckets']))
    expect(cache.check(globex, 'calls', '0', now)).toBeNull()
  })
})
