import { createHash } from 'node:crypto'
import type { Reader } from '#core/database/store.ts'
import type { DocumentPrinter } from '#core/documents/document-printer.ts'
import { checkedFacts, type EInvoiceFacts } from '#core/documents/e-invoice/e-invoice-facts.ts'
import { answer, serve } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import {
  E_INVOICE_FORMATS,
  type EInvoiceFormat,
  eInvoiceProblems,
} from '#engines/billing/e-invoice/problems.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { invoiceEInvoices as leaf } from '#shared/contract/billing/e-invoices.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { invoiceFacts } from '../invoices/document/invoice-facts.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import type { Parties } from '../invoices/parties.ts'
import { formatFor } from './choice.ts'

/** The entity under which the XML of an invoice is stored beside its PDF. */
export const E_INVOICE = 'e-invoice'

export const eInvoiceState = (environment: EnvironmentSettings) =>
  answer(leaf.eInvoiceState, async ({ reader, input }) => {
    const { invoiceId } = input
    const settings = await readSettings(reader, environment)
    const { customer_id, number, parties } = await getInvoice(reader, invoiceId)
    const facts = await invoiceFacts(reader, invoiceId, settings)
    const format =
      number === null
        ? await formatFor(reader, customer_id, settings)
        : parties === null
          ? null
          : (fromCanonical<Parties>(parties).eInvoice ?? null)
    const issued = number !== null
    // That a draft is not issued is no fault of its facts.
    const checked = { ...checkedFacts(facts), number: facts.number ?? '' }
    const of = (one: EInvoiceFormat) => eInvoiceProblems(checked, one)
    const problems = Object.fromEntries(E_INVOICE_FORMATS.map(one => [one, of(one)]))
    return { format, issued, problems: problems as Record<EInvoiceFormat, ReturnType<typeof of>> }
  })

export function invoiceEInvoice(printer: DocumentPrinter, environment: EnvironmentSettings) {
  return serve(leaf.eInvoice, async ({ input: { invoiceId, format }, read }) => {
    const found = await read(async reader => {
      const settings = await readSettings(reader, environment)
      const facts = await invoiceFacts(reader, invoiceId, settings)
      return { facts, stored: await storedOf(reader, invoiceId, format) }
    })
    if (found.stored) {
      const { file_name, media_type, digest, bytes } = found.stored
      return {
        fileName: file_name,
        mediaType: media_type,
        stored: true,
        digest,
        base64: text(bytes),
        missing: [],
      }
    }
    demandWhole(found.facts, format)
    const { fileName, mediaType, bytes, missing } = await printer.eInvoice(found.facts, format)
    const digest = createHash('sha256').update(bytes).digest('hex')
    return { fileName, mediaType, stored: false, digest, base64: text(bytes), missing: [...missing] }
  })
}

/** @throws Refusal `BILLING_E_INVOICE_INCOMPLETE` with what is missing */
function demandWhole(facts: EInvoiceFacts, format: EInvoiceFormat): void {
  const problems = eInvoiceProblems(checkedFacts(facts), format)
  if (problems.length > 0) throw refuse('BILLING_E_INVOICE_INCOMPLETE', { format, problems })
}

/** What was stored at the issue, where it is here and of this format. */
async function storedOf(reader: Reader, invoiceId: string, format: EInvoiceFormat) {
  const { parties } = await getInvoice(reader, invoiceId)
  if (parties === null || fromCanonical<Parties>(parties).eInvoice !== format) return undefined
  return reader.db
    .selectFrom('documents')
    .select(['file_name', 'media_type', 'digest', 'bytes'])
    .where('entity', '=', format === 'factur-x' ? 'invoice' : E_INVOICE)
    .where('row_id', '=', invoiceId)
    .executeTakeFirst()
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
