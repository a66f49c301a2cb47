import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { coupon, invoice, oneOff, tax, wallet } = contract.billing
const { log } = contract.workspace

describe.each(DATABASES)('drafts that are made anew (%s)', database => {
  let t: TestCore
  let customerId: string
  beforeEach(async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    customerId = (await subscribed(t, 'acme', pro.planId, { from: '2026-09-01' })).customer.id
    // 120 calls, of which 100 are free: 2.00. With the fees of September and October 202.00, tax 16.16.
    await use(t, 'acme', 'calls', '2026-09-10', '120')
  })
  afterEach(() => t.close())

  const create = (code: string, more: object = {}) =>
    t.core.call(
      coupon.create,
      { code, name: code, off: { kind: 'percent', percent: '50' }, months: null, ...more },
      t.admin,
    )
  const apply = (code: string) =>
    t.core.call(coupon.apply, { code, customerId, from: day('2026-09-01') }, t.admin)
  const draft = async (period = '2026-09') => (await invoicesOf(t, period)).at(-1)!
  const undo = async (command: string) => {
    const { entries } = await t.core.call(log.list, { limit: 50 }, t.admin)
    const { commandId } = entries.find(
      one => one.command === command && one.undoneBy === null && one.outcome === 'done',
    )!
    return t.core.call(log.undo, { commandId }, t.admin)
  }

  it('billing.coupon.apply: changes the draft that it is about, remove and undo change it back', async () => {
    await create('HALF')
    await closeMonth(t, '2026-09')
    const before = await draft()
    expect(before.total).toBe(21_816n)
    const { id } = await apply('HALF')
    // Half of 202.00 and of 16.16.
    const after = await draft()
    expect(after).toMatchObject({ id: before.id, net: 10_100n, tax: 808n, total: 10_908n })
    const { history } = await t.core.call(invoice.get, { invoiceId: before.id }, t.admin)
    expect(history.at(-1)).toMatchObject({ command: 'billing.coupon.apply', note: 'HALF' })
    // What a close would make is what is there.
    await closeMonth(t, '2026-09')
    expect(await draft()).toMatchObject({ digest: after.digest, lines: after.lines })

    await t.core.call(coupon.remove, { redemptionId: id }, t.admin)
    expect(await draft()).toMatchObject({ digest: after.digest })
    await undo('billing.coupon.remove')
    await undo('billing.coupon.apply')
    expect(await draft()).toMatchObject({ digest: before.digest, total: 21_816n })
  })

  it('leaves alone what is approved or out, and refuses to undo a coupon that is on it', async () => {
    await create('HALF')
    await closeMonth(t, '2026-09')
    const { id: invoiceId, digest } = await draft()
    await t.core.call(invoice.approve, { invoiceId, digest }, t.admin)
    await apply('HALF')
    expect(await draft()).toMatchObject({ state: 'approved', digest })
    await closeMonth(t, '2026-10')
    // Of the fee of November alone.
    expect(await draft('2026-10')).toMatchObject({ net: 5000n })
    await issueMonth(t, '2026-10')
    await expect(undo('billing.coupon.apply')).rejects.toMatchObject({ code: 'BILLING_COUPON_IN_USE' })
  })

  it('what is charged once: taken off where the coupon says so, and followed when it changes', async () => {
    await create('ONCE', { oneOffs: true, off: { kind: 'amount', amount: 25_000n, currency: 'USD' } })
    await create('NOT', { off: { kind: 'percent', percent: '10' } })
    await expect(create('BAD', { oneOffs: true, planIds: [customerId] })).rejects.toMatchObject({
      data: { reason: 'one-offs' },
    })
    await apply('ONCE')
    await closeMonth(t, '2026-09')
    // 250.00 of 202.00: nothing is left, and 48.00 find nothing.
    expect(await draft()).toMatchObject({ net: 0n, tax: 0n })
    const { id } = await draft()
    const terms = { name: 'Set-up', quantity: '1', unitPrice: '100' }
    const made = await t.core.call(oneOff.add, { customerId, invoiceId: id, ...terms }, t.admin)
    // 302.00 less 250.00 is 52.00.
    expect(await draft()).toMatchObject({ net: 5200n })
    await t.core.call(oneOff.edit, { oneOffId: made.id, ...terms, unitPrice: '40' }, t.admin)
    expect(await draft()).toMatchObject({ net: 0n })
    await t.core.call(oneOff.edit, { oneOffId: made.id, ...terms }, t.admin)
    // Ten percent of the rest of what plans ask for alone: shares come first, so 20.20 of 202.00, then 250.00.
    await apply('NOT')
    expect(await draft()).toMatchObject({ net: 30_200n - 2020n - 25_000n })
    await t.core.call(oneOff.remove, { oneOffId: made.id }, t.admin)
    expect(await draft()).toMatchObject({ net: 0n })
    await undo('billing.oneOff.remove')
    expect(await draft()).toMatchObject({ net: 3180n })
  })

  it('billing.oneOff.add: of a category, by which the rules of tax decide', async () => {
    const { country } = await t.core.call(contract.billing.customer.get, { customerId }, t.admin)
    const rule = (category: string, rate: string) =>
      t.core.call(
        tax.addRule,
        {
          ...{ name: category, country, category, kind: 'standard' as const, rate },
          ...{ validFrom: '2026-01-01', source: 'Law' },
        },
        t.admin,
      )
    await rule('standard', '0.08')
    await rule('books', '0.02')
    await t.core.call(contract.workspace.settings.set, { name: 'billing.country', value: country }, t.admin)
    await closeMonth(t, '2026-09')
    const before = await draft()
    const terms = { name: 'Manual', quantity: '1', unitPrice: '50', category: 'books' }
    const made = await t.core.call(oneOff.add, { customerId, invoiceId: before.id, ...terms }, t.admin)
    expect(made.category).toBe('books')
    const { lineItems } = await t.core.call(invoice.get, { invoiceId: before.id }, t.admin)
    const line = lineItems.find(one => one.name === 'Manual')!
    expect(line.taxBasis.category).toBe('books')
    expect([line.taxRate, line.tax]).toEqual(['0.02', 100n])
    await t.core.call(oneOff.edit, { oneOffId: made.id, ...terms, category: 'standard' }, t.admin)
    await undo('billing.oneOff.edit')
    const { oneOffs } = await t.core.call(oneOff.list, { customerId }, t.admin)
    expect(oneOffs[0]!.category).toBe('books')
  })

  it('billing.wallet.topUp: stays an invoice of its own, whatever the close brings', async () => {
    const { id: walletId } = await t.core.call(wallet.create, { customerId, name: 'Prepaid' }, t.admin)
    const month = new Date(Number(t.clock.now())).toISOString().slice(0, 7)
    await t.core.call(wallet.topUp, { walletId, amount: 5000n }, t.admin)
    const [topUp] = await invoicesOf(t, month)
    const add = t.core.call(
      oneOff.add,
      { customerId, invoiceId: topUp!.id, name: 'Set-up', unitPrice: '1' },
      t.admin,
    )
    await expect(add).rejects.toMatchObject({ code: 'BILLING_INVOICE_TOP_UP' })
    t.clock.advance(40 * 86_400_000)
    await closeMonth(t, month)
    const all = await invoicesOf(t, month)
    expect(all).toHaveLength(2)
    expect(all.find(one => one.id === topUp!.id)).toMatchObject({ digest: topUp!.digest, total: 5000n })
  })
})
