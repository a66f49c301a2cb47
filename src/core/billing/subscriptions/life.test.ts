import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, addVersion, day } from '../testing/catalogue-kit.ts'
import { closeMonth, invoicesOf } from '../testing/close-kit.ts'

const { subscription, plan: plans } = contract.billing
const commandId = '00000000-0000-7000-8000-00000000aaaa'
// The clock of the tests stands on 21 November 2026, 09:00.
const SEP = day('2026-09-01')
const NOV = day('2026-11-01')
const DEC = day('2026-12-01')
const JAN = day('2027-01-01')

describe.each(DATABASES)('the life of subscriptions on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function begun(more: { at?: bigint; trialDays?: number; amount?: string } = {}) {
    t = await testCore(database)
    const starter = await addPlan(t, 'starter', { amount: more.amount ?? '30' })
    const pro = await addPlan(t, 'pro', { amount: '60' })
    const support = await addPlan(t, 'support', { amount: '10' })
    const yearly = await addVersion(t, starter.plan.id, { interval: 'year', amount: '365' })
    const customer = await addCustomer(t, 'acme')
    const made = await t.core.call(
      subscription.start,
      {
        ...{ customerId: customer.id, planId: starter.plan.id, planVersionId: starter.version.id },
        ...{ at: more.at ?? SEP, trialDays: more.trialDays ?? 0 },
      },
      t.admin,
    )
    const subscriptionId = made.id
    const list = async () =>
      (await t.core.call(subscription.list, { id: subscriptionId }, t.admin)).subscriptions[0]!
    const story = () => t.core.call(subscription.story, { subscriptionId }, t.admin)
    const undo = (id = commandId) => t.core.call(contract.workspace.log.undo, { commandId: id }, t.admin)
    return { starter, pro, support, yearly, customer, made, subscriptionId, list, story, undo }
  }

  it('billing.subscription.change: to a year begins periods of its own, or keeps the anchor', async () => {
    const { subscriptionId, yearly, list, made, undo } = await begun()
    const change = { subscriptionId, planVersionId: yearly.id }
    const year = await t.core.call(
      subscription.change,
      { ...change, atPeriodEnd: true },
      { ...t.admin, commandId },
    )
    expect(year.cadences.map(one => [one.interval, one.alignment, one.anchorAt, one.from])).toEqual([
      ['month', 'calendar', SEP, SEP],
      ['year', 'anniversary', DEC, DEC],
    ])
    // What is shown is what is in force.
    expect(year).toMatchObject({ interval: 'month', alignment: 'calendar' })
    t.clock.advance(11 * 86_400_000)
    expect(await list()).toMatchObject({ interval: 'year', alignment: 'anniversary', anchorAt: DEC })
    await undo()
    expect(await list()).toMatchObject({ cadences: made.cadences, phases: made.phases, interval: 'month' })
    const kept = await t.core.call(subscription.change, { ...change, anchor: 'keep', at: DEC }, t.admin)
    expect(kept.cadences[1]).toMatchObject({
      interval: 'year',
      alignment: 'calendar',
      anchorAt: SEP,
      from: DEC,
    })
  })

  it('billing.subscription.takeBack: a planned change goes, and what was made after it stays', async () => {
    const { subscriptionId, pro, list, story, made } = await begun()
    const change = (at: bigint, more: object) =>
      t.core.call(subscription.change, { subscriptionId, at, ...more }, t.admin)
    await change(DEC, { planVersionId: pro.version.id })
    await change(JAN, { quantity: 5n })
    const { changes } = await story()
    expect(changes.map(one => [one.change.kind, one.change.at, one.takenBackAt])).toEqual([
      ['terms', DEC, null],
      ['terms', JAN, null],
    ])
    const [first, second] = changes
    const taken = await t.core.call(subscription.takeBack, { changeId: first!.id }, { ...t.admin, commandId })
    expect(taken.phases.map(one => [one.planVersionId, one.quantity, one.from])).toEqual([
      [made.phases[0]!.planVersionId, 1n, SEP],
      [made.phases[0]!.planVersionId, 5n, JAN],
    ])
    expect((await story()).changes[0]).toMatchObject({
      takenBackAt: t.clock.now(),
      takenBackBy: t.admin.person,
    })
    await expect(t.core.call(subscription.takeBack, { changeId: first!.id }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_CHANGE_OVER',
      data: { takenBack: true },
    })
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect((await list()).phases).toHaveLength(3)
    expect((await story()).changes[0]).toMatchObject({ takenBackAt: null })
    await t.core.call(subscription.takeBack, { changeId: second!.id }, t.admin)
    expect((await list()).phases).toHaveLength(2)
    // What came about is not planned any more.
    t.clock.advance(11 * 86_400_000)
    await expect(t.core.call(subscription.takeBack, { changeId: first!.id }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_CHANGE_OVER',
      data: { at: DEC, takenBack: false },
    })
    await expect(
      t.core.call(subscription.takeBack, { changeId: subscriptionId }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'subscription-change' } })
  })

  it('billing.subscription.takeBack: is refused where a later change needs it', async () => {
    const { subscriptionId, story } = await begun()
    await t.core.call(subscription.pause, { subscriptionId, at: DEC }, t.admin)
    await t.core.call(subscription.resume, { subscriptionId, at: JAN }, t.admin)
    const { changes } = await story()
    await expect(
      t.core.call(subscription.takeBack, { changeId: changes[0]!.id }, t.admin),
    ).rejects.toMatchObject({
      code: 'BILLING_CHANGE_NEEDED',
      data: { kind: 'resume', at: JAN, reason: 'not-paused' },
    })
  })

  it('billing.subscription.addAddOn, .changeAddOn, .endAddOn: are billed beside the plan, and refused twice', async () => {
    const { subscriptionId, support, starter, undo, list } = await begun()
    const add = { subscriptionId, planVersionId: support.version.id, at: NOV }
    const added = await t.core.call(
      subscription.addAddOn,
      { ...add, quantity: 2n },
      { ...t.admin, commandId },
    )
    const [addOn] = added.addOns
    expect(addOn).toMatchObject({
      ordinal: 1,
      interval: 'month',
      stretches: [{ quantity: 2n, from: NOV, to: null }],
    })
    expect(added.versions.map(one => one.plan)).toEqual(['Plan starter', 'Plan support'])
    await expect(t.core.call(subscription.addAddOn, add, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_ADD_ON_TWICE', data: { plan: 'Plan support' } },
    })
    await expect(t.core.call(subscription.addAddOn, { ...add, until: SEP }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_SPAN_INVERTED',
      data: { from: NOV, to: SEP },
    })
    await expect(
      t.core.call(subscription.addAddOn, { ...add, priceId: subscriptionId }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'price' } })
    await expect(
      t.core.call(subscription.endAddOn, { subscriptionId, addOnId: subscriptionId }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'add-on' } })
    const of = { subscriptionId, addOnId: addOn!.id }
    const more = await t.core.call(subscription.changeAddOn, { ...of, quantity: 4n, at: DEC }, t.admin)
    expect(more.addOns[0]!.stretches).toHaveLength(2)
    const ended = await t.core.call(subscription.endAddOn, { ...of, at: DEC }, t.admin)
    expect(ended.addOns[0]!.stretches).toEqual([{ quantity: 2n, from: NOV, to: DEC }])
    await expect(undo()).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
    const one = starter.version.prices[0]!.id
    const priced = await t.core.call(
      subscription.addAddOn,
      { subscriptionId, planVersionId: support.version.id, priceId: support.version.prices[0]!.id, at: DEC },
      { ...t.admin, commandId: commandId.replace('a', 'b') },
    )
    expect(priced.addOns[1]).toMatchObject({ priceId: support.version.prices[0]!.id })
    expect(priced.addOns[1]!.priceId).not.toBe(one)
    t.clock.advance(11 * 86_400_000)
    await closeMonth(t, '2026-11')
    const [invoice] = await invoicesOf(t, '2026-11')
    expect(invoice!.text.toSorted()).toEqual([
      'fee Base fee 1 = 1000',
      'fee Base fee 1 = 3000',
      'fee Base fee 1 = 3000',
      'fee Base fee 1 = 3000',
      'fee Base fee 1 = 3000',
      'fee Base fee 2 = 2000',
    ])
    expect((await list()).addOns).toHaveLength(2)
  })

  it('billing.subscription.cancel: gives back, or keeps; billing.subscription.reactivate: as if it had never ended', async () => {
    const { subscriptionId, list, made } = await begun({ at: NOV })
    t.clock.advance(-11 * 86_400_000)
    const cancel = { subscriptionId, at: day('2026-11-16') }
    const kept = await t.core.call(subscription.cancel, { ...cancel, settlement: 'none' }, t.admin)
    expect(kept).toMatchObject({ endedAt: cancel.at, settlement: 'none', endReason: 'cancelled' })
    const back = await t.core.call(subscription.reactivate, { subscriptionId }, { ...t.admin, commandId })
    expect(back).toMatchObject({
      id: subscriptionId,
      endedAt: null,
      phases: made.phases,
      settlement: 'credit',
    })
    await expect(t.core.call(subscription.reactivate, { subscriptionId }, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_SUBSCRIPTION_STATE', data: { reason: 'not-ended' } },
    })
    await t.core.call(subscription.cancel, { subscriptionId, atPeriodEnd: true }, t.admin)
    expect(await list()).toMatchObject({ state: 'active', endedAt: DEC })
    t.clock.advance(60 * 86_400_000)
    expect(await list()).toMatchObject({ state: 'cancelled' })
    // Its period is over: it goes on as another one that remembers it.
    const anew = await t.core.call(subscription.reactivate, { subscriptionId }, t.admin)
    expect(anew).toMatchObject({ predecessorId: subscriptionId, state: 'active', startedAt: t.clock.now() })
    expect(anew.id).not.toBe(subscriptionId)
    const { successors } = await t.core.call(subscription.story, { subscriptionId }, t.admin)
    expect(successors).toEqual([anew.id])
    await expect(t.core.call(subscription.reactivate, { subscriptionId }, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_SUBSCRIPTION_OVERLAP', data: { subscriptionId: anew.id } },
    })
  })

  it('billing.subscription.setTrialRule: a plan asks for a payment method; billing.subscription.setCard: notes it', async () => {
    const { starter, support, undo } = await begun()
    const customer = await addCustomer(t, 'globex')
    const rule = { planId: starter.plan.id, cardRequired: true, afterTrial: 'expire' as const }
    await t.core.call(subscription.setTrialRule, rule, { ...t.admin, commandId })
    expect(await t.core.call(subscription.trialRules, {}, t.admin)).toEqual({ rules: [rule] })
    const start = {
      ...{
        customerId: customer.id,
        planId: starter.plan.id,
        planVersionId: starter.version.id,
        trialDays: 14,
      },
      at: NOV,
    }
    await expect(t.core.call(subscription.start, start, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_CARD_NEEDED', data: { plan: 'Plan starter' } },
    })
    expect(await t.core.call(subscription.start, { ...start, card: true }, t.admin)).toMatchObject({
      ...{ card: true, afterTrial: 'expire', endedAt: null },
    })
    await undo()
    expect(await t.core.call(subscription.trialRules, {}, t.admin)).toEqual({
      rules: [{ ...rule, cardRequired: false, afterTrial: 'convert' }],
    })
    await expect(
      t.core.call(subscription.setTrialRule, { ...rule, planId: customer.id }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })

    await t.core.call(
      subscription.setTrialRule,
      { planId: support.plan.id, cardRequired: false, afterTrial: 'expire' },
      t.admin,
    )
    const trial = await t.core.call(
      subscription.start,
      { customerId: customer.id, planId: support.plan.id, trialDays: 14 },
      t.admin,
    )
    const end = t.clock.now() + 14n * 86_400_000n
    expect(trial).toMatchObject({ state: 'trialing', card: false, endedAt: end, endReason: 'trial' })
    const on = { subscriptionId: trial.id, onFile: true }
    expect(await t.core.call(subscription.setCard, on, t.admin)).toMatchObject({ endedAt: null, card: true })
    await t.core.call(subscription.setCard, { ...on, onFile: false }, t.admin)
    t.clock.advance(15 * 86_400_000)
    const { subscriptions } = await t.core.call(subscription.list, { id: trial.id }, t.admin)
    expect(subscriptions[0]).toMatchObject({ state: 'expired' })
  })

  it('billing.subscription.overview: all with what recurs; billing.subscription.story: with money', async () => {
    const { subscriptionId, support, pro, story, customer } = await begun({ at: SEP })
    await t.core.call(subscription.addAddOn, { subscriptionId, planVersionId: support.version.id }, t.admin)
    await t.core.call(
      subscription.change,
      { subscriptionId, planVersionId: pro.version.id, at: DEC },
      t.admin,
    )
    await t.core.call(plans.list, {}, t.admin)
    const { subscriptions } = await t.core.call(subscription.overview, {}, t.admin)
    expect(subscriptions).toEqual([
      {
        ...{
          id: subscriptionId,
          customerId: customer.id,
          customer: customer.name,
          customerKey: 'acme',
          zone: 'UTC',
        },
        ...{ planId: expect.any(String), plan: 'Plan starter', version: 1, state: 'active', currency: 'USD' },
        ...{ interval: 'month', seats: 1n, addOns: 1, mrr: 4000n, startedAt: SEP, trialEndsAt: null },
        ...{ renewsAt: DEC, endsAt: null, planned: { kind: 'terms', at: DEC } },
      },
    ])
    await closeMonth(t, '2026-09')
    await closeMonth(t, '2026-10')
    const { bills, renewals, recurring, moments, standing } = await story()
    expect(bills.map(one => [one.period, one.amount, one.state])).toEqual([
      ['2026-10', 3000n, 'draft'],
      ['2026-09', 6000n, 'draft'],
    ])
    expect(renewals).toEqual([
      { at: DEC, amount: 7000n },
      { at: JAN, amount: 7000n },
      { at: day('2027-02-01'), amount: 7000n },
    ])
    expect(recurring).toEqual({ perPeriod: 4000n, interval: 'month', monthly: 4000n })
    expect(moments).toEqual([{ at: SEP, transition: 'begin', from: 'none', to: 'active', notedAt: null }])
    expect(standing).toBeNull()
    await t.core.call(subscription.cancel, { subscriptionId, at: t.clock.now() }, t.admin)
    expect(await story()).toMatchObject({ renewals: [], recurring: null })
    expect((await t.core.call(subscription.overview, {}, t.admin)).subscriptions[0]).toMatchObject({
      ...{ state: 'cancelled', mrr: 0n, renewsAt: null, endsAt: t.clock.now() },
    })
  })

  it('billing.subscription.preview: says what the invoice would be, and its close says the same', async () => {
    const { subscriptionId, pro } = await begun()
    await closeMonth(t, '2026-09')
    await closeMonth(t, '2026-10')
    // November was billed 30.00; ten of its thirty days stay.
    const asked = { subscriptionId, planVersionId: pro.version.id, at: day('2026-11-11') }
    const change = { kind: 'terms' as const, ...asked }
    const seen = await t.core.call(subscription.preview, { change }, t.admin)
    expect(seen).toMatchObject({
      ...{ period: '2026-11', currency: 'USD', direction: 'upgrade' },
      without: { net: 3000n },
      // 20.00 back, 40.00 for the rest of November, 60.00 for December.
      within: { net: 8000n },
      recurring: { before: { monthly: 3000n }, after: { monthly: 6000n } },
    })
    expect(seen.lines.map(line => [line.kind, line.amount, line.because])).toEqual([
      ['credit', -2000n, true],
      ['fee', 4000n, true],
      ['fee', 6000n, true],
    ])
    await t.core.call(subscription.change, asked, t.admin)
    const next = await t.core.call(subscription.nextInvoice, { subscriptionId }, t.admin)
    expect(next).toMatchObject({ period: '2026-11', ...seen.within })
    t.clock.advance(11 * 86_400_000)
    await closeMonth(t, '2026-11')
    const [invoice] = await invoicesOf(t, '2026-11')
    expect(invoice).toMatchObject(seen.within)
    // A change that goes back before what is closed now is part of what the next close would say.
    const end = { kind: 'cancel' as const, subscriptionId, at: JAN }
    // What counts from the first of January keeps its fee off the invoice of December.
    expect(await t.core.call(subscription.preview, { change: end }, t.admin)).toMatchObject({
      ...{ period: '2026-12', lines: [], within: { net: 0n } },
      gone: [{ kind: 'fee', amount: 6000n, service: { from: JAN } }],
    })
    const back = { kind: 'cancel' as const, subscriptionId, at: day('2026-11-21') }
    expect(await t.core.call(subscription.preview, { change: back }, t.admin)).toMatchObject({
      without: { net: 0n },
      within: { net: -8000n },
    })
    await expect(
      t.core.call(subscription.preview, { change: { ...back, at: day('2026-08-01') } }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_SUBSCRIPTION_STATE', data: { reason: 'before-start' } })
  })
})

