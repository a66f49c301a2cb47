import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { settleInvoice } from '../payments/settle.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'commandId'>

/**
 * Takes an amount out of the payments that settled an invoice, the newest first, and asks for it to be sent back
 * to who paid.
 * @returns what was found to be sent back, at most the amount
 */
export async function releasePayments(
  call: Call,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency'>,
  amount: bigint,
  reason: string,
): Promise<bigint> {
  if (amount === 0n) return 0n
  const { tx, ids, now, actor } = call
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
    await tx.db
      .insertInto('refunds')
      .values({
        ...{ id: ids.next(), payment_id: row.source_id, customer_id: invoice.customer_id },
        ...{ currency: invoice.currency, amount: part, reason, state: 'waiting', provider_ref: null },
        ...{ created_by: byWhom(actor), created_at: now, done_at: null },
      })
      .execute()
  }
  return amount - left
}
