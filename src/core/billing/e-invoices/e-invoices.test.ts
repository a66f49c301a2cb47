import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { bank, correction, eInvoice, invoice } = contract.billing
const { log, settings } = contract.workspace

describe.each(DATABASES)('electronic invoices on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const set = (name: string, value: unknown) => t.core.call(settings.set, { name, value } as never, t.admin)
  /** A German seller of whom everything is known, with a draft of October. */
  const world = async () => {
    t = await testCore(database, { environment: { 'notify.privateAddresses': true } })
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-10')
    await set('billing.taxId', 'DE123456789')
    await set('billing.email', 'billing@example.com')
    const [draft] = await invoicesOf(t, '2026-10')
    return { customerId: customer.id, draft: draft! }
  }
  const choose = (customerId: string, format: 'none' | 'ubl' | 'cii' | 'factur-x' | null) =>
    t.core.call(eInvoice.choose, { customerId, format }, t.admin)
  const state = (invoiceId: string) => t.core.call(invoice.eInvoiceState, { invoiceId }, t.admin)
  const issued = async () => {
    const [one] = await issueMonth(t, '2026-10')
    await t.core.background.idle()
    return one!
  }
  const file = (invoiceId: string, format: 'ubl' | 'cii' | 'factur-x') =>
    t.core.call(invoice.eInvoice, { invoiceId, format }, t.admin)
  const stored = () =>
    t.store.read(t.workspace, reader =>
      reader.db
        .selectFrom('documents')
        .select(['entity', 'file_name', 'media_type'])
        .orderBy('entity')
        .execute(),
    )
  const attached = async (base64: string) => {
    const data = new Uint8Array(Buffer.from(base64, 'base64'))
    const pdf = await getDocument({ data, verbosity: 0 }).promise
    const files = [...((await pdf.getAttachments()) ?? [])].map(([, { filename }]) => filename)
    await pdf.loadingTask.destroy()
    return files
  }

  it('billing.eInvoice.choose: the customer’s choice, else the workspace’s; it can be undone', async () => {
    const { customerId, draft } = await world()
    const get = () => t.core.call(eInvoice.get, { customerId }, t.admin)
    expect(await get()).toEqual({ format: null, workspace: 'none', buyerReference: '' })
    await set('billing.eInvoice', 'cii')
    expect((await state(draft.id)).format).toBe('cii')
    const commandId = crypto.randomUUID()
    await t.core.call(eInvoice.choose, { customerId, format: 'ubl' }, { ...t.admin, commandId })
    expect(await get()).toMatchObject({ format: 'ubl', workspace: 'cii' })
    expect((await state(draft.id)).format).toBe('ubl')
    await t.core.call(log.undo, { commandId }, t.admin)
    expect((await get()).format).toBeNull()
    await choose(customerId, 'none')
    expect((await state(draft.id)).format).toBeNull()
    await choose(customerId, null)
    expect((await get()).format).toBeNull()
  })

  it('billing.eInvoice.setReference: a Leitweg-ID is looked at, kept, and fixed at issue; it can be undone', async () => {
    const { customerId, draft } = await world()
    const say = (buyerReference: string) =>
      t.core.call(eInvoice.setReference, { customerId, buyerReference }, t.admin)
    const get = async () => (await t.core.call(eInvoice.get, { customerId }, t.admin)).buyerReference
    await expect(say('04011000-12345-04')).rejects.toMatchObject({ code: 'BILLING_LEITWEG_ID' })
    const before = (await state(draft.id)).problems['xrechnung-ubl']
    expect(before).toContain('buyer-reference')
    const commandId = crypto.randomUUID()
    const input = { customerId, buyerReference: '04011000-12345-03' }
    await t.core.call(eInvoice.setReference, input, { ...t.admin, commandId })
    expect(await get()).toBe('04011000-12345-03')
    expect((await state(draft.id)).problems['xrechnung-ubl']).not.toContain('buyer-reference')
    await t.core.call(log.undo, { commandId }, t.admin)
    expect(await get()).toBe('')
    await say('PO 7')
    await say('')
    expect(await get()).toBe('')
  })

  it('billing.invoice.eInvoiceState: says what is missing, before the issue and after', async () => {
    const { customerId, draft } = await world()
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('customers').set({ country: '', email: '' }).where('id', '=', customerId).execute(),
    )
    await set('billing.taxId', 'HRB 1')
    await choose(customerId, 'ubl')
    const lacks = ['seller-country', 'buyer-country']
    expect(await state(draft.id)).toMatchObject({
      ...{ format: 'ubl', issued: false },
      problems: { ubl: [...lacks, 'buyer-email'], cii: lacks, 'factur-x': lacks },
    })
    await expect(file(draft.id, 'cii')).rejects.toMatchObject({
      code: 'BILLING_E_INVOICE_INCOMPLETE',
      data: { format: 'cii', problems: ['not-issued', ...lacks] },
    })
    const one = await issued()
    // It went out without, and nobody waits for a file that never comes.
    expect(await state(one.id)).toMatchObject({ format: null, issued: true })
    expect((await stored()).map(({ entity }) => entity)).toEqual(['invoice'])
  })

  it('billing.invoice.eInvoice: UBL is stored at issue beside the PDF, and goes with the mail', async () => {
    const { customerId } = await world()
    await t.core.call(
      bank.addAccount,
      { name: 'Main', holder: 'Acme', number: 'DE02120300000000202051', bic: 'BYLADEM1001', currency: 'USD' },
      t.admin,
    )
    await choose(customerId, 'ubl')
    await set('notify.mailHost', 'localhost')
    await set('notify.mailPort', 1)
    await set('notify.mailFrom', 'billing@example.com')
    await set('billing.sendInvoices', true)
    const one = await issued()
    expect(await stored()).toEqual([
      { entity: 'e-invoice', file_name: `${one.number}.xml`, media_type: 'application/xml' },
      { entity: 'invoice', file_name: `${one.number}.pdf`, media_type: 'application/pdf' },
    ])
    const ubl = await file(one.id, 'ubl')
    expect(ubl).toMatchObject({ stored: true, fileName: `${one.number}.xml` })
    const xml = Buffer.from(ubl.base64, 'base64').toString('utf8')
    // Fees of 100 USD and 8 % of tax on them, as billed.
    expect(xml).toContain(
      `<cbc:PayableAmount currencyID="USD">${Number(one.total) / 100}.00</cbc:PayableAmount>`,
    )
    expect(xml).toContain('DE02120300000000202051')
    const enclosed = await t.store.read(t.workspace, reader =>
      reader.db
        .selectFrom('notifications')
        .select('documents')
        .where('topic', '=', 'billing.invoiceSent')
        .execute(),
    )
    expect(enclosed[0]!.documents).toContain('e-invoice')
    // Another format is made of the same facts when somebody asks.
    expect(await file(one.id, 'cii')).toMatchObject({ stored: false, mediaType: 'application/xml' })
    expect(await state(one.id)).toMatchObject({ format: 'ubl', issued: true })
  })

  it('billing.invoice.eInvoice: Factur-X is the stored PDF itself', async () => {
    const { customerId } = await world()
    await choose(customerId, 'factur-x')
    const one = await issued()
    const pdf = await t.core.call(invoice.pdf, { invoiceId: one.id }, t.admin)
    expect(await attached(pdf.base64)).toEqual(['factur-x.xml'])
    const found = await file(one.id, 'factur-x')
    expect(found).toMatchObject({ stored: true, digest: pdf.digest, fileName: `${one.number}.pdf` })
    expect((await stored()).map(({ entity }) => entity)).toEqual(['invoice'])
  })

  it('a credit note names what it corrects, in the format of now', async () => {
    const { customerId } = await world()
    await choose(customerId, 'ubl')
    const one = await issued()
    await set('billing.creditLimit', 1000)
    const credit = async (percent: 'all' | 'rest') => {
      const { creditNoteId } = await t.core.call(
        correction.credit,
        percent === 'all'
          ? {
              invoiceId: one.id,
              wanted: { kind: 'amount', amount: 1000n },
              money: 'balance',
              reason: 'Price',
            }
          : { invoiceId: one.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'Rest' },
        t.admin,
      )
      await t.core.background.idle()
      return creditNoteId!
    }
    const first = await credit('all')
    const xml = Buffer.from((await file(first, 'ubl')).base64, 'base64').toString('utf8')
    expect(xml).toContain('<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>')
    expect(xml).toContain(`<cbc:ID>${one.number}</cbc:ID>`)
    await choose(customerId, null)
    const second = await credit('rest')
    expect(await state(second)).toMatchObject({ format: null, issued: true })
    expect(await file(second, 'cii')).toMatchObject({ stored: false })
  })

  it('what came in as issued, without parties, goes out without', async () => {
    const { draft } = await world()
    const one = await issued()
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('invoices').set({ parties: null }).where('id', '=', draft.id).execute(),
    )
    expect(await state(one.id)).toMatchObject({ format: null, issued: true })
    expect(await file(one.id, 'cii')).toMatchObject({ stored: false })
    await set('billing.creditLimit', 1000)
    const { creditNoteId } = await t.core.call(
      correction.credit,
      { invoiceId: one.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'All' },
      t.admin,
    )
    expect(creditNoteId).not.toBeNull()
  })
})
