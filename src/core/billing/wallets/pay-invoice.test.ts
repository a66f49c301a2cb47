import { afterEach, describe, expect, it } from 'vitest'
import { payableOf } from '#core/documents/invoice-document.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { invoiceFacts } from '../invoices/document/invoice-facts.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { correction, invoice, payment, wallet } = contract.billing
const { settings } = contract.workspace
const DAY = 86_400_000

describe.each(DATABASES)('wallets at the issue of invoices (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  /** August issued: two fees of 100.00 and tax of 8 %, 216.00; September a draft of 108.00. */
  async function world(more: { uses?: boolean; balance?: bigint } = {}) {
    t = await testCore(database)
    for (const [name, value] of [
      ['billing.creditLimit', 1000],
      ['billing.writeOffLimit', 1000],
      ['billing.useBalance', more.uses ?? true],
    ] as const)
      await t.core.call(settings.set, { name, value }, t.admin)
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    await closeMonth(t, '2026-08')
    const [august] = await issueMonth(t, '2026-08')
    await closeMonth(t, '2026-09')
    const [september] = await invoicesOf(t, '2026-09')
    return { customerId: customer.id, august: august!, september: september! }
  }
  const create = (customerId: string, more: object = {}) =>
    t.core.call(wallet.create, { customerId, name: 'Credits', ...more }, t.admin)
  const grant = (walletId: string, amount: bigint, more: object = {}) =>
    t.core.call(wallet.grant, { walletId, amount, ...more }, t.admin)
  const get = (walletId: string) => t.core.call(wallet.get, { walletId }, t.admin)
  const preview = (invoiceId: string) => t.core.call(invoice.balance, { invoiceId }, t.admin)
  const makeVoid = (invoiceId: string, more: object = {}) =>
    t.core.call(correction.void, { invoiceId, reason: 'Wrong plan', ...more }, t.admin)
  const openOf = async (invoiceId: string) => {
    const { open, state } = await t.core.call(correction.get, { invoiceId }, t.admin)
    return `${state} ${open}`
  }
  async function proveLedger() {
    const transfers = await t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('balance_transfers').selectAll().execute(),
    )
    const sums = accountSums(transfers as unknown as Transfer[])
    expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
  }

  /** 20.00 of the balance, 50.00 of the wallet, 30.00 left of a payment: 8.00 of 108.00 are asked for. */
  it('the balance, then wallets, then what is left of payments; the preview is what the issue does', async () => {
    const { customerId, august, september } = await world()
    const received = { method: 'bank-transfer' as const, reference: '', receivedAt: t.clock.now() }
    await t.core.call(payment.record, { customerId, currency: 'USD', amount: 24_600n, ...received }, t.admin)
    await t.core.call(
      correction.credit,
      { invoiceId: august.id, wanted: { kind: 'amount', amount: 2000n }, money: 'balance', reason: 'Sorry' },
      t.admin,
    )
    const { id } = await create(customerId)
    await grant(id, 5000n)
    const told = await preview(september.id)
    expect(told).toEqual({ currency: 'USD', balance: 2000n, wallets: 5000n, payments: 3000n, rest: 800n })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe('issued 800')
    // The document asks for the 8.00 alone: 108.00 less 20.00, 50.00 and 30.00.
    const facts = await t.store.read(t.workspace, async reader =>
      invoiceFacts(reader, september.id, await readSettings(reader, {})),
    )
    expect(facts.prepaid).toEqual({ balance: 2000n, wallets: 5000n, payments: 3000n })
    expect(payableOf(facts)).toBe(800n)
    expect(await get(id)).toMatchObject({ available: 0n, entries: [{ movement: 'paid', amount: 5000n }, {}] })
    // What moved in wallets is shown by them, and changes no balance.
    const { balances, entries } = await t.core.call(correction.balance, { customerId }, t.admin)
    expect([balances, entries.filter(one => one.debit.includes(':'))]).toEqual([[], []])
    // The account of the customer says what was paid by what: 8.00 are owed.
    const span = { from: 0n, to: t.clock.now() + 1n }
    const { currencies } = await t.core.call(payment.statement, { customerId, ...span }, t.admin)
    expect(currencies[0]!.entries.find(one => one.kind === 'wallet')).toMatchObject({ amount: -5000n })
    await proveLedger()
  })

  /** Of 108.00 a wallet of 30.00, the older one, and 78.00 of one of 100.00: free before paid, soon before late. */
  it('the oldest wallet first, each in its order; a void gives back to the same grants', async () => {
    const { customerId, september } = await world({ uses: false })
    const first = await create(customerId, { name: 'First' })
    t.clock.advance(1000)
    const second = await create(customerId, { name: 'Second' })
    const other = await create(customerId, { name: 'For runs', paysInvoices: false })
    const euros = await create(customerId, { name: 'Euros', currency: 'EUR' })
    for (const { id } of [other, euros]) await grant(id, 50_000n)
    await grant(first.id, 3000n)
    await grant(second.id, 6000n, { kind: 'paid' })
    await grant(second.id, 4000n, { expiresAt: t.clock.now() + BigInt(2 * DAY) })
    expect(await preview(september.id)).toMatchObject({ balance: 0n, wallets: 10_800n, rest: 0n })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe('paid 0')
    const rests = async () => (await get(second.id)).grants.map(one => `${one.amount}: ${one.rest}`)
    expect(await rests()).toEqual(['6000: 2200', '4000: 0'])
    expect((await get(other.id)).available).toBe(50_000n)

    const { invoice: voided } = await makeVoid(september.id, { reissue: true })
    expect(voided.state).toBe('void')
    expect(await rests()).toEqual(['4000: 4000', '6000: 6000'])
    expect((await get(first.id)).available).toBe(3000n)
    const statement = { customerId, from: 0n, to: t.clock.now() + 1n }
    const { currencies } = await t.core.call(payment.statement, statement, t.admin)
    // The invoice of August, and nothing of what was voided.
    expect(currencies[0]!.closing).toBe(21_600n)
    await issueMonth(t, '2026-09')
    expect(await rests()).toEqual(['6000: 2200', '4000: 0'])
    await proveLedger()
  })

  /** 40.00 of 100.00 were of a grant that has expired when the invoice is voided: they come back and lapse. */
  it('what comes back to a grant that has expired lapses', async () => {
    const { customerId, september } = await world()
    const { id } = await create(customerId)
    await grant(id, 6000n)
    await grant(id, 4000n, { expiresAt: t.clock.now() + BigInt(DAY) })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe('issued 800')
    t.clock.advance(2 * DAY)
    await makeVoid(september.id)
    const { available, entries } = await get(id)
    expect(available).toBe(6000n)
    expect(entries.map(one => one.movement).sort()).toEqual([
      ...['granted', 'granted', 'lapsed', 'paid', 'paid', 'paid-back', 'paid-back'],
    ])
    expect(await openOf(september.id)).toBe('void 0')
    await proveLedger()
  })

  it('what somebody paid is no void any more, whatever a wallet paid of it', async () => {
    const { customerId, september } = await world()
    const { id } = await create(customerId)
    await grant(id, 5000n)
    await issueMonth(t, '2026-09')
    const received = { method: 'bank-transfer' as const, reference: '', receivedAt: t.clock.now() }
    await t.core.call(
      payment.record,
      { customerId, currency: 'USD', amount: 21_600n + 100n, ...received },
      t.admin,
    )
    expect(await openOf(september.id)).toBe('issued 5700')
    await expect(makeVoid(september.id)).rejects.toMatchObject({ code: 'BILLING_INVOICE_SETTLED' })
  })

  it('what is held, has expired or has not begun pays nothing', async () => {
    const { customerId, september } = await world()
    const { id } = await create(customerId)
    await grant(id, 5000n)
    await t.core.call(wallet.hold, { walletId: id, amount: 4000n, seconds: 3600 }, t.admin)
    await grant(id, 700n, { startsAt: t.clock.now() + BigInt(DAY) })
    expect(await preview(september.id)).toMatchObject({ wallets: 1000n })
    t.clock.advance(3_600_000)
    // The hold has ended by the clock, though nothing booked it yet.
    expect(await preview(september.id)).toMatchObject({ wallets: 5000n })
    await issueMonth(t, '2026-09')
    expect(await openOf(september.id)).toBe('issued 5800')
    expect(await preview(september.id)).toMatchObject({ wallets: 0n, rest: 10_800n })
    await proveLedger()
  })
})
