import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isTopUpDue } from '#engines/billing/wallets/auto-top-up.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { correction, invoice, oneOff, payment, period, wallet } = contract.billing
const { settings } = contract.workspace
const MONTH = '2026-11'
const DAY = 86_400_000

describe.each(DATABASES)('top-ups on %s', database => {
  let t: TestCore
  let customerId: string
  let walletId: string
  beforeEach(async () => {
    t = await testCore(database)
    for (const name of ['billing.creditLimit', 'billing.writeOffLimit'])
      await t.core.call(settings.set, { name, value: 1000 }, t.admin)
    customerId = (await addCustomer(t, 'acme')).id
    walletId = (await t.core.call(wallet.create, { customerId, name: 'Prepaid' }, t.admin)).id
  })
  afterEach(() => t.close())

  const topUp = (amount: bigint, more: object = {}) =>
    t.core.call(wallet.topUp, { walletId, amount, ...more }, t.admin)
  const get = () => t.core.call(wallet.get, { walletId }, t.admin)
  const hold = (amount: bigint) => t.core.call(wallet.hold, { walletId, amount }, t.admin)
  const received = { method: 'bank-transfer' as const, reference: '' }
  const pay = (amount: bigint) =>
    t.core.call(
      payment.record,
      { customerId, currency: 'USD', amount, ...received, receivedAt: t.clock.now() },
      t.admin,
    )
  const credit = (invoiceId: string, amount: bigint) =>
    t.core.call(
      correction.credit,
      { invoiceId, wanted: { kind: 'amount', amount }, money: 'balance', reason: 'Too much' },
      t.admin,
    )
  const issued = async () => (await issueMonth(t, MONTH))[0]!
  const stateOf = async (invoiceId: string) => (await t.core.call(invoice.get, { invoiceId }, t.admin)).state

  /** 100.00 are asked for without tax, and count when they are paid: in two parts of 40.00 and 60.00. */
  it('billing.wallet.topUp: an invoice of its own, and the grant counts once it is paid', async () => {
    const grant = await topUp(10_000n, { note: 'Agreed', priority: 7 })
    expect(grant).toMatchObject({ kind: 'paid', state: 'waiting', rest: 0n, priority: 7 })
    expect(grant.topUp).toMatchObject({ automatic: false, invoice: { state: 'draft', number: null } })
    const one = await issued()
    expect([one.net, one.tax, one.total, one.text, one.doubts]).toEqual([
      ...[10_000n, 0n, 10_000n, ['one-off Prepaid: top-up 1 = 10000'], []],
    ])
    // No wallet pays for a top-up: money would be made of itself.
    expect(await stateOf(one.id)).toBe('issued')
    expect(await get()).toMatchObject({ available: 0n, waiting: 10_000n })
    await pay(4000n)
    expect(await get()).toMatchObject({ available: 0n, waiting: 10_000n })
    await pay(6000n)
    expect(await stateOf(one.id)).toBe('paid')
    const { available, waiting, entries, grants } = await get()
    expect([available, waiting]).toEqual([10_000n, 0n])
    expect(entries).toMatchObject([{ movement: 'granted', debit: 'prepaid', reason: 'Agreed' }])
    const withdraw = t.core.call(wallet.withdraw, { grantId: grants[0]!.id }, t.admin)
    await expect(withdraw).rejects.toMatchObject({ data: { reason: 'paid' } })
  })

  it('a wallet with money in it pays no top-up, neither its own nor another’s', async () => {
    await t.core.call(wallet.grant, { walletId, amount: 50_000n }, t.admin)
    await topUp(10_000n)
    const one = await issued()
    expect(await stateOf(one.id)).toBe('issued')
    expect((await get()).available).toBe(50_000n)
  })

  /** The bank takes 100.00 back when 30.00 are used: 70.00 go out, and come in again with the next payment. */
  it('a payment that is reversed takes out what is left, until it is paid again', async () => {
    await topUp(10_000n)
    await issued()
    const paid = await pay(10_000n)
    const { id } = await hold(3000n)
    await t.core.call(wallet.capture, { holdId: id }, t.admin)
    await t.core.call(payment.reverse, { paymentId: paid.id, reason: 'Returned' }, t.admin)
    expect(await get()).toMatchObject({ available: 0n, grants: [{ rest: 0n, held: 0n }] })
    await pay(10_000n)
    expect((await get()).available).toBe(7000n)
  })

  /** Of 100.00, 30.00 are used: 70.00 can be credited and no cent more. 20.00 leave 50.00. */
  it('a credit note takes back what it gives back, and never what was used', async () => {
    await topUp(10_000n)
    const one = await issued()
    await pay(10_000n)
    const { id } = await hold(3000n)
    await t.core.call(wallet.capture, { holdId: id }, t.admin)
    await expect(credit(one.id, 7001n)).rejects.toMatchObject({
      ...{ code: 'BILLING_TOP_UP_USED', data: { left: 7000n } },
    })
    await credit(one.id, 2000n)
    expect(await get()).toMatchObject({ available: 5000n, grants: [{ amount: 8000n, rest: 5000n }] })
    const { balances } = await t.core.call(correction.balance, { customerId }, t.admin)
    expect(balances).toEqual([{ currency: 'USD', amount: 2000n }])
  })

  it('what is charged no more, or void, is cancelled; of a locked month nothing is asked', async () => {
    await topUp(10_000n)
    const { oneOffs } = await t.core.call(oneOff.list, { customerId }, t.admin)
    await t.core.call(oneOff.remove, { oneOffId: oneOffs[0]!.id }, t.admin)
    expect(await get()).toMatchObject({
      waiting: 0n,
      grants: [{ state: 'cancelled', topUp: { invoice: null } }],
    })
    await topUp(500n)
    const one = await issued()
    await t.core.call(correction.void, { invoiceId: one.id, reason: 'Mistake' }, t.admin)
    expect((await get()).grants.map(grant => grant.state)).toEqual(['cancelled', 'cancelled'])
    const over = topUp(500n, { expiresAt: t.clock.now() })
    await expect(over).rejects.toMatchObject({ data: { reason: 'span' } })
    t.clock.advance(40 * DAY)
    await t.core.call(period.lock, { period: MONTH }, t.admin)
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('period_locks').set({ period: '2026-12' }).execute()
    })
    await expect(topUp(500n)).rejects.toMatchObject({ code: 'BILLING_PERIOD_LOCKED' })
  })

  /** Below 50.00 it asks for 100.00, in a month for no more than 200.00. */
  it('tops itself up below an amount, one at a time, and no more than it may in a month', async () => {
    const autoTopUp = { below: 5000n, amount: 10_000n, most: 20_000n }
    await t.core.call(wallet.edit, { walletId, name: 'Prepaid', autoTopUp }, t.admin)
    await t.core.call(wallet.grant, { walletId, amount: 8000n }, t.admin)
    await hold(3000n)
    // 50.00 are not below 50.00.
    expect((await get()).waiting).toBe(0n)
    await hold(1n)
    const { waiting, grants } = await get()
    expect(waiting).toBe(10_000n)
    expect(grants.find(grant => grant.topUp)).toMatchObject({ state: 'waiting', topUp: { automatic: true } })
    await hold(1000n)
    expect((await get()).waiting).toBe(10_000n)
    await issued()
    await pay(10_000n)
    await hold(13_000n)
    expect((await get()).waiting).toBe(10_000n)
    await issueMonth(t, MONTH)
    await pay(10_000n)
    await hold(10_000n)
    // 200.00 were asked for this month; in December it goes on.
    expect((await get()).waiting).toBe(0n)
    t.clock.advance(11 * DAY)
    // The holds have ended: 280.00 are there.
    await hold(25_000n)
    expect((await get()).waiting).toBe(10_000n)
  })
})

describe('whether a wallet tops itself up', () => {
  const auto = { below: 50n, amount: 100n, most: 150n }
  const facts = { available: 49n, waiting: 0n, thisMonth: 50n }
  it('below its amount, where nothing is asked for, and within the month', () => {
    expect(isTopUpDue(auto, facts)).toBe(true)
    expect(isTopUpDue(auto, { ...facts, available: 50n })).toBe(false)
    expect(isTopUpDue(auto, { ...facts, waiting: 1n })).toBe(false)
    expect(isTopUpDue(auto, { ...facts, thisMonth: 51n })).toBe(false)
  })
})
