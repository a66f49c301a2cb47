import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { failureOf } from '#engines/billing/payments/failure-codes.ts'
import type { Payment, PaymentDetail } from '#shared/contract/billing/payments.ts'
import { refuse } from '#shared/errors.ts'
import { refundRows, shownRefund } from '../refunds/refund-rows.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** Payments with their customers' names. */
export function paymentRows(session: Session) {
  return reading(session as Tx)
    .db.selectFrom('payments as payment')
    .innerJoin('customers as customer', 'customer.id', 'payment.customer_id')
    .selectAll('payment')
    .select('customer.name as customer')
}

type Selected = Row<'payments'> & { readonly customer: string }

/** What is left of a payment: on the customer's account, for invoices to come. */
export function leftOf(row: Pick<Row<'payments'>, 'state' | 'amount' | 'allocated' | 'refunded'>): bigint {
  return row.state === 'succeeded' ? row.amount - row.allocated - row.refunded : 0n
}

/** A payment as the contract shows it. */
export function shownPayment(row: Selected): Payment {
  return {
    id: row.id,
    customerId: row.customer_id,
    customer: row.customer,
    currency: row.currency,
    amount: row.amount,
    method: row.method,
    provider: row.provider,
    providerRef: row.provider_ref,
    reference: row.reference,
    state: row.state,
    receivedAt: row.received_at,
    allocated: row.allocated,
    refunded: row.refunded,
    left: leftOf(row),
    failure: row.failure === null ? null : { ...failureOf(row.failure), text: row.failure_text! },
    note: row.note,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}

/** The whole row of a payment. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getPayment(session: Session, id: string): Promise<Row<'payments'>> {
  const row = await reading(session as Tx)
    .db.selectFrom('payments')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'payment', id })
  return row
}

/** A payment with what it settles and what went back. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function paymentDetail(session: Session, id: string): Promise<PaymentDetail> {
  const row = await paymentRows(session).where('payment.id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'payment', id })
  const settles = await reading(session as Tx)
    .db.selectFrom('settlements as settlement')
    .innerJoin('invoices as invoice', 'invoice.id', 'settlement.invoice_id')
    .select(['settlement.invoice_id', 'invoice.number', 'settlement.amount', 'settlement.at'])
    .where('settlement.source_id', '=', id)
    .orderBy('settlement.at')
    .orderBy('invoice.number')
    .orderBy('settlement.id')
    .execute()
  const refunds = await refundRows(session)
    .where('refund.payment_id', '=', id)
    .orderBy('refund.created_at')
    .orderBy('refund.id')
    .execute()
  const told = await reading(session as Tx)
    .db.selectFrom('provider_payments')
    .selectAll()
    .where('payment_id', '=', id)
    .executeTakeFirst()
  return {
    ...shownPayment(row),
    settles: settles.map(({ invoice_id, number, amount, at }) => ({
      invoiceId: invoice_id,
      ...{ number, amount, at },
    })),
    refunds: refunds.map(shownRefund),
    underWay: told
      ? {
          ...{ methodId: told.method_id, action: told.action, actionUrl: told.action_url },
          toldAt: told.told_at,
        }
      : null,
  }
}
