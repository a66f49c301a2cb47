import { afterEach, describe, expect, it } from 'vitest'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { correction, invoice, payment } = contract.billing
const { settings } = contract.workspace

describe.each(DATABASES)('what customers have in their favour, at the issue of invoices (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  /** August issued: two fees of 100.00 and tax of 8 %, 216.00; September a draft of 108.00. */
  async function world(uses: boolean) {
    t = await testCore(database)
    for (const [name, value] of [
      ['billing.creditLimit', 1000],
      ['billing.useBalance', uses],
    ] as const)
      await t.core.call(settings.set, { name, value }, t.admin)
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    await closeMonth(t, '2026-08')
    const [august] = await issueMonth(t, '2026-08')
    await closeMonth(t, '2026-09')
    const [september] = await invoicesOf(t, '2026-09')
    return { customer, august: august!, september: september! }
  }
  const pay = (customerId: string, amount: bigint, currency = 'USD') =>
    t.core.call(
      payment.record,
      { customerId, currency, amount, method: 'bank-transfer', reference: '', receivedAt: t.clock.now() },
      t.admin,
    )
  const credit = (invoiceId: string, amount: bigint) =>
    t.core.call(
      correction.credit,
      { invoiceId, wanted: { kind: 'amount', amount }, money: 'balance', reason: 'Goodwill' },
      t.admin,
    )
  const preview = (invoiceId: string) => t.core.call(invoice.balance, { invoiceId }, t.admin)
  const openOf = async (invoiceId: string) => {
    const { open, state } = await t.core.call(correction.get, { invoiceId }, t.admin)
    return `${state} ${open}`
  }

  /** 14.00 are left of a payment. */
  it('a customer says it itself, whatever the workspace says; nothing said is as it says', async () => {
    const { customer, september } = await world(true)
    await pay(customer.id, 23_000n)
    const { id: customerId, name, email, country, zone, profile } = customer
    const words = { name, email, country, zone }
    const say = (useBalance: boolean | null) =>
      t.core.call(
        contract.billing.customer.edit,
        { ...words, customerId, profile: { ...profile, useBalance } },
        t.admin,
      )
    const payments = async () => (await preview(september.id)).payments
    expect(await payments()).toBe(1400n)
    await say(false)
    expect(await payments()).toBe(0n)
    await t.core.call(settings.set, { name: 'billing.useBalance', value: false }, t.admin)
    expect((await say(true)).profile.useBalance).toBe(true)
    expect(await payments()).toBe(1400n)
    await say(null)
    expect(await payments()).toBe(0n)
  })

  /** 230.00 were paid for 216.00, and 20.00 credited: 14.00 and 20.00 are left, and of 108.00 it asks for 74.00. */
  it('the balance first, then what is left of payments; the preview is what the issue does', async () => {
    const { customer, august, september } = await world(true)
    await pay(customer.id, 23_000n)
    await pay(customer.id, 9_999n, 'EUR')
    await credit(august.id, 2000n)
    const told = await preview(september.id)
    expect(told).toEqual({ currency: 'USD', balance: 2000n, wallets: 0n, payments: 1400n, rest: 7400n })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe(`issued ${told.rest}`)
    const { balances, entries } = await t.core.call(correction.balance, { customerId: customer.id }, t.admin)
    expect(balances).toEqual([])
    const sums = accountSums(entries as unknown as Transfer[])
    expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
    const { payments } = await t.core.call(payment.list, {}, t.admin)
    expect(payments.map(one => `${one.currency} ${one.left}`).sort()).toEqual(['EUR 9999', 'USD 0'])
    expect(await preview(september.id)).toEqual({
      currency: 'USD',
      balance: 0n,
      wallets: 0n,
      payments: 0n,
      rest: 10_800n,
    })
  })

  it('no more than the invoice asks for: the rest stays for the next one', async () => {
    const { customer, august, september } = await world(true)
    await pay(customer.id, 21_600n + 50_000n)
    await credit(august.id, 15_000n)
    expect(await preview(september.id)).toMatchObject({ balance: 10_800n, payments: 0n, rest: 0n })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe('paid 0')
    await closeMonth(t, '2026-10')
    const [october] = await issueMonth(t, '2026-10')
    expect(await openOf(october!.id)).toBe('paid 0')
    const { balances } = await t.core.call(correction.balance, { customerId: customer.id }, t.admin)
    expect(balances).toEqual([])
    const { payments } = await t.core.call(payment.list, {}, t.admin)
    // 108.00 twice, less the 150.00 of the balance, are 66.00 of the 500.00.
    expect(payments.map(one => one.left)).toEqual([43_400n])
  })

  it('nothing where the workspace does not use it', async () => {
    const { customer, august, september } = await world(false)
    await pay(customer.id, 30_000n)
    await credit(august.id, 2000n)
    expect(await preview(september.id)).toEqual({
      currency: 'USD',
      balance: 0n,
      wallets: 0n,
      payments: 0n,
      rest: 10_800n,
    })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe('issued 10800')
  })
})
