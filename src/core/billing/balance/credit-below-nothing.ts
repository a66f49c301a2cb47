import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { creditBalance } from './transfers.ts'

/**
 * What comes to less than nothing is a credit note of its own: its whole amount, with tax, goes onto the customer's
 * balance as it is issued, as that of a credit note for one invoice does. Later invoices use it, or it is refunded.
 */
export async function creditBelowNothing(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'total'>,
): Promise<void> {
  if (invoice.total >= 0n) return
  await creditBalance(call, {
    ...{ customerId: invoice.customer_id, currency: invoice.currency, reason: '' },
    ...{ source: 'credit-note', sourceId: invoice.id, amount: -invoice.total, from: 'credited' },
  })
}
