import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, day } from '../testing/catalogue-kit.ts'
import {
  closeMonth,
  closeWorld,
  invoicesOf,
  plan,
  storedBilling,
  subscribed,
  use,
  usualPrices,
} from '../testing/close-kit.ts'

const { billing } = contract

describe.each(DATABASES)('the close of a month on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.close.start: turns usage and fees into a draft for each customer', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await subscribed(t, 'globex', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await use(t, 'acme', 'gb', '2026-10-09', '12.5')
    // Not of this month.
    await use(t, 'acme', 'calls', '2026-11-01', '1000')

    const run = await closeMonth(t, '2026-10')
    expect(run).toMatchObject({ state: 'done', period: '2026-10', dryRun: false })
    expect(run.report).toMatchObject({
      customers: 2,
      drafts: 2,
      doubtful: 2,
      extended: 0,
      adjustments: 0,
      problemCount: 0,
    })
    const [acme, globex] = await invoicesOf(t, '2026-10')
    // The fees of October and, in advance, of November; 250 calls at 0.10; 10 × 1 + 2.5 × 0.5.
    expect(acme).toMatchObject({
      ...{ state: 'draft', kind: 'invoice', currency: 'USD', plan: 'Plan pro', number: null },
      ...{ net: 23625n, tax: 1890n, total: 25515n, pdf: 'none', lines: 4 },
    })
    expect(acme!.text.sort()).toEqual([
      'fee Base fee 1 = 10000',
      'fee Base fee 1 = 10000',
      'usage API calls 350 = 2500',
      'usage Storage 12.5 = 1125',
    ])
    expect(globex).toMatchObject({ net: 20000n, total: 21600n })
    expect(run.report!.totals).toEqual([
      { currency: 'USD', drafts: 2, net: 43625n, tax: 3490n, total: 47115n },
    ])
    expect(run.report!.doubts).toEqual([{ code: 'first-invoice', drafts: 2 }])
  })

  it('billing.close.start: closing again adds nothing', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId)
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await closeMonth(t, '2026-10')
    const before = await storedBilling(t)
    expect(before.lines.length).toBeGreaterThan(3)
    const again = await closeMonth(t, '2026-10')
    expect(again.report).toMatchObject({ drafts: 0, extended: 0, lines: 0, totals: [] })
    expect(await storedBilling(t)).toEqual(before)
  })

  it('billing.close.start: usage that costs nothing makes no draft, and is billed whole once it costs something', async () => {
    t = await testCore(database)
    const { metrics } = await closeWorld(t)
    const [, calls] = usualPrices(metrics)
    const { planId } = await plan(t, 'free', [calls!])
    await subscribed(t, 'acme', planId)
    await use(t, 'acme', 'calls', '2026-09-05', '80')
    expect((await closeMonth(t, '2026-09')).report).toMatchObject({ drafts: 0, lines: 0, problemCount: 0 })
    // Late: 110 calls, 10 above the free ones.
    await use(t, 'acme', 'calls', '2026-09-06', '30')
    await closeMonth(t, '2026-10')
    const [invoice] = await invoicesOf(t, '2026-10')
    expect(invoice!.text).toEqual(['usage API calls 110 = 100'])
  })

  it('billing.close.start: a dry run tells what a close would store, and stores nothing', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId)
    await subscribed(t, 'globex', pro.planId, { zone: 'America/Los_Angeles' })
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await use(t, 'globex', 'gb', '2026-09-05', '350.125')
    const nothing = await storedBilling(t)
    const dry = await closeMonth(t, '2026-10', { dryRun: true })
    expect(dry.dryRun).toBe(true)
    expect(dry.report!.lines).toBeGreaterThan(5)
    expect(dry.report).toMatchObject({ drafts: 2, doubtful: 2 })
    expect(await storedBilling(t)).toEqual(nothing)
    // A dry run is no close, neither before one nor after it.
    const ready = () => t.core.call(billing.close.readiness, { period: '2026-10' }, t.admin)
    expect(await ready()).toMatchObject({ closedAt: null, lastRun: { dryRun: true } })
    const real = await closeMonth(t, '2026-10')
    expect(real.report).toEqual(dry.report)
    // Also where an invoice is there that gets more lines.
    await use(t, 'acme', 'calls', '2026-10-20', '50')
    await use(t, 'globex', 'calls', '2026-09-20', '500')
    const dryAgain = await closeMonth(t, '2026-10', { dryRun: true })
    expect((await ready()).closedAt).toBeTypeOf('bigint')
    expect(dryAgain.report).toMatchObject({ drafts: 0, extended: 2, adjustments: 1, lines: 2 })
    expect((await closeMonth(t, '2026-10')).report).toEqual(dryAgain.report)
  })

  it('billing.close.start: late usage becomes an adjustment, whatever its age', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2025-01-01' })
    await use(t, 'acme', 'calls', '2025-02-05', '150')
    await closeMonth(t, '2026-09')
    // 20 months later; what was billed in the first close was 50 × 0.10.
    const { late } = await use(t, 'acme', 'calls', '2025-02-06', '150')
    expect(late).toBe(1)
    const readiness = await t.core.call(billing.close.readiness, { period: '2026-10' }, t.admin)
    expect(readiness).toMatchObject({ lateCustomers: 1, over: true, subscriptions: 1, lastRun: null })
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    expect(october!.text.sort()).toEqual(['adjustment API calls 150 = 1500', 'fee Base fee 1 = 10000'])
    expect(october!.doubts.map(doubt => doubt.code)).toContain('adjustment')
    const [account] = (await storedBilling(t)).accounts
    expect(account).toEqual({
      ...{ customer_id: customer.id, closed_until: day('2026-11-01'), rerate_from: null },
    })
    expect((await closeMonth(t, '2026-10')).report).toMatchObject({ lines: 0 })
  })

  it('billing.close.start: adds what is missing to a draft, and to nothing that was approved', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await subscribed(t, 'globex', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await use(t, 'globex', 'calls', '2026-10-05', '350')
    await closeMonth(t, '2026-10')
    const [acme, globex] = await invoicesOf(t, '2026-10')
    await t.core.call(billing.invoice.hold, { invoiceId: acme!.id, note: 'looks odd' }, t.admin)
    await t.core.call(billing.invoice.approve, { invoiceId: globex!.id, digest: globex!.digest }, t.admin)
    await use(t, 'acme', 'calls', '2026-10-06', '10')
    await use(t, 'globex', 'calls', '2026-10-06', '10')
    expect((await closeMonth(t, '2026-10')).report).toMatchObject({ drafts: 1, extended: 1, lines: 2 })
    const after = await invoicesOf(t, '2026-10')
    expect(after).toHaveLength(3)
    const held = after.find(one => one.id === acme!.id)!
    expect(held).toMatchObject({ state: 'held', note: 'looks odd', net: acme!.net + 100n, lines: 4 })
    expect(held.digest).not.toBe(acme!.digest)
    expect(held.doubts.map(doubt => doubt.code)).toContain('changed')
    expect(after.find(one => one.id === globex!.id)).toEqual({
      ...globex,
      ...{ state: 'approved', approvedBy: t.admin.person, approvedAt: t.clock.now() },
    })
    const extra = after.find(one => one.id !== acme!.id && one.id !== globex!.id)!
    expect(extra).toMatchObject({ state: 'draft', customerKey: 'globex', net: 100n, lines: 1 })
    expect(extra.doubts.map(doubt => doubt.code)).not.toContain('gone-metric')
    const { history } = await t.core.call(billing.invoice.get, { invoiceId: acme!.id }, t.admin)
    expect(history.map(one => one.command)).toEqual([
      'billing.close.start',
      'billing.invoice.hold',
      'billing.close.extend',
    ])
  })

  it('billing.close.start: a customer that cannot be billed is a problem, and the others go on', async () => {
    t = await testCore(database)
    const { pro, metrics } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await addCustomer(t, 'nobody')
    await use(t, 'nobody', 'calls', '2026-10-05', '7')
    const callsOnly = await plan(t, 'calls-only', [usualPrices(metrics)[1]!])
    await subscribed(t, 'globex', callsOnly.planId, { from: '2026-10-10' })
    await use(t, 'globex', 'gb', '2026-10-15', '2.5')
    await use(t, 'globex', 'calls', '2026-10-03', '3')
    const { customer: euro } = await subscribed(t, 'euro', pro.planId, { from: '2026-10-01' })
    await t.store.write(t.workspace, 'person', tx =>
      tx.db
        .updateTable('subscriptions')
        .set({ currency: 'EUR' })
        .where('customer_id', '=', euro.id)
        .execute(),
    )
    const { report } = await closeMonth(t, '2026-10')
    expect(report!.drafts).toBe(1)
    expect(report!.problems.map(one => `${one.customer}: ${one.code}: ${one.detail}`).sort()).toEqual([
      'Customer euro: no-price: Plan pro: EUR',
      'Customer globex: no-subscription: calls: 3 calls',
      'Customer globex: unpriced-usage: gb: 2.5 gb',
      'Customer nobody: no-subscription: calls: 7 calls',
    ])
    expect(report!.problemCount).toBe(4)
  })

  it('billing.close.start: an amount that cannot be stored is a problem, and is looked at again', async () => {
    t = await testCore(database)
    const { metrics } = await closeWorld(t)
    const dear = await plan(t, 'dear', [
      {
        ...{ key: 'calls', name: 'API calls', metricId: metrics.calls, currency: 'USD' },
        charge: { model: 'standard', unit: '99999999999999999' },
      },
    ])
    const { customer } = await subscribed(t, 'acme', dear.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '1000')
    const { report } = await closeMonth(t, '2026-10')
    expect(report).toMatchObject({ drafts: 0, lines: 0, problemCount: 1 })
    expect(report!.problems).toEqual([
      { customerId: customer.id, customer: 'Customer acme', code: 'too-large', detail: 'API calls' },
    ])
    expect((await storedBilling(t)).accounts[0]).toMatchObject({ rerate_from: 0n })
  })

  it('billing.close.start: BILLING_PERIOD_OPEN until the month is over in every zone, by the core’s own clock', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { zone: 'America/Los_Angeles' })
    const overAt = BigInt(Date.parse('2026-12-01T08:00:00Z'))
    const start = (caller = t.admin) => t.core.call(billing.close.start, { period: '2026-11' }, caller)
    await expect(start()).rejects.toMatchObject({
      code: 'BILLING_PERIOD_OPEN',
      data: { period: '2026-11', overAt },
    })
    // A device whose clock is ahead closes nothing early.
    await expect(start({ ...t.admin, at: overAt + 1n })).rejects.toMatchObject({
      code: 'BILLING_PERIOD_OPEN',
    })
    t.clock.advance(Number(overAt - t.clock.now()) - 1)
    await expect(start()).rejects.toMatchObject({ code: 'BILLING_PERIOD_OPEN' })
    t.clock.advance(1)
    await start()
    await t.core.jobs.idle()
    expect(await invoicesOf(t, '2026-11')).toHaveLength(1)
  })

  it('billing.close.start: BILLING_CLOSE_RUNNING while another close is under way', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId)
    const first = await t.core.call(billing.close.start, { period: '2026-09' }, t.admin)
    await expect(
      t.core.call(billing.close.start, { period: '2026-10', dryRun: true }, t.admin),
    ).rejects.toMatchObject({
      code: 'BILLING_CLOSE_RUNNING',
      data: { runId: first.runId, period: '2026-09' },
    })
    await t.core.jobs.idle()
    await closeMonth(t, '2026-10')
    const { runs } = await t.core.call(billing.close.runs, {}, t.admin)
    expect(runs.map(run => [run.period, run.state])).toEqual([
      ['2026-10', 'done'],
      ['2026-09', 'done'],
    ])
  })

  it('billing.close.start: only an analyst closes', async () => {
    t = await testCore(database)
    const ops = await t.core.call(
      contract.workspace.people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    await expect(t.core.call(billing.close.start, { period: '2026-09' }, t.as(ops.id))).rejects.toMatchObject(
      { code: 'WORKSPACE_FORBIDDEN' },
    )
    for (const leaf of [billing.close.customers, billing.close.quantities] as const)
      await expect(
        t.core.call(
          leaf as never,
          { after: null, limit: 1, period: '2026-10', requests: [] } as never,
          t.admin,
        ),
      ).rejects.toMatchObject({ code: 'WORKSPACE_FORBIDDEN' })
    await expect(t.core.call(billing.close.get, { runId: t.workspace }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('skipped months are made up for, each period once', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-06-01' })
    await closeMonth(t, '2026-06')
    await use(t, 'acme', 'calls', '2026-07-05', '110')
    await use(t, 'acme', 'calls', '2026-09-05', '120')
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    // Fees in advance of August to November: July's was billed with June.
    expect(october!.text.sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'fee Base fee 1 = 10000'),
      'usage API calls 110 = 100',
      'usage API calls 120 = 200',
    ])
    // An earlier month that is closed later has nothing to add.
    expect((await closeMonth(t, '2026-08')).report).toMatchObject({ lines: 0 })
    expect((await closeMonth(t, '2026-10')).report).toMatchObject({ lines: 0 })
  })
})

