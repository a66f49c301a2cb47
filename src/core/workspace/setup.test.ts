import { afterEach, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import {
  DATABASES,
  type TestCore,
  testClock,
  testCore,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { housekeepingDue } from './housekeeping.ts'
import { RECOVERY_KEY as KEY, keysInMemory } from './testing/keys-in-memory.ts'

const { setup, keys, log, session } = contract.workspace

const nobody: Caller = { person: null, device: 'test', assurance: 'unattested' }
const first = {
  name: 'Difference Engines',
  zone: 'Europe/London',
  currency: 'GBP',
  admin: { name: 'Charles', email: 'Charles@example.com' },
}

describe.each(DATABASES)('set-up on %s', database => {
  let end: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of end) await close()
    end = []
  })

  async function emptyCore() {
    const clock = testClock()
    const { store, remove } = await testStore(database, clock)
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
    const core = createCore({
      workspace: WORKSPACE,
      store,
      clock,
      timer: clock,
      newId: testIds(clock),
      log: () => {},
      services: testServices(),
    })
    await core.start()
    end.push(core.close, remove)
    return core
  }

  it('workspace.setup.begin: gives an empty workspace its name and its first admin, once', async () => {
    const core = await emptyCore()
    expect(await core.call(setup.state, {}, nobody)).toEqual({
      state: 'empty',
      name: '',
      recovery: 'unavailable',
      recoveryConfirmedAt: null,
      recoveryNeeded: false,
    })
    expect(await core.call(session, {}, nobody)).toMatchObject({
      workspace: { empty: true },
      person: null,
      missing: 'person',
      people: [],
    })
    await expect(core.call(contract.workspace.people.list, {}, nobody)).rejects.toMatchObject({
      code: 'WORKSPACE_NOBODY',
    })
    for (const wrong of [{ zone: 'Mars/Base' }, { currency: 'XXX' }, { name: ' ' }])
      await expect(core.call(setup.begin, { ...first, ...wrong }, nobody)).rejects.toMatchObject({
        code: 'WORKSPACE_BAD_INPUT',
      })
    const { admin } = await core.call(setup.begin, first, nobody)
    expect(await core.call(session, {}, { ...nobody, person: admin })).toMatchObject({
      workspace: {
        name: 'Difference Engines',
        zone: 'Europe/London',
        currency: 'GBP',
        demo: false,
        empty: false,
      },
      person: { name: 'Charles', email: 'charles@example.com', roles: ['admin', 'analyst'] },
    })
    expect(await core.call(setup.state, {}, nobody)).toMatchObject({
      state: 'real',
      name: 'Difference Engines',
    })
    await expect(core.call(setup.begin, first, nobody)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_EMPTY',
      data: { name: 'Difference Engines' },
    })
    await expect(
      core.call(setup.create, { ...first, demo: true }, { ...nobody, person: admin }),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
  })

  it('workspace.setup.state: knows the demo', async () => {
    const core = await emptyCore()
    await core.call(setup.create, { ...first, demo: true }, { ...nobody, system: true })
    expect(await core.call(setup.state, {}, nobody)).toMatchObject({ state: 'demo', recoveryNeeded: false })
  })
})

