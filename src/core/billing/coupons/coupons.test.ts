import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, storedBilling, subscribed, use } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { coupon: leaf, correction, invoice, subscription } = contract.billing
const { log, settings } = contract.workspace

describe.each(DATABASES)('coupons (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  const LIMITS = { validFrom: null, validUntil: null, most: null, mostEach: 1 }
  const half = { kind: 'percent' as const, percent: '50' }
  const create = (code: string, more: object = {}) =>
    t.core.call(
      leaf.create,
      { code, name: `Coupon ${code}`, off: half, months: null, ...LIMITS, ...more } as never,
      t.admin,
    )
  const apply = (code: string, customerId: string, more: object = {}) =>
    t.core.call(leaf.apply, { code, customerId, from: day('2026-08-01'), ...more }, t.admin)
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string; data: { reason?: string } }) =>
        error.data.reason ? `${error.code} ${error.data.reason}` : error.code,
    )
  /** Takes back the newest command of a name that was not taken back. */
  const undo = async (command: string) => {
    const { entries } = await t.core.call(log.list, { limit: 50 }, t.admin)
    const { commandId } = entries.find(
      one => one.command === command && one.undoneBy === null && one.outcome === 'done',
    )!
    return t.core.call(log.undo, { commandId }, t.admin)
  }
  async function world(from = '2026-08-01') {
    t = await testCore(database)
    const { pro, metrics } = await closeWorld(t)
    return { pro, metrics, ...(await subscribed(t, 'acme', pro.planId, { from })) }
  }

  it('billing.coupon.create: kept in capitals, found, changed, archived, and taken back', async () => {
    await world()
    const made = await create(' launch-20 ')
    expect(made).toMatchObject({
      code: 'LAUNCH-20',
      off: half,
      months: null,
      active: 0,
      redeemed: 0,
      mostEach: 1,
    })
    expect(await codeOf(create('LAUNCH-20'))).toBe('BILLING_COUPON_CODE_TAKEN')
    const found = await t.core.call(contract.workspace.search.query, { text: 'launch' }, t.admin)
    expect(JSON.stringify(found)).toContain(`/billing/coupons?coupon=${made.id}`)
    const edited = await t.core.call(
      leaf.edit,
      { couponId: made.id, name: 'Launch', ...LIMITS, most: 3, validUntil: day('2027-01-01') },
      t.admin,
    )
    expect(edited).toMatchObject({ name: 'Launch', most: 3, validUntil: day('2027-01-01'), off: half })
    const archived = await t.core.call(leaf.setArchived, { couponId: made.id, archived: true }, t.admin)
    expect(archived.archivedAt).toBe(t.clock.now())
    const again = await t.core.call(leaf.setArchived, { couponId: made.id, archived: true }, t.admin)
    expect(again.archivedAt).toBe(archived.archivedAt)
    await undo('billing.coupon.setArchived')
    await undo('billing.coupon.setArchived')
    await undo('billing.coupon.edit')
    const { coupons } = await t.core.call(leaf.list, {}, t.admin)
    expect(coupons).toMatchObject([{ name: 'Coupon  launch-20', archivedAt: null, most: null }])
    await undo('billing.coupon.create')
    expect((await t.core.call(leaf.list, {}, t.admin)).coupons).toEqual([])
    await undo('workspace.log.undo')
    expect((await t.core.call(leaf.list, {}, t.admin)).coupons).toHaveLength(1)
    await expect(
      t.core.call(leaf.setArchived, { couponId: t.admin.person as never, archived: true }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('billing.coupon.create: refuses what makes no sense, with the reason', async () => {
    const { pro, customer, metrics } = await world()
    const invalid = (more: object) => codeOf(create('X', more))
    expect(await invalid({ off: { kind: 'percent', percent: '0' } })).toBe('BILLING_COUPON_INVALID percent')
    expect(await invalid({ off: { kind: 'percent', percent: '100.1' } })).toBe(
      'BILLING_COUPON_INVALID percent',
    )
    const cash = (amount: bigint, currency: string) => ({ off: { kind: 'amount', amount, currency } })
    expect(await invalid(cash(0n, 'USD'))).toBe('BILLING_COUPON_INVALID amount')
    expect(await invalid(cash(1n, 'XXQ'))).toBe('BILLING_COUPON_INVALID currency')
    const inverted = { validFrom: day('2026-10-01'), validUntil: day('2026-10-01') }
    expect(await invalid(inverted)).toBe('BILLING_COUPON_INVALID span')
    expect(await invalid({ planIds: [pro.planId, customer.id] })).toBe('BILLING_COUPON_INVALID plan')
    expect(await invalid({ metricIds: [customer.id] })).toBe('BILLING_COUPON_INVALID metric')
    expect(await invalid({ planIds: [pro.planId], metricIds: [metrics.calls] })).toBe('done')
  })

  it('billing.coupon.apply: offered or not, and how often', async () => {
    const { pro, customer, subscription: first } = await world()
    const { customer: other } = await subscribed(t, 'other', pro.planId)
    const not = (reason: string) => `BILLING_COUPON_NOT_OFFERED ${reason}`
    expect(await codeOf(apply('NONE', customer.id))).toBe('BILLING_COUPON_UNKNOWN')
    const now = t.clock.now()
    await create('LATER', { validFrom: now + 1n })
    expect(await codeOf(apply('LATER', customer.id))).toBe(not('not-yet'))
    await create('OVER', { validUntil: now })
    expect(await codeOf(apply('OVER', customer.id))).toBe(not('over'))
    const { id } = await create('ONE', { most: 1, mostEach: null })
    expect(await codeOf(apply('ONE', customer.id, { subscriptionId: customer.id }))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
    const given = await apply('one', customer.id, { subscriptionId: first.id })
    expect(given).toMatchObject({ code: 'ONE', plan: 'Plan pro', customer: 'Customer acme', state: 'active' })
    expect(await codeOf(apply('ONE', customer.id, { subscriptionId: first.id }))).toBe(not('held'))
    expect(await codeOf(apply('ONE', other.id))).toBe(not('most'))
    // Taken away before it took anything off, it counts for nothing.
    await t.core.call(leaf.remove, { redemptionId: given.id }, t.admin)
    expect(await codeOf(t.core.call(leaf.remove, { redemptionId: given.id }, t.admin))).toBe(
      'BILLING_COUPON_ENDED',
    )
    expect(await codeOf(apply('ONE', other.id))).toBe('done')
    await t.core.call(leaf.setArchived, { couponId: id, archived: true }, t.admin)
    expect(await codeOf(apply('ONE', customer.id))).toBe(not('archived'))
    await create('EACH')
    await apply('EACH', customer.id, { subscriptionId: first.id })
    expect(await codeOf(apply('EACH', customer.id))).toBe(not('most-each'))
    const { redemptions } = await t.core.call(leaf.redemptions, { couponId: id }, t.admin)
    expect(redemptions.map(one => `${one.customer} ${one.state}`).sort()).toEqual([
      'Customer acme ended',
      'Customer other active',
    ])
    expect((await t.core.call(leaf.redemptions, {}, t.admin)).redemptions).toHaveLength(3)
    expect((await t.core.call(leaf.redemptions, { couponId: customer.id }, t.admin)).redemptions).toEqual([])
  })

  /**
   * Fees of 100.00 in advance, 250 calls beyond the free ones at 0.10 = 25.00, tax of 8 %. Half off each line, then
   * 30.00 off what is left: of 50.00 + 12.50 + 50.00 = 112.50 they are 13.33…, 3.33… and 13.33…, and the cent that is
   * missing goes to the first. Left: 82.50, and tax of 8 % line by line.
   */
  it('a close takes them off in their order, a second one nothing more, and a preview says the same', async () => {
    const { customer, subscription: one } = await world('2026-09-01')
    await create('HALF')
    await create('CASH', { off: { kind: 'amount', amount: 3000n, currency: 'USD' }, months: 2 })
    await apply('HALF', customer.id)
    await apply('CASH', customer.id)
    await use(t, 'acme', 'calls', '2026-09-05', '350')
    await closeMonth(t, '2026-09')
    const [draft] = await invoicesOf(t, '2026-09')
    expect(draft!.text).toEqual([
      'fee Base fee 1 = 10000',
      'usage API calls 350 = 2500',
      'fee Base fee 1 = 10000',
      'discount HALF: Base fee 0 = -5000',
      'discount HALF: API calls 0 = -1250',
      'discount HALF: Base fee 0 = -5000',
      'discount CASH: Base fee 0 = -1334',
      'discount CASH: API calls 0 = -333',
      'discount CASH: Base fee 0 = -1333',
    ])
    expect(draft!.net).toBe(8250n)
    const { lineItems } = await t.core.call(invoice.get, { invoiceId: draft!.id }, t.admin)
    expect(lineItems.reduce((sum, line) => sum + line.amount + line.tax, 0n)).toBe(draft!.total)
    const last = await t.core.call(invoice.explain, { lineId: lineItems.at(-1)!.id }, t.admin)
    expect(last).toMatchObject({
      usage: [],
      steps: [{ step: 'coupon', code: 'CASH', order: 2, off: '30.00' }],
    })
    const before = await storedBilling(t)
    await closeMonth(t, '2026-09')
    expect(await storedBilling(t)).toEqual(before)
    // More calls in the same month: half off, and nothing is left of the 30.00.
    await use(t, 'acme', 'calls', '2026-09-06', '100')
    await closeMonth(t, '2026-09')
    const [more] = await invoicesOf(t, '2026-09')
    expect(more!.net).toBe(8250n + 500n)
    const next = await t.core.call(subscription.nextInvoice, { subscriptionId: one.id }, t.admin)
    // October is not closed: the fees of November and December, half of them, less 30.00.
    expect([next.period, next.net]).toEqual(['2026-11', 7000n])
    const { redemptions } = await t.core.call(leaf.redemptions, { customerId: customer.id }, t.admin)
    expect(
      redemptions
        .map(({ code, usedMonths, given, state }) => [code, usedMonths, given, state])
        .sort(([a], [b]) => (a! < b! ? -1 : 1)),
    ).toEqual([
      ['CASH', 1, [{ currency: 'USD', amount: 3000n }], 'active'],
      ['HALF', 1, [{ currency: 'USD', amount: 11_250n + 500n }], 'active'],
    ])
    // Two months, and no more.
    await closeMonth(t, '2026-10')
    const october = (await invoicesOf(t, '2026-10'))[0]!
    expect(october.net).toBe(10_000n - 5000n - 3000n)
    const after = (await t.core.call(leaf.redemptions, { customerId: customer.id }, t.admin)).redemptions
    expect(after.find(used => used.code === 'CASH')).toMatchObject({ state: 'used-up', usedMonths: 2 })
    t.clock.advance(31 * 86_400_000)
    await closeMonth(t, '2026-11')
    expect((await invoicesOf(t, '2026-11'))[0]!.net).toBe(5000n)
  })

  it('a void gives the month back; a whole credit note cancels to zero', async () => {
    const { customer } = await world()
    await create('ONCE', { months: 1 })
    await apply('ONCE', customer.id)
    for (const name of ['billing.creditLimit', 'billing.writeOffLimit'] as const)
      await t.core.call(settings.set, { name, value: 1000 }, t.admin)
    await closeMonth(t, '2026-08')
    const [august] = await issueMonth(t, '2026-08')
    expect(august!.net).toBe(10_000n)
    await t.core.call(
      correction.void,
      { invoiceId: august!.id, reason: 'Wrong address', reissue: true },
      t.admin,
    )
    await closeMonth(t, '2026-08')
    const [again] = (await issueMonth(t, '2026-08')).filter(one => one.state === 'issued')
    expect(again).toMatchObject({ net: 10_000n, tax: 800n })
    await t.core.call(
      correction.credit,
      { invoiceId: again!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'Goodwill' },
      t.admin,
    )
    const look = await t.core.call(correction.get, { invoiceId: again!.id }, t.admin)
    expect(look).toMatchObject({ left: 0n, state: 'paid' })
    expect(look.creditNotes[0]).toMatchObject({ total: again!.total, tax: again!.tax })
    // What was credited stays billed, so that the coupon was used.
    await closeMonth(t, '2026-09')
    expect((await invoicesOf(t, '2026-09'))[0]!.net).toBe(10_000n)
    await t.core.call(
      correction.void,
      { invoiceId: (await issueMonth(t, '2026-09'))[0]!.id, reason: 'Never', reissue: false },
      t.admin,
    )
    await closeMonth(t, '2026-10')
    expect((await invoicesOf(t, '2026-10'))[0]!.net).toBe(10_000n)
  })

  it('void for good gives the coupon back to the next month', async () => {
    const { customer } = await world('2026-09-01')
    await create('ONCE', { months: 1 })
    await apply('ONCE', customer.id)
    await t.core.call(settings.set, { name: 'billing.writeOffLimit', value: 1000 }, t.admin)
    await closeMonth(t, '2026-09')
    const [september] = await issueMonth(t, '2026-09')
    await t.core.call(correction.void, { invoiceId: september!.id, reason: 'Never', reissue: false }, t.admin)
    await closeMonth(t, '2026-10')
    expect((await invoicesOf(t, '2026-10'))[0]!.net).toBe(5000n)
  })

  /** 250 calls beyond the free ones at 0.10: 25.00; a tenth off them alone, then half of all that is left. */
  it('one for a metric of one subscription, before one for everything', async () => {
    const { customer, metrics, subscription: own } = await world('2026-09-01')
    await create('CALLS', { metricIds: [metrics.calls], off: { kind: 'percent', percent: '10' } })
    await create('ALL')
    await apply('ALL', customer.id)
    await apply('CALLS', customer.id, { subscriptionId: own.id })
    await use(t, 'acme', 'calls', '2026-09-05', '350')
    await closeMonth(t, '2026-09')
    const [draft] = await invoicesOf(t, '2026-09')
    expect(draft!.text.filter(text => text.startsWith('discount'))).toEqual([
      'discount CALLS: API calls 0 = -250',
      'discount ALL: Base fee 0 = -5000',
      'discount ALL: API calls 0 = -1125',
      'discount ALL: Base fee 0 = -5000',
    ])
    const { redemptions } = await t.core.call(leaf.redemptions, { customerId: customer.id }, t.admin)
    expect(redemptions.find(one => one.code === 'ALL')!.given).toEqual([{ currency: 'USD', amount: 11_125n }])
  })

  it('billing.coupon.remove: months that end later have nothing taken off, and taking it back puts it back', async () => {
    const { pro, customer } = await world('2026-09-01')
    const { id } = await create('HALF')
    await create('OTHERS', { planIds: [pro.planId] })
    const given = await apply('HALF', customer.id)
    expect(await codeOf(undo('billing.coupon.create'))).toBe('done')
    expect(await codeOf(undo('billing.coupon.create'))).toBe('BILLING_COUPON_IN_USE')
    await undo('billing.coupon.apply')
    expect((await t.core.call(leaf.redemptions, { couponId: id }, t.admin)).redemptions).toEqual([])
    await undo('workspace.log.undo')
    await closeMonth(t, '2026-09')
    expect((await invoicesOf(t, '2026-09'))[0]!.net).toBe(10_000n)
    const ended = await t.core.call(leaf.remove, { redemptionId: given.id }, t.admin)
    expect(ended).toMatchObject({ state: 'ended', endedAt: t.clock.now(), usedMonths: 1 })
    expect((await t.core.call(leaf.list, {}, t.admin)).coupons).toMatchObject([{ active: 0, redeemed: 1 }])
    await closeMonth(t, '2026-10')
    expect((await invoicesOf(t, '2026-10'))[0]!.net).toBe(5000n)
    await undo('billing.coupon.remove')
    const { redemptions } = await t.core.call(leaf.redemptions, { couponId: id }, t.admin)
    expect(redemptions).toMatchObject([{ state: 'active', usedMonths: 2 }])
    // What took something off an invoice that is out was given: that can no longer be taken back.
    await create('TENTH', { off: { kind: 'percent', percent: '10' } })
    await apply('TENTH', customer.id)
    t.clock.advance(31 * 86_400_000)
    await closeMonth(t, '2026-11')
    expect((await invoicesOf(t, '2026-11'))[0]!.net).toBe(4500n)
    await issueMonth(t, '2026-11')
    expect(await codeOf(undo('billing.coupon.apply'))).toBe('BILLING_COUPON_IN_USE')
  })
})
