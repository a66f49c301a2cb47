import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'

describe('a subscription that begins with the month after', () => {
  let t: TestCore
  afterEach(() => t.close())

  it('has its first fee in advance under the name of its plan, and no change of plan a month later', async () => {
    t = await testCore('sqlite')
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-09')
    const [first] = await invoicesOf(t, '2026-09')
    expect(first).toMatchObject({ plan: 'Plan pro', text: ['fee Base fee 1 = 10000'] })
    await use(t, 'acme', 'calls', '2026-10-05', '12350')
    await closeMonth(t, '2026-10')
    const [second] = await invoicesOf(t, '2026-10')
    expect(second!.doubts.map(doubt => doubt.code)).toEqual(['new-metric'])
  })

  it('has formulas on its document that its faces can draw', async () => {
    t = await testCore('sqlite')
    const { pro, metrics } = await closeWorld(t)
    await t.core.call(
      contract.billing.plan.addVersion,
      {
        planId: pro.planId,
        prices: [
          {
            ...{ key: 'calls', name: 'API calls', metricId: metrics.calls, currency: 'USD' },
            charge: { model: 'package', size: '1000', amount: '5' },
          },
        ],
      },
      t.admin,
    )
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '12350')
    await closeMonth(t, '2026-10')
    const [draft] = await invoicesOf(t, '2026-10')
    const { missing } = await t.core.call(contract.billing.invoice.pdf, { invoiceId: draft!.id }, t.admin)
    expect(missing).toEqual([])
  })
})
