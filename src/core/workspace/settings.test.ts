import { afterEach, describe, expect, it } from 'vitest'
import { defaultTagDimensions } from '#engines/finops/bill/tag-dimensions.ts'
import { contract } from '#shared/contract/index.ts'
import { SETTINGS } from '#shared/settings.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { readSecret, readSettings } from './settings.ts'

const { settings, log } = contract.workspace
const ID = '00000000-0000-7000-8000-00000000aaaa'

it('the tags that name a dimension are the ones of the import', () => {
  expect({
    Customer: SETTINGS['finops.customerTags'].default,
    Department: SETTINGS['finops.departmentTags'].default,
    Project: SETTINGS['finops.projectTags'].default,
    User: SETTINGS['finops.userTags'].default,
  }).toEqual(defaultTagDimensions)
})

describe.each(DATABASES)('settings on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const one = async (name: string) => {
    const { settings: all } = await t.core.call(settings.list, {}, t.admin)
    return all.find(setting => setting.name === name)!
  }
  const set = (name: string, value: unknown, caller = t.admin) =>
    t.core.call(settings.set, { name, value: value as string }, caller)
  const undo = (commandId = ID) => t.core.call(log.undo, { commandId }, t.admin)

  it('workspace.settings.list: says where each value comes from', async () => {
    t = await testCore(database, { environment: { 'billing.taxRate': '0.19', 'payments.stripeKey': 'pk_1' } })
    await set('finops.alertThresholds', [60, 100])
    expect(await one('billing.taxRate')).toMatchObject({
      value: '0.19',
      source: 'environment',
      default: '0.08',
      variable: 'PRICING_TAX_RATE',
    })
    expect(await one('finops.alertThresholds')).toMatchObject({
      value: [60, 100],
      source: 'stored',
      changedBy: { id: t.admin.person, name: 'Ada' },
      changedAt: t.clock.now(),
    })
    expect(await one('billing.cycle')).toMatchObject({ value: 'monthly', source: 'default', isSet: true })
    expect(await one('workspace.name')).toMatchObject({ value: 'Test company', source: 'stored' })
    expect(await one('payments.stripeKey')).toMatchObject({ value: null, isSet: true, source: 'environment' })
    expect(await one('payments.stripeSecret')).toMatchObject({ value: null, isSet: false, source: 'default' })
    expect(await one('health.primaryUrl')).toMatchObject({ value: null, isSet: false })
  })

  it('workspace.settings.set: stores what the schema accepts, and undoes to what was before', async () => {
    t = await testCore(database)
    await expect(set('billing.taxRate', 0.2)).rejects.toMatchObject({
      code: 'WORKSPACE_SETTING_INVALID',
      data: { name: 'billing.taxRate', message: 'must be a decimal number' },
    })
    await expect(set('billing.colour', 'red')).rejects.toMatchObject({ code: 'WORKSPACE_SETTING_UNKNOWN' })
    await set('billing.taxRate', '0.2', { ...t.admin, commandId: ID })
    expect(await one('billing.taxRate')).toMatchObject({ value: '0.2' })
    await undo()
    expect(await one('billing.taxRate')).toMatchObject({ value: '0.08', source: 'default' })
    await set('billing.taxRate', '0.1')
    const second = ID.replace('a', 'b')
    await set('billing.taxRate', '0.3', { ...t.admin, commandId: second })
    await set('billing.taxRate', '0.4')
    await expect(undo(second)).rejects.toMatchObject({
      code: 'WORKSPACE_UNDO_OVERTAKEN',
      data: { command: 'workspace.settings.set', entity: 'settings', id: 'billing.taxRate' },
    })
    const third = ID.replace('a', 'c')
    await set('billing.taxRate', '0.5', { ...t.admin, commandId: third })
    await undo(third)
    expect(await one('billing.taxRate')).toMatchObject({ value: '0.4' })
  })

  it('workspace.settings.set: changes the workspace itself', async () => {
    t = await testCore(database)
    await set('workspace.name', '  Analytical Engines  ', { ...t.admin, commandId: ID })
    await expect(set('workspace.zone', 'Europe/Atlantis')).rejects.toMatchObject({
      code: 'WORKSPACE_SETTING_INVALID',
    })
    await set('workspace.currency', 'GBP')
    const { workspace } = await t.core.call(contract.workspace.session, {}, t.admin)
    expect(workspace).toMatchObject({ name: 'Analytical Engines', currency: 'GBP', zone: 'Europe/Berlin' })
    await undo()
    expect(await one('workspace.name')).toMatchObject({ value: 'Test company' })
    await expect(t.core.call(settings.clear, { name: 'workspace.name' }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_SETTING_REQUIRED',
    })
  })

  it('workspace.settings.set: is refused where the environment decides, and to who may not', async () => {
    t = await testCore(database, { environment: { 'billing.cycle': 'yearly' } })
    const overridden = {
      code: 'WORKSPACE_SETTING_OVERRIDDEN',
      data: { name: 'billing.cycle', variable: 'BILLING_CYCLE_DEFAULT' },
    }
    await expect(set('billing.cycle', 'monthly')).rejects.toMatchObject(overridden)
    await expect(t.core.call(settings.clear, { name: 'billing.cycle' }, t.admin)).rejects.toMatchObject(
      overridden,
    )
    const grace = await t.core.call(
      contract.workspace.people.add,
      { name: 'Grace', email: 'g@example.com', roles: ['analyst'] },
      t.admin,
    )
    await expect(set('billing.taxRate', '0.1', t.as(grace.id))).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
  })

  it('workspace.settings.clear: goes back to the default, and can be undone', async () => {
    t = await testCore(database)
    await set('finops.scalingCooldown', 5)
    const cleared = await t.core.call(
      settings.clear,
      { name: 'finops.scalingCooldown' },
      { ...t.admin, commandId: ID },
    )
    expect(cleared).toMatchObject({ value: 15, source: 'default' })
    await undo()
    expect(await one('finops.scalingCooldown')).toMatchObject({ value: 5, source: 'stored' })
    await t.core.call(settings.clear, { name: 'billing.cycle' }, { ...t.admin, commandId: t.workspace })
    await expect(undo(t.workspace)).rejects.toMatchObject({ code: 'WORKSPACE_NOT_UNDOABLE' })
  })

  it('workspace.settings.setSecret: keeps a secret out of every answer and of the log', async () => {
    t = await testCore(database)
    const secret = 'sk_live_do_not_show'
    await expect(set('payments.stripeSecret', secret)).rejects.toMatchObject({
      code: 'WORKSPACE_BAD_INPUT',
    })
    const name = 'payments.stripeSecret'
    const answer = await t.core.call(
      settings.setSecret,
      { name, value: secret },
      { ...t.admin, commandId: ID },
    )
    expect(answer).toMatchObject({ value: null, isSet: true, source: 'stored', changedBy: { name: 'Ada' } })
    await expect(
      t.core.call(settings.setSecret, { name: 'billing.taxRate', value: '1' }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_SETTING_NOT_SECRET' })
    const { entries } = await t.core.call(log.list, {}, t.admin)
    expect(JSON.stringify(entries, (_, value) => String(value))).not.toContain(secret)
    expect(
      JSON.stringify(await one(name), (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain(secret)
    await expect(undo()).rejects.toMatchObject({ code: 'WORKSPACE_NOT_UNDOABLE' })
    const stored = (environment = {}) =>
      t.store.read(t.workspace, reader => readSecret(reader, environment, name))
    expect(await stored()).toBe(secret)
    expect(await stored({ [name]: 'from outside' })).toBe('from outside')
    await t.core.call(settings.clear, { name }, t.admin)
    expect(await stored()).toBeNull()
    expect(await one(name)).toMatchObject({ isSet: false, source: 'default' })
  })

  it('workspace.settings.set: by the core itself names nobody', async () => {
    t = await testCore(database)
    await set('billing.cycle', 'yearly', { person: null, device: 'core', assurance: 'system', system: true })
    expect(await one('billing.cycle')).toMatchObject({ changedBy: { id: '', name: '' } })
  })

  it('readSettings: gives features typed values, and no secrets', async () => {
    t = await testCore(database)
    await set('billing.taxRate', '0.2')
    await set('finops.scalingCooldown', 5)
    const values = await t.store.read(t.workspace, reader =>
      readSettings(reader, { 'finops.scalingCooldown': 7, 'payments.stripeKey': 'pk' }),
    )
    expect(values['billing.taxRate']).toBe('0.2')
    expect(values['finops.scalingCooldown']).toBe(7)
    expect(values['payments.stripeKey']).toBeNull()
    expect(values['workspace.zone']).toBe('Europe/Berlin')
  })

  it('a stored value that means nothing any more counts as not stored', async () => {
    t = await testCore(database)
    await t.store.write(t.workspace, 'person', async tx => {
      const row = { changed_by: '', changed_at: 0n }
      await tx.db
        .insertInto('settings')
        .values([
          { ...row, name: 'billing.cycle', value: '"hourly"' },
          { ...row, name: 'billing.gone', value: '1' },
        ])
        .execute()
    })
    expect(await one('billing.cycle')).toMatchObject({ value: 'monthly', source: 'default' })
  })
})
