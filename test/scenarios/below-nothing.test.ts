import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { day } from '#core/billing/testing/catalogue-kit.ts'
import {
  closeMonth,
  closeWorld,
  invoicesOf,
  plan,
  subscribed,
  usualPrices,
} from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { billing, workspace } = contract

describe('a month that comes to less than nothing', () => {
  let t: TestCore
  beforeEach(async () => {
    t = await testCore('sqlite')
  })
  afterEach(() => t.close())

  it('is a credit note whose amount is the customer’s, to the cent, and pays the next invoice', async () => {
    await t.core.call(workspace.settings.set, { name: 'billing.useBalance', value: true }, t.admin)
    const { pro, metrics } = await closeWorld(t)
    const { customer, subscription } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    // A fee of 100.00 a month in advance, tax 8 %: August and September on the first invoice, 200.00 + 16.00.
    await closeMonth(t, '2026-08')
    await issueMonth(t, '2026-08')
    // It ends on 16 September: 15 of 30 days of the fee come back, 50.00 and 4.00 of tax. Nothing else is billed.
    const end = { subscriptionId: subscription.id, at: day('2026-09-16') }
    await t.core.call(billing.subscription.cancel, end, t.admin)
    await closeMonth(t, '2026-09')
    const [draft] = await invoicesOf(t, '2026-09')
    expect(draft).toMatchObject({ kind: 'credit-note', net: -5000n, tax: -400n, total: -5400n })
    expect(draft!.doubts.map(one => one.code)).toContain('negative')

    const [note] = await issueMonth(t, '2026-09')
    expect(note).toMatchObject({ state: 'issued', total: -5400n, dueAt: expect.anything() })
    const balance = () => t.core.call(billing.correction.balance, { customerId: customer.id }, t.admin)
    const { balances, entries } = await balance()
    expect(balances).toEqual([{ currency: 'USD', amount: 5400n }])
    expect(entries).toMatchObject([
      { amount: 5400n, debit: 'credited', credit: 'balance', source: 'credit-note', number: note!.number },
    ])
    // Double entry: what was credited is what is on the balance.
    const sums = accountSums(entries as unknown as Transfer[])
    expect([...sums]).toEqual([
      ['credited', 5400n],
      ['balance', -5400n],
    ])

    // The journal has the credit note once: revenue 50.00 and tax 4.00 on one side, the balance on the other.
    t.clock.advance(1)
    const period = new Date(Number(note!.issuedAt)).toISOString().slice(0, 7)
    const journal = await t.core.call(billing.journal.get, { period, profile: 'csv' }, t.admin)
    const [usd] = journal.currencies
    expect(usd!.debit).toBe(usd!.credit)
    const sum = (role: string) =>
      usd!.accounts.filter(one => one.role === role).reduce((all, one) => all + one.debit - one.credit, 0n)
    // Billed 216.00 before, of which nothing is paid; 200.00 − 50.00 of revenue, 16.00 − 4.00 of tax.
    expect([sum('receivables'), sum('balance'), sum('revenue'), sum('tax')]).toEqual([
      ...[21_600n, -5400n, -15_000n, -1200n],
    ])

    // It comes back for 30.00 a month: 60.00 and 4.80 are asked for, less 54.00 of the balance: 10.80 are left.
    const small = await plan(t, 'small', [
      { ...usualPrices(metrics)[0]!, charge: { model: 'flat', amount: '30' } },
    ])
    const again = { customerId: customer.id, planId: small.planId, at: day('2026-10-01'), trialDays: 0 }
    await t.core.call(billing.subscription.start, again, t.admin)
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    expect(october!.total).toBe(6480n)
    const told = await t.core.call(billing.invoice.balance, { invoiceId: october!.id }, t.admin)
    expect(told).toMatchObject({ balance: 5400n, rest: 1080n })
    await issueMonth(t, '2026-10')
    expect((await balance()).balances).toEqual([])
    const { open } = await t.core.call(billing.correction.get, { invoiceId: october!.id }, t.admin)
    expect(open).toBe(1080n)
  })
})
