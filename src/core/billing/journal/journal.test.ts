import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, subscribed } from '../testing/close-kit.ts'
import { customerWithInvoices, issueMonth, refundPayment } from '../testing/payment-kit.ts'

const { correction, entity, exchange, journal, payment, refund } = contract.billing
const { log, settings } = contract.workspace
const DAY = 86_400_000

describe.each(DATABASES)('the journal on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const set = (name: string, value: unknown) => t.core.call(settings.set, { name, value } as never, t.admin)
  const get = (period: string, profile = 'csv', more: object = {}) =>
    t.core.call(journal.get, { period, profile, ...more }, t.admin)
  const make = (period: string, profile = 'csv', more: object = {}) =>
    t.core.call(journal.export, { period, profile, currency: 'USD', ...more }, t.admin)
  const textOf = async (exportId: string) => {
    const { base64, digest, fileName } = await t.core.call(journal.file, { exportId }, t.admin)
    return { text: Buffer.from(base64, 'base64').toString('utf8'), digest, fileName }
  }
  /** Invoices of 216, 108 and 108 USD, issued in the month that the clock is in. */
  const world = async () => {
    t = await testCore(database)
    const { customer, issued } = await customerWithInvoices(t)
    const period = new Date(Number(issued[0]!.issuedAt)).toISOString().slice(0, 7)
    const next = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)), 15))
    return {
      ...{ customerId: customer.id, issued, period, following: next.toISOString().slice(0, 7) },
      later: () => t.clock.advance(Number(next) - Number(t.clock.now())),
    }
  }
  const record = (customerId: string, amount: bigint, more: object = {}) =>
    t.core.call(payment.record, { customerId, currency: 'USD', amount, ...more }, t.admin)

  it('billing.journal.get: debits equal credits, by account, and receivables are what statements say', async () => {
    const { customerId, issued, period } = await world()
    await record(customerId, 30_000n, { method: 'card' })
    await set('billing.writeOffLimit', 1000)
    await set('billing.creditLimit', 1000)
    await t.core.call(correction.writeOff, { invoiceId: issued[2]!.id, reason: 'gone' }, t.admin)
    await t.core.call(
      correction.credit,
      { invoiceId: issued[0]!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'wrong' },
      t.admin,
    )
    t.clock.advance(1)
    const shown = await get(period)
    const [usd] = shown.currencies
    expect(usd!.debit).toBe(usd!.credit)
    expect(shown.unmapped).toEqual([])
    expect(shown.fixedAt).toBeNull()
    expect(shown.over).toBe(false)
    const sum = (role: string) =>
      usd!.accounts.filter(one => one.role === role).reduce((all, one) => all + one.debit - one.credit, 0n)
    // 432 billed, 300 paid, 108 written off; the credit note of 216 went onto the balance as it was paid.
    expect(sum('receivables')).toBe(43_200n - 30_000n - 10_800n)
    expect(sum('balance')).toBe(-21_600n)
    expect(sum('bank')).toBe(30_000n)
    expect(sum('bad-debt')).toBe(10_800n)
    // 400 net less the 200 of the credit note, with 8 % of tax.
    expect(sum('revenue')).toBe(-20_000n)
    expect(sum('tax')).toBe(-1_600n)
    const statement = await t.core.call(
      payment.statement,
      { customerId, from: 0n, to: t.clock.now() + BigInt(DAY) },
      t.admin,
    )
    expect(sum('receivables') + sum('balance')).toBe(statement.currencies[0]!.closing)
    expect((await get(period, 'csv', { offset: 1, limit: 2 })).entries).toHaveLength(2)
    expect((await get('2020-01')).currencies).toEqual([])
  })

  it('billing.wallet.grant, hold, capture: what is in a wallet is owed, and is revenue when it is used', async () => {
    const { customerId, period } = await world()
    const { wallet } = contract.billing
    const { id: walletId } = await t.core.call(wallet.create, { customerId, name: 'Credits' }, t.admin)
    const given = (kind: 'free' | 'paid', amount: bigint) =>
      t.core.call(wallet.grant, { walletId, kind, amount }, t.admin)
    await given('free', 5_000n)
    await given('paid', 10_000n)
    const { id: holdId } = await t.core.call(wallet.hold, { walletId, amount: 6_000n, seconds: 60 }, t.admin)
    await t.core.call(wallet.capture, { holdId, amount: 5_500n }, t.admin)
    t.clock.advance(1)
    const { currencies, entries } = await get(period)
    const [usd] = currencies
    expect(usd!.debit).toBe(usd!.credit)
    const sum = (role: string) =>
      usd!.accounts.filter(one => one.role === role).reduce((all, one) => all + one.debit - one.credit, 0n)
    // 150 came in, of which 50 were ours to give; 55 were used, and 5 of the hold came back.
    expect(sum('balance')).toBe(-15_000n + 5_500n)
    expect(sum('discounts')).toBe(5_000n)
    // 400 net of the invoices, and what was used; what was paid for elsewhere comes from where that is booked.
    expect(sum('revenue')).toBe(-40_000n - 5_500n)
    expect(sum('other')).toBe(10_000n)
    // What is held changes nothing of what is owed.
    expect(entries.filter(({ kind }) => kind === 'balance').length).toBe(4)
  })

  /**
   * 100.00 are charged and paid for a top-up: the invoice's line is revenue, and the grant takes it back. Of them 30.00 are
   * used, and are revenue again; the bank then takes the payment back, and the 70.00 that are left go out of the wallet.
   */
  it('billing.wallet.topUp: what an invoice charged ahead is no revenue until it is used', async () => {
    const { customerId, period } = await world()
    const { invoice, wallet } = contract.billing
    const sums = async () => {
      const [usd] = (await get(period)).currencies
      expect(usd!.debit).toBe(usd!.credit)
      return (role: string) =>
        usd!.accounts.filter(one => one.role === role).reduce((all, one) => all + one.debit - one.credit, 0n)
    }
    const { id: walletId } = await t.core.call(wallet.create, { customerId, name: 'Credits' }, t.admin)
    await t.core.call(wallet.topUp, { walletId, amount: 10_000n }, t.admin)
    const { invoices } = await t.core.call(invoice.list, { filter: { customerId } }, t.admin)
    const draft = invoices.find(one => one.state === 'draft')!
    const seen = { invoiceId: draft.id, digest: draft.digest }
    await t.core.call(invoice.approve, seen, t.admin)
    await t.core.call(invoice.issue, seen, t.admin)
    t.clock.advance(1)
    const issued = await sums()
    // 400 net of the invoices, and 100 that nobody has used: asked for, and not paid.
    expect([issued('revenue'), issued('balance'), issued('other')]).toEqual([-50_000n, 0n, 0n])

    const allocations = [{ invoiceId: draft.id, amount: 10_000n }]
    const paid = await t.core.call(
      payment.record,
      { customerId, currency: 'USD', amount: 10_000n, allocations },
      t.admin,
    )
    t.clock.advance(1)
    const granted = await sums()
    expect([granted('revenue'), granted('balance'), granted('other')]).toEqual([-40_000n, -10_000n, 0n])
    expect(granted('bank')).toBe(10_000n)

    const { id: holdId } = await t.core.call(wallet.hold, { walletId, amount: 3_000n, seconds: 60 }, t.admin)
    await t.core.call(wallet.capture, { holdId }, t.admin)
    t.clock.advance(1)
    const used = await sums()
    expect([used('revenue'), used('balance'), used('other')]).toEqual([-43_000n, -7_000n, 0n])

    await t.core.call(payment.reverse, { paymentId: paid.id, reason: 'Returned' }, t.admin)
    t.clock.advance(1)
    const back = await sums()
    expect([back('revenue'), back('balance'), back('other'), back('bank')]).toEqual([-50_000n, 0n, 0n, 0n])
  })

  it('billing.journal.export: a receipt whose file is the same however often it is asked for', async () => {
    const { customerId, period, following, later, issued } = await world()
    await expect(make(period)).rejects.toMatchObject({ code: 'BILLING_JOURNAL_MONTH_OPEN' })
    later()
    const receipt = await make(period)
    // 432 USD are debited: three invoices.
    expect(receipt).toMatchObject({
      entries: 3,
      total: 43_200n,
      number: 1,
      fileName: `journal-${period}-csv-USD.csv`,
    })
    const first = await textOf(receipt.id)
    expect(first.digest).toBe(receipt.digest)
    expect(first.text.split('\r\n')[1]).toContain(issued[0]!.number)
    // A payment of that month which is entered now, and an account that is changed.
    await record(customerId, 5_000n, { receivedAt: issued[0]!.issuedAt })
    await t.core.call(journal.setAccount, { profile: 'csv', item: 'revenue', account: '4000' }, t.admin)
    expect(await make(period)).toEqual(receipt)
    expect(await textOf(receipt.id)).toEqual(first)
    const anew = await make(period, 'csv', { anew: true })
    expect(anew).toMatchObject({
      number: 2,
      entries: 3,
      total: 43_200n,
      fileName: `journal-${period}-csv-USD-2.csv`,
    })
    expect((await textOf(anew.id)).text).toContain(',4000,')
    expect(await textOf(receipt.id)).toEqual(first)
    // It stands in the month after, on its first day.
    const { entries, exports } = await get(following)
    expect(entries.map(({ kind, day }) => [kind, day])).toEqual([['payment', `${following}-01`]])
    expect(exports).toEqual([])
    expect((await get(period)).exports.map(({ number }) => number)).toEqual([2, 1])
    expect((await get(period)).fixedAt).toBe(receipt.exportedAt)
  })

  /**
   * Two customers, each with invoices of 216, 108 and 108 dollars: acme's are billed by the first entity, in euros at
   * 1 euro = 1.25 dollars, beta's by the second, whose books are in dollars. A payment is of whose invoice it settled.
   */
  it('is had and exported by legal entity, with accounts of its own and the rates of its books', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    const today = new Date(Number(t.clock.now())).toISOString().slice(0, 10)
    const rate = { base: 'EUR', quote: 'USD', day: today, rate: '1.25', source: 'Bank' }
    await t.core.call(exchange.add, { rates: [rate] }, t.admin)
    const firm = (key: string, currency: string) =>
      t.core.call(
        entity.create,
        {
          ...{ key, name: `Firm ${key}`, country: key.toUpperCase(), address: ['1 Street'], currency },
          ...{ invoicePrefix: key.toUpperCase(), creditNotePrefix: `${key.toUpperCase()}C` },
        } as never,
        t.admin,
      )
    const de = await firm('de', 'EUR')
    const us = await firm('us', 'USD')
    await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    const beta = await subscribed(t, 'beta', pro.planId, { from: '2026-08-01' })
    await t.core.call(entity.assign, { customerId: beta.customer.id, entityId: us.id }, t.admin)
    await closeMonth(t, '2026-08')
    const issued = await issueMonth(t, '2026-08')
    const first = issued.find(one => one.customerId === beta.customer.id)!
    await record(beta.customer.id, first.total, {
      allocations: [{ invoiceId: first.id, amount: first.total }],
    })
    // The customer moves: its payment stays with who was paid.
    await t.core.call(entity.assign, { customerId: beta.customer.id, entityId: null }, t.admin)
    const period = today.slice(0, 7)
    const all = await get(period)
    expect(all.entities.map(one => one.name).sort()).toEqual(['Firm de', 'Firm us'])
    expect(all.entries.map(one => `${one.kind} ${one.entity} ${one.books} ${one.rate}`).sort()).toEqual([
      'invoice Firm de EUR 1.25',
      'invoice Firm us USD null',
      'payment Firm us USD null',
    ])
    expect(all.unrated).toBe(0)
    const ofUs = await get(period, 'csv', { entityId: us.id })
    expect(ofUs.entries.map(one => one.kind)).toEqual(['invoice', 'payment'])
    expect(ofUs.currencies[0]!.debit).toBe(ofUs.currencies[0]!.credit)
    expect((await get(period, 'csv', { entityId: '' })).count).toBe(0)
    // An account of the second one alone.
    await t.core.call(
      journal.setAccount,
      { profile: 'csv', item: 'bank', account: 'US Bank', entityId: us.id },
      t.admin,
    )
    const bank = async (more: object) =>
      (await get(period, 'csv', more)).currencies[0]!.accounts.find(one => one.role === 'bank')!.account
    expect(await bank({ entityId: us.id })).toBe('US Bank')
    expect(await bank({})).toBe('Bank')
    t.clock.advance(40 * DAY)
    const receipt = await make(period, 'csv', { entityId: us.id })
    expect(receipt).toMatchObject({ entries: 2, number: 1, entityId: us.id })
    expect(receipt.fileName).toBe(`journal-${period}-us-csv-USD.csv`)
    const { text } = await textOf(receipt.id)
    expect(text).toContain('US Bank')
    expect(text).not.toContain('acme')
    const other = await make(period, 'datev', { entityId: de.id })
    expect((await textOf(other.id)).text).toContain('"USD";1,250000;')
    const whole = await make(period)
    expect(whole).toMatchObject({ entries: 3, number: 2, fileName: `journal-${period}-csv-USD.csv` })
    expect(await make(period, 'csv', { entityId: us.id })).toEqual(receipt)
    expect(await textOf(receipt.id)).toMatchObject({ text })
    await expect(make(period, 'csv', { entityId: '' })).rejects.toMatchObject({
      code: 'BILLING_JOURNAL_EMPTY',
    })
    await expect(
      t.core.call(
        journal.setAccount,
        { profile: 'csv', item: 'bank', account: '1', entityId: t.admin.person },
        t.admin,
      ),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('what is taken back of a fixed month stands in the next: payments, refunds, voids', async () => {
    const { customerId, period, following, later, issued } = await world()
    const paid = await record(customerId, 10_000n, { allocations: [] })
    const more = await record(customerId, 8_000n, { allocations: [] })
    await refundPayment(t, more.id, 8_000n)
    later()
    expect(await make(period)).toMatchObject({ entries: 6 })
    await t.core.call(payment.reverse, { paymentId: paid.id, reason: 'bounced' }, t.admin)
    const { refunds } = await t.core.call(refund.list, {}, t.admin)
    await t.core.call(refund.fail, { refundId: refunds[0]!.id, code: 'AC04' }, t.admin)
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db
        .insertInto('invoice_voids')
        .values({
          ...{ invoice_id: issued[2]!.id, reason: 'twice', reissued_as: null, requested_by: t.admin.person! },
          ...{ approval_id: null, voided_at: t.clock.now() },
        })
        .execute()
    })
    t.clock.advance(1)
    const { entries } = await get(following)
    expect(
      entries.map(({ kind, postings }) => [kind, postings[0]!.role, postings[0]!.amount]).sort(),
    ).toEqual([
      // What could not be paid out is on the balance.
      ['balance', 'receivables', 8_000n],
      ['reversal', 'bank', 8_000n],
      ['reversal', 'receivables', 10_000n],
      ['void', 'revenue', 10_000n],
    ])
    // A payment that came and went before anybody exported its month is none.
    const gone = await record(customerId, 100n, { allocations: [] })
    await t.core.call(payment.reverse, { paymentId: gone.id, reason: 'mistake' }, t.admin)
    expect((await get(following)).count).toBe(4)
  })

  it('what is paid from the balance is booked once', async () => {
    const { customerId, period, issued } = await world()
    await set('billing.creditLimit', 1000)
    await record(customerId, 43_200n)
    await t.core.call(
      correction.credit,
      { invoiceId: issued[2]!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'gift' },
      t.admin,
    )
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db
        .insertInto('balance_transfers')
        .values(
          [
            { debit: 'balance', credit: 'receivable', id: crypto.randomUUID() },
            { debit: 'unheard-of', credit: 'nowhere', id: crypto.randomUUID() },
            { debit: 'promotion', credit: 'wallet:1', id: crypto.randomUUID() },
            { debit: 'wallet:1', credit: 'held:1', id: crypto.randomUUID() },
          ].map(one => ({
            ...one,
            ...{ customer_id: customerId, currency: 'USD', amount: 500n, reason: '', source: 'invoice' },
            ...{ source_id: issued[0]!.id, at: t.clock.now() },
          })),
        )
        .execute()
    })
    t.clock.advance(1)
    const { entries } = await get(period)
    const moved = entries.filter(({ kind }) => kind === 'balance')
    // What nobody knows is booked against itself: it comes to nothing and is left out.
    expect(moved.map(({ postings }) => postings.map(({ side, role }) => `${side} ${role}`)).sort()).toEqual([
      ['debit balance', 'credit receivables'],
      // What was given for free is a discount, and in the customer's favour; holding it moves nothing.
      ['debit discounts', 'credit balance'],
    ])
  })

  it('billing.journal.setAccount: own accounts before those of the ledger; empty takes back, and undo too', async () => {
    const { period, later } = await world()
    later()
    await expect(make(period, 'sap')).rejects.toMatchObject({
      code: 'BILLING_JOURNAL_UNMAPPED',
      data: { roles: ['receivables', 'revenue', 'tax'] },
    })
    expect((await get(period)).fixedAt).toBeNull()
    const enter = (item: string, account: string, taxKey = '') =>
      t.core.call(journal.setAccount, { profile: 'sap', item, account, taxKey }, t.admin)
    for (const [item, account] of [
      ['receivables', '140000'],
      ['receivables/acme', '10001'],
      ['revenue', '800000'],
      ['tax', '175000'],
      ['option/companyCode', 'DE01'],
    ] as const)
      await enter(item, account, item === 'tax' ? 'A1' : '')
    const { text } = await textOf((await make(period, 'sap')).id)
    expect(text).toContain('DE01;SA;')
    expect(text).toContain(';S;10001;')
    expect(text).toContain(';H;175000;16.00;A1;')
    const sap = async () =>
      (await t.core.call(journal.profiles, {}, t.admin)).profiles.find(({ id }) => id === 'sap')!
    expect((await sap()).chart.tax).toEqual({ account: '175000', taxKey: 'A1' })
    const commandId = crypto.randomUUID()
    await t.core.call(
      journal.setAccount,
      { profile: 'sap', item: 'tax', account: '' },
      { ...t.admin, commandId },
    )
    expect((await sap()).chart.tax).toBeUndefined()
    await t.core.call(log.undo, { commandId }, t.admin)
    expect((await sap()).chart.tax).toEqual({ account: '175000', taxKey: 'A1' })
  })

  it('says what there is not: a ledger, an item, entries, a receipt', async () => {
    const { period, later } = await world()
    later()
    const unknown = { code: 'BILLING_JOURNAL_PROFILE_UNKNOWN' }
    await expect(get(period, 'abacus')).rejects.toMatchObject(unknown)
    await expect(make(period, 'abacus')).rejects.toMatchObject(unknown)
    for (const item of ['wages', 'option/companyCode'])
      await expect(
        t.core.call(journal.setAccount, { profile: 'csv', item, account: '1' }, t.admin),
      ).rejects.toMatchObject({ code: 'BILLING_JOURNAL_ITEM_UNKNOWN', data: { item } })
    await expect(make('2020-01')).rejects.toMatchObject({ code: 'BILLING_JOURNAL_EMPTY' })
    await expect(make(period, 'csv', { currency: 'EUR' })).rejects.toMatchObject({
      code: 'BILLING_JOURNAL_EMPTY',
    })
    await expect(t.core.call(journal.file, { exportId: crypto.randomUUID() }, t.admin)).rejects.toMatchObject(
      { code: 'WORKSPACE_NOT_FOUND' },
    )
  })

  it('billing.journal.file: never gives a file that is not the one of its receipt', async () => {
    const { period, later } = await world()
    later()
    const { id } = await make(period)
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('journal_entries').set({ document: 'changed' }).execute(),
    )
    await expect(t.core.call(journal.file, { exportId: id }, t.admin)).rejects.toThrow()
  })
})
