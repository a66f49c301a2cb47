import { createHash } from 'node:crypto'
import type { DocumentFacts, DocumentPrinter } from '#core/documents/document-printer.ts'
import { serve } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { paymentDocuments as leaf } from '#shared/contract/billing/payment-documents.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { fileNameOf } from './file-names.ts'
import { receiptFacts } from './receipt-facts.ts'
import { statementFacts } from './statement-facts.ts'

/** A receipt as it would be sent now. */
export function paymentReceipt(printer: DocumentPrinter, environment: EnvironmentSettings) {
  return serve(leaf.receipt, async ({ input, read, now }) => {
    const facts = await read(async reader =>
      receiptFacts(reader, input.paymentId, await readSettings(reader, environment), now),
    )
    return printed(printer, facts)
  })
}

/** A statement as it would be sent now. */
export function statementPdf(printer: DocumentPrinter, environment: EnvironmentSettings) {
  return serve(leaf.statementPdf, async ({ input, read, now }) => {
    const facts = await read(async reader =>
      statementFacts(reader, input, await readSettings(reader, environment), now),
    )
    return printed(printer, facts)
  })
}

async function printed(printer: DocumentPrinter, facts: DocumentFacts) {
  const { bytes, missing } = await printer.print(facts)
  return {
    fileName: fileNameOf(facts),
    digest: createHash('sha256').update(bytes).digest('hex'),
    base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    missing: [...missing],
  }
}
