import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { argon2Passphrases } from './passphrases.ts'
import { createProofs, PROOF_LIFE } from './proofs.ts'

const { people, log, session } = contract.workspace
const PASS = 'correct horse battery'
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

describe.each(DATABASES)('acting as a person on %s', database => {
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
  const actAs = (personId: string, passphrase?: string) =>
    t.core.call(
      people.actAs,
      { personId, ...(passphrase === undefined ? {} : { passphrase }) },
      { ...t.admin, person: null },
    )
  const setPassphrase = (caller: Caller, passphrase = PASS, current?: string) =>
    t.core.call(people.setPassphrase, { passphrase, ...(current === undefined ? {} : { current }) }, caller)
  const attempt = (code: string, data: object = {}) => ({ code, data: expect.objectContaining(data) })

  it('workspace.people.actAs: is free where there is no passphrase, and unattested', async () => {
    await begin()
    expect(await actAs(grace.person!)).toMatchObject({
      person: { name: 'Grace', hasPassphrase: false },
      assurance: 'unattested',
      proof: null,
    })
    await expect(actAs(id(99))).rejects.toMatchObject(attempt('WORKSPACE_NOT_FOUND'))
    await t.core.call(people.setActive, { personId: grace.person!, active: false }, t.admin)
    await expect(actAs(grace.person!)).rejects.toMatchObject(attempt('WORKSPACE_NOT_FOUND'))
  })

  it('workspace.people.setPassphrase: from then on the person is believed only with a proof', async () => {
    await begin()
    await expect(setPassphrase(grace, 'too short')).rejects.toMatchObject(
      attempt('WORKSPACE_PASSPHRASE_WEAK', { minimum: 12 }),
    )
    const { proof, person } = await setPassphrase(grace)
    expect(person.hasPassphrase).toBe(true)
    // The core answers nothing to her name alone, and keeps nothing under the command's id.
    const needed = attempt('WORKSPACE_PASSPHRASE_NEEDED', { personId: grace.person })
    const rename = (caller: Caller) =>
      t.core.call(
        contract.workspace.views.save,
        { page: 'finops.explorer', name: 'v', address: '/finops/explorer' },
        { ...caller, commandId: id(1) },
      )
    await expect(rename(grace)).rejects.toMatchObject(needed)
    await expect(t.core.call(people.list, {}, grace)).rejects.toMatchObject(needed)
    expect(await t.core.call(session, {}, grace)).toMatchObject({ person: null, missing: 'passphrase' })
    await rename({ ...grace, proof })
    expect(await t.core.call(session, {}, { ...grace, proof })).toMatchObject({
      person: { name: 'Grace' },
      missing: null,
      assurance: 'passphrase',
    })
    const { entries } = await t.core.call(log.list, {}, t.admin)
    expect(entries[0]).toMatchObject({ commandId: id(1), assurance: 'passphrase', outcome: 'done' })
    // Neither the proof of another person nor a claim of the host's is any good.
    await expect(t.core.call(people.list, {}, { ...grace, proof: 'f'.repeat(64) })).rejects.toMatchObject(
      needed,
    )
    await expect(
      t.core.call(people.list, {}, { ...grace, attested: 'x', assurance: 'passphrase' }),
    ).rejects.toMatchObject(needed)
    expect(await t.core.call(session, {}, { ...t.admin, proof })).toMatchObject({ assurance: 'unattested' })
  })

  it('workspace.people.actAs: checks the passphrase, however it is typed', async () => {
    await begin()
    await setPassphrase(grace, 'Größe zählt nicht viel')
    await expect(actAs(grace.person!)).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_NEEDED'))
    await expect(actAs(grace.person!, PASS)).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_WRONG'))
    const { proof, proofUntil, assurance } = await actAs(grace.person!, ' Gro\u0308ße zählt nicht viel ')
    expect(assurance).toBe('passphrase')
    expect(proofUntil).toBe(t.clock.now() + BigInt(PROOF_LIFE))
    const caller = { ...grace, proof: proof! }
    await t.core.call(people.list, {}, caller)
    await t.core.call(people.leave, {}, caller)
    await expect(t.core.call(people.list, {}, caller)).rejects.toMatchObject(
      attempt('WORKSPACE_PASSPHRASE_NEEDED'),
    )
    expect(await t.core.call(people.leave, {}, t.admin)).toEqual({})
  })

  it('workspace.people.actAs: makes wrong tries wait, and forgets them after a right one', async () => {
    await begin()
    await setPassphrase(grace)
    for (let tries = 0; tries < 3; tries++)
      await expect(actAs(grace.person!, 'wrong')).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_WRONG'))
    const throttled = attempt('WORKSPACE_PASSPHRASE_THROTTLED', { retryAfter: 5000 })
    await expect(actAs(grace.person!, PASS)).rejects.toMatchObject(throttled)
    t.clock.advance(4999)
    await expect(actAs(grace.person!, PASS)).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_THROTTLED'))
    t.clock.advance(1)
    await expect(actAs(grace.person!, 'wrong')).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_WRONG'))
    await expect(actAs(grace.person!, PASS)).rejects.toMatchObject(
      attempt('WORKSPACE_PASSPHRASE_THROTTLED', { retryAfter: 10_000 }),
    )
    t.clock.advance(10_000)
    await actAs(grace.person!, PASS)
    await expect(actAs(grace.person!, 'wrong')).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_WRONG'))
    await actAs(grace.person!, PASS)
  })

  it('workspace.people.actAs: counts tries that run side by side', async () => {
    await begin()
    await setPassphrase(grace)
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => actAs(grace.person!, 'wrong')))
    const codes = tries.map(one => (one as PromiseRejectedResult).reason.code)
    expect(codes.filter(code => code === 'WORKSPACE_PASSPHRASE_WRONG')).toHaveLength(3)
  })

  it('workspace.people.setPassphrase: asks for the present one, and ends the proofs of it', async () => {
    await begin()
    const { proof: old } = await setPassphrase(grace)
    const caller = { ...grace, proof: old }
    await expect(setPassphrase(caller, 'another long one')).rejects.toMatchObject(
      attempt('WORKSPACE_PASSPHRASE_NEEDED'),
    )
    const { proof } = await setPassphrase({ ...caller, commandId: id(2) }, 'another long one', PASS)
    await expect(t.core.call(people.list, {}, caller)).rejects.toMatchObject(
      attempt('WORKSPACE_PASSPHRASE_NEEDED'),
    )
    await t.core.call(people.list, {}, { ...grace, proof })
    await expect(actAs(grace.person!, PASS)).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_WRONG'))
    const { entries } = await t.core.call(log.list, { command: 'workspace.people.storePassphrase' }, t.admin)
    expect(entries.map(entry => entry.input)).toEqual([
      { personId: grace.person, hash: '•', key: '•' },
      { personId: grace.person, hash: '•', key: '•' },
    ])
    expect(entries[0]).toMatchObject({ actor: { name: 'Grace' }, assurance: 'passphrase', undoable: false })
  })

  it('a proof ends after its time', async () => {
    await begin()
    const { proof } = await setPassphrase(grace)
    t.clock.advance(PROOF_LIFE)
    await expect(t.core.call(people.list, {}, { ...grace, proof })).rejects.toMatchObject(
      attempt('WORKSPACE_PASSPHRASE_NEEDED'),
    )
  })

  it('workspace.people.clearPassphrase: one’s own with the present one, somebody else’s as an admin', async () => {
    await begin()
    const { proof } = await setPassphrase(grace)
    const caller = { ...grace, proof }
    const clear = (by: Caller, personId = grace.person!, current?: string) =>
      t.core.call(people.clearPassphrase, { personId, ...(current === undefined ? {} : { current }) }, by)
    await expect(clear(caller)).rejects.toMatchObject(attempt('WORKSPACE_PASSPHRASE_NEEDED'))
    await expect(clear(caller, t.admin.person!)).rejects.toMatchObject(attempt('WORKSPACE_FORBIDDEN'))
    expect(await clear(caller, grace.person!, PASS)).toMatchObject({ hasPassphrase: false })
    await t.core.call(people.list, {}, grace)
    expect(await clear(grace)).toMatchObject({ hasPassphrase: false })
    await setPassphrase(grace)
    expect(await clear(t.admin)).toMatchObject({ hasPassphrase: false })
    await expect(
      t.core.call(people.storePassphrase, { personId: grace.person!, hash: null }, t.admin),
    ).rejects.toMatchObject(attempt('WORKSPACE_FORBIDDEN'))
  })

  it('workspace.people.setPassphrase: not in the demo, where anybody may act as everybody', async () => {
    await begin()
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ demo: 1n }).execute()
    })
    await expect(setPassphrase(grace)).rejects.toMatchObject(attempt('WORKSPACE_DEMO'))
  })

  it('workspace.people.edit: changes name and address, and back', async () => {
    await begin()
    const edit = (name: string, email: string, commandId: string) =>
      t.core.call(people.edit, { personId: grace.person!, name, email }, { ...t.admin, commandId })
    expect(await edit('Grace Hopper', 'GH@example.com', id(1))).toMatchObject({
      name: 'Grace Hopper',
      email: 'gh@example.com',
    })
    await expect(edit('Grace', 'ada@example.com', id(2))).rejects.toMatchObject(
      attempt('WORKSPACE_EMAIL_TAKEN'),
    )
    await t.core.call(log.undo, { commandId: id(1) }, t.admin)
    const { people: all } = await t.core.call(people.list, {}, t.admin)
    expect(all.map(person => person.name)).toEqual(['Ada', 'Grace'])
  })
})

