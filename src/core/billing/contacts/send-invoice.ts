import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { type CustomerAddress, contactsOf } from '#core/notify/addresses.ts'
import { deliveryRows, shownDeliveries } from '#core/notify/delivery-rows.ts'
import { notify, type Telling } from '#core/notify/notify.ts'
import { hasMail, suppression } from '#core/notify/plan.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { creditNoteSent, invoiceSent } from '#engines/notify/topics/billing.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { invoiceMails as leaf } from '#shared/contract/billing/mails.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { E_INVOICE } from '../e-invoices/serve-e-invoice.ts'
import { INVOICE_PDF } from '../invoices/document/pdf-carrier.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import type { Parties } from '../invoices/parties.ts'
import { sendsOf } from './contacts.ts'

type Invoice = Row<'invoices'>

/** An invoice that is out has a number, and a document that says it. */
const OUT: ReadonlySet<Invoice['state']> = new Set(['issued', 'paid', 'uncollectible'])

/** Asks for the mail of an issued invoice with its document. It waits until the document is made. */
async function mailInvoice(
  call: Telling,
  invoice: Invoice,
  to: readonly CustomerAddress[],
  { note, onceKey }: { note: string; onceKey: string },
): Promise<void> {
  const { customer, workspace, eInvoice } = fromCanonical<Parties>(invoice.parties!)
  const params = {
    number: invoice.number!,
    customer: customer.legalName,
    contact: null,
    total: { amount: invoice.total, currency: invoice.currency },
    company: workspace.legalName,
    note,
  }
  const notice = {
    ...{ to, onceKey, about: { entity: 'invoice', id: invoice.id } },
    link: `/billing/invoices?invoice=${invoice.id}`,
    documents: [
      { entity: 'invoice', rowId: invoice.id },
      // Factur-X is within the PDF.
      ...(eInvoice !== undefined && eInvoice !== 'factur-x'
        ? [{ entity: E_INVOICE, rowId: invoice.id }]
        : []),
    ],
  }
  if (invoice.kind === 'credit-note') {
    await notify(call, { ...notice, topic: creditNoteSent, params })
    return
  }
  // What is paid already is not due.
  const paid = invoice.state === 'paid'
  const dueOn = paid ? null : zoned(invoice.due_at!, invoice.zone).toPlainDate().toString()
  await notify(call, { ...notice, topic: invoiceSent, params: { ...params, dueOn } })
}

/** Where mails of a customer go, in the shape that telling asks for. */
async function reached(tx: Tx, customerId: string, settings: Settings): Promise<CustomerAddress[]> {
  return contactsOf(reading(tx), customerId, settings)
}

/**
 * Sends an invoice at its issue, where the customer or else the workspace wants that, there is a mail server and
 * somebody to write to. Once: however often the issue is repeated.
 */
export async function mailAtIssue(call: Telling, invoiceId: string, settings: Settings): Promise<void> {
  if (!hasMail(settings)) return
  const invoice = await getInvoice(call.tx, invoiceId)
  const row = await call.tx.db
    .selectFrom('customer_messages')
    .select('send_invoices')
    .where('customer_id', '=', invoice.customer_id)
    .executeTakeFirst()
  if (!(sendsOf(row) ?? settings['billing.sendInvoices'])) return
  const to = await reached(call.tx, invoice.customer_id, settings)
  if (to.length > 0)
    await mailInvoice(call, invoice, to, { note: '', onceKey: `invoice:${invoice.id}:issued` })
}

export const sendInvoice = (environment: EnvironmentSettings) =>
  handle(leaf.send, async call => {
    const { tx, input, commandId } = call
    const invoice = await getInvoice(tx, input.invoiceId)
    if (!OUT.has(invoice.state) || invoice.parties === null)
      throw refuse('BILLING_INVOICE_NOT_ISSUED', { state: invoice.state })
    const settings = await readSettings(reading(tx), environment)
    if (!hasMail(settings)) throw refuse('NOTIFY_MAIL_NOT_SET_UP', {})
    const customerId = invoice.customer_id
    const to: CustomerAddress[] = input.to
      ? [{ ...input.to, name: input.to.name === '' ? input.to.email : input.to.name, customerId }]
      : await reached(tx, customerId, settings)
    if (to.length === 0) throw refuse('BILLING_NOBODY_TO_MAIL', { customerId })
    await demandWelcome(tx, to)
    await demandDocument(call, invoice)
    await mailInvoice(call, invoice, to, { note: input.note, onceKey: `invoice:${invoice.id}:${commandId}` })
    return { to: to.map(({ name, email }) => ({ name, email })) }
  })

/** An invoice that came in as issued has no document yet: it is made of its facts, once, and kept. */
async function demandDocument({ tx, effect }: Telling, invoice: Invoice): Promise<void> {
  if (invoice.document_id !== null || invoice.effect_id !== null) return
  const effect_id = await effect(INVOICE_PDF, { invoiceId: invoice.id })
  await tx.db.updateTable('invoices').set({ effect_id }).where('id', '=', invoice.id).execute()
}

/** Refused where none of the addresses gets mail: whoever sends by hand wants to know it now. */
export async function demandWelcome(tx: Tx, to: readonly CustomerAddress[]): Promise<void> {
  const reasons = []
  for (const { email } of to) reasons.push(await suppression(tx, email))
  const [reason] = reasons
  if (reason && !reasons.includes(null)) throw refuse('NOTIFY_SUPPRESSED', { address: to[0]!.email, reason })
}

export const invoiceDeliveries = answer(leaf.mails, async ({ reader, input }) => {
  const rows = await deliveryRows(reader)
    .where('notification.entity', '=', 'invoice')
    .where('notification.row_id', '=', input.invoiceId)
    .where('delivery.customer_id', 'is not', null)
    .orderBy('delivery.created_at', 'desc')
    .orderBy('delivery.id', 'desc')
    .limit(100)
    .execute()
  return { deliveries: await shownDeliveries(reader, rows) }
})
