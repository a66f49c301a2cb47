import { createHash } from 'node:crypto'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterEach, describe, expect, it } from 'vitest'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../../testing/close-kit.ts'
import type { Parties } from '../parties.ts'

const { invoice, customer } = contract.billing

async function textOf(base64: string): Promise<string> {
  const pdf = await getDocument({ data: new Uint8Array(Buffer.from(base64, 'base64')), verbosity: 0 }).promise
  const { items } = await (await pdf.getPage(1)).getTextContent()
  await pdf.loadingTask.destroy()
  return items
    .map(item => ('str' in item ? item.str : ''))
    .join(' ')
    .replace(/\s+/g, ' ')
}

describe.each(DATABASES)('the document of an invoice on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const pdf = (invoiceId: string) => t.core.call(invoice.pdf, { invoiceId }, t.admin)
  const row = async (invoiceId: string) =>
    (await t.core.call(invoice.list, {}, t.admin)).invoices.find(one => one.id === invoiceId)!

  async function draft() {
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await closeMonth(t, '2026-10')
    return (await invoicesOf(t, '2026-10'))[0]!
  }

  async function issue(one: { id: string; digest: string }) {
    const seen = { invoiceId: one.id, digest: one.digest }
    await t.core.call(invoice.approve, seen, t.admin)
    await t.core.call(invoice.issue, seen, t.admin)
  }

  it('billing.invoice.pdf: shows a draft as it would be, and stores nothing of it', async () => {
    t = await testCore(database)
    const { id } = await draft()
    const shown = await pdf(id)
    expect(shown).toMatchObject({ stored: false })
    expect(await textOf(shown.base64)).toContain('Draft invoice')
    const stored = await t.store.read(t.workspace, reader =>
      reader.db.selectFrom('documents').select('id').execute(),
    )
    expect(stored).toEqual([])
    expect(await row(id)).toMatchObject({ pdf: 'none' })
  })

  it('billing.invoice.pdfDone: an issued invoice has its bytes stored once, with their digest', async () => {
    t = await testCore(database)
    const one = await draft()
    await issue(one)
    await t.core.background.idle()
    const { number, pdf: state } = await row(one.id)
    expect(state).toBe('ready')
    const first = await pdf(one.id)
    expect(first).toMatchObject({ stored: true, fileName: `${number}.pdf` })
    expect(createHash('sha256').update(Buffer.from(first.base64, 'base64')).digest('hex')).toBe(first.digest)
    expect(await textOf(first.base64)).toContain(`Invoice ${number}`)

    // What the customer is called now is not what the invoice said.
    const {
      id: _,
      createdAt: __,
      key,
      currency,
      subscriptions,
      ...before
    } = await t.core.call(customer.get, { customerId: one.customerId }, t.admin)
    await t.core.call(customer.edit, { ...before, customerId: one.customerId, name: 'Renamed' }, t.admin)
    expect((await pdf(one.id)).digest).toBe(first.digest)
    expect([key, currency, subscriptions.length]).toEqual(['acme', 'USD', 1])
  })

  it('is made again after a crash between its bytes and its note, and keeps the bytes', async () => {
    t = await testCore(database)
    const one = await draft()
    await issue(one)
    await t.core.background.idle()
    const first = await pdf(one.id)
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.updateTable('invoices').set({ document_id: null, document_digest: null }).execute()
      await tx.db.updateTable('effects').set({ state: 'waiting', not_before: 0n }).execute()
      await tx.db.updateTable('documents').set({ file_name: 'kept.pdf' }).execute()
    })
    expect(await row(one.id)).toMatchObject({ pdf: 'waiting' })
    t.core.background.effectsChanged()
    await t.core.background.idle()
    expect(await row(one.id)).toMatchObject({ pdf: 'ready' })
    expect(await pdf(one.id)).toMatchObject({ digest: first.digest, fileName: 'kept.pdf' })
  })

  it('says so while the document of an issued invoice is not there yet', async () => {
    t = await testCore(database)
    const one = await draft()
    await issue(one)
    await t.core.background.idle()
    await t.store.write(t.workspace, 'job', tx => tx.db.deleteFrom('documents').execute())
    await expect(pdf(one.id)).rejects.toMatchObject({ code: 'BILLING_PDF_NOT_READY' })
  })

  it('is in the language of the customer, else of the workspace, as it was at issue', async () => {
    t = await testCore(database)
    const one = await draft()
    const { setMessages } = contract.billing.contact
    const speak = (language: 'de' | 'fr' | null) =>
      t.core.call(setMessages, { customerId: one.customerId, sendInvoices: null, language }, t.admin)
    await t.core.call(contract.workspace.settings.set, { name: 'notify.language', value: 'es' }, t.admin)
    expect(await textOf((await pdf(one.id)).base64)).toContain('Borrador de factura')
    await speak('fr')
    expect(await textOf((await pdf(one.id)).base64)).toContain('Projet de facture')
    await speak('de')
    await issue(one)
    await t.core.background.idle()
    await speak('fr')
    const text = await textOf((await pdf(one.id)).base64)
    expect(text).toContain('Rechnung INV-')
    expect(text).toContain('01.10.2026 – 31.10.2026')
  })

  it('stays in English where it was issued before documents had languages', async () => {
    t = await testCore(database)
    const one = await draft()
    await issue(one)
    await t.core.background.idle()
    await t.core.call(contract.workspace.settings.set, { name: 'notify.language', value: 'de' }, t.admin)
    await t.store.write(t.workspace, 'job', async tx => {
      const { parties } = await tx.db.selectFrom('invoices').select('parties').executeTakeFirstOrThrow()
      const { language: _, ...before } = fromCanonical<Parties>(parties!)
      // As one that came in: nothing is stored of its document.
      await tx.db.deleteFrom('documents').execute()
      await tx.db
        .updateTable('invoices')
        .set({ parties: canonicalJson(before), document_id: null, document_digest: null, effect_id: null })
        .execute()
    })
    expect(await textOf((await pdf(one.id)).base64)).toContain('Invoice INV-')
  })
})