describe.each(DATABASES)('keys on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('workspace.keys: a recovery key is shown once, typed again, and then counts', async () => {
    const port = keysInMemory()
    t = await testCore(database, { keys: port })
    const state = () => t.core.call(setup.state, {}, t.admin)
    expect(await state()).toMatchObject({ recovery: 'none', recoveryNeeded: true, recoveryConfirmedAt: null })
    const { recoveryKey, slot } = await t.core.call(keys.makeRecoveryKey, {}, t.admin)
    expect([recoveryKey, slot.kind]).toEqual([KEY, 'recovery'])
    expect(await state()).toMatchObject({ recovery: 'unconfirmed', recoveryNeeded: true })
    await expect(
      t.core.call(keys.confirmRecoveryKey, { recoveryKey: 'WRONG' }, t.admin),
    ).rejects.toMatchObject({
      code: 'KEYS_WRONG_SECRET',
    })
    const confirmedAt = t.clock.now()
    expect(await t.core.call(keys.confirmRecoveryKey, { recoveryKey: KEY }, t.admin)).toMatchObject({
      id: slot.id,
    })
    t.clock.advance(5000)
    expect(await state()).toEqual({
      state: 'real',
      name: 'Test company',
      recovery: 'confirmed',
      recoveryConfirmedAt: confirmedAt,
      recoveryNeeded: false,
    })
    // A further slot changes nothing about that; a new recovery key begins anew.
    await t.core.call(keys.addPassphrase, { passphrase: 'correct horse battery' }, t.admin)
    expect(await state()).toMatchObject({ recoveryConfirmedAt: confirmedAt })
    await t.core.call(keys.makeRecoveryKey, {}, t.admin)
    expect(await state()).toMatchObject({ recovery: 'unconfirmed', recoveryConfirmedAt: null })
    const { entries } = await t.core.call(log.list, { command: 'workspace.keys.note' }, t.admin)
    expect(entries.map(entry => [entry.actor?.name, (entry.input as { change: string }).change])).toEqual([
      ['Ada', 'added'],
      ['Ada', 'added'],
      ['Ada', 'confirmed'],
      ['Ada', 'added'],
    ])
    const text = JSON.stringify(entries, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
    expect(text).not.toMatch(/ABCDE|horse/)
  })

  it('workspace.keys: adds and removes slots, for admins', async () => {
    const port = keysInMemory()
    t = await testCore(database, { keys: port })
    const file = await t.core.call(keys.addKeyFile, { handle: 'export-1' }, t.admin)
    expect(file.label).toBe('export-1')
    expect((await t.core.call(keys.addKeyFile, {}, t.admin)).label).toBe('/keys/other.key')
    await expect(t.core.call(keys.addKeychain, {}, t.admin)).rejects.toMatchObject({
      code: 'KEYS_KEYCHAIN_FAILED',
    })
    const left = await t.core.call(keys.removeSlot, { slotId: file.id }, t.admin)
    expect(left.slots.map(slot => slot.label)).toEqual(['/keys/default.key', '/keys/other.key'])
    expect(await t.core.call(keys.list, {}, t.admin)).toEqual(left)
    const ops = await t.core.call(
      contract.workspace.people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    await expect(t.core.call(keys.list, {}, t.as(ops.id))).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
    port.addKeychain = async () => ({ ...file, kind: 'keychain' })
    expect(await t.core.call(keys.addKeychain, {}, t.admin)).toMatchObject({ kind: 'keychain' })
  })

  it('workspace.keys: are not there on a host without them', async () => {
    t = await testCore(database)
    await expect(t.core.call(keys.list, {}, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_KEYS_UNAVAILABLE',
    })
  })

  it('a start notes what became of the keys meanwhile, once', async () => {
    const port = keysInMemory()
    await port.makeRecoveryKey()
    await port.confirmRecoveryKey(KEY)
    t = await testCore(database, { keys: port })
    expect(await t.core.call(setup.state, {}, t.admin)).toMatchObject({
      recovery: 'confirmed',
      recoveryConfirmedAt: t.clock.now(),
    })
    await t.core.start()
    const { entries } = await t.core.call(log.list, { command: 'workspace.keys.note' }, t.admin)
    expect(entries).toMatchObject([
      { input: { change: 'found', slot: null }, actor: null, assurance: 'system' },
    ])
  })
})

describe.each(DATABASES)('keys of a connected workspace on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('change although its log is the server’s, and a start does not stumble over them', async () => {
    const port = keysInMemory()
    t = await testCore(database, { keys: port })
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'connected' }).execute()
    })
    expect(await t.core.call(keys.makeRecoveryKey, {}, t.admin)).toMatchObject({ recoveryKey: KEY })
    await t.core.call(keys.confirmRecoveryKey, { recoveryKey: KEY }, t.admin)
    expect(await t.core.call(setup.state, {}, t.admin)).toMatchObject({ recoveryNeeded: false })
    await t.core.start()
    const { entries } = await t.core.call(log.list, { command: 'workspace.keys.note' }, t.admin)
    expect(entries).toEqual([])
    expect(await t.store.read(t.workspace, reader => housekeepingDue(reader, {}, t.clock.now()))).toBe(false)
  })

  it('a note that fails for another reason is told', async () => {
    t = await testCore(database, { keys: keysInMemory() })
    const { write } = t.store
    Object.assign(t.store, { write: () => Promise.reject(new Error('disk full')) })
    await expect(t.core.call(keys.addPassphrase, { passphrase: 'x' }, t.admin)).rejects.toThrow('disk full')
    Object.assign(t.store, { write })
  })
})
