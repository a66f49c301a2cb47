import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { getPayment } from '../payments/payment-rows.ts'
import { settleInvoice } from '../payments/settle.ts'
import { storeRefund } from '../refunds/store-refund.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'commandId' | 'effect'>

/**
 * Takes an amount out of the payments that settled an invoice, the newest first, and asks for it to be sent back
 * to who paid.
 * @param note the credit note that gives it back
 * @returns what was found to be sent back, at most the amount
 */
export async function releasePayments(
  call: Call,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency'>,
  amount: bigint,
  note: { readonly id: string; readonly reason: string; readonly approvalId: string | null },
): Promise<bigint> {
  if (amount === 0n) return 0n
  const { tx } = call
  const rows = await tx.db
    .selectFrom('settlements')
    .select(eb => ['source_id', eb.fn.sum<bigint | string>('amount').as('amount')])
    .where('invoice_id', '=', invoice.id)
    .where('kind', '=', 'payment')
    .groupBy('source_id')
    .orderBy('source_id', 'desc')
    .execute()
  let left = amount
  for (const row of rows) {
    const settled = BigInt(row.amount)
    const part = settled < left ? settled : left
    if (part <= 0n) continue
    left -= part
    await settleInvoice(call, {
      ...{ invoiceId: invoice.id, customerId: invoice.customer_id },
      ...{ kind: 'payment', sourceId: row.source_id, amount: -part },
    })
    await tx.db
      .updateTable('payments')
      .set(eb => ({ allocated: eb('allocated', '-', part), refunded: eb('refunded', '+', part) }))
      .where('id', '=', row.source_id)
      .execute()
    const { provider } = await getPayment(tx, row.source_id)
    await storeRefund(call, {
      ...{ source: 'credit-note', paymentId: row.source_id, customerId: invoice.customer_id, provider },
      ...{ currency: invoice.currency, amount: part, reason: note.reason, way: { kind: 'original' } },
      ...{ creditNoteId: note.id, approvalId: note.approvalId },
    })
  }
  return amount - left
}
