import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, day } from '../testing/catalogue-kit.ts'

const { subscription, plan: plans } = contract.billing
const commandId = '00000000-0000-7000-8000-00000000aaaa'
const JAN = day('2026-01-01')
const FEB = day('2026-02-01')
const MAR = day('2026-03-01')

describe.each(DATABASES)('subscriptions on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const phasesOf = (one: { phases: readonly { kind: string; from: bigint; to: bigint | null }[] }) =>
    one.phases.map(phase => [phase.kind, phase.from, phase.to])

  async function begun(more: { trialDays?: number } = {}) {
    t = await testCore(database)
    const starter = await addPlan(t, 'starter', more)
    const pro = await addPlan(t, 'pro', { amount: '499' })
    const customer = await addCustomer(t, 'acme')
    const start = { customerId: customer.id, planId: starter.plan.id, at: JAN }
    return { starter, pro, customer, start }
  }
  const account = (customerId: string) =>
    t.store.read(t.workspace, reader =>
      reader.db
        .selectFrom('billing_accounts')
        .selectAll()
        .where('customer_id', '=', customerId)
        .executeTakeFirst(),
    )
  const closeUntil = (customerId: string, at: bigint) =>
    t.store.write(t.workspace, 'job', tx =>
      tx.db
        .updateTable('billing_accounts')
        .set({ closed_until: at, rerate_from: null })
        .where('customer_id', '=', customerId)
        .execute(),
    )

  it('billing.subscription.start: begins with the trial of the plan, once, and can be taken back', async () => {
    const { start, starter } = await begun({ trialDays: 14 })
    const made = await t.core.call(subscription.start, start, { ...t.admin, commandId })
    expect(made).toMatchObject({ planName: 'Plan starter', currency: 'USD', anchorAt: JAN, billFrom: JAN })
    expect(phasesOf(made)).toEqual([
      ['trial', JAN, day('2026-01-15')],
      ['active', day('2026-01-15'), null],
    ])
    expect(await t.core.call(subscription.start, start, { ...t.admin, commandId })).toEqual(made)
    const { plans: all } = await t.core.call(plans.list, {}, t.admin)
    expect(all.find(one => one.id === starter.plan.id)?.subscriptions).toBe(1)
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await t.core.call(subscription.list, {}, t.admin)).toEqual({ subscriptions: [] })
    const { entries } = await t.core.call(contract.workspace.log.list, {}, t.admin)
    const undo = entries.find(entry => entry.command === 'workspace.log.undo')!
    await t.core.call(contract.workspace.log.undo, { commandId: undo.commandId }, t.admin)
    expect(await t.core.call(subscription.list, {}, t.admin)).toEqual({ subscriptions: [made] })
  })

  it('billing.subscription.start: refuses what overlaps, has no price, is not offered, or is not there', async () => {
    const { start, starter, pro } = await begun()
    const first = await t.core.call(subscription.start, start, t.admin)
    await expect(t.core.call(subscription.start, { ...start, at: FEB }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_SUBSCRIPTION_OVERLAP',
      data: { subscriptionId: first.id },
    })
    // An earlier one that would run into it, too; another plan may run beside it.
    await expect(
      t.core.call(subscription.start, { ...start, at: day('2025-01-01') }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_SUBSCRIPTION_OVERLAP' })
    await t.core.call(subscription.start, { ...start, planId: pro.plan.id }, t.admin)
    await t.core.call(subscription.cancel, { subscriptionId: first.id, at: FEB }, t.admin)
    await t.core.call(subscription.start, { ...start, at: FEB }, t.admin)

    const yen = await addCustomer(t, 'nippon', { currency: 'JPY' })
    await expect(
      t.core.call(subscription.start, { ...start, customerId: yen.id }, t.admin),
    ).rejects.toMatchObject({
      code: 'BILLING_NO_PRICE_FOR_CURRENCY',
      data: { currency: 'JPY', plan: 'Plan starter' },
    })
    await t.core.call(plans.setActive, { planId: starter.plan.id, active: false }, t.admin)
    const other = await addCustomer(t, 'other')
    await expect(
      t.core.call(subscription.start, { ...start, customerId: other.id }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_PLAN_INACTIVE' })
    await expect(
      t.core.call(subscription.start, { ...start, customerId: pro.plan.id }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'customer' } })
    // A version of another plan is not one of this plan.
    await expect(
      t.core.call(
        subscription.start,
        { ...start, planId: starter.plan.id, planVersionId: pro.version.id },
        t.admin,
      ),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('billing.subscription.change: upgrades from an instant on', async () => {
    const { start, pro, starter } = await begun()
    const made = await t.core.call(subscription.start, start, t.admin)
    const change = { subscriptionId: made.id, at: FEB }
    const upgraded = await t.core.call(
      subscription.change,
      { ...change, planVersionId: pro.version.id, quantity: 3n },
      { ...t.admin, commandId },
    )
    expect(upgraded).toMatchObject({ planName: 'Plan pro', planId: pro.plan.id })
    expect(upgraded.phases.map(phase => [phase.planVersionId, phase.quantity])).toEqual([
      [starter.version.id, 1n],
      [pro.version.id, 3n],
    ])
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await t.core.call(subscription.list, {}, t.admin)).toEqual({ subscriptions: [made] })
  })

  it('billing.subscription.pause: pauses once; billing.subscription.resume: ends the pause', async () => {
    const { start } = await begun()
    const made = await t.core.call(subscription.start, start, t.admin)
    const at = { subscriptionId: made.id, at: FEB }
    await t.core.call(subscription.pause, at, t.admin)
    await expect(t.core.call(subscription.pause, { ...at, at: MAR }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_SUBSCRIPTION_STATE',
      data: { state: 'paused', reason: 'already-paused' },
    })
    const resumed = await t.core.call(subscription.resume, { ...at, at: MAR }, t.admin)
    expect(phasesOf(resumed)).toEqual([
      ['active', JAN, FEB],
      ['paused', FEB, MAR],
      ['active', MAR, null],
    ])
  })

  it('billing.subscription.cancel: ends it, after which nothing changes, until it is undone', async () => {
    const { start } = await begun()
    const made = await t.core.call(subscription.start, start, t.admin)
    const cancel = { subscriptionId: made.id, at: FEB }
    const ended = await t.core.call(subscription.cancel, cancel, { ...t.admin, commandId })
    expect(ended).toMatchObject({ endedAt: FEB })
    await expect(
      t.core.call(subscription.change, { ...cancel, at: MAR, quantity: 2n }, t.admin),
    ).rejects.toMatchObject({
      code: 'BILLING_SUBSCRIPTION_STATE',
      data: { state: 'cancelled', reason: 'ended' },
    })
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await t.core.call(subscription.list, {}, t.admin)).toEqual({ subscriptions: [made] })
  })

  it('a change that goes back before what is closed asks for it to be billed again, and so does its undoing', async () => {
    const { start, customer } = await begun()
    const made = await t.core.call(subscription.start, start, t.admin)
    expect(await account(customer.id)).toMatchObject({ closed_until: null, rerate_from: null, marks: 1n })
    await closeUntil(customer.id, MAR)
    await t.core.call(subscription.change, { subscriptionId: made.id, at: MAR, quantity: 4n }, t.admin)
    expect(await account(customer.id)).toMatchObject({ rerate_from: null, marks: 2n })
    await t.core.call(
      subscription.change,
      { subscriptionId: made.id, at: FEB, quantity: 2n },
      { ...t.admin, commandId },
    )
    expect(await account(customer.id)).toMatchObject({ rerate_from: FEB, marks: 3n })
    await closeUntil(customer.id, MAR)
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await account(customer.id)).toMatchObject({ rerate_from: FEB, marks: 4n })
    // What changes nothing marks nothing.
    await t.core.call(subscription.change, { subscriptionId: made.id, at: JAN, quantity: 1n }, t.admin)
    const state = await account(customer.id)
    await t.core.call(subscription.change, { subscriptionId: made.id, at: JAN, quantity: 1n }, t.admin)
    expect(await account(customer.id)).toEqual(state)
  })

  it('asks for the role of an analyst', async () => {
    const { start } = await begun()
    const viewer = await t.core.call(
      contract.workspace.people.add,
      { name: 'Vera', email: 'v@example.com', roles: ['auditor'] },
      t.admin,
    )
    await expect(t.core.call(subscription.start, start, t.as(viewer.id))).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
      data: { capability: 'billing.subscription.start' },
    })
    expect(await t.core.call(subscription.list, {}, t.as(viewer.id))).toEqual({ subscriptions: [] })
  })
})

