import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { type TestCore, testCore, type testServices } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../../testing/close-kit.ts'

const { invoice } = contract.billing

describe('the document of an issued invoice whose bytes are not here', () => {
  let t: TestCore
  afterEach(() => t.close())

  const pdf = (invoiceId: string) => t.core.call(invoice.pdf, { invoiceId }, t.admin)

  async function issued() {
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-10-05', '350')
    await closeMonth(t, '2026-10')
    const [one] = await invoicesOf(t, '2026-10')
    const seen = { invoiceId: one!.id, digest: one!.digest }
    await t.core.call(invoice.approve, seen, t.admin)
    await t.core.call(invoice.issue, seen, t.admin)
    await t.core.background.idle()
    return one!
  }

  it('of one that came in as issued is made of its facts whenever it is asked for', async () => {
    t = await testCore('sqlite')
    const one = await issued()
    const { number } = await t.core.call(invoice.get, { invoiceId: one.id }, t.admin)
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.deleteFrom('documents').execute()
      const none = { effect_id: null, document_id: null, document_digest: null }
      await tx.db.updateTable('invoices').set(none).execute()
    })
    const made = await pdf(one.id)
    expect(made).toMatchObject({ stored: false, fileName: `${number}.pdf` })
    expect(made.digest).toBe(createHash('sha256').update(Buffer.from(made.base64, 'base64')).digest('hex'))
  })

  it('billing.invoice.pdf: a desk without the bytes has them from its server, and only the issued ones', async () => {
    const asked: string[] = []
    let sent: { bytes: Uint8Array; digest: string } | null = null
    const desk = {
      async document(id: string) {
        asked.push(id)
        if (!sent) throw refuse('SYNC_NETWORK_NEEDED', {})
        return { ...sent, entity: 'invoice', rowId: id, fileName: 'of-the-server.pdf' }
      },
    } as unknown as NonNullable<ReturnType<typeof testServices>['desk']>
    t = await testCore('sqlite', { desk })
    const one = await issued()
    const first = await pdf(one.id)
    expect(first.stored).toBe(true)
    const bytes = new Uint8Array(Buffer.from(first.base64, 'base64'))
    const { document_id: documentId } = await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.deleteFrom('documents').execute()
      return tx.db.selectFrom('invoices').select('document_id').executeTakeFirstOrThrow()
    })
    // By itself it has no server to ask.
    await expect(pdf(one.id)).rejects.toMatchObject({ code: 'BILLING_PDF_NOT_READY' })
    expect(asked).toEqual([])
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('workspace_state').set({ authority: 'connected' }).execute(),
    )
    await expect(pdf(one.id)).rejects.toMatchObject({ code: 'SYNC_NETWORK_NEEDED' })
    expect(asked).toEqual([documentId])

    sent = { bytes, digest: first.digest }
    expect(await pdf(one.id)).toEqual({ ...first, fileName: 'of-the-server.pdf' })

    const others = bytes.with(9, bytes[9]! ^ 1)
    const digest = createHash('sha256').update(others).digest('hex')
    const notIssued = 'not the one that was issued'
    sent = { bytes: others, digest: first.digest }
    await expect(pdf(one.id)).rejects.toThrow(notIssued)
    sent = { bytes: others, digest }
    await expect(pdf(one.id)).rejects.toThrow(notIssued)
  })
})
