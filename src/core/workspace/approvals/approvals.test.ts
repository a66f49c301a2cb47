import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reading } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { Role } from '#shared/permissions.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { approvalKind } from './approval-kind.ts'
import { endApprovals, requestApproval, waitingApproval } from './request-approval.ts'

const { approval, people, views } = contract.workspace
const DAY = 86_400_000

/** To rename somebody else's view takes another person: a kind as a feature makes one. */
const renaming = approvalKind({
  name: 'test.rename',
  entity: 'view',
  leaf: views.rename,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: BigInt(DAY),
  subject: async (reader, rowId) =>
    (await reader.db
      .selectFrom('views')
      .select(['name', 'address'])
      .where('id', '=', rowId)
      .executeTakeFirst()) ?? null,
})

describe.each(DATABASES)('approval requests on %s', database => {
  let t: TestCore
  let ada: Caller
  let ben: Caller
  let cy: Caller
  let viewId: string

  beforeEach(async () => {
    t = await testCore(database, { approvalKinds: [renaming] })
    const add = async (name: string, roles: Role[]) =>
      t.as((await t.core.call(people.add, { name, email: `${name}@example.com`, roles }, t.admin)).id)
    ada = await add('Ann', ['analyst', 'approver'])
    ben = await add('Ben', ['analyst', 'approver'])
    cy = await add('Cy', ['approver'])
    viewId = (
      await t.core.call(
        views.save,
        { page: 'billing.review', name: 'Old', address: '/billing/invoices', shared: true },
        ben,
      )
    ).id
  })
  afterEach(() => t.close())

  let commands = 0
  /** What a feature's handler does: it asks within its own transaction. */
  const request = (by: Caller, more: object = {}, kind: object = {}) =>
    t.store.write(t.workspace, 'person', async tx => {
      const commandId = `01900000-0000-7000-8000-0000000${(++commands).toString().padStart(5, '0')}`
      let ordinal = 0
      const next = () => `${commandId.slice(0, -6)}${ordinal++}${commandId.slice(-5)}`
      const now = t.clock.now()
      const roles: Role[] = ['analyst']
      const actor = by.person === null ? null : { id: by.person, name: 'Ann', roles }
      const call = { tx, actor, ids: { next }, now, receivedAt: now, effect: async () => next() }
      return requestApproval(
        call,
        { ...renaming, ...kind },
        {
          rowId: viewId,
          title: 'View Old',
          input: { viewId, name: 'New' },
          reason: 'It says more',
          facts: [
            { name: 'name', before: { kind: 'text', text: 'Old' }, after: { kind: 'text', text: 'New' } },
          ],
          ...more,
        },
      )
    })
  const get = (approvalId: string, by: Caller) => t.core.call(approval.get, { approvalId }, by)
  const ballot = async (approvalId: string, by: Caller) => {
    const { digest, nonce } = await get(approvalId, by)
    return { approvalId, digest, nonce }
  }
  const approve = async (id: string, by: Caller, more: object = {}) =>
    t.core.call(approval.approve, { ...(await ballot(id, by)), ...more }, by)
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const nameOf = () =>
    t.store.read(
      t.workspace,
      async reader =>
        (await reader.db.selectFrom('views').select('name').where('id', '=', viewId).executeTakeFirst())
          ?.name,
    )

  it('workspace.approval.approve: the last person that is needed carries it out, once', async () => {
    const id = await request(ada, { quorum: 1, money: { amount: 500n, currency: 'EUR' } })
    expect(await get(id, ben)).toMatchObject({
      ...{ state: 'waiting', mine: 'decide', quorum: 1, amount: 500n, currency: 'EUR', kind: 'test.rename' },
      subject: { entity: 'view', title: 'View Old', link: '/billing/invoices' },
      requestedBy: { name: 'Ann' },
      votes: [],
    })
    expect((await get(id, ada)).mine).toBe('asked')
    const done = await approve(id, ben, { note: 'Fine' })
    expect(done).toMatchObject({ state: 'done', mine: 'voted', endedBy: { name: 'Ben' } })
    expect(done.votes).toMatchObject([
      { person: { name: 'Ben' }, decision: 'approve', note: 'Fine', assurance: 'unattested', signed: false },
    ])
    expect(await nameOf()).toBe('New')
    expect(await code(approve(id, cy))).toBe('WORKSPACE_APPROVAL_STATE')
  })

  it('workspace.approval.approve: never by who asks, never twice, never by admin alone', async () => {
    const id = await request(ada, { quorum: 2 })
    expect(await code(approve(id, ada))).toBe('WORKSPACE_APPROVAL_OWN')
    // Neither being admin nor being analyst is enough for this kind.
    expect(await code(approve(id, t.admin))).toBe('WORKSPACE_APPROVAL_ROLE')
    const root = await t.core.call(
      people.add,
      { name: 'Root', email: 'root@example.com', roles: ['admin'] },
      t.admin,
    )
    expect(await code(approve(id, t.as(root.id)))).toBe('WORKSPACE_FORBIDDEN')
    const analyst = await t.core.call(
      people.add,
      { name: 'Dee', email: 'dee@example.com', roles: ['analyst'] },
      t.admin,
    )
    expect(await code(approve(id, t.as(analyst.id)))).toBe('WORKSPACE_APPROVAL_ROLE')
    expect((await approve(id, ben)).state).toBe('waiting')
    expect(await code(approve(id, { ...ben, device: 'another' }))).toBe('WORKSPACE_APPROVAL_VOTED')
    expect(await nameOf()).toBe('Old')
  })

  it('workspace.approval.approve: a changed subject ends it, and what one saw has to be what was asked for', async () => {
    const id = await request(ada)
    const seen = await ballot(id, ben)
    expect(await code(t.core.call(approval.approve, { ...seen, digest: 'a'.repeat(64) }, ben))).toBe(
      'WORKSPACE_APPROVAL_CHANGED',
    )
    await t.core.call(views.rename, { viewId, name: 'Third' }, ben)
    expect(await get(id, ben)).toMatchObject({ state: 'changed', mine: 'none' })
    expect(await code(t.core.call(approval.approve, seen, ben))).toBe('WORKSPACE_APPROVAL_CHANGED')
    await t.core.call(views.remove, { viewId }, ben)
    expect(await code(t.core.call(approval.approve, seen, ben))).toBe('WORKSPACE_APPROVAL_CHANGED')
    expect(await code(request(ada))).toBe('WORKSPACE_NOT_FOUND')
  })

  it('workspace.approval.approve: expires by the clock of the authority, whatever a device says', async () => {
    const id = await request(ada)
    const seen = await ballot(id, ben)
    t.clock.advance(DAY)
    expect((await get(id, ben)).state).toBe('expired')
    expect(await t.core.call(approval.count, {}, ben)).toEqual({ mine: 0, waiting: 0 })
    const early = { ...ben, at: t.clock.now() - BigInt(DAY) }
    expect(await code(t.core.call(approval.approve, seen, early))).toBe('WORKSPACE_APPROVAL_EXPIRED')
    // The same may be asked for again, and who asked can put the old one away.
    expect(await code(request(ada))).toBe('done')
    expect((await t.core.call(approval.withdraw, { approvalId: id }, ada)).state).toBe('withdrawn')
  })

  it('workspace.approval.approve: what cannot be carried out any more ends it with the reason', async () => {
    // Cy does not own the view, so the command that runs in their name refuses.
    const id = await request(ada)
    const seen = await ballot(id, cy)
    const failed = await t.core.call(approval.approve, seen, cy)
    expect(failed).toMatchObject({ state: 'failed', votes: [{ decision: 'approve' }] })
    expect(failed.failure?.code).toMatch(/^WORKSPACE_/)
    expect(await nameOf()).toBe('Old')
  })

  it('workspace.approval.approve: where it has to be attested, only who proved who they are counts', async () => {
    const id = await request(ada, {}, { attested: true })
    expect(await code(approve(id, ben))).toBe('WORKSPACE_APPROVAL_UNATTESTED')
    const { proof } = await t.core.call(people.setPassphrase, { passphrase: 'a long passphrase' }, ben)
    const done = await approve(id, { ...ben, proof: proof! })
    expect(done).toMatchObject({ state: 'done', attested: true, votes: [{ assurance: 'passphrase' }] })
    await t.core.call(
      contract.workspace.settings.set,
      { name: 'workspace.approvalsAttested', value: true },
      t.admin,
    )
    const next = await request(ada, { input: { viewId, name: 'Newer' } })
    expect((await get(next, cy)).attested).toBe(true)
  })

  it('each approver unlocks their own key: a vote with it is signed, others are unattested', async () => {
    const { verify } = contract.access.devices.signatures
    const id = await request(ada, { quorum: 2 })
    const set = { passphrase: 'a long passphrase of Ben' }
    const { proof } = await t.core.call(people.setPassphrase, set, ben)
    const voted = await approve(id, { ...ben, proof: proof! })
    expect(voted.votes).toMatchObject([{ assurance: 'passphrase', signed: true }])
    expect(await t.core.call(verify, {}, t.admin)).toMatchObject({ checked: 1n, problems: [] })
    const done = await approve(id, cy)
    expect(done.votes[1]).toMatchObject({ assurance: 'unattested', signed: false })
    // Somebody who acts as Ben again opens the same key; a wrong passphrase opens none.
    const acting = { personId: ben.person!, ...set }
    const again = await t.core.call(people.actAs, acting, t.admin)
    const next = await request(ada, { input: { viewId, name: 'Other' } })
    await approve(next, { ...ben, proof: again.proof! })
    expect(await t.core.call(verify, {}, t.admin)).toMatchObject({ checked: 2n, problems: [] })
    // With another passphrase there is another key, and what the one before signed still counts.
    const changed = await t.core.call(
      people.setPassphrase,
      { passphrase: 'another long passphrase', current: set.passphrase },
      { ...ben, proof: again.proof! },
    )
    const third = await request(ada, { input: { viewId, name: 'Third' } })
    await approve(third, { ...ben, proof: changed.proof! })
    const keys = await t.store.read(t.workspace, reader =>
      reader.db.selectFrom('person_keys').select(['person_id', 'sealed']).execute(),
    )
    expect(keys.map(key => key.person_id)).toEqual([ben.person, ben.person])
    expect(keys.filter(key => key.sealed === null)).toHaveLength(1)
    expect(await t.core.call(verify, {}, t.admin)).toMatchObject({ checked: 3n, problems: [] })
    // A vote that somebody changed afterwards shows.
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db
        .updateTable('person_keys')
        .set({ public_key: 'a'.repeat(64) })
        .where('sealed', 'is', null)
        .execute()
    })
    const after = await t.core.call(verify, {}, t.admin)
    expect(after.problems.map(problem => problem.kind)).toEqual(['key', 'key'])
  })

  it('workspace.approval.refuse: one refusal ends it with a reason', async () => {
    const id = await request(ada, { quorum: 2 })
    await approve(id, ben)
    const refused = await t.core.call(approval.refuse, { ...(await ballot(id, cy)), reason: 'Why?' }, cy)
    expect(refused).toMatchObject({ state: 'refused', endedBy: { name: 'Cy' } })
    expect(refused.votes.map(vote => [vote.decision, vote.note])).toEqual([
      ['approve', null],
      ['refuse', 'Why?'],
    ])
    expect(await nameOf()).toBe('Old')
  })

  it('workspace.approval.withdraw: who asked, or an admin, takes it back while it waits', async () => {
    const id = await request(ada)
    expect(await code(t.core.call(approval.withdraw, { approvalId: id }, ben))).toBe('WORKSPACE_FORBIDDEN')
    expect((await t.core.call(approval.withdraw, { approvalId: id }, ada)).state).toBe('withdrawn')
    expect(await code(t.core.call(approval.withdraw, { approvalId: id }, ada))).toBe(
      'WORKSPACE_APPROVAL_STATE',
    )
    const other = await request(ada)
    expect((await t.core.call(approval.withdraw, { approvalId: other }, t.admin)).state).toBe('withdrawn')
  })

  it('the very same is not asked for twice, other input is', async () => {
    const id = await request(ada)
    await expect(request(cy)).rejects.toMatchObject({
      code: 'WORKSPACE_APPROVAL_OPEN',
      data: { approvalId: id },
    })
    expect(await code(request(ada, { input: { viewId, name: 'Other' } }))).toBe('done')
    expect(await code(request({ ...ada, person: null }))).toBe('WORKSPACE_NOBODY')
  })

  it('workspace.approval.list: mine to decide first, then what ends soonest; history apart', async () => {
    const later = await request(ada, {}, { expiresAfter: null })
    const mine = await request(cy, { input: { viewId, name: 'B' } })
    const soon = await request(ada, { input: { viewId, name: 'C' } })
    const old = await request(ada, { input: { viewId, name: 'D' } })
    await t.core.call(approval.withdraw, { approvalId: old }, ada)
    const list = async (by: Caller, more: object = {}) =>
      (await t.core.call(approval.list, more, by)).approvals.map(one => one.id)
    expect(await list(cy)).toEqual([soon, later, mine])
    expect(await list(ben)).toEqual([soon, mine, later])
    expect(await list(cy, { show: 'ended' })).toEqual([old])
    expect(await list(cy, { show: 'all', entity: 'view', rowId: viewId })).toHaveLength(4)
    expect(await list(cy, { show: 'all', entity: 'invoice' })).toEqual([])
    expect(await t.core.call(approval.count, {}, cy)).toEqual({ mine: 2, waiting: 3 })
    expect(await t.core.call(approval.count, {}, t.admin)).toEqual({ mine: 0, waiting: 3 })
  })

  it('a feature sees what waits for its row, and ends it when the row changes', async () => {
    const id = await request(ada)
    const waits = () =>
      t.store.read(t.workspace, reader => waitingApproval(reader, renaming, viewId, t.clock.now()))
    expect(await waits()).toBe(id)
    await t.store.write(t.workspace, 'person', tx =>
      endApprovals({ tx, actor: null, now: t.clock.now() }, 'view', viewId),
    )
    expect(await waits()).toBeNull()
    expect((await get(id, ben)).state).toBe('changed')
    expect(await code(get('01900000-0000-7000-8000-00000000ffff', ben))).toBe('WORKSPACE_NOT_FOUND')
  })

  it('on a connected desk a quorum waits for the authority', async () => {
    const id = await request(ada)
    const seen = await ballot(id, ben)
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'connected' }).execute()
      expect(reading(tx)).toBe(tx)
    })
    const voted = await t.core.call(approval.approve, seen, ben)
    expect(voted).toMatchObject({ state: 'approved', endedAt: null })
    expect(await nameOf()).toBe('Old')
    expect(await code(t.core.call(approval.refuse, { ...seen, reason: 'Late' }, cy))).toBe(
      'WORKSPACE_APPROVAL_STATE',
    )
  })

  it('a desk without the subject shows a request as it is, and leaves the rest to the authority', async () => {
    const id = await request(ada)
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'connected' }).execute()
      await tx.db.deleteFrom('views').where('id', '=', viewId).execute()
    })
    expect(await get(id, ben)).toMatchObject({ state: 'waiting', mine: 'decide', subject: { link: null } })
  })

  it('a request of a kind that this version does not know cannot be approved', async () => {
    const id = await request(ada, {}, { name: 'test.unknown' })
    expect(await get(id, t.admin)).toMatchObject({ state: 'changed', mine: 'none' })
  })
})
