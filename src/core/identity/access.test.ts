import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { Role } from '#shared/permissions.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { webDevice } from './end-sessions.ts'

const { access, workspace } = contract
const { people, log } = workspace
const SYSTEM: Caller = { person: null, device: 'test', assurance: 'system', system: true }
const DIGEST = 'a'.repeat(64)
const NOWHERE = '01900000-0000-7000-8000-00000000ffff'

describe.each(DATABASES)('access on %s', database => {
  let t: TestCore
  beforeEach(async () => {
    t = await testCore(database)
  })
  afterEach(() => t.close())

  const add = async (name: string, roles: Role[]) =>
    t.as((await t.core.call(people.add, { name, email: `${name}@example.com`, roles }, t.admin)).id)
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const asServer = () =>
    t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
    })
  const begin = async (caller: Caller, digest: string, replaces?: string) =>
    (
      await t.core.call(
        access.sessions.begin,
        {
          ...{
            digest,
            personId: caller.person!,
            method: 'passphrase',
            assurance: 'passphrase',
            address: 'a',
          },
          ...{ agent: 'b', agentKind: 'b', expiresAt: t.clock.now() + 1000n },
          ...(replaces === undefined ? {} : { replaces }),
        },
        SYSTEM,
      )
    ).sessionId
  const open = async (caller: Caller = t.admin) =>
    (await t.core.call(access.sessions.list, { everybody: true }, caller)).sessions.map(one => one.id)

  describe('roles', () => {
    const rolesOf = async (caller: Caller) =>
      (await t.core.call(people.list, {}, t.admin)).people.find(one => one.id === caller.person)?.roles

    it('workspace.people.setRoles: nobody makes themselves approver alone, and a single admin is told so', async () => {
      const wanted = { personId: t.admin.person!, roles: ['admin', 'analyst', 'approver'] as Role[] }
      expect(await code(t.core.call(people.setRoles, wanted, t.admin))).toBe('ACCESS_ONLY_ADMIN')
      expect(await code(t.core.call(access.roles.request, { roles: wanted.roles }, t.admin))).toBe(
        'ACCESS_ONLY_ADMIN',
      )
      const grace = await add('Grace', ['admin'])
      await expect(t.core.call(people.setRoles, wanted, t.admin)).rejects.toMatchObject({
        code: 'ACCESS_SECOND_ADMIN',
        data: { admins: ['Grace'] },
      })
      // Roles besides that are one's own matter, and another admin may give this one.
      await t.core.call(people.setRoles, { personId: t.admin.person!, roles: ['admin', 'ops'] }, t.admin)
      await t.core.call(people.setRoles, wanted, grace)
      expect(await rolesOf(t.admin)).toContain('approver')
      await t.core.call(people.setRoles, wanted, t.admin)
    })

    it('workspace.log.undo: taking the role away and undoing that is no way round', async () => {
      const grace = await add('Grace', ['admin'])
      const all = { personId: t.admin.person!, roles: ['admin', 'approver'] as Role[] }
      await t.core.call(people.setRoles, all, grace)
      const commandId = '01900000-0000-7000-8000-000000000001'
      await t.core.call(people.setRoles, { ...all, roles: ['admin'] }, { ...t.admin, commandId })
      expect(await code(t.core.call(log.undo, { commandId }, t.admin))).toBe('ACCESS_SECOND_ADMIN')
      expect(await code(t.core.call(log.undo, { commandId }, grace))).toBe('done')
    })

    it('access.roles.request, access.roles.confirm, access.roles.refuse: another admin decides, once', async () => {
      const grace = await add('Grace', ['admin'])
      const bob = await add('Bob', ['analyst'])
      const roles: Role[] = ['admin', 'approver']
      expect(await code(t.core.call(access.roles.request, { roles }, bob))).toBe('WORKSPACE_FORBIDDEN')
      await t.core.call(access.roles.request, { roles: ['admin'] }, t.admin)
      const asked = await t.core.call(access.roles.request, { roles }, t.admin)
      const { requests, admins } = await t.core.call(access.roles.list, {}, t.admin)
      expect(requests.map(one => one.id)).toEqual([asked.id])
      expect(admins).toEqual([{ id: grace.person, name: 'Grace' }])
      const decide = (
        leaf: typeof access.roles.confirm | typeof access.roles.refuse,
        by: Caller,
        requestId = asked.id,
      ) => code(t.core.call(leaf, { requestId }, by))
      expect(await decide(access.roles.confirm, t.admin)).toBe('ACCESS_OWN_REQUEST')
      expect(await decide(access.roles.confirm, bob)).toBe('WORKSPACE_FORBIDDEN')
      expect(await decide(access.roles.confirm, grace, NOWHERE)).toBe('WORKSPACE_NOT_FOUND')
      expect(await decide(access.roles.confirm, grace)).toBe('done')
      expect(await rolesOf(t.admin)).toEqual(roles)
      expect(await decide(access.roles.confirm, grace)).toBe('ACCESS_REQUEST_DECIDED')
      expect(await decide(access.roles.refuse, grace)).toBe('ACCESS_REQUEST_DECIDED')
      t.clock.advance(1)
      const other = await t.core.call(access.roles.request, { roles }, grace)
      expect(await decide(access.roles.refuse, t.admin, other.id)).toBe('done')
      expect(await rolesOf(grace)).toEqual(['admin'])
      const [newest] = (await t.core.call(access.roles.list, {}, grace)).requests
      expect(newest).toMatchObject({ state: 'refused', decidedBy: { name: 'Ada' } })
    })

    it('access.roles.confirm: does not take the last admin away', async () => {
      const grace = await add('Grace', ['admin'])
      const { id } = await t.core.call(access.roles.request, { roles: ['approver'] }, t.admin)
      await t.core.call(people.setRoles, { personId: t.admin.person!, roles: ['admin'] }, t.admin)
      expect(await code(t.core.call(access.roles.confirm, { requestId: id }, grace))).toBe('done')
      expect(await rolesOf(t.admin)).toEqual(['approver'])
    })
  })

  describe('sessions', () => {
    it('access.sessions.begin, access.sessions.list: are shown while they are open, with the one that asks', async () => {
      const bob = await add('Bob', ['analyst'])
      const first = await begin(t.admin, DIGEST)
      const second = await begin(t.admin, 'b'.repeat(64), first)
      const bobs = await begin(bob, 'c'.repeat(64))
      expect((await open()).sort()).toEqual([second, bobs].sort())
      expect(await open(bob)).toEqual([bobs])
      const here = { ...t.admin, device: webDevice(second) }
      const { sessions } = await t.core.call(access.sessions.list, {}, here)
      expect(sessions).toMatchObject([{ id: second, current: true, person: { name: 'Ada' }, device: null }])
      t.clock.advance(1000)
      expect(await open()).toEqual([])
    })

    it('access.sessions.revoke, access.sessions.revokeOthers: end them', async () => {
      const bob = await add('Bob', ['analyst'])
      const ids = [
        await begin(bob, DIGEST),
        await begin(bob, 'b'.repeat(64)),
        await begin(bob, 'c'.repeat(64)),
      ]
      const admins = await begin(t.admin, 'd'.repeat(64))
      const revoke = (sessionId: string, by: Caller) =>
        code(t.core.call(access.sessions.revoke, { sessionId }, by))
      expect(await revoke(NOWHERE, bob)).toBe('WORKSPACE_NOT_FOUND')
      expect(await revoke(admins, bob)).toBe('WORKSPACE_FORBIDDEN')
      expect(await revoke(ids[0]!, t.admin)).toBe('done')
      expect(await revoke(ids[0]!, t.admin)).toBe('done')
      await t.core.call(access.sessions.revokeOthers, {}, { ...bob, device: webDevice(ids[2]!) })
      expect(await open(bob)).toEqual([ids[2]])
      expect(await open()).toContain(admins)
      await t.core.call(access.sessions.revokeOthers, {}, bob)
      expect(await open(bob)).toEqual([])
    })

    it('workspace.people.storePassphrase: ends the sessions that stood on the passphrase before', async () => {
      const bob = await add('Bob', ['analyst'])
      await begin(bob, DIGEST)
      const stays = await begin(bob, 'b'.repeat(64))
      const store = (hash: string | null, device: string) =>
        t.core.call(people.storePassphrase, { personId: bob.person!, hash }, { ...SYSTEM, device })
      await store('x', webDevice(stays))
      expect(await open()).toEqual([stays])
      await store('y', 'test')
      expect(await open()).toEqual([])
      expect((await store(null, 'test')).hasPassphrase).toBe(false)
    })
  })

  describe('what only a server has', () => {
    it('access.people.invite, access.people.link, access.tokens.create: are refused elsewhere in plain words', async () => {
      const invited = { name: 'G', email: 'g@example.com', roles: ['ops'] as Role[] }
      const token = { name: 'x', scopes: ['usage.ingest'], days: 1 }
      expect(await code(t.core.call(access.people.invite, invited, t.admin))).toBe('ACCESS_NEEDS_SERVER')
      expect(await code(t.core.call(access.people.link, { personId: t.admin.person! }, t.admin))).toBe(
        'ACCESS_NEEDS_SERVER',
      )
      expect(await code(t.core.call(access.tokens.create, token, t.admin))).toBe('ACCESS_NEEDS_SERVER')
      expect((await t.core.call(people.list, {}, t.admin)).people).toHaveLength(1)
    })

    it('workspace.people.setPassphrase: the first one of a person comes by a link', async () => {
      await asServer()
      const set = { passphrase: 'correct horse battery' }
      expect(await code(t.core.call(people.setPassphrase, set, t.admin))).toBe('ACCESS_LINK_NEEDED')
    })

    it('access.tokens.create, access.tokens.list, access.tokens.revoke: a token shows its secret once', async () => {
      await asServer()
      const { token, secret } = await t.core.call(
        access.tokens.create,
        { name: 'Meter', scopes: ['usage.ingest', 'billing.plan.list', 'usage.ingest'], days: 2 },
        t.admin,
      )
      expect(secret).toMatch(new RegExp(`^token_${t.workspace}_[\\w-]{43}$`))
      expect(token).toMatchObject({
        scopes: ['billing.plan.list', 'usage.ingest'],
        expiresAt: t.clock.now() + 2n * 86_400_000n,
        createdBy: { name: 'Ada' },
      })
      expect(
        await code(t.core.call(access.tokens.create, { name: 'x', scopes: ['root'], days: null }, t.admin)),
      ).toBe('ACCESS_SCOPE_UNKNOWN')
      const revoked = await t.core.call(access.tokens.revoke, { tokenId: token.id }, t.admin)
      t.clock.advance(5)
      expect((await t.core.call(access.tokens.revoke, { tokenId: token.id }, t.admin)).revokedAt).toBe(
        revoked.revokedAt,
      )
      expect(await code(t.core.call(access.tokens.revoke, { tokenId: NOWHERE }, t.admin))).toBe(
        'WORKSPACE_NOT_FOUND',
      )
      const { tokens } = await t.core.call(access.tokens.list, {}, await add('Olga', ['auditor']))
      expect(JSON.stringify(tokens.map(one => one.name))).toBe('["Meter"]')
      const asked = t.core.callById('access.tokens.list', {}, await add('Bob', ['approver']))
      expect(await code(asked)).toBe('WORKSPACE_FORBIDDEN')
    })

    it('access.people.useLink, access.people.revokeLinks: a link is used once, and a newer one ends it', async () => {
      await asServer()
      const { person, link } = await t.core.call(
        access.people.invite,
        { name: 'G', email: 'g@example.com', roles: ['ops'] },
        t.admin,
      )
      expect(link.path).toMatch(/^\/invitation\/link_/)
      const links = () =>
        t.store.read(t.workspace, reader =>
          reader.db.selectFrom('access_links').selectAll().where('used_at', 'is', null).execute(),
        )
      const use = (linkId: string) => code(t.core.call(access.people.useLink, { linkId }, SYSTEM))
      const [first] = await links()
      const again = await t.core.call(access.people.link, { personId: person.id }, t.admin)
      expect(again.kind).toBe('invitation')
      expect(await use(first!.id)).toBe('ACCESS_LINK_INVALID')
      const [second] = await links()
      expect(await use(second!.id)).toBe('done')
      expect(await use(second!.id)).toBe('ACCESS_LINK_INVALID')
      await t.core.call(access.people.link, { personId: person.id }, t.admin)
      await t.core.call(access.people.revokeLinks, { personId: person.id }, t.admin)
      expect(await links()).toEqual([])
      await t.core.call(people.setActive, { personId: person.id, active: false }, t.admin)
      expect(await code(t.core.call(access.people.link, { personId: person.id }, t.admin))).toBe(
        'WORKSPACE_NOT_FOUND',
      )
    })
  })

  it('access.people.linkProvider, access.people.unlinkProvider: one account for one person', async () => {
    const bob = await add('Bob', ['analyst'])
    const link = (caller: Caller, subject: string, issuer = 'https://id.example') =>
      code(
        t.core.call(
          access.people.linkProvider,
          { personId: caller.person!, issuer, subject, email: 'x@example.com' },
          SYSTEM,
        ),
      )
    expect(await link(bob, 's1')).toBe('done')
    expect(await link(bob, 's1')).toBe('done')
    expect(await link(bob, 's2')).toBe('ACCESS_OTHER_SUBJECT')
    expect(await link(t.admin, 's1')).toBe('ACCESS_OTHER_SUBJECT')
    expect(await link(t.admin, 's2')).toBe('done')
    await begin(bob, DIGEST)
    await t.core.call(access.people.unlinkProvider, { personId: bob.person! }, t.admin)
    expect(await open()).toEqual([])
    expect(await link(bob, 's2', 'https://other.example')).toBe('done')
    const listed = await t.core.call(access.people.list, {}, t.admin)
    expect(listed.people.map(one => one.provider?.issuer)).toEqual([
      'https://id.example',
      'https://other.example',
    ])
    expect(listed.authority).toBe('standalone')
  })

  it('access.secondFactor.store, useStep, useRecovery, remove: what was used is not taken again', async () => {
    const personId = t.admin.person!
    const step = (at: bigint) =>
      t.core.call(access.secondFactor.useStep, { personId, step: at }, SYSTEM).then(answer => answer.fresh)
    const recovery = (digest: string) =>
      t.core.call(access.secondFactor.useRecovery, { personId, digest }, SYSTEM).then(answer => answer.fresh)
    expect([await step(5n), await recovery(DIGEST)]).toEqual([false, false])
    for (const sealed of ['one', 'two'])
      await t.core.call(access.secondFactor.store, { personId, sealed, step: 7n, recovery: [DIGEST] }, SYSTEM)
    expect([await step(7n), await step(8n), await step(8n), await step(6n)]).toEqual([
      false,
      true,
      false,
      false,
    ])
    expect([await recovery('b'.repeat(64)), await recovery(DIGEST), await recovery(DIGEST)]).toEqual([
      false,
      true,
      false,
    ])
    const [me] = (await t.core.call(access.people.list, {}, t.admin)).people
    expect(me).toMatchObject({ secondFactor: true, recoveryCodes: 0 })
    await t.core.call(access.secondFactor.remove, { personId }, t.admin)
    expect(await step(9n)).toBe(false)
  })

  it('access.devices.*: a device is known by its key, has people, and is revoked for good', async () => {
    const bob = await add('Bob', ['analyst'])
    const enrol = (publicKey: string, caller: Caller) =>
      t.core.call(
        access.devices.enrol,
        { publicKey, name: 'Desk', platform: 'linux', personId: caller.person! },
        SYSTEM,
      )
    const desk = await enrol(DIGEST, t.admin)
    t.clock.advance(1)
    expect((await enrol(DIGEST, bob)).people.map(one => one.name)).toEqual(['Ada', 'Bob'])
    await enrol('b'.repeat(64), t.admin)
    const { devices } = access
    expect((await t.core.call(devices.list, {}, bob)).devices.map(one => one.id)).toEqual([desk.id])
    expect((await t.core.call(devices.list, {}, t.admin)).devices).toHaveLength(2)
    const commandId = '01900000-0000-7000-8000-000000000001'
    expect(
      (await t.core.call(devices.rename, { deviceId: desk.id, name: 'Old' }, { ...bob, commandId })).name,
    ).toBe('Old')
    await t.core.call(log.undo, { commandId }, bob)
    expect((await t.core.call(devices.list, {}, bob)).devices[0]?.name).toBe('Desk')
    expect(
      await code(t.core.call(devices.leave, { deviceId: desk.id, personId: t.admin.person! }, bob)),
    ).toBe('WORKSPACE_FORBIDDEN')
    expect(
      (await t.core.call(devices.leave, { deviceId: desk.id, personId: bob.person! }, bob)).people,
    ).toHaveLength(1)
    expect(await code(t.core.call(devices.rename, { deviceId: desk.id, name: 'x' }, bob))).toBe(
      'WORKSPACE_FORBIDDEN',
    )
    expect(await code(t.core.call(devices.leave, { deviceId: NOWHERE, personId: bob.person! }, bob))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
    const gone = await t.core.call(devices.revoke, { deviceId: desk.id }, t.admin)
    t.clock.advance(5)
    expect((await t.core.call(devices.revoke, { deviceId: desk.id }, t.admin)).revokedAt).toBe(gone.revokedAt)
    expect(await code(t.core.call(devices.rename, { deviceId: desk.id, name: 'x' }, t.admin))).toBe(
      'ACCESS_DEVICE_REVOKED',
    )
    expect(await code(enrol(DIGEST, bob))).toBe('ACCESS_DEVICE_REVOKED')
    expect(await t.core.call(devices.signatures.verify, {}, t.admin)).toMatchObject({
      checked: 0n,
      problems: [],
    })
  })
})
