import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { correction, invoice, payment, wallet } = contract.billing
const { approval, people, settings } = contract.workspace
const DAY = 86_400_000

describe.each(DATABASES)('what wallets pay for, and get back (%s)', database => {
  let t: TestCore
  let ben: Caller
  afterEach(() => t.close())

  /** A draft of August: two fees of 100.00, 300 calls at 0.10, and tax of 8 %: 216.00 and 32.40 are 248.40. */
  async function world() {
    t = await testCore(database)
    await t.core.call(settings.set, { name: 'billing.creditLimit', value: 1000 }, t.admin)
    const added = await t.core.call(
      people.add,
      { name: 'Ben', email: 'ben@example.com', roles: ['approver'] },
      t.admin,
    )
    ben = t.as(added.id)
    const { metrics, pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    await use(t, 'acme', 'calls', '2026-08-05', '400')
    await closeMonth(t, '2026-08')
    const [august] = await invoicesOf(t, '2026-08')
    expect(august!.total).toBe(24_840n)
    const { id: walletId } = await t.core.call(
      wallet.create,
      { customerId: customer.id, name: 'Credits' },
      t.admin,
    )
    const calls = { metricIds: [metrics.calls] }
    return { customerId: customer.id, august: august!, walletId, metrics, pro, calls }
  }
  const grant = (walletId: string, amount: bigint, more: object = {}) =>
    t.core.call(wallet.grant, { walletId, amount, ...more }, t.admin)
  const get = (walletId: string) => t.core.call(wallet.get, { walletId }, t.admin)
  const rests = async (walletId: string) =>
    Object.fromEntries((await get(walletId)).grants.map(one => [one.note, one.rest]))
  const preview = (invoiceId: string) => t.core.call(invoice.balance, { invoiceId }, t.admin)
  const openOf = async (invoiceId: string) => {
    const { open, state } = await t.core.call(correction.get, { invoiceId }, t.admin)
    return `${state} ${open}`
  }
  const credit = (invoiceId: string, wanted: object, more: object = {}) =>
    t.core.call(
      correction.credit,
      { invoiceId, wanted, money: 'refund', reason: 'Sorry', ...more } as never,
      t.admin,
    )
  const lineOf = async (invoiceId: string, name: string) => {
    const { lines } = await t.core.call(correction.get, { invoiceId }, t.admin)
    return lines.find(one => one.name === name)!.lineId
  }
  const pay = (customerId: string, amount: bigint) =>
    t.core.call(payment.record, { customerId, currency: 'USD', amount }, t.admin)
  async function proveLedger() {
    const transfers = await t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('balance_transfers').selectAll().execute(),
    )
    const sums = accountSums(transfers as unknown as Transfer[])
    expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
  }

  /** The first grant pays 150.00 of the fees, and leaves the calls to the second: 32.40 of its 50.00. */
  it('a grant pays only lines that it is for, and leaves to others what only they can pay', async () => {
    const { august, walletId, calls } = await world()
    await grant(walletId, 15_000n, { note: 'any', priority: 1 })
    await grant(walletId, 5000n, { note: 'calls', paysFor: calls })
    expect(await get(walletId)).toMatchObject({ available: 20_000n, limited: 5000n })
    expect(await preview(august.id)).toMatchObject({ wallets: 18_240n, rest: 6600n })
    await issueMonth(t, '2026-08')
    expect(await openOf(august.id)).toBe('issued 6600')
    expect(await rests(walletId)).toEqual({ any: 0n, calls: 1760n })
    await proveLedger()
  })

  it('a wallet that is limited comes before an older one that is not, and limits its grants', async () => {
    const { august, customerId, walletId, calls, pro } = await world()
    await grant(walletId, 30_000n, { note: 'any' })
    t.clock.advance(1000)
    const { id: narrow } = await t.core.call(
      wallet.create,
      { customerId, name: 'Calls', paysFor: calls },
      t.admin,
    )
    await grant(narrow, 2000n, {
      note: 'seats',
      paysFor: { products: [{ planId: pro.planId, key: 'base' }] },
    })
    await grant(narrow, 2000n, { note: 'pro', paysFor: { planIds: [pro.planId] } })
    const { grants } = await get(narrow)
    expect(grants.map(one => [one.note, one.because])).toEqual([
      ['seats', null],
      ['pro', 'narrower'],
    ])
    await issueMonth(t, '2026-08')
    // A fee is not of the metric, so that nothing is for both limits of the first; 248.40 less 20.00.
    expect(await rests(narrow)).toEqual({ seats: 2000n, pro: 0n })
    expect(await rests(walletId)).toEqual({ any: 7160n })
    expect(await openOf(august.id)).toBe('paid 0')
  })

  it('a hold is for a metric, or for what is for everything; unknown limits are refused', async () => {
    const { walletId, metrics, calls } = await world()
    await grant(walletId, 500n, { note: 'any' })
    await grant(walletId, 700n, { note: 'calls', paysFor: calls })
    const hold = (amount: bigint, metricId: string | null) =>
      t.core.call(wallet.hold, { walletId, amount, metricId }, t.admin)
    await expect(hold(501n, null)).rejects.toMatchObject({ data: { available: 500n } })
    await expect(hold(501n, metrics.gb)).rejects.toMatchObject({ data: { available: 500n } })
    expect(await hold(1200n, metrics.calls)).toMatchObject({ left: 1200n, metricId: metrics.calls })
    const nobody = '00000000-0000-7000-8000-00000000ffff'
    await expect(hold(1n, nobody)).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    for (const paysFor of [
      { planIds: [nobody] },
      { metricIds: [nobody] },
      { products: [{ planId: nobody, key: 'base' }] },
    ])
      await expect(grant(walletId, 1n, { paysFor })).rejects.toMatchObject({ data: { reason: 'pays-for' } })
    const { plans } = await t.core.call(contract.billing.plan.list, {}, t.admin)
    const unknown = { products: [{ planId: plans[0]!.id, key: 'nothing' }] }
    await expect(grant(walletId, 1n, { paysFor: unknown })).rejects.toMatchObject({
      code: 'BILLING_WALLET_INVALID',
    })
  })

  /** 150.00 and 32.40 of grants, 66.00 of a payment. */
  async function paidByBoth(more: object = {}) {
    const made = await world()
    await grant(made.walletId, 15_000n, { note: 'any', priority: 1 })
    await grant(made.walletId, 5000n, { note: 'calls', paysFor: made.calls, ...more })
    await issueMonth(t, '2026-08')
    await pay(made.customerId, 6600n)
    expect(await openOf(made.august.id)).toBe('paid 0')
    return made
  }

  it('a credit note gives back to the grants of the lines, and sends back no more than was paid', async () => {
    const { august, customerId, walletId } = await paidByBoth()
    const lineId = await lineOf(august.id, 'API calls')
    const wanted = { kind: 'lines', lines: [{ lineId, amount: 3000n }] }
    const told = await t.core.call(
      correction.preview,
      { invoiceId: august.id, wanted, money: 'refund' } as never,
      t.admin,
    )
    expect(told).toMatchObject({ total: 3240n, refunded: 0n, credited: 0n, returned: 3240n, lapses: 0n })
    await credit(august.id, wanted)
    expect(await rests(walletId)).toEqual({ any: 0n, calls: 5000n })
    // The rest: 66.00 to who paid, 150.00 to the wallet, nothing more than that to anybody.
    await credit(august.id, { kind: 'whole' })
    expect(await rests(walletId)).toEqual({ any: 15_000n, calls: 5000n })
    const { creditNotes } = await t.core.call(correction.get, { invoiceId: august.id }, t.admin)
    expect(creditNotes.map(one => [one.refunded, one.credited, one.returned, one.lapsed])).toEqual([
      [6600n, 0n, 15_000n, 0n],
      [0n, 0n, 3240n, 0n],
    ])
    const { balances } = await t.core.call(correction.balance, { customerId }, t.admin)
    expect(balances).toEqual([])
    const { currencies } = await t.core.call(
      payment.statement,
      { customerId, from: 0n, to: t.clock.now() + 1n },
      t.admin,
    )
    expect(currencies[0]!.closing).toBe(0n)
    await proveLedger()
  })

  it('onto the balance by choice, which is not sent back; what comes to an expired grant is gone', async () => {
    const { august, customerId, walletId } = await paidByBoth()
    await credit(august.id, { kind: 'whole' }, { wallets: 'balance' })
    const { balances } = await t.core.call(correction.balance, { customerId }, t.admin)
    // 182.40 of wallets; 66.00 went to who paid.
    expect(balances).toEqual([{ currency: 'USD', amount: 18_240n }])
    expect(await rests(walletId)).toEqual({ any: 0n, calls: 1760n })
    await proveLedger()
  })

  it('what comes back to a grant that has expired is stated before, and lapses', async () => {
    const made = await world()
    const { august, walletId, calls } = made
    await grant(walletId, 5000n, { note: 'calls', paysFor: calls, expiresAt: t.clock.now() + BigInt(DAY) })
    await issueMonth(t, '2026-08')
    t.clock.advance(2 * DAY)
    const wanted = { kind: 'whole' }
    const told = await t.core.call(
      correction.preview,
      { invoiceId: august.id, wanted, money: 'balance' } as never,
      t.admin,
    )
    expect(told).toMatchObject({ applied: 21_600n, returned: 3240n, lapses: 3240n })
    await credit(august.id, wanted)
    const { creditNotes } = await t.core.call(correction.get, { invoiceId: august.id }, t.admin)
    expect(creditNotes[0]).toMatchObject({ returned: 3240n, lapsed: 3240n })
    // 17.60 were never used, 32.40 came back too late.
    const { grants, available } = await get(walletId)
    expect([available, grants[0]!.state, grants[0]!.lapsed]).toEqual([0n, 'expired', 5000n])
    const { grants: lost } = await t.core.call(wallet.expiring, {}, t.admin)
    expect(lost).toMatchObject([{ amount: 5000n, expired: true, toldAt: null }])
    await proveLedger()
  })

  it('billing.wallet.grant above the limit waits for another person, who gives it', async () => {
    const { walletId } = await world()
    // The limit is 1000.00 where nobody changed it.
    expect(await grant(walletId, 100_000n)).toMatchObject({ state: 'usable', approvalId: null })
    expect(await grant(walletId, 100_001n, { kind: 'paid' })).toMatchObject({ state: 'usable' })
    t.clock.advance(31 * DAY)
    const asked = await grant(walletId, 100_001n, { note: 'Launch' })
    expect(asked).toMatchObject({ state: 'asked', rest: 0n })
    expect(await get(walletId)).toMatchObject({ available: 200_001n, asked: 100_001n })
    const request = await t.core.call(approval.get, { approvalId: asked.approvalId! }, ben)
    expect(request).toMatchObject({ kind: 'billing.wallet.grant', amount: 100_001n, state: 'waiting' })
    const { digest, nonce, id: approvalId } = request
    await expect(t.core.call(approval.approve, { approvalId, digest, nonce }, t.admin)).rejects.toMatchObject(
      { code: 'WORKSPACE_APPROVAL_OWN' },
    )
    await t.core.call(approval.approve, { approvalId, digest, nonce }, ben)
    expect(await get(walletId)).toMatchObject({ available: 300_002n, asked: 0n })
    await proveLedger()

    const refused = await grant(walletId, 200_000n)
    const second = await t.core.call(approval.get, { approvalId: refused.approvalId! }, ben)
    await t.core.call(
      approval.refuse,
      { approvalId: second.id, digest: second.digest, nonce: second.nonce, reason: 'Too much' },
      ben,
    )
    const { grants } = await get(walletId)
    expect(grants.find(one => one.id === refused.id)).toMatchObject({ state: 'cancelled', rest: 0n })
  })

  /** The limit is 1000.00: 600.00 and 400.00 reach it, and 0.01 more is asked for whichever wallet it is for. */
  it('billing.wallet.grant counts small grants of one person to one customer together, month by month', async () => {
    const { walletId, customerId } = await world()
    const { id: second } = await t.core.call(wallet.create, { customerId, name: 'Second' }, t.admin)
    expect(await grant(walletId, 60_000n)).toMatchObject({ state: 'usable' })
    const last = await grant(second, 40_000n)
    expect(last).toMatchObject({ state: 'usable' })
    const asked = await grant(second, 1n)
    expect(asked).toMatchObject({ state: 'asked', rest: 0n })
    const { facts } = await t.core.call(approval.get, { approvalId: asked.approvalId! }, ben)
    expect(facts.find(one => one.name === 'wallet.given')).toMatchObject({
      before: { minor: 100_000n },
      after: { minor: 100_001n },
    })
    // What waits was not given, what is paid for is nobody's gift, and what is taken back was not given either.
    expect(await grant(walletId, 1n)).toMatchObject({ state: 'asked' })
    expect(await grant(walletId, 5000n, { kind: 'paid' })).toMatchObject({ state: 'usable' })
    await t.core.call(wallet.withdraw, { grantId: last.id }, t.admin)
    expect(await grant(walletId, 40_000n)).toMatchObject({ state: 'usable' })
    expect(await grant(walletId, 1n)).toMatchObject({ state: 'asked' })
    // Somebody else has a limit of their own, and so has another month.
    const cleo = await t.core.call(
      people.add,
      { name: 'Cleo', email: 'cleo@example.com', roles: ['analyst'] },
      t.admin,
    )
    const byCleo = t.core.call(wallet.grant, { walletId, amount: 100_000n }, t.as(cleo.id))
    expect(await byCleo).toMatchObject({ state: 'usable' })
    t.clock.advance(31 * DAY)
    expect(await grant(walletId, 100_000n)).toMatchObject({ state: 'usable' })
    await proveLedger()
  })

  it('tells once that little is left, that a grant expires, and what was lost', async () => {
    const { walletId } = await world()
    const topics = async () =>
      (
        await t.store.read(t.workspace, ({ db }) =>
          db.selectFrom('inbox').select('topic').where('topic', 'like', 'billing.%').orderBy('id').execute(),
        )
      )
        .map(row => row.topic.slice(8))
        .sort()
    const look = async () => {
      await t.core.call(wallet.expire, {}, t.admin)
      await t.core.jobs.idle()
    }
    const edit = { walletId, name: 'Credits', paysInvoices: true }
    await t.core.call(wallet.edit, { ...edit, lowBelow: 2000n }, t.admin)
    await expect(t.core.call(wallet.edit, { ...edit, lowBelow: 0n }, t.admin)).rejects.toMatchObject({
      data: { reason: 'low' },
    })
    await grant(walletId, 5000n, { expiresAt: t.clock.now() + BigInt(20 * DAY) })
    await look()
    expect(await topics()).toEqual([])
    t.clock.advance(7 * DAY)
    await look()
    await look()
    expect(await topics()).toEqual(['grantExpiring'])
    const hold = (amount: bigint) => t.core.call(wallet.hold, { walletId, amount, seconds: 60 }, t.admin)
    const { id } = await hold(3500n)
    await t.core.call(wallet.capture, { holdId: id }, t.admin)
    await hold(100n)
    expect(await topics()).toEqual(['grantExpiring', 'walletLow'])
    expect((await get(walletId)).low).toBe(true)
    // Enough again, and then too little again: that is news.
    await grant(walletId, 10_000n, { priority: 1, expiresAt: t.clock.now() + BigInt(90 * DAY) })
    t.clock.advance(1000)
    await t.core.call(wallet.capture, { holdId: (await hold(10_000n)).id }, t.admin)
    expect(await topics()).toEqual(['grantExpiring', 'walletLow', 'walletLow'])
    const { grants } = await t.core.call(wallet.expiring, { days: 14 }, t.admin)
    expect(grants).toMatchObject([{ amount: 1400n, expired: false, toldAt: expect.any(BigInt) }])
    t.clock.advance(14 * DAY)
    await look()
    await look()
    expect(await topics()).toEqual(['grantExpired', 'grantExpiring', 'walletLow', 'walletLow'])
    const { grants: after } = await get(walletId)
    // 35.00 were used; the hold of 1.00 came back in time.
    expect(after.find(one => one.amount === 5000n)).toMatchObject({ lapsed: 1500n, state: 'expired' })
    expect(await t.core.call(wallet.expiring, { days: 14, customerId: after[0]!.id }, t.admin)).toEqual({
      grants: [],
    })
  })
})
