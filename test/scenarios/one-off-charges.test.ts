import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { billing } = contract

describe('a customer who is charged once', () => {
  let t: TestCore
  beforeEach(async () => {
    t = await testCore('sqlite')
  })
  afterEach(() => t.close())

  it('has set-up hours on its first invoice, training on a draft, and neither ever again', async () => {
    const { pro } = await closeWorld(t)
    // A fee of 100.00 a month in advance, tax 8 %.
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-09-01' })
    const charge = (more: object) =>
      t.core.call(
        billing.oneOff.add,
        {
          customerId: customer.id,
          name: 'Set-up',
          unit: 'hours',
          quantity: '7.5',
          unitPrice: '120.35',
          ...more,
        },
        t.admin,
      )
    await charge({ firstPeriod: '2026-09' })
    await closeMonth(t, '2026-09')
    // Fees of September and October: 200.00, tax 8.00 each. Set-up: 7.5 × 120.35 = 902.625, half-up 902.63;
    // tax 8 % of it is 72.2104, 72.21. Together 1102.63 + 88.21 = 1190.84.
    const totals = async (period: string) =>
      (await invoicesOf(t, period)).map(({ net, tax, total }) => [net, tax, total])
    expect(await totals('2026-09')).toEqual([[110_263n, 8821n, 119_084n]])
    await issueMonth(t, '2026-09')

    await closeMonth(t, '2026-10')
    // The fee of November alone: 100.00 and 8.00.
    expect(await totals('2026-10')).toEqual([[10_000n, 800n, 10_800n]])
    const [draft] = await invoicesOf(t, '2026-10')
    // A day of training for 990.00 without tax goes onto the draft: 1090.00 + 8.00 = 1098.00.
    await charge({ invoiceId: draft!.id, name: 'Training', quantity: '1', unitPrice: '990', taxRate: '0' })
    expect(await totals('2026-10')).toEqual([[109_000n, 800n, 109_800n]])
    // The bridge from 1190.84 to 1098.00 is -92.84: the fee that was on it twice (-100.00), Set-up gone (-902.63),
    // Training new (+990.00), tax from 88.21 to 8.00 (-80.21).
    const [row] = await invoicesOf(t, '2026-10')
    const { parts } = await t.core.call(billing.invoice.bridge, { invoiceId: row!.id }, t.admin)
    expect(parts.map(({ cause, name, amount }) => [cause, name, amount])).toEqual([
      ['volume', 'Base fee', -10_000n],
      ['one-off', 'Training', 99_000n],
      ['one-off', 'Set-up', -90_263n],
      ['tax', null, -8021n],
    ])
    await issueMonth(t, '2026-10')
    await closeMonth(t, '2026-10')
    expect(await totals('2026-10')).toEqual([[109_000n, 800n, 109_800n]])
  })
})
