import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, subscribed, use } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { arrangement, contract: agreed, coupon, invoice, oneOff, subscription, wallet } = contract.billing
const { log } = contract.workspace
const PERIOD = '2026-09'

describe.each(DATABASES)('how the invoices of a customer are made (%s)', database => {
  let t: TestCore
  let customerId: string
  let first: string
  let second: string
  beforeEach(async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    const seats = await plan(t, 'seats', [
      {
        ...{ key: 'seat', name: 'Seats', metricId: null, currency: 'USD' },
        charge: { model: 'flat', amount: '40' },
      },
    ])
    const made = await subscribed(t, 'acme', pro.planId)
    customerId = made.customer.id
    first = made.subscription.id
    const other = { customerId, planId: seats.planId, at: day('2026-09-01'), trialDays: 0 }
    second = (await t.core.call(subscription.start, other, t.admin)).id
    // Of 120 calls 100 are free: 2.00.
    await use(t, 'acme', 'calls', '2026-09-10', '120')
  })
  afterEach(() => t.close())

  const get = () => t.core.call(arrangement.get, { customerId }, t.admin)
  const set = (more: { minimum?: bigint | null; invoices?: 'together' | 'by-subscription' }) =>
    t.core.call(arrangement.set, { customerId, ...more }, t.admin)
  const undo = async (command: string) => {
    const { entries } = await t.core.call(log.list, { limit: 50 }, t.admin)
    const { commandId } = entries.find(
      one => one.command === command && one.undoneBy === null && one.outcome === 'done',
    )!
    return t.core.call(log.undo, { commandId }, t.admin)
  }
  const drafts = async (period = PERIOD) => {
    const all = await invoicesOf(t, period)
    return all
      .map(({ id, plan: name, net, tax, state, digest }) => ({ id, plan: name, net, tax, state, digest }))
      .sort((a, b) => Number(b.net - a.net))
  }

  it('billing.arrangement.set: drafts that are there are parted and put together again, to the byte', async () => {
    expect(await get()).toMatchObject({ invoices: 'together', minimum: null, changed: null })
    await closeMonth(t, PERIOD)
    // Twice 100.00 and 2.00, twice 40.00, with 8 % of each.
    const [whole] = await drafts()
    expect(whole).toMatchObject({ plan: 'Plan pro, Plan seats', net: 28_200n, tax: 2256n })
    t.clock.advance(1000)
    await set({ invoices: 'by-subscription' })
    expect(await get()).toMatchObject({
      ...{ invoices: 'by-subscription', minimum: null },
      changed: { by: { name: 'Ada' }, at: t.clock.now() },
    })
    const parts = await drafts()
    expect(parts).toMatchObject([
      { id: whole!.id, plan: 'Plan pro', net: 20_200n, tax: 1616n, state: 'draft' },
      { plan: 'Plan seats', net: 8000n, tax: 640n, state: 'draft' },
    ])
    const { history, subscriptionId } = await t.core.call(invoice.get, { invoiceId: parts[1]!.id }, t.admin)
    expect(subscriptionId).toBe(second)
    expect(history.map(one => one.command)).toEqual(['billing.arrangement.set'])
    // A close adds nothing: what it would make is what is there.
    await closeMonth(t, PERIOD)
    expect(await drafts()).toEqual(parts)

    await undo('billing.arrangement.set')
    expect(await get()).toMatchObject({ invoices: 'together', changed: null })
    expect(await drafts()).toEqual([whole])
    await set({ invoices: 'by-subscription' })
    expect((await drafts()).map(one => one.net)).toEqual([20_200n, 8000n])
  })

  it('billing.arrangement.set: leaves what is approved or out, and goes on with what is missing', async () => {
    await set({ invoices: 'by-subscription' })
    const dry = await closeMonth(t, PERIOD, { dryRun: true })
    expect(dry.report).toMatchObject({ drafts: 2, totals: [{ net: 28_200n, tax: 2256n, drafts: 2 }] })
    await closeMonth(t, PERIOD)
    // Both are what the customer was billed last.
    const { customers } = await t.core.call(contract.billing.customer.list, {}, t.admin)
    expect(customers.map(one => one.lastTotal)).toEqual([30_456n])
    const [pro, seats] = await drafts()
    await t.core.call(invoice.approve, { invoiceId: pro!.id, digest: pro!.digest }, t.admin)
    await t.core.call(invoice.issue, { invoiceId: pro!.id, digest: pro!.digest }, t.admin)
    await t.core.call(invoice.hold, { invoiceId: seats!.id, note: 'Waits for an order' }, t.admin)
    await set({ invoices: 'together' })
    expect(await drafts()).toMatchObject([
      { id: pro!.id, state: 'issued', net: 20_200n, digest: pro!.digest },
      { id: seats!.id, state: 'held', net: 8000n },
    ])
    // Ten late calls, 1.00, go to what is open now: that of all of them.
    await use(t, 'acme', 'calls', '2026-09-12', '10')
    await closeMonth(t, PERIOD)
    expect(await drafts()).toMatchObject([
      { state: 'issued', net: 20_200n },
      { id: seats!.id, state: 'held', net: 8100n },
    ])
    // Parted again, the correction has an invoice of its own, held like the one that it was on.
    await set({ invoices: 'by-subscription' })
    const parted = await drafts()
    expect(parted.map(one => [one.state, one.net])).toEqual([
      ['issued', 20_200n],
      ['held', 8000n],
      ['held', 100n],
    ])
    await t.core.call(invoice.release, { invoiceId: parted[2]!.id }, t.admin)
    // Put together, the one that somebody holds is the one that stays.
    await set({ invoices: 'together' })
    expect(await drafts()).toMatchObject([{ net: 20_200n }, { id: parted[1]!.id, state: 'held', net: 8100n }])
  })

  it('a coupon, a minimum and charges once: over the whole month, each line where it belongs', async () => {
    await set({ invoices: 'by-subscription', minimum: 40_000n })
    const off = { kind: 'amount' as const, amount: 3000n, currency: 'USD' }
    await t.core.call(coupon.create, { code: 'THIRTY', name: 'Thirty', off, months: null }, t.admin)
    await t.core.call(coupon.apply, { code: 'THIRTY', customerId, from: day('2026-09-01') }, t.admin)
    const charge = { customerId, unitPrice: '25', firstPeriod: PERIOD }
    await t.core.call(oneOff.add, { ...charge, name: 'Audit' }, t.admin)
    await t.core.call(oneOff.add, { ...charge, name: 'Training', subscriptionId: second }, t.admin)
    await closeMonth(t, PERIOD)
    // 30.00 over 100, 100, 2, 40 and 40: 10.64, 10.64, 0.21, 4.26 and 4.25 by largest remainder.
    const parts = await drafts()
    expect(parts.map(one => [one.plan, one.net])).toEqual([
      ['Plan pro', 20_200n - 2149n],
      // 25.00 of the audit, and 98.00 that 282.00 - 30.00 + 50.00 lack to 400.00.
      ['', 2500n + 9800n],
      // Training is on the invoice of its subscription.
      ['Plan seats', 8000n - 851n + 2500n],
    ])
    expect(parts.reduce((sum, one) => sum + one.net, 0n)).toBe(40_000n)
    await expect(
      t.core.call(oneOff.add, { ...charge, name: 'Other', subscriptionId: customerId }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })

    // A further 20.00 onto the draft of a subscription stays there, and the minimum asks for 20.00 less.
    const added = { customerId, invoiceId: parts[2]!.id, name: 'More', unitPrice: '20' }
    const more = await t.core.call(oneOff.add, added, t.admin)
    expect(more.subscriptionId).toBe(second)
    expect((await drafts()).map(one => one.net)).toEqual([18_051n, 11_649n, 10_300n])
    await undo('billing.oneOff.add')
    expect(await drafts()).toEqual(parts)

    // All in one it comes to the same.
    await set({ invoices: 'together' })
    expect((await drafts()).map(one => one.net)).toEqual([40_000n])
  })

  it('billing.subscription.nextInvoice: says what the invoice of the subscription will say', async () => {
    await set({ invoices: 'by-subscription' })
    await closeMonth(t, PERIOD)
    await issueMonth(t, PERIOD)
    await use(t, 'acme', 'calls', '2026-11-05', '130')
    await closeMonth(t, '2026-10')
    await issueMonth(t, '2026-10')
    const next = (subscriptionId: string) =>
      t.core.call(subscription.nextInvoice, { subscriptionId }, t.admin)
    const [pro, seats] = [await next(first), await next(second)]
    // December's fee and 30 calls; December's fee alone.
    expect([pro.period, pro.net, seats.net]).toEqual(['2026-11', 10_300n, 4000n])
    t.clock.advance(40 * 86_400_000)
    await closeMonth(t, '2026-11')
    const made = await drafts('2026-11')
    expect(made).toMatchObject([
      { net: pro.net, tax: pro.tax },
      { net: seats.net, tax: seats.tax },
    ])
    // Compared with its like: nothing jumped, and no plan changed.
    const [grid] = await invoicesOf(t, '2026-11')
    expect(grid!.doubts.map(one => one.code)).not.toContain('plan-change')
    expect(grid!.previous).not.toBeNull()
  })

  it('billing.subscription.preview: says what a change does to other invoices of the month too', async () => {
    await set({ invoices: 'by-subscription', minimum: 20_000n })
    for (const period of [PERIOD, '2026-10']) await closeMonth(t, period)
    // Of December 100.00, 40.00, and 60.00 that are lacking; without the second 100.00 and 100.00.
    const change = { kind: 'cancel' as const, subscriptionId: second, at: day('2026-12-01') }
    const seen = await t.core.call(subscription.preview, { change }, t.admin)
    expect(seen).toMatchObject({
      ...{ period: '2026-11', without: { net: 10_000n }, within: { net: 10_000n } },
      lines: [{ name: 'Minimum invoice', amount: 10_000n, because: true }],
      gone: [
        { name: 'Seats', amount: 4000n },
        { name: 'Minimum invoice', amount: 6000n },
      ],
    })
    // Without a minimum it is about its own invoice alone.
    await set({ minimum: 0n })
    const alone = await t.core.call(subscription.preview, { change }, t.admin)
    expect(alone).toMatchObject({ without: { net: 4000n }, within: { net: 0n }, lines: [] })
  })

  it('a charge that is taken back takes no minimum with it that other invoices lack', async () => {
    await set({ invoices: 'by-subscription', minimum: 40_000n })
    const audit = { customerId, name: 'Audit', unitPrice: '25', firstPeriod: PERIOD }
    const { id } = await t.core.call(oneOff.add, audit, t.admin)
    await closeMonth(t, PERIOD)
    for (const { id: invoiceId, digest } of (await drafts()).filter(one => one.plan !== '')) {
      await t.core.call(invoice.approve, { invoiceId, digest }, t.admin)
      await t.core.call(invoice.issue, { invoiceId, digest }, t.admin)
    }
    // 25.00, and 93.00 that 282.00 and 25.00 lack to 400.00.
    expect((await drafts()).map(one => [one.state, one.net])).toEqual([
      ['issued', 20_200n],
      ['draft', 11_800n],
      ['issued', 8000n],
    ])
    await t.core.call(oneOff.remove, { oneOffId: id }, t.admin)
    const [, least] = await drafts()
    expect(least).toMatchObject({ state: 'draft', net: 11_800n })
    const { lineItems } = await t.core.call(invoice.get, { invoiceId: least!.id }, t.admin)
    expect(lineItems.map(line => [line.name, line.amount])).toEqual([['Minimum invoice', 11_800n]])
    await undo('billing.oneOff.remove')
    expect((await drafts()).map(one => one.net)).toEqual([20_200n, 11_800n, 8000n])

    // All of it out, a further charge of 25.00 gives 25.00 of the minimum back, and taken back does nothing.
    await issueMonth(t, PERIOD)
    const late = await t.core.call(oneOff.add, { ...audit, name: 'Late' }, t.admin)
    await closeMonth(t, PERIOD)
    const open = async () => (await drafts()).filter(one => one.state === 'draft').map(one => one.net)
    expect(await open()).toEqual([0n])
    await t.core.call(oneOff.remove, { oneOffId: late.id }, t.admin)
    expect(await open()).toEqual([])
  })

  it('two drafts of one month and place become one, where they are made anew', async () => {
    await closeMonth(t, PERIOD)
    const [before] = await drafts()
    const { id: invoiceId, digest } = before!
    await t.core.call(invoice.approve, { invoiceId, digest }, t.admin)
    await use(t, 'acme', 'gb', '2026-09-12', '3')
    await closeMonth(t, PERIOD)
    await t.core.call(invoice.unapprove, { invoiceId }, t.admin)
    expect((await drafts()).map(one => one.net)).toEqual([28_200n, 300n])
    const off = { kind: 'percent' as const, percent: '50' }
    await t.core.call(coupon.create, { code: 'HALF', name: 'Half', off, months: null }, t.admin)
    await t.core.call(coupon.apply, { code: 'HALF', customerId, from: day('2026-09-01') }, t.admin)
    expect(await drafts()).toMatchObject([{ id: invoiceId, net: 14_250n }])
  })

  it('the minimum of a contract does not count what is paid ahead into a wallet', async () => {
    for (const period of [PERIOD, '2026-10']) await closeMonth(t, period)
    const words = { number: 'C-1', name: 'Deal', currency: 'USD', from: day('2026-11-01') }
    const terms = { minimum: 100_000n }
    const { id } = await t.core.call(agreed.create, { ...words, customerId, terms }, t.admin)
    await t.core.call(agreed.activate, { contractId: id }, t.admin)
    const abroad = { customerId, name: 'Visit', unitPrice: '9', currency: 'EUR', firstPeriod: '2026-11' }
    await t.core.call(oneOff.add, abroad, t.admin)
    const { id: walletId } = await t.core.call(wallet.create, { customerId, name: 'Prepaid' }, t.admin)
    await t.core.call(wallet.topUp, { walletId, amount: 50_000n }, t.admin)
    t.clock.advance(40 * 86_400_000)
    await closeMonth(t, '2026-11')
    // The fees of December are 140.00: 860.00 are lacking, whatever the top-up of 500.00 is.
    expect((await drafts('2026-11')).map(one => one.net)).toEqual([100_000n, 50_000n, 900n])
    // Nor does the list of customers, or what is billed in euros, or the share of usage: 1,000.00 with 8 %.
    const { customers } = await t.core.call(contract.billing.customer.list, {}, t.admin)
    expect(customers.map(one => one.lastTotal)).toEqual([108_000n])
    const { shares } = await t.core.call(contract.billing.quota.overageShare, { period: '2026-11' }, t.admin)
    expect(shares.map(one => [one.currency, one.fees])).toEqual([
      ['EUR', 900n],
      ['USD', 100_000n],
    ])
  })
})
