import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, use } from '../testing/close-kit.ts'
import { usageWorld } from '../usage/testing/usage-kit.ts'

const { close } = contract.billing
const SYSTEM: Caller = { person: null, device: 'test', assurance: 'system', system: true }

describe('what a close reads', () => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.close.customers: of those that have nothing yet, page by page', async () => {
    t = await testCore('sqlite')
    const { customers } = await usageWorld(t)
    const page = (after: string | null) =>
      t.core.call(close.customers, { after, limit: 1, period: '2026-10' }, SYSTEM)
    const nothing = { subscriptions: [], metricIds: [], earlier: [], open: [], marks: 0n, closedUntil: null }
    expect(await page(null)).toMatchObject({ customers: [{ key: 'acme', ...nothing }], more: true })
    expect(await page(customers.acme!)).toMatchObject({
      customers: [{ key: 'globex', ...nothing }],
      more: false,
    })
    expect(await page(customers.globex!)).toEqual({ customers: [], more: false })
  })

  it('billing.close.prices, billed: of no plan and of no subscription there is nothing, but the metrics are', async () => {
    t = await testCore('sqlite')
    const { metrics, pro } = await closeWorld(t)
    const none = await t.core.call(close.prices, { planVersionIds: [] }, SYSTEM)
    expect(none.versions).toEqual([])
    expect(none.metrics.map(one => one.id).sort()).toEqual(Object.values(metrics).sort())
    const some = await t.core.call(close.prices, { planVersionIds: [pro.versionId] }, SYSTEM)
    expect(some.versions.map(one => [one.planName, one.prices.length])).toEqual([['Plan pro', 3]])
    expect(some.metrics).toEqual(none.metrics)
    expect(await t.core.call(close.billed, { subscriptions: [] }, SYSTEM)).toEqual({ lines: [] })
  })

  it('billing.close.start: usage without a price is told by its metric, where nobody has a subscription either', async () => {
    t = await testCore('sqlite')
    await usageWorld(t)
    await use(t, 'acme', 'gb', '2026-10-05', '12.5')
    const { report } = await closeMonth(t, '2026-10')
    expect(report!.problems.map(one => `${one.customer}: ${one.code}: ${one.detail}`)).toEqual([
      'acme: no-subscription: gb: 12.5 gb',
    ])
  })
})
