import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, subscribed, use } from '../testing/close-kit.ts'

describe.each(DATABASES)('the share of usage in revenue on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.quota.overageShare: is that of a month’s invoices, by currency', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await closeMonth(t, '2026-10')
    const of = async (period: string) =>
      (await t.core.call(contract.billing.quota.overageShare, { period }, t.admin)).shares
    // The fee of October and of November in advance, and 250 calls at 0.10.
    expect(await of('2026-10')).toEqual([
      { currency: 'USD', fees: 20_000n, usage: 2500n, share: 2500 / 22_500 },
    ])
    expect(await of('2026-09')).toEqual([])
  })
})