describe('proofs', () => {
  it('are bounded in number, and the oldest go first', () => {
    let count = 0
    let now = 0n
    const proofs = createProofs(
      () => now,
      () => {
        const bytes = new Uint8Array(32)
        new DataView(bytes.buffer).setUint32(0, ++count)
        return bytes
      },
    )
    const first = proofs.give('ann', 'hash').proof
    for (let number = 0; number < 1000; number++) proofs.give('lee', 'hash')
    expect(proofs.storedOf(first, 'ann')).toBeNull()
    const last = proofs.give('ann', 'hash').proof
    now += BigInt(PROOF_LIFE)
    expect(proofs.storedOf(proofs.give('ann', 'new').proof, 'ann')).toBe('new')
    expect(proofs.storedOf(last, 'ann')).toBeNull()
  })
})

describe('passphrases', () => {
  it('are kept as argon2id with a salt of their own', async () => {
    const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))
    const { hash, verify } = argon2Passphrases(random, { memory: 64, iterations: 1 })
    const [one, two] = [await hash(PASS), await hash(PASS)]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
    expect(one).not.toBe(two)
    expect(await verify(PASS, 'not a stored passphrase')).toBe(false)
    expect([await verify(PASS, one), await verify(`${PASS}!`, one)]).toEqual([true, false])
  })
})
