import { reading, type Tx } from '#core/database/store.ts'
import { checkedFacts } from '#core/documents/e-invoice/e-invoice-facts.ts'
import { eInvoiceProblems } from '#engines/billing/e-invoice/problems.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Settings } from '#shared/settings.ts'
import { invoiceFacts } from '../invoices/document/invoice-facts.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import type { Parties } from '../invoices/parties.ts'
import { formatFor } from './choice.ts'

/**
 * Fixes at the issue of a document whether an electronic invoice goes out with it, and where it is paid to. One that
 * lacks something goes out without: the page of the invoice says what, and nobody waits for a file that never comes.
 */
export async function fixEInvoice(tx: Tx, invoiceId: string, settings: Settings): Promise<void> {
  const session = reading(tx)
  const { customer_id, parties: text } = await getInvoice(tx, invoiceId)
  // What came in as issued may know no parties, and its credit notes neither.
  if (text === null) return
  const format = await formatFor(session, customer_id, settings)
  const { eInvoice: before, ...parties } = fromCanonical<Parties>(text)
  if (format === null) {
    // A credit note has the parties of its invoice, and not what went out with that.
    if (before !== undefined) await store(tx, invoiceId, parties)
    return
  }
  const facts = await invoiceFacts(session, invoiceId, settings)
  const isWhole = eInvoiceProblems(checkedFacts(facts), format).length === 0
  await store(tx, invoiceId, {
    ...parties,
    payTo: facts.payTo,
    contact: facts.contact,
    buyerReference: facts.buyerReference,
    ...(isWhole ? { eInvoice: format } : {}),
  })
}

async function store(tx: Tx, invoiceId: string, parties: Parties): Promise<void> {
  await tx.db
    .updateTable('invoices')
    .set({ parties: canonicalJson(parties) })
    .where('id', '=', invoiceId)
    .execute()
}
