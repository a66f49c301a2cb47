import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import {
  type Allocation,
  allocate,
  checkAllocations,
  type OpenInvoice,
} from '#engines/billing/payments/allocate.ts'
import { namesNumber, squeezed } from '#engines/billing/payments/names.ts'
import { refuse } from '#shared/errors.ts'
import { leftOf } from './payment-rows.ts'
import { openInvoicesOf, settleInvoice } from './settle.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'commandId'>

/**
 * Uses a payment for invoices: for what is said, or, where nothing is said, for what it was asked for, what the
 * payer named, and what is due longest. The rest stays on the customer's account.
 * @throws Refusal of `checkAllocations`
 */
export async function usePayment(
  call: Call,
  payment: Row<'payments'>,
  wanted?: readonly Allocation[],
): Promise<Row<'payments'>> {
  const { tx } = call
  const open = await openInvoicesOf(tx, payment.customer_id)
  const left = leftOf(payment)
  const decision =
    wanted === undefined
      ? { ok: true as const, ...allocate(left, payment.currency, open, namedBy(payment, open)) }
      : checkAllocations(left, payment.currency, wanted, open)
  if (!decision.ok) {
    const { code, ...data } = decision.failure
    throw refuse(code, data)
  }
  for (const { invoiceId, amount } of decision.allocations)
    await settleInvoice(call, {
      ...{ invoiceId, amount, customerId: payment.customer_id },
      ...{ kind: 'payment', sourceId: payment.id },
    })
  const allocated = payment.amount - payment.refunded - decision.rest
  await tx.db.updateTable('payments').set({ allocated }).where('id', '=', payment.id).execute()
  return { ...payment, allocated }
}

/** The invoices that a payment was asked for, and then those that its text names. */
function namedBy(payment: Row<'payments'>, open: readonly OpenInvoice[]): string[] {
  const asked = JSON.parse(payment.asked_for) as string[]
  const text = squeezed(payment.reference)
  const named = open.filter(({ number }) => namesNumber(text, number)).map(({ id }) => id)
  return [...new Set([...asked, ...named])]
}
