import { afterEach, describe, expect, it } from 'vitest'
import type { ScheduleCall, ScheduleLook } from '#core/workspace/schedules/schedule-kind.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'
import { automationSchedule } from './automation.ts'
import { sweepSchedule } from './sweep-job.ts'

const { subscription, invoice, automation, entitlement, payment } = contract.billing
const { jobs } = contract.workspace
const DAY = 86_400_000
/** The workspace's clocks are an hour ahead. */
const HOUR = 3_600_000n
// The clock of the tests stands on 21 November 2026, 09:00.
const NOV = day('2026-11-01')

describe.each(DATABASES)('the daily look at subscriptions on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function begun(more: { trialDays?: number; at?: bigint; zone?: string } = {}) {
    t = await testCore(database)
    const { plan } = await addPlan(t, 'starter', { amount: '30' })
    const customer = await addCustomer(t, 'acme', { zone: more.zone ?? 'UTC' })
    const { id } = await t.core.call(
      subscription.start,
      { customerId: customer.id, planId: plan.id, at: more.at ?? NOV, trialDays: more.trialDays ?? 0 },
      t.admin,
    )
    return { customer, plan, id }
  }
  async function sweep() {
    const { jobId } = await t.core.call(subscription.sweep, {}, t.admin)
    await t.core.jobs.idle()
    return (await t.core.call(jobs.get, { jobId }, t.admin)).result
  }
  const moments = async (id: string) =>
    (await t.core.call(subscription.story, { subscriptionId: id }, t.admin)).moments.map(one => [
      ...[one.transition, one.at, one.notedAt],
    ])
  const inbox = () =>
    t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('inbox').select(['topic', 'title']).orderBy('topic').orderBy('title').execute(),
    )
  async function issued(customerKey = 'Customer acme') {
    const all = await invoicesOf(t, '2026-10')
    const one = all.find(row => row.customer === customerKey)!
    await t.core.call(invoice.approve, { invoiceId: one.id, digest: one.digest }, t.admin)
    return t.core.call(invoice.issue, { invoiceId: one.id, digest: one.digest }, t.admin)
  }

  it('billing.subscription.sweep: notes each transition once, at its own instant', async () => {
    const { id } = await begun({ trialDays: 14, at: day('2026-11-11') })
    const asked = t.clock.now()
    expect(await sweep()).toEqual({ looked: 1, noted: 1, reminded: 0, ended: 0 })
    expect(await moments(id)).toEqual([
      ['begin-trial', day('2026-11-11'), asked],
      ['convert', day('2026-11-25'), null],
    ])
    expect(await sweep()).toEqual({ looked: 1, noted: 0, reminded: 0, ended: 0 })
    // Within three days of the end it is told, once.
    t.clock.advance(DAY)
    expect(await sweep()).toMatchObject({ noted: 0, reminded: 1 })
    expect(await sweep()).toMatchObject({ noted: 0, reminded: 0 })
    // Nobody looked for days: what came about has its own instant all the same.
    t.clock.advance(6 * DAY)
    const late = t.clock.now()
    expect(await sweep()).toMatchObject({ noted: 1, reminded: 0 })
    expect(await moments(id)).toEqual([
      ['begin-trial', day('2026-11-11'), asked],
      ['convert', day('2026-11-25'), late],
    ])
  })

  it('tells analysts what came by itself, and not what is long past', async () => {
    await begun({ trialDays: 14, at: day('2026-11-06') })
    await t.core.call(
      automation.set,
      {
        automation: {
          ...{
            enabled: false,
            billingDay: 1,
            includeUsage: true,
            autoPayment: false,
            sendNotifications: true,
          },
        },
      },
      t.admin,
    )
    await sweep()
    const told = (await inbox()).filter(one => one.topic === 'billing.subscriptionMoved')
    expect(told.map(one => one.title)).toEqual(['Customer acme: Plan starter is active'])
    const { plan } = await addPlan(t, 'later', {})
    const other = await addCustomer(t, 'globex')
    const terms = { customerId: other.id, planId: plan.id, trialDays: 14 }
    await t.core.call(subscription.start, { ...terms, at: day('2026-11-09') }, t.admin)
    const old = await addCustomer(t, 'initech')
    await t.core.call(subscription.start, { ...terms, customerId: old.id, at: day('2026-01-09') }, t.admin)
    await sweep()
    const all = await inbox()
    expect(all.filter(one => one.topic === 'billing.subscriptionMoved')).toHaveLength(1)
    expect(all.filter(one => one.topic === 'billing.trialEnds').map(one => one.title)).toEqual([
      'The trial of Customer globex ends soon',
    ])
    const mails = await t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('effects').select('payload').where('kind', '=', 'notify').execute(),
    )
    expect(mails.filter(one => one.payload.includes('trialEndsForCustomer'))).toHaveLength(1)
  })

  it('falls behind at the due date, is unpaid after the days of grace, and is good again when it is paid', async () => {
    const { customer, id } = await begun({ at: day('2026-10-01') })
    await closeMonth(t, '2026-10')
    const { dueAt, total } = await issued()
    const state = async () => (await t.core.call(subscription.list, { id }, t.admin)).subscriptions[0]!.state
    expect(await state()).toBe('active')
    t.clock.advance(31 * DAY)
    expect(await state()).toBe('past-due')
    expect(await sweep()).toMatchObject({ noted: 2 })
    t.clock.advance(7 * DAY)
    expect(await state()).toBe('unpaid')
    expect(await sweep()).toMatchObject({ noted: 1 })
    expect((await moments(id)).map(([transition, at]) => [transition, at])).toEqual([
      ['begin', day('2026-10-01')],
      ['fall-behind', dueAt],
      ['grace-ends', dueAt! + BigInt(7 * DAY)],
    ])
    const { entitlements } = await t.core.call(entitlement.list, { customerId: customer.id }, t.admin)
    expect(entitlements).toEqual([])
    await t.core.call(
      payment.record,
      { customerId: customer.id, currency: 'USD', amount: total, method: 'bank-transfer', reference: 'x' },
      t.admin,
    )
    expect(await state()).toBe('active')
  })

  it('another number of days of grace counts from the next look on; what stays unpaid for too long ends at its own instant', async () => {
    const { id } = await begun({ at: day('2026-10-01') })
    await closeMonth(t, '2026-10')
    const { dueAt } = await issued()
    await t.core.call(contract.workspace.settings.set, { name: 'billing.graceDays', value: 2 }, t.admin)
    await t.core.call(contract.workspace.settings.set, { name: 'billing.endUnpaidDays', value: 10 }, t.admin)
    t.clock.advance(60 * DAY)
    expect(await sweep()).toMatchObject({ ended: 1, noted: 4 })
    const { subscriptions } = await t.core.call(subscription.list, { id }, t.admin)
    const end = dueAt! + BigInt(12 * DAY)
    expect(subscriptions[0]).toMatchObject({ state: 'expired', endReason: 'unpaid', endedAt: end })
    expect((await moments(id)).map(([transition, at]) => [transition, at]).slice(1)).toEqual([
      ['fall-behind', dueAt],
      ['grace-ends', dueAt! + BigInt(2 * DAY)],
      ['give-up', end],
    ])
    expect(await sweep()).toMatchObject({ ended: 0, noted: 0 })
  })
})

