import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { failureOf } from '#engines/billing/payments/failure-codes.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { payments as leaf, type PaymentMethod } from '#shared/contract/billing/payments.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { usableMethod } from '../payment-methods/method-rows.ts'
import { COLLECT_EFFECT } from '../providers/carriers.ts'
import { isCarried } from '../providers/payment-provider.ts'
import { noteFailure } from './failures.ts'
import { getPayment, paymentDetail } from './payment-rows.ts'
import { openInvoicesOf } from './settle.ts'
import { usePayment } from './use-payment.ts'

/** Clocks of two machines differ by so much, and a bank dates what it books by the day: what is later has not come. */
const AHEAD = 36n * 3_600_000n

interface Given {
  readonly customerId: string
  readonly currency: string
  readonly amount: bigint
  readonly method: PaymentMethod
  readonly reference: string
}

export const recordPayment = handle(leaf.record, async call => {
  const { tx, input, now, undoWith } = call
  const receivedAt = input.receivedAt ?? now
  refuseFuture(receivedAt, now)
  const payment = await insertPayment(call, input, { state: 'succeeded', received_at: receivedAt })
  const used = await usePayment(call, payment, input.allocations)
  undoWith(leaf.reverse, { paymentId: payment.id, reason: UNDONE }, [
    leaves('payments', { id: payment.id }, { state: 'succeeded', allocated: used.allocated, refunded: 0n }),
  ])
  return paymentDetail(tx, payment.id)
})

/** What the history says of a payment that was taken back at once. */
const UNDONE = 'undone'

export const requestPayment = handle(leaf.request, async call => {
  const { tx, input, now, undoWith } = call
  const open = new Set((await openInvoicesOf(tx, input.customerId)).map(({ id }) => id))
  for (const invoiceId of input.invoiceIds)
    if (!open.has(invoiceId)) throw refuse('BILLING_INVOICE_NOT_OPEN', { invoiceId })
  const method = input.methodId ? await usableMethod(tx, input.customerId, input.methodId, now) : null
  const provider = method?.provider ?? 'manual'
  const payment = await insertPayment(call, input, {
    ...{ state: 'pending', received_at: null, provider },
    asked_for: canonicalJson(input.invoiceIds),
  })
  if (method && isCarried(provider)) {
    const told = { action: null, action_url: null, told_at: null }
    await tx.db
      .insertInto('provider_payments')
      .values({ payment_id: payment.id, method_id: method.id, ...told })
      .execute()
    await call.effect(COLLECT_EFFECT, { paymentId: payment.id })
  }
  undoWith(leaf.reverse, { paymentId: payment.id, reason: UNDONE }, [
    leaves('payments', { id: payment.id }, { state: 'pending' }),
  ])
  return paymentDetail(tx, payment.id)
})

export const confirmPayment = handle(leaf.confirm, async call => {
  const { tx, input, now, undoWith } = call
  const before = await getPayment(tx, input.paymentId)
  if (before.state !== 'pending' && before.state !== 'failed')
    throw refuse('BILLING_PAYMENT_STATE', { state: before.state })
  const receivedAt = input.receivedAt ?? now
  refuseFuture(receivedAt, now)
  const came = { state: 'succeeded' as const, received_at: receivedAt, failure: null, failure_text: null }
  await tx.db.updateTable('payments').set(came).where('id', '=', before.id).execute()
  const used = await usePayment(call, { ...before, ...came })
  undoWith(leaf.reverse, { paymentId: before.id, reason: UNDONE }, [
    leaves('payments', { id: before.id }, { state: 'succeeded', allocated: used.allocated, refunded: 0n }),
  ])
  return paymentDetail(tx, before.id)
})

export const failPayment = handle(leaf.fail, async ({ tx, input, now, undoWith }) => {
  const before = await getPayment(tx, input.paymentId)
  if (before.state !== 'pending') throw refuse('BILLING_PAYMENT_STATE', { state: before.state })
  const failed = {
    ...{ state: 'failed' as const, failure: failureOf(input.code).code },
    failure_text: input.text === '' ? input.code : input.text,
  }
  await tx.db.updateTable('payments').set(failed).where('id', '=', before.id).execute()
  await noteFailure(tx, { ...before, ...failed }, fromCanonical<string[]>(before.asked_for), now)
  undoWith(leaf.confirm, { paymentId: before.id }, [
    leaves('payments', { id: before.id }, { state: 'failed' }),
  ])
  return paymentDetail(tx, before.id)
})

/** Stores a payment that nothing is settled with yet. */
export async function insertPayment(
  { tx, ids, now, actor }: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor'>,
  { customerId, currency, amount, method, reference }: Given,
  more: Pick<Row<'payments'>, 'state' | 'received_at'> & Partial<Row<'payments'>>,
): Promise<Row<'payments'>> {
  if (findCurrency(currency) === undefined) throw refuse('BILLING_CURRENCY_UNKNOWN', { currency })
  const row: Row<'payments'> = {
    ...{ id: ids.next(), customer_id: customerId, title: await titleOf(tx, customerId, reference) },
    ...{ currency, amount, method, provider: 'manual', provider_ref: null, reference },
    ...{ allocated: 0n, refunded: 0n, failure: null, failure_text: null, note: null, asked_for: '[]' },
    ...{ bank_line_id: null, created_by: byWhom(actor), created_at: now },
    ...more,
  }
  await tx.db.insertInto('payments').values(row).execute()
  return row
}

async function titleOf(tx: Tx, customerId: string, reference: string): Promise<string> {
  const { name } = await getCustomer(tx, customerId)
  return reference === '' ? name : `${name} · ${reference}`
}

function refuseFuture(receivedAt: bigint, now: bigint): void {
  if (receivedAt > now + AHEAD) throw refuse('BILLING_PAYMENT_IN_FUTURE', { receivedAt })
}