it('billing.subscription.start, .change: refuse what is not there, and a plan that another covers then', async () => {
  const t = await testCore('sqlite')
  const { plan: starter, version } = await addPlan(t, 'starter')
  const pro = await addPlan(t, 'pro')
  const customer = await addCustomer(t, 'acme')
  const start = (planId: string, more: { at?: bigint; planVersionId?: string } = {}) =>
    t.core.call(subscription.start, { customerId: customer.id, planId, at: JAN, ...more }, t.admin)
  const empty = await t.core.call(plans.create, { key: 'empty', name: 'Empty', description: '' }, t.admin)
  await expect(start(empty.id)).rejects.toMatchObject({
    ...{ code: 'BILLING_NO_PRICE_FOR_CURRENCY', data: { currency: 'USD', plan: 'Empty' } },
  })
  await expect(start(customer.id)).rejects.toMatchObject({
    ...{ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'plan', id: customer.id } },
  })
  const made = await start(starter.id)
  const change = (subscriptionId: string, planVersionId: string, at: bigint) =>
    t.core.call(subscription.change, { subscriptionId, planVersionId, at }, t.admin)
  await expect(change(customer.id, version.id, FEB)).rejects.toMatchObject({
    ...{ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'subscription', id: customer.id } },
  })
  await expect(change(made.id, customer.id, FEB)).rejects.toMatchObject({
    ...{ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'plan', id: customer.id } },
  })
  // It ends in March; what begins then is not in its way, and what begins before is.
  await t.core.call(subscription.cancel, { subscriptionId: made.id, at: MAR }, t.admin)
  const later = await start(pro.plan.id, { at: MAR })
  expect(await change(made.id, pro.version.id, FEB)).toMatchObject({ planId: pro.plan.id, endedAt: MAR })
  await expect(change(later.id, version.id, MAR)).resolves.toMatchObject({ planId: starter.id })
  const third = await start(starter.id, { at: day('2025-11-01') }).catch(error => error)
  expect(third).toMatchObject({ code: 'BILLING_SUBSCRIPTION_OVERLAP' })
  await t.close()
})
