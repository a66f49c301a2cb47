import { createHash } from 'node:crypto'
import type { Reader } from '#core/database/store.ts'
import type { DocumentPrinter } from '#core/documents/document-printer.ts'
import { handle, serve } from '#core/runtime/handlers.ts'
import type { DeskPort } from '#core/sync/desk-port.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { invoices as contract } from '#shared/contract/billing/invoices.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { getInvoice } from '../invoice-rows.ts'
import { invoiceFacts } from './invoice-facts.ts'

/**
 * The stored document of an issued invoice, or what that of a draft would be. A desk that does not have the bytes
 * fetches them from its server, once.
 */
export function invoicePdf(
  printer: DocumentPrinter,
  environment: EnvironmentSettings,
  desk: Pick<DeskPort, 'document'> | undefined,
) {
  return serve(contract.pdf, async ({ input: { invoiceId }, read }) => {
    const found = await read(async reader => {
      const invoice = await getInvoice(reader, invoiceId)
      // An invoice that came in as issued has no document to wait for: its facts are fixed, so it is made of them.
      if (invoice.number === null || (invoice.effect_id === null && invoice.document_id === null)) {
        const settings = await readSettings(reader, environment)
        const fileName = invoice.number === null ? 'draft.pdf' : `${invoice.number}.pdf`
        return { facts: await invoiceFacts(reader, invoiceId, settings), fileName } as const
      }
      const { authority } = await reader.db
        .selectFrom('workspace_state')
        .select('authority')
        .executeTakeFirstOrThrow()
      return {
        facts: null,
        document: await documentOf(reader, invoiceId),
        state: invoice.state,
        documentId: authority === 'connected' ? invoice.document_id : null,
        digest: invoice.document_digest,
      } as const
    })
    if (found.facts) {
      const { bytes, missing } = await printer.print(found.facts)
      const digest = createHash('sha256').update(bytes).digest('hex')
      return { fileName: found.fileName, stored: false, digest, base64: base64(bytes), missing: [...missing] }
    }
    if (!found.document && desk && found.documentId !== null) {
      const { fileName, digest, bytes } = await desk.document(found.documentId)
      const isWhole = createHash('sha256').update(bytes).digest('hex') === digest && digest === found.digest
      if (!isWhole) throw new Error('the document that the server sent is not the one that was issued')
      return { fileName, stored: true, digest, base64: base64(bytes), missing: [] }
    }
    if (!found.document) throw refuse('BILLING_PDF_NOT_READY', { state: found.state })
    const { file_name, digest, bytes } = found.document
    return { fileName: file_name, stored: true, digest, base64: base64(bytes), missing: [] }
  })
}

async function documentOf(reader: Reader, invoiceId: string) {
  return reader.db
    .selectFrom('documents')
    .select(['file_name', 'digest', 'bytes'])
    .where('entity', '=', 'invoice')
    .where('row_id', '=', invoiceId)
    .executeTakeFirst()
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Notes on an issued invoice where its document is. The first one stays. */
export const invoicePdfDone = handle(contract.pdfDone, async ({ tx, input }) => {
  const invoice = await getInvoice(tx, input.invoiceId)
  if (invoice.number === null) throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  if (invoice.document_id !== null) return {}
  await tx.db
    .updateTable('invoices')
    .set({ document_id: input.documentId, document_digest: input.digest })
    .where('id', '=', invoice.id)
    .execute()
  return {}
})
