import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { people, log, views } = contract.workspace
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

describe.each(DATABASES)('undo on %s', database => {
  let t: TestCore
  let grace: Caller
  afterEach(() => t.close())

  async function begin(): Promise<void> {
    t = await testCore(database)
    const person = await t.core.call(
      people.add,
      { name: 'Grace', email: 'grace@example.com', roles: ['analyst'] },
      t.admin,
    )
    grace = t.as(person.id)
  }
  const undo = (commandId: string, caller: Caller = t.admin) => t.core.call(log.undo, { commandId }, caller)
  const setRoles = (roles: ('ops' | 'auditor' | 'analyst')[], commandId: string) =>
    t.core.call(people.setRoles, { personId: grace.person!, roles }, { ...t.admin, commandId })
  const roles = async () =>
    (await t.core.call(people.list, {}, t.admin)).people.find(one => one.id === grace.person)!.roles

  it('workspace.log.undo: an undo can be undone, and that again', async () => {
    await begin()
    await setRoles(['ops'], id(1))
    await undo(id(1), { ...t.admin, commandId: id(2) })
    expect(await roles()).toEqual(['analyst'])
    await undo(id(2), { ...t.admin, commandId: id(3) })
    expect(await roles()).toEqual(['ops'])
    await undo(id(3), { ...t.admin, commandId: id(4) })
    expect(await roles()).toEqual(['analyst'])
    await expect(undo(id(1))).rejects.toMatchObject({ code: 'WORKSPACE_ALREADY_UNDONE', data: { by: id(2) } })
    await expect(undo(id(2))).rejects.toMatchObject({ code: 'WORKSPACE_ALREADY_UNDONE', data: { by: id(3) } })
    const { entries } = await t.core.call(log.list, { limit: 6 }, t.admin)
    expect(entries.map(one => [one.commandId, one.compensates, one.undoneBy, one.undoable]).slice(2)).toEqual(
      [
        [id(4), id(3), null, true],
        [id(3), id(2), id(4), false],
        [id(2), id(1), id(3), false],
        [id(1), null, id(2), false],
      ],
    )
  })

  it('workspace.log.undo: the same undo sent twice is one', async () => {
    await begin()
    await setRoles(['ops'], id(1))
    const first = await undo(id(1), { ...t.admin, commandId: id(2) })
    expect(await undo(id(1), { ...t.admin, commandId: id(2) })).toEqual(first)
    expect(await roles()).toEqual(['analyst'])
  })

  it('workspace.log.undo: overwrites nothing that was changed since', async () => {
    await begin()
    await setRoles(['ops'], id(1))
    await setRoles(['ops', 'auditor'], id(2))
    await expect(undo(id(1))).rejects.toMatchObject({
      code: 'WORKSPACE_UNDO_OVERTAKEN',
      data: { command: 'workspace.people.setRoles', entity: 'people', id: grace.person },
    })
    expect(await roles()).toEqual(['auditor', 'ops'])
    // In their order both can be undone.
    await undo(id(2))
    await undo(id(1))
    expect(await roles()).toEqual(['analyst'])
  })

  it('workspace.log.undo: another column of the same row does not stand in the way', async () => {
    await begin()
    await setRoles(['ops'], id(1))
    await t.core.call(people.setActive, { personId: grace.person!, active: false }, t.admin)
    await undo(id(1))
    expect(await roles()).toEqual(['analyst'])
    const back = { personId: grace.person!, active: true }
    await t.core.call(people.setActive, back, { ...t.admin, commandId: id(2) })
    await undo(id(2))
    await expect(t.core.call(people.list, {}, grace)).rejects.toMatchObject({ code: 'WORKSPACE_NOBODY' })
  })

  it('workspace.log.undo: of a row that is gone, or that is back, is refused', async () => {
    await begin()
    const view = await t.core.call(
      views.save,
      { page: 'finops.explorer', name: 'v', address: '/finops/explorer' },
      t.admin,
    )
    const { id: viewId } = view
    await t.core.call(views.rename, { viewId, name: 'w' }, { ...t.admin, commandId: id(1) })
    await t.core.call(views.remove, { viewId }, { ...t.admin, commandId: id(2) })
    const overtaken = { code: 'WORKSPACE_UNDO_OVERTAKEN', data: { entity: 'views', id: viewId } }
    await expect(undo(id(1))).rejects.toMatchObject(overtaken)
    await t.store.write(t.workspace, 'person', async tx => {
      const row = {
        page: 'p',
        name: 'back',
        address: '/',
        owner: t.admin.person!,
        shared: 0n,
        created_at: 0n,
      }
      await tx.db
        .insertInto('views')
        .values({ ...row, id: viewId })
        .execute()
    })
    await expect(undo(id(2))).rejects.toMatchObject(overtaken)
  })

  it('workspace.log.undo: needs the permission of what it runs', async () => {
    await begin()
    await setRoles(['ops'], id(1))
    await expect(undo(id(1), grace)).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
      data: { capability: 'workspace.people.setRoles' },
    })
    expect(await roles()).toEqual(['ops'])
    await undo(id(1))
  })

  it('workspace.log.undo: says when there is nothing to undo', async () => {
    await begin()
    await expect(undo(id(99))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await t.core.call(
      people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      { ...t.admin, commandId: id(1) },
    )
    await expect(undo(id(1))).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_UNDOABLE',
      data: { command: 'workspace.people.add' },
    })
    await expect(
      t.core.call(people.setActive, { personId: id(98), active: true }, t.admin),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
      data: { entity: 'person' },
    })
  })

  it('workspace.log.list: pages, by command and by person', async () => {
    await begin()
    await setRoles(['ops'], id(1))
    const list = (input: object) => t.core.call(log.list, input, t.admin)
    const first = await list({ limit: 1 })
    expect([first.more, first.entries[0]!.command]).toEqual([true, 'workspace.people.setRoles'])
    const rest = await list({ before: first.entries[0]!.version })
    expect(rest.entries.map(one => [one.command, one.actor?.name])).toEqual([
      ['workspace.people.add', 'Ada'],
      ['workspace.setup.create', undefined],
    ])
    expect((await list({ actor: t.admin.person! })).entries).toHaveLength(2)
    expect((await list({ command: 'workspace.people.add' })).entries).toHaveLength(1)
  })
})
