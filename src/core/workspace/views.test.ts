import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { views, people, log } = contract.workspace
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const ADDRESS = '/finops/explorer?by=region&where=service%3DCompute'

describe.each(DATABASES)('saved views on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const save = (name: string, more = {}, caller = t.admin) =>
    t.core.call(views.save, { page: 'finops.explorer', name, address: ADDRESS, ...more }, caller)
  const names = async (caller = t.admin, input = {}) =>
    (await t.core.call(views.list, input, caller)).views.map(view => view.name)
  const undo = (commandId: string, caller = t.admin) => t.core.call(log.undo, { commandId }, caller)
  const somebody = async (name: string) => {
    const email = `${name}@example.com`
    const person = await t.core.call(people.add, { name, email, roles: ['analyst'] }, t.admin)
    return t.as(person.id)
  }

  it('workspace.views.save: keeps an address under a name, for its owner or for all', async () => {
    t = await testCore(database)
    const grace = await somebody('Grace')
    const view = await save('Regions')
    expect(view).toMatchObject({
      address: ADDRESS,
      shared: false,
      mine: true,
      owner: { id: t.admin.person, name: 'Ada' },
      createdAt: t.clock.now(),
    })
    await save('Budgets', { page: 'finops.budgets', shared: true })
    await save('Mine', {}, grace)
    expect(await names()).toEqual(['Budgets', 'Regions'])
    expect(await names(grace)).toEqual(['Budgets', 'Mine'])
    expect(await names(t.admin, { page: 'finops.explorer' })).toEqual(['Regions'])
    const [shared] = (await t.core.call(views.list, {}, grace)).views
    expect(shared).toMatchObject({ mine: false, owner: { name: 'Ada' } })
  })

  it.each([
    'https://evil.example/',
    '//evil.example/finops',
    'javascript:alert(1)',
    '/unknown/page',
    '/finops/../workspace',
    '/finops/explorer?by=%00',
    'finops/explorer',
    `/finops/explorer?by=${'x'.repeat(2000)}`,
  ])('workspace.views.save: refuses the address %s', async address => {
    t = await testCore(database)
    await expect(save('Bad', { address })).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
  })

  it('workspace.views.save: over a view of one’s own, and back', async () => {
    t = await testCore(database)
    const grace = await somebody('Grace')
    const { id: viewId } = await save('Regions')
    await expect(save('Hers', { viewId }, grace)).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    const change = { viewId, address: '/finops/explorer', shared: true }
    const saved = await save('All regions', change, { ...t.admin, commandId: id(1) })
    expect(saved).toMatchObject({
      id: viewId,
      name: 'All regions',
      address: '/finops/explorer',
      shared: true,
    })
    await undo(id(1))
    expect((await t.core.call(views.list, {}, t.admin)).views).toMatchObject([
      { name: 'Regions', address: ADDRESS, shared: false },
    ])
    await save('Regions', { ...change, viewId: undefined }, { ...t.admin, commandId: id(2) })
    await undo(id(2))
    expect(await names()).toEqual(['Regions'])
  })

  it('workspace.views.rename and workspace.views.share: by the owner, undone one by one', async () => {
    t = await testCore(database)
    const grace = await somebody('Grace')
    const { id: viewId } = await save('Regions')
    const rename = (name: string, caller = t.admin) => t.core.call(views.rename, { viewId, name }, caller)
    const share = (shared: boolean, caller = t.admin) => t.core.call(views.share, { viewId, shared }, caller)
    await rename('Zones', { ...t.admin, commandId: id(1) })
    await share(true, { ...t.admin, commandId: id(2) })
    await expect(rename('Hers', grace)).rejects.toMatchObject({ code: 'WORKSPACE_VIEW_NOT_YOURS' })
    await expect(share(false, grace)).rejects.toMatchObject({ code: 'WORKSPACE_VIEW_NOT_YOURS' })
    // The sharing came after the renaming and does not stand in the way of its undoing.
    await undo(id(1))
    expect(await names(grace)).toEqual(['Regions'])
    await undo(id(2))
    expect(await names(grace)).toEqual([])
    await expect(rename('x', t.as(id(99)))).rejects.toMatchObject({ code: 'WORKSPACE_NOBODY' })
  })

  it('workspace.views.remove: an admin may take away a shared one, and its owner gets it back', async () => {
    t = await testCore(database)
    const grace = await somebody('Grace')
    const otto = await somebody('Otto')
    const hers = await save('Hers', { shared: true }, grace)
    const secret = await save('Secret', {}, grace)
    const remove = (viewId: string, commandId: string, caller = t.admin) =>
      t.core.call(views.remove, { viewId }, { ...caller, commandId })
    await expect(remove(secret.id, id(1))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await expect(remove(hers.id, id(2), otto)).rejects.toMatchObject({ code: 'WORKSPACE_VIEW_NOT_YOURS' })
    await remove(hers.id, id(3))
    expect(await names(grace)).toEqual(['Secret'])
    await expect(undo(id(3), otto)).rejects.toMatchObject({ code: 'WORKSPACE_VIEW_NOT_YOURS' })
    await undo(id(3), { ...grace, commandId: id(4) })
    expect((await t.core.call(views.list, {}, grace)).views[0]).toEqual({ ...hers, mine: true })
    await undo(id(4), grace)
    expect(await names(grace)).toEqual(['Secret'])
    await expect(remove(hers.id, id(5))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })
})
