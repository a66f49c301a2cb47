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
    expect(made).toEqual({ ...given, id: made.id, active: true })
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
