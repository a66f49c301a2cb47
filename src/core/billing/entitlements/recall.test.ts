import { afterEach, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { event, record, usageWorld } from '../usage/testing/usage-kit.ts'

let t: TestCore
afterEach(() => t.close())

it('billing.entitlement.check: a program is answered from memory, current with each commit, within its scopes', async () => {
  t = await testCore('sqlite')
  const { customers } = await usageWorld(t)
  const customerId = customers.acme as string
  const plan = await t.core.call(
    contract.billing.plan.create,
    { key: 'pro', name: 'Pro', description: '' },
    t.admin,
  )
  const entitlements = [{ kind: 'metered' as const, key: 'calls', limit: '10', enforcement: 'soft' as const }]
  await t.core.call(contract.billing.plan.addVersion, { planId: plan.id, prices: [], entitlements }, t.admin)
  await t.core.call(
    contract.billing.subscription.start,
    { customerId, planId: plan.id, at: BigInt(Date.UTC(2026, 10, 1)) },
    t.admin,
  )
  const program: Caller = {
    ...{ person: null, device: 'service:x', assurance: 'unattested', vouched: true },
    scopes: ['billing.entitlement.check'],
  }
  const check = (by: Caller) =>
    t.core.call(contract.billing.entitlement.check, { customerId, key: 'calls' }, by)
  expect(await check(program)).toMatchObject({ used: '0' })
  // The database is not asked: it would not answer.
  const reads = t.store.read
  t.store.read = () => Promise.reject(new Error('asked'))
  try {
    expect(await check(program)).toMatchObject({ used: '0', limit: '10' })
    await expect(check({ ...program, scopes: ['billing.usage.record'] })).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
    await expect(check({ person: null, device: 'd', assurance: 'unattested' })).rejects.toMatchObject({
      code: 'WORKSPACE_NOBODY',
    })
    // What a person may is in the database.
    await expect(check(t.admin)).rejects.toThrow('asked')
  } finally {
    t.store.read = reads
  }
  await record(t, event(t, 'a', { quantity: '7' }))
  expect(await check(program)).toMatchObject({ used: '7' })
})
