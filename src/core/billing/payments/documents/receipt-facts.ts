import type { Reader } from '#core/database/store.ts'
import type { ReceiptFacts } from '#core/documents/receipt-document.ts'
import { refuse } from '#shared/errors.ts'
import type { Settings } from '#shared/settings.ts'
import { getCustomer } from '../../customers/customer-rows.ts'
import { frameOf } from '../../invoices/document/frame-of.ts'
import { partiesOf } from '../../invoices/parties.ts'
import { getPayment, leftOf } from '../payment-rows.ts'
import { settledBy, settledOf } from '../settle.ts'

/**
 * What a receipt says of a payment as things stand.
 * @throws Refusal `BILLING_PAYMENT_STATE` of money that did not come, `WORKSPACE_NOT_FOUND`
 */
export async function receiptFacts(
  reader: Reader,
  paymentId: string,
  settings: Settings,
  asOf: bigint,
): Promise<ReceiptFacts> {
  const payment = await getPayment(reader, paymentId)
  const { state, received_at: receivedAt } = payment
  if (state !== 'succeeded' || receivedAt === null) throw refuse('BILLING_PAYMENT_STATE', { state })
  const parties = await partiesOf(reader, payment.customer_id, settings)
  const { zone } = await getCustomer(reader, payment.customer_id)
  return {
    ...frameOf(parties, settings),
    kind: 'receipt',
    ...{ zone, receivedAt, asOf, currency: payment.currency, amount: payment.amount },
    ...{ method: payment.method, reference: payment.reference },
    settles: await settles(reader, paymentId),
    refunded: payment.refunded,
    left: leftOf(payment),
  }
}

async function settles(reader: Reader, paymentId: string): Promise<ReceiptFacts['settles']> {
  const by = await settledBy(reader, paymentId)
  const ids = [...by.keys()]
  if (ids.length === 0) return []
  const invoices = await reader.db
    .selectFrom('invoices')
    .select(['id', 'number', 'issued_at', 'total'])
    .where('id', 'in', ids)
    .orderBy('issued_at')
    .orderBy('number')
    .execute()
  const settled = await settledOf(reader, ids)
  return invoices.map(({ id, number, issued_at, total }) => ({
    // Only issued invoices are settled, and what settles one stands in both maps.
    ...{ number: number!, issuedAt: issued_at!, total, amount: by.get(id)! },
    open: total - settled.get(id)!,
  }))
}
