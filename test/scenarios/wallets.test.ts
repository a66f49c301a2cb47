import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { correction, payment, wallet } = contract.billing
const DAY = 86_400_000

describe('a customer with a wallet', () => {
  let t: TestCore
  let walletId: string
  beforeEach(async () => {
    t = await testCore('sqlite')
    await t.core.call(
      contract.workspace.settings.set,
      { name: 'billing.writeOffLimit', value: 1000 },
      t.admin,
    )
  })
  afterEach(() => t.close())

  const grant = (amount: bigint, more: object = {}) =>
    t.core.call(wallet.grant, { walletId, amount, ...more }, t.admin)
  const available = async () => (await t.core.call(wallet.get, { walletId }, t.admin)).available
  const openOf = async (invoiceId: string) => {
    const { state, open } = await t.core.call(correction.get, { invoiceId }, t.admin)
    return [state, open]
  }

  it('has a welcome grant that pays first and expires, and gets back what paid a wrong invoice', async () => {
    const { pro } = await closeWorld(t)
    // A fee of 100.00 a month in advance, tax 8 %: 216.00 for the first invoice, of two fees, and 108.00 after.
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    walletId = (await t.core.call(wallet.create, { customerId: customer.id, name: 'Prepaid' }, t.admin)).id
    // 250.00 were paid ahead, and 40.00 given, which count for thirty days.
    await grant(25_000n, { kind: 'paid' })
    await grant(4000n, { expiresAt: t.clock.now() + BigInt(30 * DAY), note: 'Welcome' })

    await closeMonth(t, '2026-08')
    await issueMonth(t, '2026-08')
    const [august] = await invoicesOf(t, '2026-08')
    // 216.00: 40.00 of the welcome, which expires, then 176.00 of what was paid. 250.00 - 176.00 = 74.00 are left.
    expect(await openOf(august!.id)).toEqual(['paid', 0n])
    expect(await available()).toBe(7400n)

    // It was for another customer: 176.00 and 40.00 come back to where they were. 74.00 + 176.00 + 40.00 = 290.00.
    await t.core.call(correction.void, { invoiceId: august!.id, reason: 'Wrong customer' }, t.admin)
    expect(await openOf(august!.id)).toEqual(['void', 0n])
    expect(await available()).toBe(29_000n)

    // After thirty days the 40.00 are gone: 250.00, booked or not.
    t.clock.advance(30 * DAY)
    expect(await available()).toBe(25_000n)
    // A run reserves 200.00 and uses 165.50 of it: 84.50 are left, and 23.50 of 108.00 are asked for.
    const hold = await t.core.call(wallet.hold, { walletId, amount: 20_000n, reference: 'Run' }, t.admin)
    await t.core.call(wallet.capture, { holdId: hold.id, amount: 16_550n }, t.admin)
    expect(await available()).toBe(8450n)
    await closeMonth(t, '2026-09')
    const [september] = await issueMonth(t, '2026-09')
    expect(await openOf(september!.id)).toEqual(['issued', 2350n])

    // What went where: 290.00 came; 165.50 were used, 84.50 paid September, 40.00 expired.
    const { entries } = await t.core.call(wallet.get, { walletId }, t.admin)
    const sum = (movement: string) =>
      entries.reduce((all, one) => (one.movement === movement ? all + one.amount : all), 0n)
    expect(['granted', 'used', 'paid', 'paid-back', 'lapsed'].map(sum)).toEqual([
      ...[29_000n, 16_550n, 21_600n + 8450n, 21_600n, 4000n],
    ])
    // The customer owes what is left of September and nothing else.
    const span = { from: 0n, to: t.clock.now() + 1n }
    const { currencies } = await t.core.call(payment.statement, { customerId: customer.id, ...span }, t.admin)
    expect(currencies).toMatchObject([{ closing: 2350n }])
  })
})
