import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { digestOf } from '#shared/ids.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { goTo } from '../testing/dunning-kit.ts'
import { euroWorld } from '../testing/payment-kit.ts'

const { mandate, debit, payment, paymentMethod, bank, dispute } = contract.billing
const { settings, log, search } = contract.workspace
const IBAN = 'NL91ABNA0417164300'

describe.each(DATABASES)('direct debits on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  async function world() {
    t = await testCore(database)
    const made = await euroWorld(t)
    // The invoices are issued in November 2026; the last is due on 23 December.
    goTo(t, '2026-12-23T10:00:00Z')
    const account = await t.core.call(
      bank.addAccount,
      {
        ...{ name: 'Main', holder: 'Söhne & Co', number: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
        ...{ currency: 'EUR', creditorId: 'DE98ZZZ09999999999' },
      },
      t.admin,
    )
    return { ...made, accountId: account.id }
  }
  const sign = (customerId: string, more: object = {}) =>
    t.core.call(
      mandate.add,
      { customerId, holder: 'Müller GmbH', iban: IBAN, signedOn: '2026-08-01', ...more } as never,
      t.admin,
    )
  const propose = (more: object = {}) => t.core.call(debit.propose, more, t.admin)
  const faults = async (more: object = {}) => (await propose(more)).candidates.map(one => one.fault)
  const create = async (accountId: string, invoiceIds: string[], collectOn = '2026-12-28') =>
    t.core.call(debit.create, { accountId, collectOn, invoiceIds }, t.admin)

  it('billing.debit.propose: due invoices in euros with a mandate, and why not the others', async () => {
    const { customerId, issued } = await world()
    expect(await faults()).toEqual(['no-mandate', 'no-mandate', 'no-mandate'])
    await sign(customerId)
    // Wednesday 23 December and two days of settlement: 24, and 28 after Christmas and the weekend.
    const found = await propose()
    expect(found).toMatchObject({ earliest: '2026-12-28', collectOn: '2026-12-28', notifyBy: '2026-12-14' })
    expect(found.candidates.map(one => [one.number, one.fault, one.mandate])).toEqual(
      issued.map(one => [one.number, null, 'ACME-1']),
    )
    for (const collectOn of ['2026-12-24', '2026-12-25', '2027-01-01', '2027-01-02'])
      expect(await code(propose({ collectOn })), collectOn).toBe('BILLING_DEBIT_DAY')
    await t.core.call(
      dispute.open,
      { invoiceId: issued[0]!.id, amount: 100n, reason: 'Wrong', deadlineAt: null } as never,
      t.admin,
    )
    await t.core.call(settings.set, { name: 'billing.debitNoticeDays', value: 36 }, t.admin)
    const now = await faults()
    expect(now[0]).toBe('disputed')
    expect(now.slice(1)).toContain('notice')
    goTo(t, '2026-12-23T10:00:01Z')
    expect(await faults({ collectOn: '2029-08-02' })).toEqual(['expired', 'expired', 'expired'])
  })

  it('what is not due by the day of collection is not collected', async () => {
    t = await testCore(database)
    const { customerId } = await euroWorld(t)
    await sign(customerId)
    goTo(t, '2026-12-16T10:00:00Z')
    expect(await faults()).toEqual(['not-due', 'not-due', 'not-due'])
  })

  it('billing.debit.create: a file of the schema, with what adds up, and each invoice once', async () => {
    const { customerId, issued, accountId } = await world()
    await sign(customerId)
    const ids = issued.map(one => one.id)
    const run = await create(accountId, ids)
    const total = issued.reduce((sum, one) => sum + one.total, 0n)
    expect(run).toMatchObject({ state: 'open', count: 3, amount: total, collected: 0n, account: 'Main' })
    expect(run.items.map(one => [one.endToEndId, one.sequence, one.state])).toEqual([
      [issued[0]!.number, 'FRST', 'pending'],
      [issued[1]!.number, 'RCUR', 'pending'],
      [issued[2]!.number, 'RCUR', 'pending'],
    ])
    const { xml, digest, fileName } = await t.core.call(debit.file, { runId: run.id }, t.admin)
    expect([digestOf(xml), fileName]).toEqual([digest, `${run.messageId}.xml`])
    expect(XMLValidator.validate(xml)).toBe(true)
    const parser = new XMLParser({
      ...{ ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false },
      isArray: name => name === 'PmtInf' || name === 'DrctDbtTxInf',
    })
    const { Document } = parser.parse(xml)
    expect(Document['@xmlns']).toBe('urn:iso:std:iso:20022:tech:xsd:pain.008.001.08')
    const { GrpHdr, PmtInf } = Document.CstmrDrctDbtInitn
    const euros = (minor: bigint) => `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`
    expect(GrpHdr).toEqual({
      ...{ MsgId: run.messageId, CreDtTm: '2026-12-23T10:00:00', NbOfTxs: '3', CtrlSum: euros(total) },
      InitgPty: { Nm: 'Soehne + Co' },
    })
    expect(PmtInf.map((one: { PmtTpInf: unknown }) => one.PmtTpInf)).toEqual(
      ['FRST', 'RCUR'].map(SeqTp => ({ SvcLvl: { Cd: 'SEPA' }, LclInstrm: { Cd: 'CORE' }, SeqTp })),
    )
    // The order is that of the schema: another one is refused by banks.
    expect(Object.keys(PmtInf[0])).toEqual([
      ...['PmtInfId', 'PmtMtd', 'BtchBookg', 'NbOfTxs', 'CtrlSum', 'PmtTpInf', 'ReqdColltnDt', 'Cdtr'],
      ...['CdtrAcct', 'CdtrAgt', 'ChrgBr', 'CdtrSchmeId', 'DrctDbtTxInf'],
    ])
    expect(PmtInf.map((one: { NbOfTxs: string; CtrlSum: string }) => [one.NbOfTxs, one.CtrlSum])).toEqual([
      ['1', euros(issued[0]!.total)],
      ['2', euros(issued[1]!.total + issued[2]!.total)],
    ])
    expect(PmtInf[0].DrctDbtTxInf[0]).toEqual({
      PmtId: { EndToEndId: issued[0]!.number },
      InstdAmt: { '@Ccy': 'EUR', '#text': euros(issued[0]!.total) },
      DrctDbtTx: { MndtRltdInf: { MndtId: 'ACME-1', DtOfSgntr: '2026-08-01' } },
      DbtrAgt: { FinInstnId: { Othr: { Id: 'NOTPROVIDED' } } },
      ...{ Dbtr: { Nm: 'Mueller GmbH' }, DbtrAcct: { Id: { IBAN } } },
      RmtInf: { Ustrd: issued[0]!.number },
    })
    expect(Object.keys(PmtInf[0].DrctDbtTxInf[0])).toEqual([
      ...['PmtId', 'InstdAmt', 'DrctDbtTx', 'DbtrAgt', 'Dbtr', 'DbtrAcct', 'RmtInf'],
    ])
    expect(PmtInf[0].CdtrSchmeId.Id.PrvtId.Othr).toEqual({
      ...{ Id: 'DE98ZZZ09999999999', SchmeNm: { Prtry: 'SEPA' } },
    })
    for (const text of [run.messageId, PmtInf[1].PmtInfId]) expect(text.length).toBeLessThanOrEqual(35)
    expect(await faults()).toEqual(['under-way', 'under-way', 'under-way'])
    expect(await code(create(accountId, ids))).toBe('BILLING_DEBIT_INVOICE')
    expect(await code(create(accountId, [crypto.randomUUID()]))).toBe('BILLING_DEBIT_INVOICE')
    expect(await code(create(crypto.randomUUID(), ids))).toBe('WORKSPACE_NOT_FOUND')
  })

  it('handed in, it comes on its day, and what comes back is asked for again', async () => {
    const { customerId, issued, accountId } = await world()
    await sign(customerId)
    const { id: runId, items } = await create(
      accountId,
      issued.map(one => one.id),
    )
    const back = (itemId: string, more = 'AM04') =>
      t.core.call(debit.returned, { itemId, code: more }, t.admin)
    expect(await code(back(items[0]!.id))).toBe('BILLING_DEBIT_STATE')
    expect(await code(t.core.call(debit.collect, { runId }, t.admin))).toBe('BILLING_DEBIT_STATE')
    await t.core.call(debit.handIn, { runId }, t.admin)
    expect(await code(t.core.call(debit.cancel, { runId }, t.admin))).toBe('BILLING_DEBIT_STATE')
    expect(await code(t.core.call(debit.collect, { runId }, t.admin))).toBe('BILLING_DEBIT_TOO_EARLY')
    // One is refused before it is booked: the mandate was used by the others all the same.
    expect((await back(items[1]!.id, 'AC04')).items[1]).toMatchObject({
      ...{ state: 'returned', failure: { code: 'account-closed', remedy: 'another-method' } },
    })
    goTo(t, '2026-12-28T10:00:00Z')
    const came = await t.core.call(debit.collect, { runId }, t.admin)
    const [first, second, third] = issued
    expect(came).toMatchObject({
      ...{ state: 'done', collected: first!.total + third!.total, returned: second!.total },
    })
    const invoiceState = async (invoiceId: string) =>
      (await t.core.call(payment.settlementsOf, { invoiceId }, t.admin)).state
    expect(await Promise.all(issued.map(one => invoiceState(one.id)))).toEqual(['paid', 'issued', 'paid'])
    // Eight weeks later the payer asks for the money back.
    const after = await back(items[0]!.id, 'MD06')
    expect(after.items[0]).toMatchObject({ state: 'returned', failure: { code: 'refunded-by-payer' } })
    expect(await invoiceState(first!.id)).toBe('issued')
    expect(await code(back(items[0]!.id))).toBe('BILLING_DEBIT_STATE')
    expect(await code(back(crypto.randomUUID()))).toBe('WORKSPACE_NOT_FOUND')
    // The second try names itself, and is no first collection any more.
    const again = await create(accountId, [second!.id], '2026-12-30')
    expect(again.items).toMatchObject([{ endToEndId: `${second!.number}-2`, sequence: 'RCUR' }])
    const { runs } = await t.core.call(debit.list, {}, t.admin)
    expect(runs.map(one => one.state)).toEqual(['open', 'done'])
  })

  it('called off, its invoices are collected by another, as if nothing had been', async () => {
    const { customerId, issued, accountId } = await world()
    await sign(customerId)
    const { id: runId } = await create(accountId, [issued[0]!.id])
    const off = await t.core.call(debit.cancel, { runId }, t.admin)
    expect(off).toMatchObject({ state: 'cancelled', returned: 0n, items: [{ state: 'cancelled' }] })
    expect(await faults()).toEqual([null, null, null])
    expect((await create(accountId, [issued[0]!.id])).items).toMatchObject([{ sequence: 'FRST' }])
    expect(await code(t.core.call(debit.get, { runId: crypto.randomUUID() }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
  })

  it('takes up the payment that waits for it already', async () => {
    const { customerId, issued, accountId } = await world()
    await sign(customerId)
    const { methods } = await t.core.call(paymentMethod.list, { customerId }, t.admin)
    expect(methods).toMatchObject([{ kind: 'sepa-mandate', last4: '4300', isDefault: true, usable: true }])
    const given = { customerId, currency: 'EUR', amount: 5n, method: 'direct-debit' as const }
    const asked = await t.core.call(
      payment.request,
      { ...given, invoiceIds: [issued[0]!.id], methodId: methods[0]!.id },
      t.admin,
    )
    const { items } = await create(accountId, [issued[0]!.id])
    expect(items).toMatchObject([{ paymentId: asked.id, amount: issued[0]!.total }])
    const { amount } = await t.core.call(payment.get, { paymentId: asked.id }, t.admin)
    expect(amount).toBe(issued[0]!.total)
  })

  it('billing.mandate.add and revoke: checked, used once, and ending', async () => {
    const { customerId, issued, accountId } = await world()
    expect(await code(sign(customerId, { iban: 'NL91ABNA0417164301' }))).toBe('BILLING_ACCOUNT_NUMBER')
    expect(await code(sign(customerId, { reference: 'two words' }))).toBe('BILLING_MANDATE_REFERENCE')
    expect(await code(sign(customerId, { signedOn: '2099-01-01' }))).toBe('BILLING_MANDATE_IN_FUTURE')
    const command = { ...t.admin, commandId: crypto.randomUUID() }
    const undone = await t.core.call(
      mandate.add,
      { customerId, holder: 'M', iban: IBAN, signedOn: '2026-08-01', isDefault: false },
      command,
    )
    await t.core.call(log.undo, { commandId: command.commandId }, t.admin)
    const once = await sign(customerId, { kind: 'one-off', scheme: 'B2B', bic: 'abnanl2a', reference: 'ONE' })
    expect(once).toMatchObject({ iban: 'NL •••• 4300', bic: 'ABNANL2A', state: 'valid', lastUsedOn: null })
    expect(await code(sign(customerId, { reference: 'ONE' }))).toBe('BILLING_MANDATE_TAKEN')
    // A one-off mandate is for one invoice.
    expect(
      await code(
        create(
          accountId,
          issued.map(one => one.id),
        ),
      ),
    ).toBe('BILLING_DEBIT_INVOICE')
    const run = await create(accountId, [issued[0]!.id])
    expect(run.items).toMatchObject([{ sequence: 'OOFF' }])
    const { xml } = await t.core.call(debit.file, { runId: run.id }, t.admin)
    expect(xml).toContain('<Cd>B2B</Cd>')
    expect(xml).toContain('<BICFI>ABNANL2A</BICFI>')
    expect(await faults()).toEqual(['under-way', 'used', 'used'])
    const last = await sign(customerId, { reference: 'LAST' })
    const ending = await t.core.call(mandate.revoke, { mandateId: last.id, afterNext: true }, t.admin)
    expect(ending).toMatchObject({ ending: true, state: 'valid' })
    const final = await create(accountId, [issued[1]!.id, issued[2]!.id])
    expect(final.items.map(one => one.sequence)).toEqual(['FRST', 'FNAL'])
    const { mandates } = await t.core.call(mandate.list, { customerId }, t.admin)
    expect(new Map(mandates.map(one => [one.reference, one.state]))).toEqual(
      new Map([
        ['LAST', 'revoked'],
        ['ONE', 'used'],
        [undone.reference, 'revoked'],
      ]),
    )
    expect(await code(t.core.call(mandate.revoke, { mandateId: last.id }, t.admin))).toBe(
      'BILLING_MANDATE_STATE',
    )
    expect(await code(t.core.call(mandate.revoke, { mandateId: crypto.randomUUID() }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
    const { methods } = await t.core.call(paymentMethod.list, { customerId }, t.admin)
    expect(methods.map(one => one.brand)).toEqual(['ONE'])
    const { hits } = await t.core.call(search.query, { text: 'LAST', limit: 5 }, t.admin)
    expect(hits.find(one => one.entity === 'mandate')?.link).toBe(`/billing/customers?customer=${customerId}`)
    expect((await t.core.call(mandate.list, {}, t.admin)).mandates).toHaveLength(3)
  })

  it('collects onto an account in euros with a creditor identifier only', async () => {
    const { customerId, issued } = await world()
    await sign(customerId)
    await addCustomer(t, 'other')
    const accounts = [
      { number: 'DE75512108001245126199', currency: 'EUR', creditorId: '' },
      { number: 'DE75512108001245126199', currency: 'USD', creditorId: 'DE98ZZZ09999999999' },
      { number: '12345678', currency: 'EUR', creditorId: 'DE98ZZZ09999999999' },
    ]
    for (const one of accounts) {
      const { id } = await t.core.call(
        bank.addAccount,
        { name: 'Other', holder: 'We', bic: '', ...one },
        t.admin,
      )
      expect(await code(create(id, [issued[0]!.id])), one.number).toBe('BILLING_DEBIT_ACCOUNT')
    }
  })
})
