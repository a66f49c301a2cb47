import { createHash } from 'node:crypto'
import type { Reader, Store } from '#core/database/store.ts'
import type { DocumentPrinter } from '#core/documents/document-printer.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { EInvoiceFormat } from '#engines/billing/e-invoice/problems.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { idFromCommand } from '#shared/ids.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { E_INVOICE } from '../../e-invoices/serve-e-invoice.ts'
import { getInvoice } from '../invoice-rows.ts'
import type { Parties } from '../parties.ts'
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
      const { facts, format } = await store.read(workspace, async reader => ({
        facts: await invoiceFacts(reader, invoiceId, await readSettings(reader, environment)),
        format: await fixedFormat(reader, invoiceId),
      }))
      const pdf = format === 'factur-x' ? await printer.eInvoice(facts, format) : await printer.print(facts)
      const xml = format === null || format === 'factur-x' ? null : await printer.eInvoice(facts, format)
      const rowOf = (
        rowId: string,
        entity: string,
        fileName: string,
        mediaType: string,
        bytes: Uint8Array,
      ) => ({
        ...{ id: rowId, entity, row_id: invoiceId, file_name: fileName, media_type: mediaType },
        ...{ digest: createHash('sha256').update(bytes).digest('hex'), bytes, created_at: parts.now() },
      })
      const rows = [
        rowOf(id, 'invoice', `${facts.number}.pdf`, 'application/pdf', pdf.bytes),
        ...(xml ? [rowOf(idFromCommand(id, 1), E_INVOICE, xml.fileName, xml.mediaType, xml.bytes)] : []),
      ]
      const stored = await store.write(workspace, 'job', async tx => {
        for (const row of rows)
          await tx.db
            .insertInto('documents')
            .values(row)
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

/** The electronic invoice that was fixed at the issue. */
async function fixedFormat(reader: Reader, invoiceId: string): Promise<EInvoiceFormat | null> {
  const { parties } = await getInvoice(reader, invoiceId)
  return parties === null ? null : (fromCanonical<Parties>(parties).eInvoice ?? null)
}
