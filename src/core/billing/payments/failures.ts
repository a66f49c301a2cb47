import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'

/** Invoices asked for at a time: databases limit the parameters of a query. */
const PAGE = 500

/** What the failed payments of an invoice say together. */
export interface Failure {
  readonly firstAt: bigint
  /** Of the newest. */
  readonly code: string
}

/** Keeps that a payment failed, for the invoices that it was to settle. A second failure of it is a later one. */
export async function noteFailure(
  tx: Tx,
  payment: { readonly id: string; readonly failure: string },
  invoiceIds: readonly string[],
  at: bigint,
): Promise<void> {
  if (invoiceIds.length === 0) return
  const values = { code: payment.failure, at }
  await tx.db
    .insertInto('payment_failures')
    .values(invoiceIds.map(invoice_id => ({ payment_id: payment.id, invoice_id, ...values })))
    .onConflict(on => on.columns(['payment_id', 'invoice_id']).doUpdateSet(values))
    .execute()
}

/** Failures of payments for invoices, by invoice; payments that came after all count as if they never failed. */
export async function failuresOf(
  session: Pick<Reader, 'db'> | Pick<Tx, 'db'>,
  invoiceIds: readonly string[],
): Promise<Map<string, Failure>> {
  const found = new Map<string, Failure>()
  for (let from = 0; from < invoiceIds.length; from += PAGE) {
    const rows: Row<'payment_failures'>[] = await reading(session as Tx)
      .db.selectFrom('payment_failures as failure')
      .innerJoin('payments as payment', 'payment.id', 'failure.payment_id')
      .selectAll('failure')
      .where('failure.invoice_id', 'in', invoiceIds.slice(from, from + PAGE))
      .where('payment.state', 'in', ['failed', 'reversed'])
      .orderBy('failure.at')
      .orderBy('failure.payment_id')
      .execute()
    for (const { invoice_id, code, at } of rows)
      found.set(invoice_id, { firstAt: found.get(invoice_id)?.firstAt ?? at, code })
  }
  return found
}
