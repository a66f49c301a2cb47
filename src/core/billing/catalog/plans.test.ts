import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, addVersion, day } from '../testing/catalogue-kit.ts'

const { plan, subscription } = contract.billing
const commandId = '00000000-0000-7000-8000-00000000aaaa'

describe.each(DATABASES)('plans on %s', database => {
  let t: TestCore
  afterEach(() => t.close())
  const undo = () => t.core.call(contract.workspace.log.undo, { commandId }, t.admin)

  it('billing.plan.create, billing.plan.edit, billing.plan.setActive: keep a plan under its key, and undo', async () => {
    t = await testCore(database)
    const input = { key: 'starter', name: 'Starter', description: 'To begin with' }
    const made = await t.core.call(plan.create, input, { ...t.admin, commandId })
    expect(made).toMatchObject({ ...input, active: true, subscriptions: 0, latest: null })
    await expect(t.core.call(plan.create, input, t.admin)).rejects.toMatchObject({
      code: 'BILLING_KEY_TAKEN',
    })
    await undo()
    expect(await t.core.call(plan.list, {}, t.admin)).toEqual({ plans: [] })

    const { plan: pro } = await addPlan(t, 'pro')
    const edit = '00000000-0000-7000-8000-00000000bbbb'
    await t.core.call(
      plan.edit,
      { planId: pro.id, name: 'Professional', description: 'More' },
      { ...t.admin, commandId: edit },
    )
    const off = await t.core.call(plan.setActive, { planId: pro.id, active: false }, t.admin)
    expect(off).toMatchObject({ name: 'Professional', active: false, latest: { number: 1 } })
    await expect(
      t.core.call(contract.workspace.log.undo, { commandId: edit }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
  })

  it('billing.plan.addVersion: numbers versions, keeps the earlier ones, and is taken back while nobody is on it', async () => {
    t = await testCore(database)
    const { plan: starter, version: first } = await addPlan(t, 'starter')
    const input = {
      planId: starter.id,
      prices: [
        {
          ...{ key: 'base', name: 'Base fee', metricId: null, currency: 'USD' },
          charge: { model: 'flat' as const, amount: '119' },
        },
      ],
    }
    const second = await t.core.call(plan.addVersion, input, { ...t.admin, commandId })
    expect(second).toMatchObject({ number: 2, prices: [{ charge: { amount: '119' }, due: 'advance' }] })
    expect(await t.core.call(plan.get, { planId: starter.id }, t.admin)).toMatchObject({
      latest: { id: second.id },
      versions: [second, first],
    })
    await undo()
    expect(await t.core.call(plan.get, { planId: starter.id }, t.admin)).toMatchObject({ versions: [first] })

    const other = '00000000-0000-7000-8000-00000000cccc'
    await t.core.call(plan.addVersion, input, { ...t.admin, commandId: other })
    const customer = await addCustomer(t, 'acme')
    const start = { customerId: customer.id, planId: starter.id, at: day('2026-01-01') }
    await t.core.call(subscription.start, start, t.admin)
    await expect(
      t.core.call(contract.workspace.log.undo, { commandId: other }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
  })

  it('billing.plan.addVersion: refuses unknown metrics, keys twice and currencies that there are none of', async () => {
    t = await testCore(database)
    const { plan: starter } = await addPlan(t, 'starter')
    const price = {
      ...{ key: 'base', name: 'Base', metricId: null, currency: 'USD' },
      charge: { model: 'flat' as const, amount: '1' },
    }
    const add = (prices: readonly object[], entitlements: readonly object[] = []) =>
      t.core.call(plan.addVersion, { planId: starter.id, prices, entitlements } as never, t.admin)
    await expect(add([price, price])).rejects.toMatchObject({
      code: 'BILLING_PRICE_INVALID',
      data: { path: 'prices.1.key', reason: 'key-twice' },
    })
    await expect(add([{ ...price, currency: 'QQQ' }])).rejects.toMatchObject({
      data: { path: 'prices.0.currency', reason: 'currency-unknown' },
    })
    await expect(
      add([{ ...price, metricId: starter.id, charge: { model: 'standard', unit: '1' } }]),
    ).rejects.toMatchObject({ code: 'BILLING_METRIC_UNKNOWN' })
    await expect(add([{ ...price, minimum: '5', maximum: '4' }])).rejects.toMatchObject({
      data: { path: 'prices.0.minimum', reason: 'minimum-over-maximum' },
    })
    const euro = { ...price, currency: 'EUR' }
    await expect(add([price, euro, { ...price, key: 'extra', name: 'Extra' }])).rejects.toMatchObject({
      code: 'BILLING_PRICE_CURRENCY_MISSING',
      data: { price: 'Extra', currency: 'EUR' },
    })
    await expect(
      add([], [{ kind: 'metered', key: 'api-calls', limit: '10', enforcement: 'hard' }]),
    ).rejects.toMatchObject({ code: 'BILLING_METRIC_UNKNOWN', data: { metric: 'api-calls' } })
    expect((await t.core.call(plan.get, { planId: starter.id }, t.admin)).versions).toHaveLength(1)
  })

  it('billing.plan.export, billing.plan.import, billing.price.rate: carry the catalogue over, and doing it twice changes nothing', async () => {
    t = await testCore(database)
    const document = {
      format: 'quarterdeck-catalogue-1' as const,
      metrics: [
        {
          ...{ key: 'api-calls', name: 'API calls', unit: 'calls', scale: 0, aggregation: 'sum' as const },
          ...{ excess: 'refuse' as const, groupBy: ['region'], active: true },
        },
      ],
      plans: [
        {
          ...{ key: 'starter', name: 'Starter', description: '', active: true },
          version: {
            prices: [
              {
                ...{ key: 'calls', name: 'API calls', metric: 'api-calls', currency: 'USD' },
                charge: {
                  model: 'graduated' as const,
                  tiers: [
                    { upTo: '1000', unit: '0.02' },
                    { upTo: null, unit: '0.01', flat: '5' },
                  ],
                },
              },
            ],
            entitlements: [
              { kind: 'metered' as const, key: 'api-calls', limit: null, enforcement: 'soft' as const },
            ],
          },
        },
      ],
    }
    expect(
      await t.core.call(
        contract.billing.price.rate,
        { price: { ...document.plans[0]!.version.prices[0]! }, quantity: '1200' },
        t.admin,
      ),
    ).toMatchObject({ amount: '27.00', exact: '27' })
    await expect(
      t.core.call(
        contract.billing.price.rate,
        { price: { ...document.plans[0]!.version.prices[0]! } },
        t.admin,
      ),
    ).rejects.toMatchObject({ code: 'BILLING_RATE_INPUT', data: { reason: 'quantity-missing' } })
    const taken = await t.core.call(plan.import, document, t.admin)
    expect(taken).toEqual({ metrics: 1, plans: 1, versions: 0, unchanged: 0 })
    const exported = await t.core.call(plan.export, {}, t.admin)
    expect(await t.core.call(plan.import, exported, t.admin)).toEqual({
      ...{ metrics: 0, plans: 0, versions: 0, unchanged: 1 },
    })
    const dearer = structuredClone(exported)
    dearer.plans[0]!.version.note = 'dearer'
    expect(await t.core.call(plan.import, dearer, t.admin)).toMatchObject({ versions: 1 })
    const other = structuredClone(exported)
    other.metrics[0]!.scale = 3
    other.plans[0]!.version.note = 'again'
    await expect(t.core.call(plan.import, other, t.admin)).rejects.toMatchObject({
      code: 'BILLING_METRIC_DIFFERS',
      data: { metric: 'api-calls' },
    })
    const [starter] = (await t.core.call(plan.list, {}, t.admin)).plans
    expect(starter).toMatchObject({ key: 'starter', latest: { number: 2, note: 'dearer' } })
  })

  it('billing.plan.initializeDefaults: brings four plans and eight metrics, once, and leaves what was edited', async () => {
    t = await testCore(database)
    await addPlan(t, 'starter', { amount: '77' })
    expect(await t.core.call(plan.initializeDefaults, {}, t.admin)).toEqual({ metrics: 8, plans: 3 })
    expect(await t.core.call(plan.initializeDefaults, {}, t.admin)).toEqual({ metrics: 0, plans: 0 })
    const { plans: all } = await t.core.call(plan.list, {}, t.admin)
    const fees = all.map(one => [
      one.key,
      one.latest?.prices.find(price => price.charge.model === 'flat')?.charge,
    ])
    expect(fees).toEqual([
      ['enterprise', { model: 'flat', amount: '2499' }],
      ['free', undefined],
      ['starter', { model: 'flat', amount: '77' }],
      ['professional', { model: 'flat', amount: '499' }],
    ])
    await expect(t.core.call(plan.initializeDefaults, { currency: 'QQQ' }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_CURRENCY_UNKNOWN',
    })
  })

  it('versions keep their prices when another one is added', async () => {
    t = await testCore(database)
    const { plan: starter, version } = await addPlan(t, 'starter', { amount: '99' })
    await addVersion(t, starter.id, { amount: '149' })
    const { versions } = await t.core.call(plan.get, { planId: starter.id }, t.admin)
    expect(versions.map(one => one.prices[0]?.charge)).toEqual([
      { model: 'flat', amount: '149' },
      { model: 'flat', amount: '99' },
    ])
    expect(versions[1]).toEqual(version)
  })
})

describe('the catalogue', () => {
  let t: TestCore
  afterEach(() => t.close())
  const ids = (n: number) => `00000000-0000-7000-8000-00000000dd0${n}`
  /** Undoes a command; the undo has an id of its own, and can be undone. */
  const undo = (what: string, by: string) =>
    t.core.call(contract.workspace.log.undo, { commandId: what }, { ...t.admin, commandId: by })
  const shown = async () =>
    (await t.core.call(plan.list, {}, t.admin)).plans.map(one => [one.name, one.active, one.latest?.number])

  it('plans and versions come and go with undo and undo of undo', async () => {
    t = await testCore('sqlite')
    const input = { key: 'starter', name: 'Starter', description: '' }
    const made = await t.core.call(plan.create, input, { ...t.admin, commandId: ids(1) })
    await undo(ids(1), ids(2))
    await undo(ids(2), ids(3))
    expect(await shown()).toEqual([['Starter', true, undefined]])

    await t.core.call(plan.setActive, { planId: made.id, active: false }, t.admin)
    const words = { planId: made.id, name: 'Beginner', description: 'x' }
    await t.core.call(plan.edit, words, { ...t.admin, commandId: ids(4) })
    expect(await shown()).toEqual([['Beginner', false, undefined]])
    await undo(ids(4), ids(5))
    expect(await shown()).toEqual([['Starter', false, undefined]])
    const on = await t.core.call(plan.setActive, { planId: made.id, active: true }, t.admin)
    expect(on).toMatchObject({ id: made.id, key: 'starter', active: true, latest: null })

    const version = { planId: made.id, prices: [], trialDays: 7 }
    const first = await t.core.call(plan.addVersion, version, { ...t.admin, commandId: ids(6) })
    await undo(ids(6), ids(7))
    expect(await shown()).toEqual([['Starter', true, undefined]])
    await undo(ids(7), ids(8))
    expect((await t.core.call(plan.get, { planId: made.id }, t.admin)).versions).toEqual([first])
    await undo(ids(8), ids(9))
    expect(await shown()).toEqual([['Starter', true, undefined]])
  })

  it('billing.plan.initializeDefaults: comes and goes with undo and undo of undo, and stays once it is used', async () => {
    t = await testCore('sqlite')
    const metrics = async () =>
      (await t.core.call(contract.billing.metric.list, {}, t.admin)).metrics.map(one => one.key)
    await t.core.call(plan.initializeDefaults, {}, { ...t.admin, commandId: ids(1) })
    const [all, measured] = [await shown(), await metrics()]
    expect([all.length, measured.length]).toEqual([4, 8])
    const before = await t.core.call(plan.export, {}, t.admin)
    await undo(ids(1), ids(2))
    expect([await shown(), await metrics()]).toEqual([[], []])
    await undo(ids(2), ids(3))
    expect(await t.core.call(plan.export, {}, t.admin)).toEqual(before)
    expect([await shown(), await metrics()]).toEqual([all, measured])
    // A price that somebody made for one of the metrics since holds all of it.
    const [metric] = (await t.core.call(contract.billing.metric.list, {}, t.admin)).metrics
    const own = await t.core.call(plan.create, { key: 'own', name: 'Own', description: '' }, t.admin)
    const price = { key: 'use', name: 'Use', metricId: metric!.id, currency: 'USD' }
    const version = {
      planId: own.id,
      prices: [{ ...price, charge: { model: 'standard' as const, unit: '1' } }],
    }
    await t.core.call(plan.addVersion, version, t.admin)
    await expect(undo(ids(3), ids(4))).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
    expect(await metrics()).toEqual(measured)
  })

  it('billing.plan.import: is undone as a whole, and not when nothing came in or somebody subscribed', async () => {
    t = await testCore('sqlite')
    const { plan: starter } = await addPlan(t, 'starter', { amount: '99' })
    const document = await t.core.call(plan.export, {}, t.admin)
    await t.core.call(plan.import, document, { ...t.admin, commandId: ids(1) })
    await expect(undo(ids(1), ids(2))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_UNDOABLE' })
    document.plans[0]!.version.note = 'dearer'
    document.plans.push({ ...document.plans[0]!, key: 'other', name: 'Other' })
    await t.core.call(plan.import, document, { ...t.admin, commandId: ids(3) })
    expect(await shown()).toEqual([
      ['Other', true, 1],
      ['Plan starter', true, 2],
    ])
    await undo(ids(3), ids(4))
    expect(await shown()).toEqual([['Plan starter', true, 1]])
    await undo(ids(4), ids(5))
    const customer = await addCustomer(t, 'acme')
    const start = { customerId: customer.id, planId: starter.id, at: day('2026-01-01') }
    await t.core.call(subscription.start, start, t.admin)
    await expect(undo(ids(5), ids(6))).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
  })

  it('billing.plan.export, billing.plan.import: what is out of use stays so, and metrics are named', async () => {
    t = await testCore('sqlite')
    // A plan without a version is nothing that could be carried over.
    await t.core.call(plan.create, { key: 'empty', name: 'Empty', description: '' }, t.admin)
    const metric = { key: 'calls', name: 'Calls', unit: 'calls', scale: 0, excess: 'refuse' as const }
    const fee = { key: 'base', name: 'Base', metric: null, currency: 'USD' }
    const document = (metricKey: string) => ({
      format: 'quarterdeck-catalogue-1' as const,
      metrics: [{ ...metric, aggregation: 'sum' as const, groupBy: [], active: false }],
      plans: [
        {
          ...{ key: 'old', name: 'Old', description: '', active: false },
          version: {
            prices: [
              { ...fee, charge: { model: 'flat' as const, amount: '9' } },
              ...(metricKey === ''
                ? []
                : [
                    {
                      ...fee,
                      key: 'use',
                      metric: metricKey,
                      charge: { model: 'standard' as const, unit: '1' },
                    },
                  ]),
            ],
          },
        },
      ],
    })
    // One that is out of use is refused for new prices, like one that there is none of; nothing came in.
    for (const key of ['calls', 'none'])
      await expect(t.core.call(plan.import, document(key), t.admin)).rejects.toMatchObject({
        ...{ code: 'BILLING_METRIC_UNKNOWN', data: { metric: key } },
      })
    expect(await shown()).toEqual([['Empty', true, undefined]])
    expect(await t.core.call(plan.import, document(''), t.admin)).toMatchObject({ metrics: 1, plans: 1 })
    expect(await shown()).toEqual([
      ['Empty', true, undefined],
      ['Old', false, 1],
    ])
    const exported = await t.core.call(plan.export, {}, t.admin)
    expect(exported.metrics).toMatchObject([{ key: 'calls', active: false }])
    expect(exported.plans).toMatchObject([
      { key: 'old', active: false, version: { prices: [{ key: 'base', metric: null, due: 'advance' }] } },
    ])
    expect(await t.core.call(plan.import, exported, t.admin)).toMatchObject({ metrics: 0, unchanged: 1 })
  })
})
