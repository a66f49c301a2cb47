import { reading, type Tx } from '#core/database/store.ts'
import type { CustomerAddress } from '#core/notify/addresses.ts'
import { contactsOf } from '#core/notify/addresses.ts'
import { notify } from '#core/notify/notify.ts'
import { hasMail } from '#core/notify/plan.ts'
import { handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { receiptSent, statementSent } from '#engines/notify/topics/payment-documents.ts'
import { paymentDocuments as leaf } from '#shared/contract/billing/payment-documents.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { demandWelcome } from '../../contacts/send-invoice.ts'
import { getCustomer } from '../../customers/customer-rows.ts'
import { partiesOf } from '../../invoices/parties.ts'
import { getPayment } from '../payment-rows.ts'
import { SENT_DOCUMENT, type SentDocument } from './sent-documents.ts'

/** Sends the receipt of a payment. */
export function sendReceipt(environment: EnvironmentSettings) {
  return handle(leaf.sendReceipt, async call => {
    const { tx, input, commandId, receivedAt } = call
    const payment = await getPayment(tx, input.paymentId)
    if (payment.state !== 'succeeded') throw refuse('BILLING_PAYMENT_STATE', { state: payment.state })
    const settings = await readSettings(reading(tx), environment)
    const to = await demandReached(tx, payment.customer_id, settings)
    const { customer, workspace } = await partiesOf(reading(tx), payment.customer_id, settings)
    const asked: SentDocument = {
      ...{ entity: 'receipt', paymentId: payment.id, asOf: String(receivedAt) },
    }
    await notify(call, {
      topic: receiptSent,
      to,
      params: {
        ...{ customer: customer.legalName, contact: null, company: workspace.legalName, note: input.note },
        amount: { amount: payment.amount, currency: payment.currency },
      },
      onceKey: `receipt:${payment.id}:${commandId}`,
      about: { entity: 'payment', id: payment.id },
      link: `/billing/payments?view=payments&payment=${payment.id}`,
      documents: [{ entity: 'receipt', rowId: await call.effect(SENT_DOCUMENT, asked) }],
    })
    return { to: to.map(({ name, email }) => ({ name, email })) }
  })
}

/** Sends the statement of a customer. */
export function sendStatement(environment: EnvironmentSettings) {
  return handle(leaf.sendStatement, async call => {
    const { tx, input, commandId, receivedAt } = call
    const { customerId, from, to: until } = input
    if (until < from) throw refuse('BILLING_SPAN_INVERTED', { from, to: until })
    const { zone } = await getCustomer(reading(tx), customerId)
    const settings = await readSettings(reading(tx), environment)
    const to = await demandReached(tx, customerId, settings)
    const { customer, workspace } = await partiesOf(reading(tx), customerId, settings)
    const day = (at: bigint) => zoned(at, zone).toPlainDate().toString()
    const asked: SentDocument = {
      ...{ entity: 'statement', customerId, from: String(from), to: String(until), asOf: String(receivedAt) },
    }
    await notify(call, {
      topic: statementSent,
      to,
      params: {
        ...{ customer: customer.legalName, contact: null, company: workspace.legalName, note: input.note },
        ...{ from: day(from), until: day(until > from ? until - 1n : until) },
      },
      onceKey: `statement:${customerId}:${commandId}`,
      about: { entity: 'customer', id: customerId },
      link: `/billing/customers?customer=${customerId}`,
      documents: [{ entity: 'statement', rowId: await call.effect(SENT_DOCUMENT, asked) }],
    })
    return { to: to.map(({ name, email }) => ({ name, email })) }
  })
}

/** The addresses of a customer. Refused where no mail goes out, or nobody is there who gets any. */
async function demandReached(tx: Tx, customerId: string, settings: Settings): Promise<CustomerAddress[]> {
  if (!hasMail(settings)) throw refuse('NOTIFY_MAIL_NOT_SET_UP', {})
  const to = await contactsOf(reading(tx), customerId, settings)
  if (to.length === 0) throw refuse('BILLING_NOBODY_TO_MAIL', { customerId })
  await demandWelcome(tx, to)
  return to
}
