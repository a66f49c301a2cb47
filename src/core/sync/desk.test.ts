import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Core, createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import {
  type TestCore,
  testClock,
  testCore,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { addToOutbox } from './outbox-table.ts'

const { people, log } = contract.workspace
const { outbox, status } = contract.sync

describe('a connected desk of the whole core', () => {
  let server: TestCore
  let core: Core
  let own: Store
  let close: () => Promise<void>
  let ada: Caller
  let grace: string
  const clock = testClock()
  const round = () =>
    core
      .connect(
        server.core.serveDesk({ id: 'desk', people: [server.admin.person!], key: null, revoked: false }),
      )
      .round()

  beforeEach(async () => {
    server = await testCore('sqlite')
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
    })
    await prepareWorkspace(server.store, WORKSPACE, 'server', clock.now())
    const { store, remove } = await testStore('sqlite', clock)
    own = store
    await prepareWorkspace(store, WORKSPACE, 'connected', clock.now())
    core = createCore({
      workspace: WORKSPACE,
      store,
      clock,
      timer: clock,
      newId: testIds(clock, 3),
      log: () => {},
      services: testServices(),
    })
    await core.start()
    close = async () => {
      await core.close()
      await remove()
    }
    ada = { ...server.admin, device: 'desk' }
    expect(await round()).toMatchObject({ reached: true })
    const added = await core.call(
      people.add,
      { name: 'Grace', email: 'g@example.com', roles: ['analyst'] },
      ada,
    )
    grace = added.id
  })
  afterEach(async () => {
    await close()
    await server.close()
  })

  it('sync.status: tells the truth before, during and after a round', async () => {
    expect(await core.call(status, {}, ada)).toMatchObject({
      ...{ authority: 'connected', offlineSince: null, pending: 1n, requested: 0n, review: 0n },
      lastSyncAt: clock.now(),
    })
    await round()
    const after = await core.call(status, {}, ada)
    expect(after).toMatchObject({ pending: 0n, review: 0n, failure: null })
    const { workspace } = await server.core.call(contract.workspace.session, {}, server.admin)
    expect(after.cursor).toBe(workspace.version)
    expect(await server.core.call(status, {}, server.admin)).toMatchObject({
      ...{ authority: 'server', cursor: null, lastSyncAt: null },
    })
  })

  it('workspace.log.undo: undoes what is pending here at once, and asks the authority for the rest', async () => {
    const commandId = '00000000-0000-7000-8000-00000000aaaa'
    await core.call(people.setRoles, { personId: grace, roles: ['ops'] }, { ...ada, commandId })
    await core.call(log.undo, { commandId }, ada)
    const roles = async (of: Core) =>
      (await of.call(people.list, {}, ada)).people.find(person => person.id === grace)?.roles
    expect(await roles(core)).toEqual(['analyst'])
    await expect(core.call(log.undo, { commandId }, ada)).rejects.toMatchObject({
      code: 'WORKSPACE_ALREADY_UNDONE',
    })
    await round()
    expect(await roles(server.core)).toEqual(['analyst'])

    const again = '00000000-0000-7000-8000-00000000bbbb'
    await core.call(people.setRoles, { personId: grace, roles: ['ops'] }, { ...ada, commandId: again })
    await round()
    await expect(core.call(log.undo, { commandId: again }, ada)).rejects.toMatchObject({
      code: 'SYNC_REQUESTED',
    })
    expect(await roles(core)).toEqual(['ops'])
    await round()
    expect(await roles(core)).toEqual(['analyst'])
  })

  it('runs here what concerns this machine only, and says nothing of it to the authority', async () => {
    const system: Caller = { ...ada, system: true }
    await core.call(contract.workspace.housekeeping.run, {}, system)
    await expect(
      core.call(contract.workspace.jobs.cancel, { jobId: '00000000-0000-7000-8000-00000000dddd' }, ada),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    const { commands } = await core.call(outbox.list, {}, ada)
    expect(commands.map(one => one.command)).toEqual(['workspace.people.add'])
  })

  it('sync.outbox.list: shows also what nobody in particular gave, in a command that is not known here', async () => {
    await own.write(WORKSPACE, 'person', tx =>
      addToOutbox(tx, {
        ...{
          id: '00000000-0000-7000-8000-00000000eeee',
          command: 'workspace.unheard.of',
          command_version: 1n,
        },
        ...{ actor: null, device: 'desk', assurance: 'system', at: 5n, input: '{"a":1}', state: 'review' },
        ...{ result: null, undo: null, compensates: null, queued_at: 5n },
      }),
    )
    const { commands } = await core.call(outbox.list, {}, ada)
    expect(commands[0]).toMatchObject({
      command: 'workspace.unheard.of',
      actor: null,
      input: { a: 1 },
      refusal: null,
    })
    await core.call(
      outbox.discard,
      { commandId: commands[0]!.commandId },
      { ...ada, person: null, system: true },
    )
    expect((await core.call(outbox.list, {}, ada)).commands).toHaveLength(1)
  })

  it.each([
    ['SYNC_DEVICE_REVOKED', { code: 'SYNC_DEVICE_REVOKED', data: {} }],
    ['{"code":"SYNC_DEVICE_REVOKED"}', { code: 'SYNC_DEVICE_REVOKED', data: {} }],
    ['{"code":"SYNC_OFFLINE","data":{"host":"h"}}', { code: 'SYNC_OFFLINE', data: { host: 'h' } }],
    ['the line is cut', { code: 'SYNC_OFFLINE', data: { host: '', reason: 'the line is cut' } }],
    ['{"host":"h"}', { code: 'SYNC_OFFLINE', data: { host: '', reason: '{"host":"h"}' } }],
  ])('sync.status: tells of a failure that was stored as %s', async (failure, told) => {
    await own.write(WORKSPACE, 'job', async tx => {
      await tx.db.updateTable('sync_state').set({ failure }).execute()
    })
    expect(await core.call(status, {}, ada)).toMatchObject({ failure: told })
  })

  it('sync.status: of a standalone workspace has nothing to tell', async () => {
    const alone = await testCore('sqlite')
    expect(await alone.core.call(status, {}, alone.admin)).toEqual({
      ...{ authority: 'standalone', offlineSince: null, failure: null, lastSyncAt: null, cursor: null },
      ...{ pending: 0n, requested: 0n, review: 0n },
    })
    await alone.close()
  })

  it('asks the authority what only it knows, in the name of who is proven here, and says when it cannot', async () => {
    const asked: unknown[] = []
    const answering = createCore({
      ...{ workspace: WORKSPACE, store: own, clock, timer: clock, newId: testIds(clock, 9), log: () => {} },
      services: {
        ...testServices(),
        desk: {
          ask: async (...call: unknown[]) => {
            asked.push(call)
            return { tokens: [] }
          },
        } as never,
      },
    })
    const { list } = contract.access.tokens
    expect(await answering.call(list, {}, ada)).toEqual({ tokens: [] })
    expect(asked).toEqual([['access.tokens.list', {}, ada.person]])
    await expect(answering.call(list, {}, { ...ada, person: grace })).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
    await expect(core.call(list, {}, ada)).rejects.toMatchObject({
      code: 'SYNC_NETWORK_NEEDED',
      data: { reason: 'SYNC_NOT_CONNECTED' },
    })
    expect(asked).toHaveLength(1)
  })

  it('sync.connection.begin: is for admins, and for hosts that can be connected', async () => {
    const { connection, now } = contract.sync
    await expect(core.call(connection.begin, { url: 'https://x.example' }, ada)).rejects.toMatchObject({
      code: 'SYNC_HOST_CANNOT',
    })
    await expect(
      core.call(connection.begin, { url: 'https://x.example' }, { ...ada, person: grace }),
    ).rejects.toMatchObject({ code: 'WORKSPACE_FORBIDDEN' })
    expect(await core.call(connection.state, {}, ada)).toMatchObject({ phase: 'none', url: null })
    await expect(core.call(now, {}, ada)).rejects.toMatchObject({ code: 'SYNC_NOT_CONNECTED' })
  })

  describe('with a refused command', () => {
    let commandId: string
    beforeEach(async () => {
      await server.core.call(
        people.add,
        { name: 'Other', email: 'x@example.com', roles: ['ops'] },
        server.admin,
      )
      await core.call(people.add, { name: 'Grete', email: 'x@example.com', roles: ['ops'] }, ada)
      expect(await round()).toMatchObject({ refused: 1 })
      const { commands } = await core.call(outbox.list, {}, ada)
      commandId = commands[0]!.commandId
    })

    it('sync.outbox.list: shows what was refused and why', async () => {
      await core.call(people.setRoles, { personId: grace, roles: ['ops'] }, ada)
      expect(await core.call(outbox.list, { limit: 1 }, ada)).toMatchObject({
        more: true,
        commands: [
          {
            command: 'workspace.people.add',
            actor: { name: 'Ada' },
            state: 'review',
            acknowledged: false,
            input: { name: 'Grete' },
            refusal: { code: 'WORKSPACE_EMAIL_TAKEN', data: { email: 'x@example.com' } },
          },
        ],
      })
      const { commands } = await core.call(outbox.list, {}, ada)
      expect(commands.map(one => one.state)).toEqual(['review', 'pending'])
    })

    it('sync.outbox.compare: what it was based on, and what the server has now', async () => {
      const { basedOn, current } = await core.call(outbox.compare, { commandId }, ada)
      expect(basedOn).not.toBeNull()
      expect(current).not.toBeNull()
      await expect(
        core.call(outbox.compare, { commandId: '00000000-0000-7000-8000-00000000ffff' }, ada),
      ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    })

    it('sync.outbox.list: tells no secret', async () => {
      const { setSecret } = contract.workspace.settings
      await core.call(setSecret, { name: 'payments.stripeSecret', value: 'sk_live_1' }, ada)
      const { commands } = await core.call(outbox.list, {}, ada)
      expect(commands[1]).toMatchObject({ command: 'workspace.settings.setSecret', input: { value: '•' } })
    })

    it('sync.outbox.retry: gives it again, once, when it can work now', async () => {
      await expect(core.call(outbox.retry, { commandId }, ada)).rejects.toMatchObject({
        code: 'WORKSPACE_EMAIL_TAKEN',
      })
      expect((await core.call(outbox.list, {}, ada)).commands).toHaveLength(1)
      const { people: all } = await core.call(people.list, {}, ada)
      const other = all.find(person => person.email === 'x@example.com')!
      await core.call(people.edit, { personId: other.id, name: 'Other', email: 'o@example.com' }, ada)
      const retried = await core.call(outbox.retry, { commandId }, ada)
      expect(retried.outcome).toBe('done')
      expect(retried.commandId).not.toBe(commandId)
      await expect(core.call(outbox.retry, { commandId }, ada)).rejects.toMatchObject({
        code: 'WORKSPACE_NOT_FOUND',
      })
      expect(await round()).toMatchObject({ refused: 0 })
      expect(await server.core.call(people.list, {}, ada)).toEqual(await core.call(people.list, {}, ada))
    })

    it('sync.outbox.discard: lets it go, but not what is pending, and not for everybody', async () => {
      await core.call(people.setRoles, { personId: grace, roles: ['ops'] }, ada)
      const { commands } = await core.call(outbox.list, {}, ada)
      const pending = commands[1]!.commandId
      await expect(core.call(outbox.discard, { commandId: pending }, ada)).rejects.toMatchObject({
        code: 'SYNC_NOT_IN_REVIEW',
        data: { state: 'pending' },
      })
      await expect(core.call(outbox.discard, { commandId }, { ...ada, person: grace })).rejects.toMatchObject(
        {
          code: 'WORKSPACE_FORBIDDEN',
        },
      )
      await core.call(outbox.discard, { commandId }, ada)
      expect((await core.call(outbox.list, {}, ada)).commands.map(one => one.commandId)).toEqual([pending])
    })
  })
})
