import { createHash } from 'node:crypto'
import type { Store } from '#core/database/store.ts'
import type { DocumentPrinter } from '#core/documents/document-printer.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { invoiceFacts } from './invoice-facts.ts'

/** The kind of the effect that `billing.invoice.issue` asks for. */
export const INVOICE_PDF = 'billing.invoice.pdf'

export interface PdfCarrierParts {
  readonly store: Store
  readonly workspace: string
  readonly environment: EnvironmentSettings
  readonly printer: DocumentPrinter
  readonly now: () => bigint
  /** Notes on the invoice that its document is there: `billing.invoice.pdfDone`. */
  readonly done: (invoiceId: string, documentId: string, digest: string) => Promise<void>
}

/**
 * Makes the document of an issued invoice, after the commit. The bytes are stored once, under the id of the
 * effect: whoever carries it out again after a crash finds them there and does not make others.
 */
export function invoicePdfCarrier(parts: PdfCarrierParts): EffectCarrier {
  const { store, workspace, environment, printer } = parts
  return {
    kind: INVOICE_PDF,
    async carry({ id, payload }) {
      const { invoiceId } = payload as { invoiceId: string }
      const facts = await store.read(workspace, async reader =>
        invoiceFacts(reader, invoiceId, await readSettings(reader, environment)),
      )
      const { bytes } = await printer.print(facts)
      const digest = createHash('sha256').update(bytes).digest('hex')
      const stored = await store.write(workspace, 'job', async tx => {
        await tx.db
          .insertInto('documents')
          .values({
            id,
            entity: 'invoice',
            row_id: invoiceId,
            file_name: `${facts.number}.pdf`,
            media_type: 'application/pdf',
            digest,
            bytes,
            created_at: parts.now(),
          })
          .onConflict(on => on.columns(['entity', 'row_id']).doNothing())
          .execute()
        return tx.db
          .selectFrom('documents')
          .select(['id', 'digest'])
          .where('entity', '=', 'invoice')
          .where('row_id', '=', invoiceId)
          .executeTakeFirstOrThrow()
      })
      await parts.done(invoiceId, stored.id, stored.digest)
    },
  }
}
