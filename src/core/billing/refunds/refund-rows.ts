import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { failureOf } from '#engines/billing/payments/failure-codes.ts'
import type { Refund } from '#shared/contract/billing/refunds.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** Refunds with their customers' names. */
export function refundRows(session: Session) {
  return reading(session as Tx)
    .db.selectFrom('refunds as refund')
    .innerJoin('customers as customer', 'customer.id', 'refund.customer_id')
    .selectAll('refund')
    .select('customer.name as customer')
}

/** A refund as the contract shows it. */
export function shownRefund(row: Row<'refunds'> & { readonly customer: string }): Refund {
  return {
    ...{ id: row.id, customerId: row.customer_id, customer: row.customer, source: row.source },
    paymentId: row.payment_id === '' ? null : row.payment_id,
    ...{ creditNoteId: row.credit_note_id, currency: row.currency, amount: row.amount },
    ...{ reason: row.reason, state: row.state, way: row.way, holder: row.holder, iban: row.iban },
    ...{ bic: row.bic, provider: row.provider, reference: row.provider_ref, paidOn: row.paid_on },
    failure: row.failure === null ? null : { ...failureOf(row.failure), text: row.failure_text! },
    ...{ approvalId: row.approval_id, createdBy: row.created_by, createdAt: row.created_at },
    doneAt: row.done_at,
  }
}

/** The whole row of a refund. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getRefund(session: Session, id: string): Promise<Row<'refunds'>> {
  const row = await reading(session as Tx)
    .db.selectFrom('refunds')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'refund', id })
  return row
}

/** A refund with its customer's name. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function showRefund(session: Session, id: string): Promise<Refund> {
  const row = await refundRows(session).where('refund.id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'refund', id })
  return shownRefund(row)
}