describe('what older and stranger input meets', () => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.subscription.restore: reads what an earlier release stored for undoing', async () => {
    t = await testCore('sqlite')
    const { plan, version } = await addPlan(t, 'starter')
    const customer = await addCustomer(t, 'acme')
    const subscriptionId = '00000000-0000-7000-8000-00000000dddd'
    const phase = { id: commandId, planVersionId: version.id, quantity: 1n, kind: 'active' as const }
    const stored = {
      ...{ customerId: customer.id, planId: plan.id, currency: 'USD', interval: 'month' as const },
      ...{ alignment: 'calendar' as const, startedAt: SEP, anchorAt: SEP, billFrom: SEP, endedAt: null },
      ...{ phases: [{ ...phase, from: SEP, to: null }], createdAt: SEP },
    }
    const system = { person: null, device: 'test', assurance: 'system' as const, system: true }
    await t.core.call(subscription.restore, { subscriptionId, subscription: stored as never }, system)
    const { subscriptions } = await t.core.call(subscription.list, { id: subscriptionId }, t.admin)
    expect(subscriptions[0]).toMatchObject({
      ...{ state: 'active', card: true, settlement: 'credit', addOns: [], predecessorId: null },
      cadences: [{ ordinal: 0, interval: 'month', alignment: 'calendar', anchorAt: SEP, from: SEP }],
    })
    await t.core.call(subscription.restore, { subscriptionId, subscription: null }, system)
    expect((await t.core.call(subscription.list, {}, t.admin)).subscriptions).toEqual([])
  })

  it('an add-on of another currency, and plans that another subscription covers, are refused', async () => {
    t = await testCore('sqlite')
    const starter = await addPlan(t, 'starter')
    const pro = await addPlan(t, 'pro')
    const yen = await addPlan(t, 'yen', { currency: 'JPY', amount: '100' })
    const customer = await addCustomer(t, 'acme')
    const start = (planId: string) =>
      t.core.call(subscription.start, { customerId: customer.id, planId, at: SEP }, t.admin)
    const { id: subscriptionId } = await start(starter.plan.id)
    await start(pro.plan.id)
    const add = { subscriptionId, planVersionId: yen.version.id }
    await expect(t.core.call(subscription.addAddOn, add, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_NO_PRICE_FOR_CURRENCY', data: { currency: 'USD', plan: 'Plan yen' } },
    })
    const change = { subscriptionId, planVersionId: pro.version.id }
    await expect(t.core.call(subscription.change, change, t.admin)).rejects.toMatchObject({
      code: 'BILLING_SUBSCRIPTION_OVERLAP',
    })
    await expect(
      t.core.call(subscription.pause, { subscriptionId, at: DEC, until: NOV }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_SPAN_INVERTED', data: { from: DEC, to: NOV } })
    await expect(
      t.core.call(subscription.story, { subscriptionId: commandId }, t.admin),
    ).rejects.toMatchObject({
      ...{ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'subscription', id: commandId } },
    })
    // The same number of seats with periods that begin anew is a change of rhythm.
    const anew = await t.core.call(subscription.change, { subscriptionId, at: DEC, anchor: 'reset' }, t.admin)
    expect(anew.cadences).toHaveLength(2)
  })
})
