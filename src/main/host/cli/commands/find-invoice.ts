import type { Client } from '#serving/client.ts'
import { InvoiceRow } from '#shared/contract/billing/invoices.ts'
import { refuse } from '#shared/errors.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** An invoice by its number or its id. */
export async function findInvoice(client: Client, reference: string): Promise<InvoiceRow> {
  if (UUID.test(reference)) {
    return InvoiceRow.parse(await client.billing.invoice.get({ invoiceId: reference }))
  }
  const { invoices } = await client.billing.invoice.list({ filter: { search: reference }, limit: 100 })
  const found = invoices.find(one => one.number === reference)
  if (!found)
    throw refuse(
      'WORKSPACE_NOT_FOUND',
      { entity: 'invoice', id: reference },
      `There is no invoice ${reference}.`,
    )
  return found
}
