import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'

const { invoice } = contract.billing

describe('an invoice that is opened', () => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.invoice.explain: has quantities with their places, day by day and of the months before', async () => {
    t = await testCore('sqlite')
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId)
    await use(t, 'acme', 'gb', '2026-09-05', '9.25')
    await use(t, 'acme', 'gb', '2026-10-05', '12.5')
    await use(t, 'acme', 'gb', '2026-10-06', '0.125')
    await closeMonth(t, '2026-09')
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    const { lineItems } = await t.core.call(invoice.get, { invoiceId: october!.id }, t.admin)
    const { id } = lineItems.find(line => line.priceKey === 'gb')!
    const why = await t.core.call(invoice.explain, { lineId: id }, t.admin)
    expect(why.usage.map(day => day.quantity)).toEqual(['12.5', '0.125'])
    expect(why.before).toEqual([{ period: '2026-09', quantity: '9.25', amount: 925n }])
  })

  it('billing.invoice.bridge: a fee of a part of a month is no change of the price', async () => {
    t = await testCore('sqlite')
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-09-16' })
    await closeMonth(t, '2026-09')
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    const { parts } = await t.core.call(invoice.bridge, { invoiceId: october!.id }, t.admin)
    expect(parts.map(({ cause, amount }) => [cause, amount])).toEqual([
      // The half of September was billed together with October.
      ['one-off', -5000n],
      ['tax', -400n],
    ])
  })
})
