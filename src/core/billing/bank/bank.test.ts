import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { customerWithInvoices, refundPayment } from '../testing/payment-kit.ts'
import { camt, entry } from './testing/camt-kit.ts'

const { bank, payment } = contract.billing
const { log } = contract.workspace
const IBAN = 'DE89370400440532013000'

describe.each(DATABASES)('bank statements on %s', database => {
  let t: TestCore
  let folder: string
  let files: ReturnType<typeof testFiles>
  afterEach(async () => {
    await t.close()
    rmSync(folder, { recursive: true })
  })

  const begin = async () => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bank-'))
    files = testFiles()
    t = await testCore(database, { files })
  }
  const addAccount = (more: object = {}) =>
    t.core.call(
      bank.addAccount,
      { name: 'Main', holder: 'Test GmbH', number: 'DE89 3704 0044 0532 0130 00', currency: 'USD', ...more },
      t.admin,
    )
  const bring = (content: string | Uint8Array, more: { accountId?: string; dryRun?: boolean } = {}) => {
    const path = join(folder, 'statement')
    writeFileSync(path, content)
    files.put('f1', path)
    return t.core.call(bank.import, { fileId: 'f1', fileName: 'october.xml', ...more }, t.admin)
  }
  const lines = async (states?: ('open' | 'matched' | 'ignored')[]) =>
    (await t.core.call(bank.lines, states ? { states } : {}, t.admin)).lines
  const usd = (amount: string, more: object = {}) => entry({ amount, currency: 'USD', ...more })
  const statement = (...entries: string[]) => camt({ currency: 'USD', entries })
  const stateOf = async (invoiceId: string) =>
    (await t.core.call(payment.settlementsOf, { invoiceId }, t.admin)).state

  it('billing.bank.import: a dry run first, then the lines, and none twice', async () => {
    await begin()
    const account = await addAccount()
    const october = camt({
      ...{ currency: 'USD', opening: '100.00', closing: '150.00' },
      entries: [usd('70.00', { bank: 'A1' }), usd('20.00', { out: true, bank: 'A2' })],
    })
    expect(await bring(october, { dryRun: true })).toMatchObject({
      ...{ done: false, account: 'Main', lines: 2, fresh: 2, incoming: 7_000n, outgoing: -2_000n },
      ...{ firstOn: '2026-10-02', opening: 10_000n, closing: 15_000n },
    })
    expect(await lines()).toEqual([])
    expect(await bring(october)).toMatchObject({ done: true, fresh: 2 })
    await expect(bring(october)).rejects.toMatchObject({
      ...{ code: 'BILLING_BANK_FILE_KNOWN', data: { fileName: 'october.xml' } },
    })
    // The next file overlaps.
    const next = statement(usd('70.00', { bank: 'A1' }), usd('1.00', { bank: 'A3' }))
    expect(await bring(next, { accountId: account.id })).toMatchObject({ lines: 2, fresh: 1 })
    expect(await lines()).toHaveLength(3)
    const { files: brought } = await t.core.call(bank.files, {}, t.admin)
    expect(brought.map(({ lines, fresh }) => [lines, fresh])).toEqual(
      expect.arrayContaining([
        [2, 2],
        [2, 1],
      ]),
    )
    const { accounts } = await t.core.call(bank.accounts, {}, t.admin)
    expect(accounts).toMatchObject([{ number: IBAN, open: 3 }])
  })

  it('billing.bank.import: refuses a file of another bank, one that is not whole, and one that is none', async () => {
    await begin()
    await expect(bring(statement(usd('1.00')))).rejects.toMatchObject({
      ...{ code: 'BILLING_BANK_ACCOUNT_UNKNOWN', data: { number: IBAN } },
    })
    const main = await addAccount()
    const other = await addAccount({ name: 'Other', number: '123-456' })
    await expect(bring(statement(usd('1.00')), { accountId: other.id })).rejects.toMatchObject({
      code: 'BILLING_BANK_FILE_OTHER_ACCOUNT',
    })
    const torn = camt({ currency: 'USD', opening: '0.00', closing: '5.00', entries: [usd('4.00')] })
    await expect(bring(torn)).rejects.toMatchObject({
      code: 'BILLING_BANK_FILE_BALANCE',
      data: { expected: 400n, found: 500n },
    })
    for (const [content, code] of [
      ['', 'BILLING_BANK_FILE_UNREADABLE'],
      ['date,amount\n2026-10-01,5.00', 'BILLING_BANK_ACCOUNT_NEEDED'],
    ] as const)
      await expect(bring(content)).rejects.toMatchObject({ code })
    const two = statement(usd('1.00')).replace(
      '</Stmt>',
      `</Stmt>${/<Stmt>.*<\/Stmt>/s.exec(camt({ account: 'NO9386011117947', currency: 'USD', entries: [usd('2.00')] }))![0]}`,
    )
    await expect(bring(two)).rejects.toMatchObject({ data: { reason: 'several-accounts' } })
    await expect(t.core.call(bank.import, { fileId: 'gone', fileName: 'x' }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_FILE_GONE',
    })
    await expect(
      bring('date,amount\n2026-10-01,5.00', { accountId: crypto.randomUUID() }),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
    // A file in the code page of western Windows.
    const latin = Uint8Array.from(Buffer.from('date;name;amount\n2026-10-01;M\xfcller;5,00', 'latin1'))
    expect(await bring(latin, { accountId: main.id })).toMatchObject({ done: true, format: 'csv' })
    expect(await lines()).toMatchObject([{ name: 'Müller', amount: 500n }])
    const wide = new Uint8Array([0xff, 0xfe, ...Buffer.from('date;amount\n2026-10-02;6,00', 'utf16le')])
    expect(await bring(wide, { accountId: main.id })).toMatchObject({ done: true, incoming: 600n })
  })

  it('billing.bank.import: says of a statement without an account, without lines, and of one that is no file', async () => {
    await begin()
    await addAccount()
    const silent = statement(usd('1.00')).replace(/<Acct>.*<\/Acct>/s, '')
    await expect(bring(silent)).rejects.toMatchObject({ code: 'BILLING_BANK_ACCOUNT_NEEDED' })
    const announced = statement(usd('1.00', { status: 'PDNG' }))
    expect(await bring(announced, { dryRun: true })).toMatchObject({
      ...{ lines: 0, pending: 1, firstOn: null, lastOn: null, incoming: 0n },
    })
    const put = async (name: string, make: (path: string) => void) => {
      make(join(folder, name))
      files.put(name, join(folder, name))
      return t.core.call(bank.import, { fileId: name, fileName: name }, t.admin)
    }
    await expect(put('never-there', () => {})).rejects.toMatchObject({ code: 'BILLING_FILE_GONE' })
    const huge = (path: string) => {
      writeFileSync(path, '')
      truncateSync(path, 64 * 1024 * 1024 + 1)
    }
    await expect(put('huge', huge)).rejects.toMatchObject({
      ...{ code: 'BILLING_BANK_FILE_UNREADABLE', data: { reason: 'too-large' } },
    })
    // What the disk says is no file of a bank that is gone.
    await expect(put('folder', path => mkdirSync(path))).rejects.not.toMatchObject({
      code: 'BILLING_FILE_GONE',
    })
  })

  it('billing.bank.store: the same file at the same time goes in once', async () => {
    await begin()
    const { id: accountId } = await addAccount()
    const store = () =>
      t.core.call(
        bank.store,
        {
          ...{ accountId, fileName: 'october.xml', digest: 'a'.repeat(64), lines: [] },
          ...{
            format: 'camt.053',
            statement: '1',
            firstOn: null,
            lastOn: null,
            opening: null,
            closing: null,
          },
        },
        t.admin,
      )
    expect(await store()).toMatchObject({ lines: 0, fresh: 0 })
    await expect(store()).rejects.toMatchObject({
      ...{ code: 'BILLING_BANK_FILE_KNOWN', data: { fileName: 'october.xml' } },
    })
  })

  it('billing.bank.match: a suggested line becomes a payment, and can be opened again', async () => {
    await begin()
    const { customer, issued } = await customerWithInvoices(t)
    const [first] = issued
    await addAccount()
    await bring(
      statement(
        usd('216.00', {
          text: `Invoice ${first!.number}`,
          name: 'Customer acme',
          iban: 'DE02120300000000202051',
        }),
        usd('3.50', { out: true, text: 'Charges' }),
      ),
    )
    const [charges, paid] = (await lines(['open'])).sort((a, b) => Number(a.amount - b.amount))
    expect(charges!.suggestions).toEqual([])
    expect(paid!.suggestions).toMatchObject([
      {
        ...{ kind: 'payment', customerId: customer.id, customer: 'Customer acme', rest: 0n, score: 100 },
        allocations: [{ invoiceId: first!.id, number: first!.number, amount: 21_600n }],
        reasons: ['number', 'name', 'amount'],
      },
    ])
    const [suggested] = paid!.suggestions
    const input = {
      lineId: paid!.id,
      customerId: customer.id,
      allocations: suggested!.allocations.map(({ invoiceId, amount }) => ({ invoiceId, amount })),
    }
    const commandId = crypto.randomUUID()
    const made = await t.core.call(bank.match, input, { ...t.admin, commandId })
    expect(made).toMatchObject({ amount: 21_600n, left: 0n, reference: `Invoice ${first!.number}` })
    // The workspace is in Berlin, where the day begins two hours before it does on Greenwich.
    expect(new Date(Number(made.receivedAt)).toISOString()).toBe('2026-10-01T22:00:00.000Z')
    expect(await stateOf(first!.id)).toBe('paid')
    await expect(t.core.call(bank.match, input, t.admin)).rejects.toMatchObject({
      code: 'BILLING_BANK_LINE_STATE',
      data: { state: 'matched' },
    })
    await t.core.call(log.undo, { commandId }, t.admin)
    expect(await stateOf(first!.id)).toBe('issued')
    expect(await t.core.call(payment.get, { paymentId: made.id }, t.admin)).toMatchObject({
      state: 'reversed',
    })
    // Again, and then the payment itself is reversed: the line can be opened all the same.
    const again = await t.core.call(bank.match, input, t.admin)
    await t.core.call(payment.reverse, { paymentId: again.id, reason: 'wrong customer' }, t.admin)
    await t.core.call(bank.reopen, { lineId: paid!.id }, t.admin)
    expect((await lines(['open'])).map(({ id }) => id)).toContain(paid!.id)
    await expect(t.core.call(bank.reopen, { lineId: paid!.id }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_BANK_LINE_STATE',
    })
    // The account that paid is known from the next line on.
    await t.core.call(bank.match, input, t.admin)
    await bring(statement(usd('10.00', { iban: 'DE02 1203 0000 0000 2020 51', bank: 'later' })))
    const [later] = await lines(['open'])
    expect((later!.amount > 0n ? later : (await lines(['open']))[1])!.suggestions).toMatchObject([
      { customerId: customer.id, reasons: ['account'] },
    ])
  })

  it('billing.bank.ignore: what is nothing of a customer, until it is opened again', async () => {
    await begin()
    await addAccount()
    await bring(statement(usd('3.50', { out: true }), usd('9.00', { bank: 'x' })))
    const [incoming, outgoing] = (await lines()).sort((a, b) => Number(b.amount - a.amount))
    const commandId = crypto.randomUUID()
    const ignored = await t.core.call(
      bank.ignore,
      { lineId: outgoing!.id, note: 'charges' },
      { ...t.admin, commandId },
    )
    expect(ignored).toMatchObject({
      state: 'ignored',
      note: 'charges',
      decidedAt: t.clock.now(),
      suggestions: [],
    })
    expect(await lines(['open'])).toHaveLength(1)
    await t.core.call(log.undo, { commandId }, t.admin)
    expect(await lines(['open'])).toHaveLength(2)
    const as = (lineId: string, kind: 'return' | 'refund', rowId = crypto.randomUUID()) =>
      t.core.call(bank.matchOutgoing, { lineId, kind, rowId }, t.admin)
    await expect(as(incoming!.id, 'refund')).rejects.toMatchObject({ code: 'BILLING_BANK_LINE_INCOMING' })
    await expect(as(outgoing!.id, 'refund')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await expect(as(outgoing!.id, 'return')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await expect(as(crypto.randomUUID(), 'return')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    const customer = await t.core.call(
      contract.billing.customer.create,
      { key: 'x', name: 'X', email: '', country: 'US', currency: 'USD', zone: 'UTC' },
      t.admin,
    )
    await expect(
      t.core.call(bank.match, { lineId: outgoing!.id, customerId: customer.id, allocations: [] }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_BANK_LINE_OUTGOING' })
  })

  /** In New York the second of October begins at 04:00 on Greenwich: at midnight there it is the first. */
  it('billing.bank.match: what a bank dates to a day is of that day where the workspace is', async () => {
    await begin()
    const { customer } = await customerWithInvoices(t)
    await t.core.call(
      contract.workspace.settings.set,
      { name: 'workspace.zone', value: 'America/New_York' },
      t.admin,
    )
    await addAccount()
    await bring(statement(usd('216.00', { text: 'Thanks' })))
    const [line] = await lines(['open'])
    const made = await t.core.call(
      bank.match,
      { lineId: line!.id, customerId: customer.id, allocations: [] },
      t.admin,
    )
    const dayThere = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' })
    expect(dayThere.format(Number(made.receivedAt))).toBe(line!.valueOn)
  })

  it('billing.bank.matchOutgoing: a refund that was sent, and a payment that came back', async () => {
    await begin()
    const { customer } = await customerWithInvoices(t)
    await addAccount()
    const paid = await t.core.call(
      payment.record,
      { customerId: customer.id, currency: 'USD', amount: 50_000n },
      t.admin,
    )
    const refunds = [await refundPayment(t, paid.id, 1_000n)]
    const second = await t.core.call(
      payment.record,
      {
        ...{ customerId: customer.id, currency: 'USD', amount: 2_000n },
        ...{ method: 'direct-debit', reference: 'DD-2026-77' },
      },
      t.admin,
    )
    const asked = await t.core.call(
      payment.request,
      { customerId: customer.id, currency: 'USD', amount: 3_000n },
      t.admin,
    )
    await bring(
      statement(
        usd('10.00', { out: true }),
        usd('20.00', { out: true, reason: 'AM04', text: 'no cover', reference: 'DD-2026-77' }),
        usd('30.00', { out: true, reason: 'AC04' }),
      ),
    )
    const [ten, twenty, thirty] = (await lines()).sort((a, b) => Number(b.amount - a.amount))
    expect(ten!.suggestions).toMatchObject([
      { kind: 'refund', rowId: refunds[0]!.id, customer: 'Customer acme' },
    ])
    expect(twenty!.suggestions).toMatchObject([
      { kind: 'return', rowId: second.id, score: 95, reasons: ['reference', 'amount'] },
    ])
    const as = (lineId: string, kind: 'return' | 'refund', rowId: string) =>
      t.core.call(bank.matchOutgoing, { lineId, kind, rowId }, t.admin)
    await expect(as(twenty!.id, 'refund', refunds[0]!.id)).rejects.toMatchObject({
      code: 'BILLING_BANK_AMOUNT_DIFFERS',
      data: { line: 2_000n, row: 1_000n },
    })
    expect(await as(ten!.id, 'refund', refunds[0]!.id)).toMatchObject({
      state: 'matched',
      paymentId: paid.id,
    })
    await as(twenty!.id, 'return', second.id)
    expect(await t.core.call(payment.get, { paymentId: second.id }, t.admin)).toMatchObject({
      ...{ state: 'reversed', note: 'no cover', failure: { code: 'insufficient-funds', remedy: 'retry' } },
    })
    await as(thirty!.id, 'return', asked.id)
    expect(await t.core.call(payment.get, { paymentId: asked.id }, t.admin)).toMatchObject({
      ...{ state: 'failed', failure: { code: 'account-closed' } },
    })
    await expect(t.core.call(bank.reopen, { lineId: ten!.id }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_BANK_LINE_STATE',
    })
  })

  it('billing.bank.matchOutgoing: what came back without a word is said to have come back', async () => {
    await begin()
    const { customer } = await customerWithInvoices(t)
    const account = await addAccount()
    const given = { customerId: customer.id, currency: 'USD' }
    const paid = await t.core.call(payment.record, { ...given, amount: 2_000n }, t.admin)
    const asked = await t.core.call(payment.request, { ...given, amount: 3_000n }, t.admin)
    await bring(statement(usd('20.00', { out: true }), usd('30.00', { out: true }), usd('4.00')))
    const found = await t.core.call(bank.lines, { accountId: account.id }, t.admin)
    expect(found.count).toBe(3)
    const [four, twenty, thirty] = found.lines.sort((a, b) => Number(b.amount - a.amount))
    for (const [line, rowId] of [
      [twenty, paid.id],
      [thirty, asked.id],
    ] as const)
      await t.core.call(bank.matchOutgoing, { lineId: line!.id, kind: 'return', rowId }, t.admin)
    expect(await t.core.call(payment.get, { paymentId: paid.id }, t.admin)).toMatchObject({
      ...{ state: 'reversed', note: 'returned', failure: { text: 'returned' } },
    })
    expect(await t.core.call(payment.get, { paymentId: asked.id }, t.admin)).toMatchObject({
      ...{ state: 'failed', failure: { text: 'returned' } },
    })
    const ignored = await t.core.call(bank.ignore, { lineId: four!.id }, t.admin)
    expect(ignored).toMatchObject({ state: 'ignored', note: null, decidedBy: t.admin.person })
  })

  it('billing.bank.addAccount and editAccount: numbers that can be right, and each once', async () => {
    await begin()
    const account = await addAccount({ creditorId: 'DE98 ZZZ0 9999 9999 99', bic: 'cobadeffxxx' })
    expect(account).toMatchObject({ number: IBAN, creditorId: 'DE98ZZZ09999999999', bic: 'COBADEFFXXX' })
    for (const [more, code] of [
      [{}, 'BILLING_BANK_ACCOUNT_TAKEN'],
      [{ number: 'DE89370400440532013001' }, 'BILLING_ACCOUNT_NUMBER'],
      [{ number: '77', creditorId: 'DE97ZZZ09999999999' }, 'BILLING_ACCOUNT_NUMBER'],
      [{ currency: 'XXQ' }, 'BILLING_CURRENCY_UNKNOWN'],
    ] as const)
      await expect(addAccount(more)).rejects.toMatchObject({ code })
    const commandId = crypto.randomUUID()
    const edited = await t.core.call(
      bank.editAccount,
      { accountId: account.id, name: 'Old', holder: 'Test GmbH', active: false },
      { ...t.admin, commandId },
    )
    expect(edited).toMatchObject({ name: 'Old', active: false, creditorId: '' })
    await t.core.call(log.undo, { commandId }, t.admin)
    const { accounts } = await t.core.call(bank.accounts, {}, t.admin)
    expect(accounts).toMatchObject([{ name: 'Main', active: true, creditorId: 'DE98ZZZ09999999999' }])
    await expect(
      t.core.call(bank.editAccount, { accountId: crypto.randomUUID(), name: 'x', holder: 'y' }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })
})
