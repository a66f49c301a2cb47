import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { billing, workspace } = contract

describe('a customer who is given money back', () => {
  let t: TestCore
  beforeEach(async () => {
    t = await testCore('sqlite')
    for (const name of ['billing.creditLimit', 'billing.refundLimit'] as const)
      await t.core.call(workspace.settings.set, { name, value: 10_000 }, t.admin)
  })
  afterEach(() => t.close())

  it('a credit note is refunded, the pay-out fails, and the balance pays the next invoice in part', async () => {
    await t.core.call(workspace.settings.set, { name: 'billing.useBalance', value: true }, t.admin)
    const { pro } = await closeWorld(t)
    // A fee of 100.00 a month in advance, tax 8 %: the first invoice has two of them, 200.00 + 16.00 = 216.00.
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-09-01' })
    await closeMonth(t, '2026-09')
    const [first] = await issueMonth(t, '2026-09')
    const customerId = customer.id
    // 230.00 come: 216.00 settle the invoice, 14.00 are left.
    const paid = await t.core.call(
      billing.payment.record,
      { customerId, currency: 'USD', amount: 23_000n },
      t.admin,
    )
    expect(paid.left).toBe(1_400n)
    // An outage: 54.00 with tax are credited, and go back to the payer.
    await t.core.call(
      billing.correction.credit,
      {
        ...{ invoiceId: first!.id, wanted: { kind: 'amount', amount: 5_400n }, money: 'refund' },
        reason: 'Outage in September',
      },
      t.admin,
    )
    const { refunds } = await t.core.call(billing.refund.list, {}, t.admin)
    expect(refunds.map(one => [one.source, one.amount, one.state])).toEqual([
      ['credit-note', 5_400n, 'waiting'],
    ])
    // The 14.00 as well.
    const { refund: rest } = await t.core.call(
      billing.refund.request,
      { from: { kind: 'payment', paymentId: paid.id }, amount: 1_400n, reason: 'Paid too much' },
      t.admin,
    )
    const now = async () => {
      const of = await t.core.call(billing.payment.get, { paymentId: paid.id }, t.admin)
      const { balances } = await t.core.call(billing.correction.balance, { customerId }, t.admin)
      return [of.allocated, of.refunded, of.left, balances[0]?.amount ?? 0n]
    }
    // Of 230.00: 162.00 settle the invoice (216.00 less 54.00), 68.00 go back.
    expect(await now()).toEqual([16_200n, 6_800n, 0n, 0n])
    await t.core.call(billing.refund.paidOut, { refundId: rest!.id }, t.admin)
    // The account is closed: 54.00 are on the balance.
    await t.core.call(billing.refund.fail, { refundId: refunds[0]!.id, code: 'AC04' }, t.admin)
    expect(await now()).toEqual([16_200n, 6_800n, 0n, 5_400n])
    // They bill 108.00 for November; 54.00 of it are there already: 54.00 are asked for.
    await closeMonth(t, '2026-10')
    await issueMonth(t, '2026-10')
    const [second] = await invoicesOf(t, '2026-10')
    const settled = await t.core.call(billing.payment.settlementsOf, { invoiceId: second!.id }, t.admin)
    expect([settled.total, settled.open]).toEqual([10_800n, 5_400n])
    expect(settled.settlements.map(({ kind, amount }) => [kind, amount])).toEqual([['balance', 5_400n]])
    // Invoiced 216.00 + 108.00, credited 54.00, paid 230.00, paid out 14.00: 324 - 54 - 230 + 14 = 54.00 owed.
    const span = { customerId, from: 0n, to: t.clock.now() + 1n }
    const { currencies } = await t.core.call(billing.payment.statement, span, t.admin)
    expect(currencies.map(one => one.closing)).toEqual([5_400n])
  })
})
