import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { metric } = contract.billing

describe.each(DATABASES)('metrics on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.metric.create, .edit, .setActive: its words change, what it measures does not', async () => {
    t = await testCore(database)
    const words = { key: 'calls', name: 'Calls', unit: 'calls', aggregation: 'sum' as const }
    const given = { ...words, scale: 2, excess: 'round' as const, groupBy: ['region'] }
    const made = await t.core.call(metric.create, given, t.admin)
    const plain = { property: null, rounding: null, carries: false }
    expect(made).toEqual({ ...given, ...plain, id: made.id, active: true })
    await expect(t.core.call(metric.create, given, t.admin)).rejects.toMatchObject({
      code: 'BILLING_KEY_TAKEN',
      data: { key: 'calls' },
    })
    const edited = await t.core.call(
      metric.edit,
      { metricId: made.id, name: 'API calls', unit: 'k' },
      t.admin,
    )
    expect(edited).toEqual({ ...made, name: 'API calls', unit: 'k' })
    const off = await t.core.call(metric.setActive, { metricId: made.id, active: false }, t.admin)
    expect(off).toEqual({ ...edited, active: false })
    expect((await t.core.call(metric.list, {}, t.admin)).metrics).toEqual([off])
    const gone = '00000000-0000-7000-8000-00000000dead'
    await expect(
      t.core.call(metric.setActive, { metricId: gone, active: true }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('billing.metric.create: what makes no sense is refused with its place', async () => {
    t = await testCore(database)
    const given = { key: 'm', name: 'M', unit: '', aggregation: 'sum' as const, scale: 2 }
    const refused = async (more: object, failure: object) => {
      const made = t.core.call(metric.create, { ...given, excess: 'refuse', groupBy: [], ...more }, t.admin)
      await expect(made).rejects.toMatchObject(failure)
    }
    await refused(
      { aggregation: 'unique-count' },
      {
        ...{
          code: 'BILLING_METRIC_INVALID',
          data: { metric: 'm', path: 'property', reason: 'property-missing' },
        },
      },
    )
    await refused({ property: 'user' }, { data: { reason: 'property-not-counted' } })
    await refused(
      { aggregation: 'average', carries: true },
      {
        data: { reason: 'carries-not' },
      },
    )
    await refused(
      { rounding: { mode: 'ceil', places: 3 } },
      {
        data: { path: 'rounding.places', reason: 'places-over-scale' },
      },
    )
    const whole = {
      aggregation: 'max' as const,
      carries: true,
      rounding: { mode: 'floor' as const, places: 1 },
    }
    const made = await t.core.call(
      metric.create,
      { ...given, excess: 'refuse', groupBy: [], ...whole },
      t.admin,
    )
    expect(made).toMatchObject(whole)
    // A document that says something else of it is refused.
    const document = await t.core.call(contract.billing.plan.export, {}, t.admin)
    expect(document.metrics[0]).toMatchObject(whole)
    await expect(
      t.core.call(
        contract.billing.plan.import,
        { ...document, metrics: document.metrics.map(one => ({ ...one, carries: false })) },
        t.admin,
      ),
    ).rejects.toMatchObject({ code: 'BILLING_METRIC_DIFFERS' })
    const odd = { ...document.metrics[0]!, key: 'n', aggregation: 'unique-count' as const, carries: false }
    await expect(
      t.core.call(contract.billing.plan.import, { ...document, metrics: [odd] }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_METRIC_INVALID', data: { metric: 'n' } })
  })

  it('undoing puts the words back, and takes a new metric out of use', async () => {
    t = await testCore(database)
    const given = { key: 'gb', name: 'GB', unit: 'GB', aggregation: 'max' as const, scale: 0 }
    const run = async (id: string, input: unknown) => (await t.core.run(id, input, t.admin)).commandId
    const create = await run('billing.metric.create', { ...given, excess: 'refuse', groupBy: [] })
    const [made] = (await t.core.call(metric.list, {}, t.admin)).metrics
    const edit = await run('billing.metric.edit', { metricId: made?.id, name: 'Other', unit: 'x' })
    await t.core.call(contract.workspace.log.undo, { commandId: edit }, t.admin)
    expect((await t.core.call(metric.list, {}, t.admin)).metrics).toEqual([made])
    await t.core.call(contract.workspace.log.undo, { commandId: create }, t.admin)
    expect((await t.core.call(metric.list, {}, t.admin)).metrics).toEqual([{ ...made, active: false }])
  })
})
