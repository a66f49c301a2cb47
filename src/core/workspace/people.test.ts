import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

describe.each(DATABASES)('people on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('workspace.people.add: adds a person once per e-mail address', async () => {
    t = await testCore(database)
    const input = { name: 'Grace', email: 'Grace@Example.com', roles: ['analyst' as const] }
    const added = await t.core.call(contract.workspace.people.add, input, t.admin)
    expect(added).toMatchObject({
      name: 'Grace',
      email: 'grace@example.com',
      roles: ['analyst'],
      active: true,
    })
    await expect(t.core.call(contract.workspace.people.add, input, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_EMAIL_TAKEN',
      data: { email: 'grace@example.com' },
    })
    const { people } = await t.core.call(contract.workspace.people.list, {}, t.admin)
    expect(people.map(person => person.name)).toEqual(['Ada', 'Grace'])
  })

  it('workspace.people.setRoles: keeps an admin, can be undone once, and needs the permission', async () => {
    t = await testCore(database)
    const { setRoles, add } = contract.workspace.people
    const admin = t.admin.person!
    await expect(t.core.call(setRoles, { personId: admin, roles: ['ops'] }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_LAST_ADMIN',
    })
    const grace = await t.core.call(
      add,
      { name: 'Grace', email: 'g@example.com', roles: ['analyst'] },
      t.admin,
    )
    const commandId = '00000000-0000-7000-8000-00000000aaaa'
    await t.core.call(setRoles, { personId: grace.id, roles: ['admin', 'ops'] }, { ...t.admin, commandId })
    const undone = await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(undone).toMatchObject({ command: 'workspace.people.setRoles', result: { roles: ['analyst'] } })
    await expect(t.core.call(contract.workspace.log.undo, { commandId }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_ALREADY_UNDONE',
    })
    await expect(
      t.core.call(setRoles, { personId: admin, roles: ['ops'] }, t.as(grace.id)),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
      data: { capability: 'workspace.people.setRoles' },
    })
    const { entries } = await t.core.call(contract.workspace.log.list, {}, t.admin)
    expect(entries.map(entry => [entry.command, entry.outcome])).toEqual([
      ['workspace.people.setRoles', 'refused'],
      ['workspace.log.undo', 'refused'],
      ['workspace.log.undo', 'done'],
      ['workspace.people.setRoles', 'done'],
      ['workspace.people.add', 'done'],
      ['workspace.people.setRoles', 'refused'],
      ['workspace.setup.create', 'done'],
    ])
  })
})
