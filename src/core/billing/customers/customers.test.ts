import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, day } from '../testing/catalogue-kit.ts'

const { customer, subscription } = contract.billing
const commandId = '00000000-0000-7000-8000-00000000aaaa'

describe.each(DATABASES)('customers on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const input = {
    ...{ key: 'acme', name: 'Acme', email: 'a@acme.example', country: 'DE', currency: 'EUR' },
    zone: 'Europe/Berlin',
    profile: { legalName: 'Acme GmbH', address: ['Hauptstr. 1', 'Berlin'], taxRate: '0.19' },
  }

  it('billing.customer.create: keeps a profile, one customer per key, and can be taken back', async () => {
    t = await testCore(database)
    const made = await t.core.call(customer.create, input, { ...t.admin, commandId })
    expect(made).toMatchObject({ key: 'acme', profile: { legalName: 'Acme GmbH', paymentDays: 30 } })
    // The same command again gives the same customer and no second one.
    expect(await t.core.call(customer.create, input, { ...t.admin, commandId })).toEqual(made)
    await expect(t.core.call(customer.create, input, t.admin)).rejects.toMatchObject({
      code: 'BILLING_KEY_TAKEN',
      data: { key: 'acme' },
    })
    expect(await t.core.call(customer.get, { customerId: made.id }, t.admin)).toEqual({
      ...made,
      subscriptions: [],
      closedUntil: null,
    })
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    await expect(t.core.call(customer.get, { customerId: made.id }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
    const { entries } = await t.core.call(contract.workspace.log.list, {}, t.admin)
    const undo = entries.find(entry => entry.command === 'workspace.log.undo')!
    await t.core.call(contract.workspace.log.undo, { commandId: undo.commandId }, t.admin)
    expect(await t.core.call(customer.get, { customerId: made.id }, t.admin)).toMatchObject(made)
  })

  it('billing.customer.create: refuses places that do not exist, and people who may not', async () => {
    t = await testCore(database)
    await expect(
      t.core.call(customer.create, { ...input, zone: 'Europe/Atlantis' }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_ZONE_UNKNOWN', data: { zone: 'Europe/Atlantis' } })
    await expect(t.core.call(customer.create, { ...input, currency: 'XXQ' }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_CURRENCY_UNKNOWN',
    })
    const ops = await t.core.call(
      contract.workspace.people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    await expect(t.core.call(customer.create, input, t.as(ops.id))).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
    expect(await t.core.call(customer.list, {}, t.as(ops.id))).toEqual({ customers: [], count: 0 })
  })

  it('billing.customer.create: is not taken back once something hangs on it', async () => {
    t = await testCore(database)
    const { plan } = await addPlan(t, 'starter')
    const made = await t.core.call(customer.create, { ...input, currency: 'USD' }, { ...t.admin, commandId })
    await t.core.call(
      subscription.start,
      { customerId: made.id, planId: plan.id, at: day('2026-01-01') },
      t.admin,
    )
    await expect(t.core.call(contract.workspace.log.undo, { commandId }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_UNDO_OVERTAKEN',
    })
  })

  it('billing.customer.edit: leaves what is not said, and is undone unless it was overtaken', async () => {
    t = await testCore(database)
    const made = await t.core.call(customer.create, input, t.admin)
    const { key: _k, currency: _c, ...words } = input
    const edit = { ...words, customerId: made.id, name: 'Acme AG', profile: { paymentDays: 14 } }
    const edited = await t.core.call(customer.edit, edit, { ...t.admin, commandId })
    expect(edited).toMatchObject({
      name: 'Acme AG',
      currency: 'EUR',
      profile: { legalName: 'Acme GmbH', paymentDays: 14, taxRate: '0.19' },
    })
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await t.core.call(customer.get, { customerId: made.id }, t.admin)).toMatchObject(made)
    const again = '00000000-0000-7000-8000-00000000bbbb'
    await t.core.call(customer.edit, edit, { ...t.admin, commandId: again })
    await t.core.call(customer.edit, { ...edit, profile: { paymentDays: 7 } }, t.admin)
    await expect(
      t.core.call(contract.workspace.log.undo, { commandId: again }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
  })

  it('billing.customer.list: names plan, state and how far it is closed; searches; pages', async () => {
    t = await testCore(database)
    const { plan } = await addPlan(t, 'starter', { trialDays: 14 })
    const now = t.clock.now()
    const [a, b, c] = [await addCustomer(t, 'a'), await addCustomer(t, 'b'), await addCustomer(t, 'c')]
    const start = (customerId: string, at: bigint) =>
      t.core.call(subscription.start, { customerId, planId: plan.id, at }, t.admin)
    await start(a.id, now)
    await start(b.id, now + 1000n)
    const ended = await start(c.id, now - 60n * 86_400_000n)
    await t.core.call(subscription.cancel, { subscriptionId: ended.id, at: now }, t.admin)
    const { customers, count } = await t.core.call(customer.list, {}, t.admin)
    expect(count).toBe(3)
    expect(customers.map(row => [row.key, row.plan, row.state, row.lastTotal, row.closedUntil])).toEqual([
      ['a', 'Plan starter', 'trialing', null, null],
      ['b', null, 'scheduled', null, null],
      ['c', null, 'cancelled', null, null],
    ])
    const page = await t.core.call(customer.list, { offset: 1, limit: 1 }, t.admin)
    expect(page).toMatchObject({ count: 3, customers: [{ key: 'b' }] })
    const found = await t.core.call(customer.list, { search: 'customer b' }, t.admin)
    expect(found).toMatchObject({ count: 1, customers: [{ key: 'b' }] })
    expect(await t.core.call(customer.list, { search: 'nobody' }, t.admin)).toEqual({
      customers: [],
      count: 0,
    })

    // In another order, and under filters of what is worked out, the pages are those of the whole.
    const keys = async (input: Parameters<typeof t.core.call<typeof customer.list>>[1]) => {
      const { customers, count } = await t.core.call(customer.list, input, t.admin)
      return [count, ...customers.map(row => row.key)]
    }
    expect(await keys({ sort: { by: 'key', descending: true }, offset: 1, limit: 1 })).toEqual([3, 'b'])
    expect(await keys({ filter: { states: ['trialing', 'cancelled'] } })).toEqual([2, 'a', 'c'])
    expect(await keys({ filter: { plan: 'STARTER' } })).toEqual([1, 'a'])
    expect(await keys({ filter: { plan: 'starter' }, search: 'customer b' })).toEqual([0])
    expect(await keys({ sort: { by: 'plan', descending: true } })).toEqual([3, 'a', 'b', 'c'])
  })
})

it('billing.customer.list: of several plans at once, the state in which most is billed', async () => {
  const t = await testCore('sqlite')
  const starter = await addPlan(t, 'starter')
  const pro = await addPlan(t, 'pro', { trialDays: 14 })
  const now = t.clock.now()
  // Each later than the one before.
  let at = now - 1000n
  const start = (customerId: string, planId: string) =>
    t.core.call(subscription.start, { customerId, planId, at: at++ }, t.admin)
  const pause = (one: { id: string }) =>
    t.core.call(subscription.pause, { subscriptionId: one.id, at: now - 500n }, t.admin)
  const [a, b, c] = [await addCustomer(t, 'a'), await addCustomer(t, 'b'), await addCustomer(t, 'c')]
  await start(a.id, starter.plan.id)
  await start(a.id, pro.plan.id)
  await start(b.id, pro.plan.id)
  await start(b.id, starter.plan.id)
  await pause(await start(c.id, starter.plan.id))
  await start(c.id, pro.plan.id)
  const { customers } = await t.core.call(customer.list, {}, t.admin)
  expect(customers.map(row => [row.key, row.plan, row.state])).toEqual([
    ['a', 'Plan starter + Plan pro', 'active'],
    ['b', 'Plan pro + Plan starter', 'active'],
    ['c', 'Plan starter + Plan pro', 'paused'],
  ])
  await t.close()
})