describe('automated billing', () => {
  let t: TestCore
  afterEach(() => t.close())
  const ON = { enabled: true, billingDay: 5, includeUsage: true, autoPayment: true, sendNotifications: false }

  async function begun() {
    t = await testCore('sqlite')
    const { plan } = await addPlan(t, 'starter', { amount: '30' })
    const customers = []
    for (const key of ['acme', 'globex']) {
      const customer = await addCustomer(t, key)
      customers.push(customer.id)
      await t.core.call(
        subscription.start,
        { customerId: customer.id, planId: plan.id, at: day('2026-10-01'), trialDays: 0 },
        t.admin,
      )
    }
    return { acme: customers[0]!, globex: customers[1]! }
  }
  async function run() {
    const done = await t.core.call(automation.run, {}, t.admin)
    await t.core.jobs.idle()
    return done
  }

  it('billing.automation.set, .get: for all, for one, and back to what holds for all', async () => {
    const { acme } = await begun()
    const get = (customerId?: string) =>
      t.core.call(automation.get, { ...(customerId ? { customerId } : {}) }, t.admin)
    expect(await get()).toMatchObject({ own: false, nextAt: null, automation: { enabled: false } })
    await t.core.call(automation.set, { automation: ON }, t.admin)
    expect(await get()).toEqual({ own: true, automation: ON, nextAt: day('2026-12-05') - HOUR })
    expect(await get(acme)).toEqual({ own: false, automation: ON, nextAt: day('2026-12-05') })
    const commandId = '00000000-0000-7000-8000-00000000cccc'
    await t.core.call(
      automation.set,
      { customerId: acme, automation: { ...ON, enabled: false } },
      { ...t.admin, commandId },
    )
    expect(await get(acme)).toMatchObject({ own: true, nextAt: null })
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await get(acme)).toMatchObject({ own: false, automation: ON })
    await expect(
      t.core.call(automation.set, { customerId: commandId, automation: ON }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('billing.automation.run: bills who is due once, issues what nothing speaks against, and asks for its money', async () => {
    const { acme, globex } = await begun()
    await t.core.call(automation.set, { customerId: acme, automation: ON }, t.admin)
    expect(await run()).toMatchObject({ customers: 1, jobIds: [expect.any(String)] })
    const [first] = await invoicesOf(t, '2026-10')
    // The first invoice of a customer is worth a look, and waits for it.
    expect(first).toMatchObject({ customerId: acme, state: 'draft' })
    expect(await run()).toEqual({ customers: 0, jobIds: [] })
    t.clock.advance(20 * DAY)
    expect(await run()).toMatchObject({ customers: 1 })
    const november = await invoicesOf(t, '2026-11')
    expect(november).toHaveLength(1)
    expect(november[0]).toMatchObject({ customerId: acme, approvedBy: null })
    if (november[0]!.doubts.length === 0) expect(november[0]!.state).toBe('issued')
    t.clock.advance(31 * DAY)
    await run()
    const [december] = await invoicesOf(t, '2026-12')
    expect(december).toMatchObject({ state: 'issued', number: expect.any(String) })
    const { payments } = await t.core.call(
      contract.billing.payment.list,
      { filter: { customerId: acme } },
      t.admin,
    )
    expect(payments.some(one => one.amount === december!.total)).toBe(true)
    expect((await invoicesOf(t, '2026-11')).some(one => one.customerId === globex)).toBe(false)
  })

  it('billing.automation.run: months of different days are runs of their own, customers of one day share one', async () => {
    const { acme, globex } = await begun()
    const { plan } = await addPlan(t, 'other', {})
    const initech = await addCustomer(t, 'initech')
    const terms = { customerId: initech.id, planId: plan.id, at: day('2026-09-01'), trialDays: 0 }
    await t.core.call(subscription.start, terms, t.admin)
    for (const customerId of [acme, globex])
      await t.core.call(automation.set, { customerId, automation: ON }, t.admin)
    // On the twenty-first of November, September is what is due of whoever is billed on the twenty-fifth.
    const late = { ...ON, billingDay: 25 }
    await t.core.call(automation.set, { customerId: initech.id, automation: late }, t.admin)
    const { customers, jobIds } = await run()
    expect([customers, jobIds.length]).toEqual([3, 2])
    const billed = async (period: string) => (await invoicesOf(t, period)).map(one => one.customerId).sort()
    expect(await billed('2026-09')).toEqual([initech.id])
    expect(await billed('2026-10')).toEqual([acme, globex].sort())
  })

  it('without usage leaves it to the next close, and one close goes at a time', async () => {
    t = await testCore('sqlite')
    const { metrics, pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '300')
    expect(metrics.calls).toBeTruthy()
    const without = { ...ON, includeUsage: false, billingDay: 1 }
    await t.core.call(automation.set, { customerId: customer.id, automation: without }, t.admin)
    const first = t.core.call(automation.run, {}, t.admin)
    await first
    await expect(t.core.call(automation.run, {}, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_CLOSE_RUNNING', data: { period: '2026-10' } },
    })
    await t.core.jobs.idle()
    const fees = async () =>
      (await invoicesOf(t, '2026-10')).flatMap(one => one.text).filter(line => line.startsWith('usage'))
    expect(await fees()).toEqual([])
    await closeMonth(t, '2026-10')
    expect(await fees()).toEqual(['usage API calls 300 = 2000'])
  })
})

describe('the schedules', () => {
  const RUN = '00000000-0000-7000-8000-000000000001'
  const run = (kind: typeof sweepSchedule, command: (input: unknown) => unknown) =>
    kind.run({
      ...{ input: {}, scheduleId: RUN, runId: RUN, plannedAt: 9n, zone: 'UTC', now: () => 5n },
      signal: new AbortController().signal,
      command: async (_: unknown, input: unknown) => command(input),
    } as unknown as ScheduleCall<unknown>)
  const look = (state: string, result: unknown) =>
    sweepSchedule.look!(RUN, { query: async () => ({ state, result }) } as unknown as ScheduleLook)

  it('the look is for the planned time, and is over with its job', async () => {
    const asked: unknown[] = []
    const begun = await run(sweepSchedule, input => {
      asked.push(input)
      return { jobId: RUN }
    })
    expect([begun, asked]).toEqual([{ over: false, reference: RUN }, [{ until: 9n }]])
    expect(await look('running', null)).toEqual({ over: false, reference: RUN })
    const summary = { looked: 3, noted: 2, reminded: 1, ended: 0 }
    expect(await look('done', summary)).toEqual({ over: true, summary })
    await expect(look('failed', null)).rejects.toMatchObject({ code: 'BILLING_SWEEP_FAILED' })
  })

  it('automated billing waits a minute for another close', async () => {
    const answer = { customers: 2, jobIds: [RUN] }
    expect(await run(automationSchedule, () => answer)).toEqual({
      ...{ over: true, summary: { customers: 2, closes: 1 } },
    })
    const failing = (error: unknown) =>
      run(automationSchedule, () => {
        throw error
      })
    await expect(failing(refuse('BILLING_CLOSE_RUNNING', {}))).rejects.toMatchObject({
      ...{ name: 'TryAgainAt', at: 60_005n },
    })
    const fault = new Error('disk')
    await expect(failing(fault)).rejects.toBe(fault)
  })
})
