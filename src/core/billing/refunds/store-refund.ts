import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { ibanFault, plainIban } from '#engines/billing/payments/iban.ts'
import { askedTransfers, nextRefund, type RefundEvent } from '#engines/billing/refunds/refund.ts'
import type { RefundWay } from '#shared/contract/billing/refunds.ts'
import { refuse } from '#shared/errors.ts'
import { bookTransfers } from '../balance/transfers.ts'
import { demandOpenPeriod, monthOf } from '../corrections/locked.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { PAY_OUT_EFFECT } from '../providers/carriers.ts'
import { isCarried } from '../providers/payment-provider.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'effect'>

/** What a refund is of, and which way it goes. */
export interface NewRefund {
  readonly source: Row<'refunds'>['source']
  /** Empty where it is of the balance. */
  readonly paymentId: string
  readonly customerId: string
  readonly currency: string
  readonly amount: bigint
  readonly reason: string
  readonly way: RefundWay
  /** Who carried the payment that it is of. */
  readonly provider: string
  readonly creditNoteId?: string
  readonly approvalId?: string | null
}

/**
 * Stores a refund that waits for its pay-out, with what it takes from the customer's accounts. Whoever calls it
 * checked that there is so much. One that goes back by a provider is asked of it after the commit, and cannot be
 * called back from then on.
 * @returns its id
 */
export async function storeRefund(call: Call, given: NewRefund): Promise<string> {
  const { tx, ids, now, actor } = call
  const { source, customerId, currency, amount, reason } = given
  const id = ids.next()
  const { name } = await getCustomer(tx, customerId)
  const provider = given.way.kind === 'original' ? given.provider : 'manual'
  await tx.db
    .insertInto('refunds')
    .values({
      ...{ id, payment_id: given.paymentId, customer_id: customerId, currency, amount, reason },
      ...{ title: `${name} · ${reason}`, source, credit_note_id: given.creditNoteId ?? null },
      ...{
        state: isCarried(provider) ? 'sent' : 'waiting',
        provider,
        provider_ref: null,
        paid_on: null,
        ...wayColumns(given.way),
      },
      ...{ failure: null, failure_text: null, approval_id: given.approvalId ?? null },
      ...{ created_by: byWhom(actor), created_at: now, done_at: null },
    })
    .execute()
  const transfers = askedTransfers(source, amount)
  if (transfers.length > 0)
    await bookTransfers(call, { customerId, currency, reason, source: 'refund', sourceId: id }, transfers)
  if (isCarried(provider)) await call.effect(PAY_OUT_EFFECT, { refundId: id })
  return id
}

/** The columns of a way. @throws Refusal `BILLING_ACCOUNT_NUMBER` */
export function wayColumns(way: RefundWay): Pick<Row<'refunds'>, 'way' | 'holder' | 'iban' | 'bic'> {
  if (way.kind === 'original') return { way: 'original', holder: '', iban: '', bic: '' }
  const iban = plainIban(way.iban)
  // What begins as an IBAN does has to be one; other countries have numbers of their own.
  const fault = /^[A-Z]{2}\d{2}/.test(iban) ? ibanFault(iban) : null
  if (fault !== null) throw refuse('BILLING_ACCOUNT_NUMBER', { field: 'iban', reason: fault })
  return { way: 'bank-transfer', holder: way.holder, iban, bic: way.bic.toUpperCase() }
}

/**
 * Brings a refund to what follows from an event, and books where the money is then.
 * @throws Refusal `BILLING_REFUND_STATE` where it cannot happen, `BILLING_PERIOD_LOCKED`
 */
export async function moveRefund(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt'>,
  refund: Row<'refunds'>,
  event: RefundEvent,
  more: Partial<Pick<Row<'refunds'>, 'provider_ref' | 'paid_on' | 'failure' | 'failure_text'>> = {},
): Promise<void> {
  const { tx, now, receivedAt } = call
  const step = nextRefund(refund, event)
  if (step === null) throw refuse('BILLING_REFUND_STATE', { state: refund.state })
  await tx.db
    .updateTable('refunds')
    .set({ ...more, state: step.state, done_at: event === 'send' ? null : now })
    .where('id', '=', refund.id)
    .execute()
  if (step.transfers.length > 0) {
    await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
    const { customer_id: customerId, currency, reason } = refund
    const booking = { customerId, currency, reason, source: 'refund', sourceId: refund.id }
    await bookTransfers(call, booking, step.transfers)
  }
  if (step.toPayment)
    await tx.db
      .updateTable('payments')
      .set(eb => ({ refunded: eb('refunded', '-', refund.amount) }))
      .where('id', '=', refund.payment_id)
      .execute()
}