it('billing.close.start: a month in which there is nobody, or nothing to bill, is closed too', async () => {
  const t = await testCore('sqlite')
  expect(await closeMonth(t, '2026-10')).toMatchObject({ state: 'done' })
  const { pro } = await closeWorld(t)
  // Without a subscription; with one that never was; and on a plan that costs nothing.
  await addCustomer(t, 'alone')
  const { subscription } = await subscribed(t, 'never', pro.planId, { from: '2026-10-01' })
  const end = { subscriptionId: subscription.id, at: subscription.startedAt }
  const ended = await t.core.call(billing.subscription.cancel, end, t.admin)
  expect(ended).toMatchObject({ planName: 'Plan pro', state: 'cancelled', phases: [], versions: [] })
  const free = await plan(t, 'free', [])
  await subscribed(t, 'free', free.planId, { from: '2026-10-01' })
  const fee = { key: 'base', name: 'Base fee', metricId: null, currency: 'JPY' }
  const other = await plan(t, 'yen', [{ ...fee, charge: { model: 'flat', amount: '100' } }])
  await subscribed(t, 'yen', other.planId, { from: '2026-10-01', currency: 'JPY' })
  expect(await closeMonth(t, '2026-10')).toMatchObject({ state: 'done' })
  expect((await invoicesOf(t, '2026-10')).map(one => [one.customerKey, one.currency, one.text])).toEqual([
    ['yen', 'JPY', ['fee Base fee 1 = 100', 'fee Base fee 1 = 100']],
  ])
  const ready = () => t.core.call(billing.close.readiness, { period: '2026-10' }, t.admin)
  expect(await ready()).toMatchObject({
    customers: 4,
    events: 0,
    lastUsageAt: null,
    lastRun: { state: 'done' },
  })
  await use(t, 'yen', 'calls', '2026-10-05', '1')
  expect(await ready()).toMatchObject({ events: 1, lastUsageAt: day('2026-10-05') + 3_600_000n })
  await t.close()
})
