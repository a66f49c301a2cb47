import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import {
  closeMonth,
  closeWorld,
  invoicesOf,
  plan,
  subscribed,
  use,
  usualPrices,
} from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { contract: leaf, invoice, oneOff } = contract.billing
const { approval, log, people } = contract.workspace
const { billing } = contract

/** The host itself, of whom no person is known. */
const HOST: Caller = { person: null, device: 'test', assurance: 'system', system: true }
const HOUR = { name: 'Training', unit: 'hours', quantity: '1', unitPrice: '100' }

describe.each(DATABASES)('contracts (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world(floorPercent?: string) {
    t = await testCore(database)
    const { metrics } = await closeWorld(t)
    const prices = usualPrices(metrics).map(price =>
      price.key === 'calls' && floorPercent !== undefined ? { ...price, floorPercent } : price,
    )
    const { planId } = await plan(t, 'big', prices)
    return { metrics, planId, ...(await subscribed(t, 'acme', planId, { from: '2026-07-01' })) }
  }
  const BASE = { number: 'C-1', name: 'Acme', currency: 'USD', from: day('2026-07-01') }
  const quarter = (more: object = {}) => ({
    ...{ key: 'spend', name: 'Quarterly spend', amount: 100_000n, every: 'quarter', ...more },
  })
  const create = (customerId: string, terms: object, more: object = {}) =>
    t.core.call(leaf.create, { ...BASE, customerId, terms, ...more } as never, t.admin)
  const inForce = async (customerId: string, terms: object, more: object = {}) => {
    const made = await create(customerId, terms, more)
    return (await t.core.call(leaf.activate, { contractId: made.id }, t.admin)).contract
  }
  const list = async () => (await t.core.call(leaf.list, {}, t.admin)).contracts
  const undo = async (command: string) => {
    const { entries } = await t.core.call(log.list, { limit: 50 }, t.admin)
    const { commandId } = entries.find(
      one => one.command === command && one.undoneBy === null && one.outcome === 'done',
    )!
    return t.core.call(log.undo, { commandId }, t.admin)
  }
  const reasonOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string; data: { reason?: string } }) => error.data.reason ?? error.code,
    )
  const lines = async (period: string) => (await invoicesOf(t, period)).flatMap(one => one.text)

  it('billing.contract.create: a draft that counts for nothing, found, changed, put in force, and taken back', async () => {
    const { customer } = await world()
    const made = await create(customer.id, {
      phases: [{ name: 'Year 1', from: day('2026-07-01'), discountPercent: '10' }],
    })
    expect(made).toMatchObject({ number: 'C-1', standing: 'draft', version: 1, customer: 'Customer acme' })
    const found = await t.core.call(contract.workspace.search.query, { text: 'C-1' }, t.admin)
    expect(JSON.stringify(found)).toContain(`/billing/contracts?contract=${made.id}`)
    await closeMonth(t, '2026-07')
    expect(await lines('2026-07')).toEqual(['fee Base fee 1 = 10000', 'fee Base fee 1 = 10000'])
    const { customerId: _, ...said } = { ...BASE, customerId: customer.id }
    const changed = await t.core.call(
      leaf.change,
      { contractId: made.id, ...said, name: 'Acme Inc.', terms: made.terms },
      t.admin,
    )
    expect(changed.contract).toMatchObject({ name: 'Acme Inc.', version: 1, state: 'draft' })
    const { contract: active } = await t.core.call(leaf.activate, { contractId: made.id }, t.admin)
    expect(active).toMatchObject({ standing: 'active', version: 1 })
    expect(await reasonOf(t.core.call(leaf.activate, { contractId: made.id }, t.admin))).toBe(
      'BILLING_CONTRACT_STATE',
    )
    expect(await reasonOf(t.core.call(leaf.remove, { contractId: made.id }, t.admin))).toBe(
      'BILLING_CONTRACT_STATE',
    )
    // July and August were billed at 100.00 each: a tenth comes back.
    await closeMonth(t, '2026-08')
    expect(await lines('2026-08')).toEqual([
      'credit Base fee 0 = -1000',
      'credit Base fee 0 = -1000',
      'fee Base fee 1 = 9000',
    ])
    await undo('billing.contract.activate')
    expect((await list())[0]!.standing).toBe('draft')
    await undo('billing.contract.change')
    expect((await list())[0]!.name).toBe('Acme')
    await t.core.call(leaf.remove, { contractId: made.id }, t.admin)
    expect(await list()).toEqual([])
    await undo('billing.contract.remove')
    expect(await list()).toHaveLength(1)
    await undo('billing.contract.create')
    expect(await list()).toEqual([])
    await expect(t.core.call(leaf.get, { contractId: made.id }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('refuses what makes no sense, with the reason', async () => {
    const { customer, subscription: own, planId, metrics } = await world()
    const other = await subscribed(t, 'other', planId)
    const from = day('2026-07-01')
    const no = (terms: object, more: object = {}) => reasonOf(create(customer.id, terms, more))
    expect(await no({}, { until: from })).toBe('span')
    expect(await no({}, { renewMonths: 12 })).toBe('renewal')
    expect(await no({}, { currency: 'XXQ' })).toBe('currency')
    expect(await no({}, { subscriptionId: other.subscription.id })).toBe('subscription')
    expect(await no({}, { subscriptionId: customer.id })).toBe('subscription')
    const phase = (more: object) => ({ name: 'P', from, ...more })
    expect(await no({ phases: [phase({ to: from, discountPercent: '1' })] })).toBe('span')
    expect(await no({ phases: [phase({ from: from - 1n, discountPercent: '1' })] })).toBe('phase-outside')
    const until = day('2027-07-01')
    expect(await no({ phases: [phase({ to: until + 1n, discountPercent: '1' })] }, { until })).toBe(
      'phase-outside',
    )
    expect(await no({ phases: [phase({ from: until, discountPercent: '1' })] }, { until })).toBe(
      'phase-outside',
    )
    expect(await no({ phases: [phase({})] })).toBe('phase-empty')
    expect(await no({ phases: [phase({ discountPercent: '101' })] })).toBe('discount-over-100')
    const two = [phase({ discountPercent: '1' }), phase({ from: until, discountPercent: '1' })]
    expect(await no({ phases: two })).toBe('phase-overlap')
    const price = (priceKey: string, terms: object) => ({
      phases: [phase({ prices: [{ planId, priceKey, terms }] })],
    })
    expect(await no(price('none', { discountPercent: '1' }))).toBe('price-unknown')
    expect(await no(price('calls', { charge: { model: 'flat', amount: '1' } }))).toBe('price-invalid')
    expect(await no(price('calls', { minimum: '5', maximum: '1' }))).toBe('price-invalid')
    const volume = (more: object) => ({
      volume: [{ name: 'V', basis: 'spend', mode: 'whole', tiers: [{ upTo: null, percent: '5' }], ...more }],
    })
    expect(await no(volume({ basis: 'quantity' }))).toBe('metric-needed')
    expect(await no(volume({ tiers: [{ upTo: '5', percent: '5' }] }))).toBe('tiers')
    const down = ['5', '4', null].map(upTo => ({ upTo, percent: '5' }))
    expect(await no(volume({ tiers: down }))).toBe('tiers')
    expect(await no(volume({ tiers: [{ upTo: null, percent: '100.1' }] }))).toBe('discount-over-100')
    expect(await no(volume({ planIds: [customer.id] }))).toBe('plan')
    expect(await no(volume({ metricIds: [customer.id] }))).toBe('metric')
    expect(await no({ minimum: 0n })).toBe('amount')
    expect(await no({ cycle: { months: 5, alignment: 'calendar' } })).toBe('cycle')
    const even = { cycle: { months: 3, alignment: 'calendar' } }
    expect(await no(even, { subscriptionId: own.id })).toBe('cycle')
    const commitments = (...all: object[]) => ({ commitments: all })
    expect(await no(commitments(quarter({ amount: 0n })))).toBe('amount')
    expect(await no(commitments(quarter(), quarter()))).toBe('key-twice')
    expect(await no(commitments(quarter({ every: 'term' })))).toBe('term-without-end')
    expect(await no(commitments(quarter({ from: from - 1n })))).toBe('commitment-span')
    expect(await no(commitments(quarter({ from, to: from })))).toBe('commitment-span')
    expect(await no(commitments(quarter({ overagePercent: '-101' })))).toBe('overage')
    // The same number twice, and two at a time for the same subscriptions.
    await inForce(customer.id, {}, { until, subscriptionId: own.id })
    expect(await no({})).toBe('BILLING_CONTRACT_NUMBER_TAKEN')
    expect(await reasonOf(inForce(customer.id, {}, { number: 'C-2' }))).toBe('BILLING_CONTRACT_OVERLAP')
    await inForce(customer.id, volume({ metricIds: [metrics.calls], planIds: [planId] }), {
      ...{ number: 'C-3', from: until },
    })
    expect(await reasonOf(t.core.call(leaf.list, { customerId: other.customer.id }, t.admin))).toBe('done')
  })

  it('a shortfall is billed once its quarter is over, lowered by late usage, and given back with the commitment', async () => {
    const { customer } = await world()
    const made = await inForce(customer.id, { commitments: [quarter()] })
    // Each month a fee of 100.00; 1,100 calls are 100.00.
    await use(t, 'acme', 'calls', '2026-07-10', '1100')
    await closeMonth(t, '2026-07')
    await closeMonth(t, '2026-08')
    expect((await lines('2026-08')).join()).not.toContain('shortfall')
    const dry = await closeMonth(t, '2026-09', { dryRun: true })
    expect(dry.report).toMatchObject({ drafts: 1 })
    await closeMonth(t, '2026-09')
    // 1,000.00 less 300.00 of fees and 100.00 of calls.
    expect(await lines('2026-09')).toEqual([
      'fee Base fee 1 = 10000',
      'fee Quarterly spend (shortfall) 0 = 60000',
    ])
    await closeMonth(t, '2026-09')
    expect(await lines('2026-09')).toHaveLength(2)
    const issued = await issueMonth(t, '2026-09')
    expect(issued[0]).toMatchObject({ net: 70_000n, tax: 5600n })
    const { lineItems } = await t.core.call(invoice.get, { invoiceId: issued[0]!.id }, t.admin)
    const why = await t.core.call(invoice.explain, { lineId: lineItems[1]!.id }, t.admin)
    expect({ ...lineItems[1], steps: why.steps }).toMatchObject({
      steps: [
        { step: 'commitment', contract: 'C-1', committed: '1000.00', counted: '400.00', amount: '600.00' },
      ],
      service: { from: day('2026-07-01'), to: day('2026-10-01') },
    })
    // 500 more calls of August come in: 50.00 less are missing.
    await use(t, 'acme', 'calls', '2026-08-10', '600')
    await closeMonth(t, '2026-10')
    expect(await lines('2026-10')).toEqual([
      'usage API calls 600 = 5000',
      'fee Base fee 1 = 10000',
      'credit Quarterly spend (shortfall) 0 = -5000',
    ])
    const { progress, versions } = await t.core.call(leaf.get, { contractId: made.id }, t.admin)
    expect(versions).toMatchObject([{ number: 1, contract: { state: 'active' } }])
    expect(progress[0]).toMatchObject({
      ...{ key: 'spend', committed: 100_000n, counted: 45_000n, shortfall: 55_000n, billed: 55_000n },
    })
    // Amended without it: what was billed for it comes back.
    const { contract: amended } = await t.core.call(
      leaf.change,
      { contractId: made.id, ...BASE, terms: {}, reason: 'Dropped' },
      t.admin,
    )
    expect(amended).toMatchObject({ version: 2, reason: 'Dropped' })
    await closeMonth(t, '2026-10')
    expect((await lines('2026-10')).slice(3)).toEqual(['credit Quarterly spend (shortfall) 0 = -55000'])
    const after = await t.core.call(leaf.get, { contractId: made.id }, t.admin)
    expect([after.progress, after.versions.map(one => one.number)]).toEqual([[], [2, 1]])
    await undo('billing.contract.change')
    expect((await list())[0]).toMatchObject({ version: 1, terms: { commitments: [{ key: 'spend' }] } })
  })

  it('what runs is projected at its pace, and what goes beyond is charged on top', async () => {
    const { customer, metrics } = await world()
    const over = { every: 'month', amount: 5000n, metricIds: [metrics.calls], overagePercent: '10' }
    const made = await inForce(customer.id, {
      commitments: [quarter({ alignment: 'calendar' }), quarter({ key: 'calls', name: 'Calls', ...over })],
    })
    await use(t, 'acme', 'calls', '2026-07-10', '1100')
    await closeMonth(t, '2026-07')
    expect(await lines('2026-07')).toContain('fee Calls (beyond it) 0 = 500')
    const { progress } = await t.core.call(leaf.get, { contractId: made.id }, t.admin)
    expect(progress.map(one => [one.key, one.over]).slice(0, 2)).toEqual([
      ['spend', expect.any(Boolean)],
      expect.anything(),
    ])
    for (const one of progress) expect(one.projected >= 0n && one.shortfall >= 0n).toBe(true)
  })

  it('below the floor somebody is asked, for putting it in force and for amending it', async () => {
    const { customer, planId } = await world('80')
    const phases = (discountPercent: string) => ({
      phases: [{ name: 'Year 1', from: day('2026-07-01'), discountPercent }],
    })
    const made = await create(customer.id, phases('30'))
    const asked = await t.core.call(leaf.activate, { contractId: made.id }, t.admin)
    expect(asked).toMatchObject({ approvalId: expect.any(String), contract: { standing: 'draft' } })
    const words = { name: 'Ben', email: 'ben@example.com', roles: ['approver' as const] }
    const ben = t.as((await t.core.call(people.add, words, t.admin)).id)
    const allow = async (approvalId: string) => {
      const { digest, nonce } = await t.core.call(approval.get, { approvalId }, ben)
      return t.core.call(approval.approve, { approvalId, digest, nonce }, ben)
    }
    expect((await list())[0]!.approvalId).toBe(asked.approvalId)
    await allow(asked.approvalId!)
    expect((await list())[0]).toMatchObject({ standing: 'active', approvalId: null })
    // Other words, the same prices: nobody is asked again.
    const change = (more: object) =>
      t.core.call(leaf.change, { contractId: made.id, ...BASE, ...more } as never, t.admin)
    expect(await change({ name: 'Acme Inc.', terms: made.terms })).toMatchObject({ approvalId: null })
    const deeper = await change({ terms: phases('40'), reason: 'More volume' })
    expect(deeper).toMatchObject({ approvalId: expect.any(String), contract: { version: 2 } })
    // Meanwhile it is changed otherwise: the request ends with what it was about.
    expect(await change({ name: 'Acme', terms: phases('20') })).toMatchObject({ approvalId: null })
    await expect(allow(deeper.approvalId!)).rejects.toMatchObject({
      code: expect.stringContaining('APPROVAL'),
    })
    const price = { planId, priceKey: 'calls', terms: { charge: { model: 'standard', unit: '0.05' } } }
    const own = { phases: [{ name: 'Cheap', from: day('2026-07-01'), prices: [price] }] }
    expect(await change({ terms: own })).toMatchObject({ approvalId: expect.any(String) })
    expect(
      await reasonOf(
        t.core.call(leaf.putApproved, { contractId: made.id, version: 1, contract: made } as never, t.admin),
      ),
    ).not.toBe('done')
  })

  it('its days to pay are on its invoices, its own before those for one subscription', async () => {
    const { customer, subscription: own } = await world()
    await inForce(customer.id, {}, { paymentDays: 60, subscriptionId: own.id, until: day('2027-07-01') })
    await closeMonth(t, '2026-07')
    const [first] = await issueMonth(t, '2026-07')
    expect(first!.dueAt! - first!.issuedAt!).toBe(60n * 86_400_000n)
    // What is charged besides the subscription is not in it, so that its invoice is due as usual.
    await t.core.call(oneOff.add, { customerId: customer.id, ...HOUR, firstPeriod: '2026-08' }, t.admin)
    await closeMonth(t, '2026-08')
    const [second] = await issueMonth(t, '2026-08')
    expect(second!.dueAt! - second!.issuedAt!).toBe(30n * 86_400_000n)
  })

  it('with an invoice every three months the months wait for the last one, and nothing of them is late', async () => {
    const { customer } = await world()
    await inForce(customer.id, { cycle: { months: 3, alignment: 'calendar' } })
    await use(t, 'acme', 'calls', '2026-07-10', '1100')
    for (const period of ['2026-07', '2026-08']) {
      await closeMonth(t, period)
      expect(await lines(period)).toEqual([])
      const { steps } = await t.core.call(contract.billing.monthEnd.get, { period }, t.admin)
      expect(steps.find(one => one.code === 'late')).toMatchObject({ count: 0 })
    }
    await closeMonth(t, '2026-09')
    // Fees of July to October, and the calls of July.
    const all = await lines('2026-09')
    expect(all.filter(one => one === 'fee Base fee 1 = 10000')).toHaveLength(4)
    expect(all).toContain('usage API calls 1100 = 10000')
    await closeMonth(t, '2026-09')
    expect(await lines('2026-09')).toEqual(all)
  })

  it('people are told by the daily look that one ends or renews itself, once', async () => {
    const { customer } = await world()
    const now = t.clock.now()
    const soon = now + 20n * 86_400_000n
    await inForce(customer.id, {}, { until: soon })
    const renewing = { number: 'C-2', from: soon, until: now + 400n * 86_400_000n, renewMonths: 12 }
    const second = await inForce(customer.id, {}, { ...renewing, noticeDays: 30 })
    const inbox = () =>
      t.store.read(t.workspace, ({ db }) =>
        db.selectFrom('inbox').select('topic').where('topic', 'like', 'billing.contract%').execute(),
      )
    const sweep = async () => {
      await t.core.call(billing.subscription.sweep, {}, t.admin)
      await t.core.jobs.idle()
      return (await inbox()).map(one => one.topic)
    }
    expect(await sweep()).toEqual(['billing.contractEnds'])
    expect(await sweep()).toHaveLength(1)
    t.clock.advance(345 * 86_400_000)
    expect((await sweep()).sort()).toEqual(['billing.contractEnds', 'billing.contractNotice'])
    const again = { contractId: second.id, until: t.clock.now() }
    expect(await t.core.call(leaf.remind, again, HOST)).toEqual({ reminded: false })
  })

  it('renews itself until notice is given in time, and can be ended early', async () => {
    const { customer } = await world()
    const now = t.clock.now()
    const until = now + 40n * 86_400_000n
    const made = await inForce(
      customer.id,
      {},
      { from: now - 86_400_000n, until, renewMonths: 12, noticeDays: 30 },
    )
    expect(made).toMatchObject({ termEnds: until, renewals: 0, noticeBy: until - 30n * 86_400_000n })
    t.clock.advance(20 * 86_400_000)
    const stop = () => t.core.call(leaf.setRenewal, { contractId: made.id, renewMonths: null }, t.admin)
    await expect(stop()).rejects.toMatchObject({ code: 'BILLING_CONTRACT_NOTICE' })
    t.clock.advance(30 * 86_400_000)
    const renewed = (await list())[0]!
    expect(renewed).toMatchObject({ standing: 'active', renewals: 1 })
    const stopped = await stop()
    expect(stopped).toMatchObject({ renewMonths: null, until: renewed.termEnds, noticeBy: null, version: 2 })
    const going = await t.core.call(leaf.setRenewal, { contractId: made.id, renewMonths: 6 }, t.admin)
    expect(going).toMatchObject({ renewMonths: 6, until: renewed.termEnds })
    const terminate = (at?: bigint) =>
      t.core.call(
        leaf.terminate,
        { contractId: made.id, reason: 'Sold', ...(at === undefined ? {} : { at }) },
        t.admin,
      )
    expect(await reasonOf(terminate(now - 2n * 86_400_000n))).toBe('span')
    const ended = await terminate()
    expect(ended).toMatchObject({ standing: 'terminated', reason: 'Sold', version: 4 })
    expect(await reasonOf(terminate())).toBe('BILLING_CONTRACT_STATE')
    const change = t.core.call(leaf.change, { contractId: made.id, ...BASE, terms: {} } as never, t.admin)
    expect(await reasonOf(change)).toBe('BILLING_CONTRACT_STATE')
    const draft = await create(customer.id, {}, { number: 'C-9' })
    expect(await reasonOf(t.core.call(leaf.terminate, { contractId: draft.id, reason: 'x' }, t.admin))).toBe(
      'BILLING_CONTRACT_STATE',
    )
    await undo('billing.contract.terminate')
    expect((await list()).find(one => one.id === made.id)).toMatchObject({ standing: 'active', version: 3 })
  })

  it('what comes late lifts the month into the next tier; what is given back takes its discount with it', async () => {
    const { customer, metrics } = await world()
    const tiers = [
      { upTo: '100', percent: '0' },
      { upTo: null, percent: '10' },
    ]
    const volume = [{ name: 'Calls', basis: 'spend', mode: 'whole', metricIds: [metrics.calls], tiers }]
    await inForce(customer.id, { volume, minimum: 15_000n })
    await use(t, 'acme', 'calls', '2026-07-10', '1100')
    await closeMonth(t, '2026-07')
    // 100.00 of calls are in the first tier.
    expect((await lines('2026-07')).join()).not.toContain('discount')
    await use(t, 'acme', 'calls', '2026-07-11', '1000')
    await closeMonth(t, '2026-07')
    // 200.00 of the month in the second: 20.00 off.
    expect((await lines('2026-07')).slice(-2)).toEqual([
      'adjustment API calls 1000 = 10000',
      'discount Calls: API calls 0 = -2000',
    ])
    await closeMonth(t, '2026-08')
    // A fee of 100.00 alone, so that 50.00 make up the minimum.
    expect(await lines('2026-08')).toEqual(['fee Base fee 1 = 10000', 'fee Minimum invoice (C-1) 0 = 5000'])
    // More of August on the same draft: less is missing, and then nothing.
    await use(t, 'acme', 'calls', '2026-08-05', '400')
    await closeMonth(t, '2026-08')
    expect((await lines('2026-08')).slice(2)).toEqual([
      'usage API calls 400 = 3000',
      'credit Minimum invoice (C-1) 0 = -3000',
    ])
  })
})
