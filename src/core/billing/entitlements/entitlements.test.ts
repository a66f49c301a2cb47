import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { event, record, usageWorld } from '../usage/testing/usage-kit.ts'

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
      ...{ enforcement: 'hard', resetsAt: BigInt(Date.UTC(2026, 11, 1)) },
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
    const { createEntitlementCache } = await import('./entitlement-cache.ts')
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
