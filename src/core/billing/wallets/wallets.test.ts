import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScheduleCall, ScheduleLook } from '#core/workspace/schedules/schedule-kind.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { walletSchedule } from './wallet-schedule.ts'

const { billing, workspace } = contract
const leaf = billing.wallet
const DAY = 86_400_000

describe.each(DATABASES)('wallets on %s', database => {
  let t: TestCore
  let customerId: string
  let walletId: string
  beforeEach(async () => {
    t = await testCore(database)
    customerId = (await addCustomer(t, 'acme')).id
    walletId = (await create()).id
  })
  afterEach(() => t.close())

  const create = (more: object = {}) =>
    t.core.call(leaf.create, { customerId, name: 'Credits', ...more }, t.admin)
  const grant = (amount: bigint, more: object = {}) =>
    t.core.call(leaf.grant, { walletId, amount, ...more }, t.admin)
  const hold = (amount: bigint, more: object = {}) =>
    t.core.call(leaf.hold, { walletId, amount, ...more }, t.admin)
  const capture = (holdId: string, more: object = {}) =>
    t.core.call(leaf.capture, { holdId, ...more }, t.admin)
  const release = (holdId: string) => t.core.call(leaf.release, { holdId }, t.admin)
  const get = () => t.core.call(leaf.get, { walletId }, t.admin)
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => ({ code: 'done' }),
      ({ code, data }: { code: string; data: unknown }) => ({ code, data }),
    )
  const undo = async () => {
    const { entries } = await t.core.call(workspace.log.list, { limit: 1 }, t.admin)
    return t.core.call(workspace.log.undo, { commandId: entries[0]!.commandId }, t.admin)
  }
  const inDays = (days: number) => t.clock.now() + BigInt(days * DAY)
  /** What the rows keep is what the ledger says, and the ledger sums to nothing. */
  async function proveLedger() {
    const { transfers, grants } = await t.store.read(t.workspace, async ({ db }) => ({
      transfers: await db.selectFrom('balance_transfers').selectAll().execute(),
      grants: await db.selectFrom('wallet_grants').selectAll().execute(),
    }))
    const sums = accountSums(transfers as unknown as Transfer[])
    expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
    for (const one of grants) {
      expect(one.rest).toBe(-(sums.get(`wallet:${one.id}`) ?? 0n))
      expect(one.held).toBe(-(sums.get(`held:${one.id}`) ?? 0n))
      expect(one.rest >= 0n && one.held >= 0n).toBe(true)
    }
  }

  it('billing.wallet.create, edit: of a customer, in the customer’s currency, and undone', async () => {
    expect((await get()).currency).toBe('USD')
    const yen = await create({ name: 'Yen', currency: 'JPY', paysInvoices: false })
    expect(yen).toMatchObject({
      customer: 'Customer acme',
      currency: 'JPY',
      paysInvoices: false,
      available: 0n,
    })
    const auto = { below: 500n, amount: 2000n, most: 4000n }
    await t.core.call(leaf.edit, { walletId: yen.id, name: 'Yen 2', autoTopUp: auto }, t.admin)
    const list = async () =>
      (await t.core.call(leaf.list, { customerId }, t.admin)).wallets.map(one => one.name).join()
    expect(await list()).toBe('Credits,Yen 2')
    await undo()
    expect(await list()).toBe('Credits,Yen')
    expect(await refusal(create({ currency: 'XYZ' }))).toMatchObject({ data: { reason: 'currency' } })
    expect(await refusal(create({ autoTopUp: { ...auto, most: 1n } }))).toMatchObject({
      ...{ code: 'BILLING_WALLET_INVALID', data: { reason: 'auto' } },
    })
    const found = await t.core.call(workspace.search.query, { text: 'acme yen' }, t.admin)
    expect(found.hits.map(hit => hit.link)).toContain(`/billing/wallets?wallet=${yen.id}`)
  })

  it('billing.wallet.create is undone while nothing came in; then it is put away when it is empty', async () => {
    const second = await create({ name: 'Second' })
    await undo()
    expect(await refusal(t.core.call(leaf.get, { walletId: second.id }, t.admin))).toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
    const undone = (await t.core.call(workspace.log.list, { limit: 1 }, t.admin)).entries[0]!
    await t.core.call(workspace.log.undo, { commandId: undone.commandId }, t.admin)
    expect((await t.core.call(leaf.list, {}, t.admin)).wallets).toHaveLength(2)

    const put = (archived: boolean) => t.core.call(leaf.setArchived, { walletId, archived }, t.admin)
    const given = await grant(100n)
    expect(await refusal(put(true))).toEqual({
      ...{ code: 'BILLING_WALLET_NOT_EMPTY', data: { amount: 100n, currency: 'USD' } },
    })
    await t.core.call(leaf.withdraw, { grantId: given.id, note: 'Mistake' }, t.admin)
    const { archivedAt } = await put(true)
    expect(archivedAt).not.toBeNull()
    expect((await put(true)).archivedAt).toBe(archivedAt)
    expect(await refusal(grant(5n))).toMatchObject({ code: 'BILLING_WALLET_ARCHIVED' })
    expect(await refusal(hold(5n))).toMatchObject({ code: 'BILLING_WALLET_ARCHIVED' })
    expect((await put(false)).archivedAt).toBeNull()
    // It has a past now, which its ledger names.
    const restore = { walletId, wallet: null }
    expect(await refusal(t.core.call(leaf.restore, restore, { ...t.admin, system: true }))).toMatchObject({
      code: 'BILLING_WALLET_NOT_EMPTY',
    })
  })

  /** 30.00 expire in ten days, 20.00 stay and are free, 50.00 are used first: 60.00 come of the last and the first. */
  it('billing.wallet.grant: used by priority, then by what expires sooner, then free before paid', async () => {
    await grant(3000n, { expiresAt: inDays(10), note: 'Launch' })
    await grant(2000n)
    await grant(5000n, { priority: 1, kind: 'paid' })
    await grant(9000n, { startsAt: inDays(2) })
    const { grants, available, later, next } = await get()
    expect([available, later]).toEqual([10_000n, 9000n])
    expect(next).toEqual({ amount: 3000n, at: inDays(10) })
    expect(grants.map(one => [one.place, one.amount, one.because, one.state])).toEqual([
      [1, 5000n, null, 'usable'],
      [2, 3000n, 'priority', 'usable'],
      [3, 2000n, 'expiry', 'usable'],
      [null, 9000n, null, 'later'],
    ])
    const { id } = await hold(6000n, { reference: 'Run 7' })
    await capture(id)
    const after = await get()
    expect(after.available).toBe(4000n)
    expect(after.grants.map(one => [one.amount, one.rest, one.state])).toEqual([
      [3000n, 2000n, 'usable'],
      [2000n, 2000n, 'usable'],
      [9000n, 9000n, 'later'],
      [5000n, 0n, 'used'],
    ])
    const used = after.entries.filter(one => one.movement === 'used')
    expect(used.map(one => [one.amount, one.change]).sort()).toEqual([
      [1000n, 0n],
      [5000n, 0n],
    ])
    expect(after.holds).toMatchObject([{ amount: 6000n, captured: 6000n, left: 0n, state: 'captured' }])
    await proveLedger()
    t.clock.advance(2 * DAY)
    expect((await get()).available).toBe(13_000n)
  })

  it('billing.wallet.grant refuses what is over, and is undone while nothing of it was used', async () => {
    const odd = [{ expiresAt: t.clock.now() }, { startsAt: inDays(3), expiresAt: inDays(2) }]
    for (const more of odd) expect(await refusal(grant(5n, more))).toMatchObject({ data: { reason: 'span' } })
    expect(await refusal(grant(10n ** 16n))).toMatchObject({ data: { reason: 'over' } })
    expect(await refusal(grant(0n))).toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
    await grant(500n)
    await undo()
    expect(await get()).toMatchObject({ available: 0n, grants: [{ amount: 500n, rest: 0n, state: 'used' }] })
    const { id } = await grant(500n)
    const entry = (await t.core.call(workspace.log.list, { limit: 1 }, t.admin)).entries[0]!
    const held = await hold(200n)
    expect(
      await refusal(t.core.call(workspace.log.undo, { commandId: entry.commandId }, t.admin)),
    ).toMatchObject({
      code: 'WORKSPACE_UNDO_OVERTAKEN',
    })
    // What is held stays: only the rest is taken back, and a second time there is none.
    const withdraw = () => t.core.call(leaf.withdraw, { grantId: id }, t.admin)
    expect(await withdraw()).toMatchObject({ rest: 0n, held: 200n })
    expect(await refusal(withdraw())).toMatchObject({ data: { reason: 'nothing' } })
    await capture(held.id)
    await proveLedger()
    for (const [one, input] of [
      [leaf.withdraw, { grantId: walletId }],
      [leaf.release, { holdId: walletId }],
      [leaf.get, { walletId: id }],
    ] as const)
      expect(await refusal(t.core.call(one, input as never, t.admin))).toMatchObject({
        code: 'WORKSPACE_NOT_FOUND',
      })
  })

  it('billing.wallet.hold: never more than there is; captured in parts, released, undone', async () => {
    await grant(10_000n)
    const first = await hold(6000n)
    expect(await refusal(hold(6000n))).toEqual({
      code: 'BILLING_WALLET_SHORT',
      data: { available: 4000n, asked: 6000n, currency: 'USD' },
    })
    expect(await get()).toMatchObject({ available: 4000n, held: 6000n })
    expect(await capture(first.id, { amount: 1000n, keepRest: true })).toMatchObject({
      ...{ state: 'active', captured: 1000n, left: 5000n },
    })
    expect(await refusal(capture(first.id, { amount: 5001n }))).toEqual({
      ...{ code: 'BILLING_HOLD_OVER', data: { left: 5000n, asked: 5001n } },
    })
    expect(await capture(first.id, { amount: 2000n })).toMatchObject({ state: 'captured', captured: 3000n })
    expect(await get()).toMatchObject({ available: 7000n, held: 0n })
    for (const again of [capture(first.id), release(first.id)])
      expect(await refusal(again)).toMatchObject({ code: 'BILLING_HOLD_ENDED', data: { state: 'captured' } })
    await hold(500n)
    await undo()
    const third = await hold(700n)
    expect(await release(third.id)).toMatchObject({ state: 'released', left: 0n })
    expect(await get()).toMatchObject({ available: 7000n, held: 0n })
    await proveLedger()
  })

  /** A hold of an hour on a grant of a day: both end by the clock, whether they were booked or not. */
  it('what ends counts no more at once, and is booked once', async () => {
    await grant(10_000n, { expiresAt: inDays(1), kind: 'paid' })
    await grant(500n, { expiresAt: inDays(1) })
    const { id } = await hold(6000n, { seconds: 3600 })
    t.clock.advance(3_600_000)
    expect(await get()).toMatchObject({ available: 10_500n, held: 0n, holds: [{ state: 'expired' }] })
    expect(await refusal(capture(id))).toMatchObject({ data: { state: 'expired' } })
    // A hold of a grant that expires while it is held can be captured; what comes back of it lapses.
    const long = await hold(4000n, { seconds: 2 * 86_400 })
    t.clock.advance(DAY)
    expect(await get()).toMatchObject({ available: 0n, held: 4000n, next: null })
    expect(await refusal(hold(1n))).toMatchObject({ data: { available: 0n } })
    expect(await capture(long.id, { amount: 1500n })).toMatchObject({ captured: 1500n })
    const { entries, held, available } = await get()
    expect([held, available]).toEqual([0n, 0n])
    // Of 105.00 the 5.00 for free were used first, then 10.00 that were paid for: 90.00 of those lapse, to us.
    const lapsed = entries.filter(one => one.movement === 'lapsed').map(one => `${one.amount} ${one.credit}`)
    expect(lapsed).toEqual(['9000 expired'])
    await proveLedger()
    const before = (await get()).entries.length
    await t.core.call(leaf.expire, {}, t.admin)
    await t.core.jobs.idle()
    expect((await get()).entries).toHaveLength(before)
  })

  it('the daily look comes with the first wallet, and books what nobody touched', async () => {
    // Without this it would begin with telling that a grant expires tomorrow.
    await t.core.call(workspace.settings.set, { name: 'billing.grantNoticeDays', value: 0 }, t.admin)
    await grant(10_000n, { expiresAt: inDays(1) })
    await hold(4000n, { seconds: 86_400 })
    const { schedules } = await t.core.call(workspace.schedules.list, {}, t.admin)
    const own = schedules.filter(one => one.kind === walletSchedule.name)
    expect(own).toHaveLength(1)
    await create({ name: 'Second' })
    expect((await look()).summary).toEqual({ wallets: 0, holds: 0, grants: 0, told: 0 })
    t.clock.advance(3 * DAY)
    const { jobId } = await t.core.call(leaf.expire, {}, t.admin)
    await t.core.jobs.idle()
    const { result } = await t.core.call(workspace.jobs.get, { jobId }, t.admin)
    expect(result).toEqual({ wallets: 1, holds: 1, grants: 1, told: 1 })
    const { entries, available, held } = await get()
    expect([available, held]).toEqual([0n, 0n])
    expect(entries.map(one => one.movement)).toEqual(['lapsed', 'released', 'held', 'granted'])
    await proveLedger()
    // Where nothing has ended no job is begun.
    expect((await look()).summary).toEqual({ wallets: 0, holds: 0, grants: 0, told: 0 })
  })

  const look = () =>
    walletSchedule.run({
      query: (one: never, input: never) => t.core.call(one, input, { ...t.admin, system: true }),
    } as unknown as ScheduleCall<unknown>) as Promise<{ over: true; summary: object }>

  it('any order of commands keeps the ledger, and never takes what is not there', async () => {
    const step = fc.record({
      what: fc.constantFrom('grant', 'hold', 'capture', 'part', 'release', 'wait'),
      amount: fc.bigInt({ min: 1n, max: 300n }),
      days: fc.option(fc.integer({ min: 1, max: 3 })),
      which: fc.nat({ max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        walletId = (await create()).id
        const held: string[] = []
        for (const { what, amount, days, which } of steps) {
          const id = held[which % Math.max(held.length, 1)]
          const { available } = await get()
          if (what === 'wait') t.clock.advance(12 * 3_600_000)
          else if (what === 'grant') await grant(amount, { expiresAt: days && inDays(days) })
          else if (what === 'hold') {
            const answer = await hold(amount).then(
              one => held.push(one.id),
              (error: { code: string }) => error.code,
            )
            expect(answer === 'BILLING_WALLET_SHORT').toBe(available < amount)
          } else if (id)
            await refusal(
              what === 'release'
                ? release(id)
                : capture(id, what === 'part' ? { amount, keepRest: true } : {}),
            )
          await proveLedger()
        }
      }),
      { numRuns: database === 'sqlite' ? 12 : 3 },
    )
  })
})

describe('the daily look', () => {
  const JOB = '00000000-0000-7000-8000-000000000009'
  const result = { wallets: 1, holds: 0, grants: 1, told: 1 }
  const look = (state: string) =>
    walletSchedule.look!(JOB, { query: async () => ({ state, result }) } as unknown as ScheduleLook)

  it('begins a job where something has ended, and tells how it went', async () => {
    const begun = walletSchedule.run({
      query: async () => ({ walletIds: ['a'] }),
      command: async () => ({ jobId: JOB }),
    } as unknown as ScheduleCall<unknown>)
    expect(await begun).toEqual({ over: false, reference: JOB })
    expect(await look('running')).toEqual({ over: false, reference: JOB })
    expect(await look('done')).toEqual({ over: true, summary: result })
    await expect(look('failed')).rejects.toMatchObject({ code: 'BILLING_WALLETS_FAILED' })
    const at = BigInt(Date.UTC(2026, 10, 21, 9))
    expect(walletSchedule.due({ every: 'day', at: '00:10' }).next(at)).toBe(
      BigInt(Date.UTC(2026, 10, 22, 0, 10)),
    )
  })
})
