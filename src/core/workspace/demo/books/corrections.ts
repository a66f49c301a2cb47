import { issueCredit } from '#core/billing/corrections/credit.ts'
import { addEvidence, openDispute } from '#core/billing/corrections/disputes.ts'
import { recordPayment } from '#core/billing/payments/record-payment.ts'
import { refundPaidOut } from '#core/billing/refunds/change-refund.ts'
import { makeRefund } from '#core/billing/refunds/request-refund.ts'
import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { doneThen, type Past } from './done-then.ts'
import { type BookFacts, DAY, dayOf, invoicesOf } from './facts.ts'

/** What is to be asked of other people, now. */
export interface ToAsk {
  /** A payment that came twice, and what of it is to go back. */
  readonly refund: { readonly paymentId: string; readonly amount: bigint } | null
  /** An invoice of which something is to be given back. */
  readonly credit: { readonly invoiceId: string; readonly amount: bigint } | null
}

/**
 * Credit notes, refunds and a dispute of the last weeks. A second attempt finds them there and asks for the same.
 */
export async function keepCorrections(tx: Tx, facts: BookFacts, { jobId }: JobFacts): Promise<ToAsk> {
  const { actor, now, closed, before } = facts
  const past: Past = { tx, jobId, actor }
  const dollars = await invoicesOf(tx, before, 'paid', 'USD')
  const pounds = await invoicesOf(tx, closed, 'issued', 'GBP')
  const euros = await invoicesOf(tx, before, 'paid', 'EUR')
  const [twice, given, outage] = dollars
  const again = euros[1]
  const doubtful = pounds[1]
  const open = pounds[2] ?? pounds[0]
  const known = await tx.db.selectFrom('credit_notes').select('id').limit(1).executeTakeFirst()
  const paidAgain = again && (await paymentNamed(tx, `${again.number} again`))
  const toAsk = (paymentId: string | undefined): ToAsk => ({
    refund: again && paymentId ? { paymentId, amount: again.total } : null,
    credit: open ? { invoiceId: open.id, amount: open.total / 5n } : null,
  })
  if (known) return toAsk(paidAgain)

  if (twice) await refunded(past, twice, now)
  if (given)
    await doneThen(past, now - 19n * DAY, 'credit/refund', issueCredit({}), {
      ...{ invoiceId: given.id, wanted: { kind: 'amount', amount: given.total / 10n }, money: 'refund' },
      ...{ reason: 'Two days without dashboards', requestedBy: actor.id },
    })
  if (outage)
    await doneThen(past, now - 27n * DAY, 'credit/balance', issueCredit({}), {
      ...{ invoiceId: outage.id, wanted: { kind: 'amount', amount: outage.total / 20n }, money: 'balance' },
      ...{ reason: 'Agreed with their account manager', requestedBy: actor.id },
    })
  if (doubtful) {
    const dispute = await doneThen(past, now - 6n * DAY, 'dispute', openDispute, {
      ...{ invoiceId: doubtful.id, amount: doubtful.total / 4n, deadlineAt: now + 9n * DAY },
      reason: 'They say that a quarter of the API calls were our retries.',
    })
    await doneThen(past, now - 5n * DAY, 'dispute/evidence', addEvidence, {
      ...{ disputeId: dispute.id, text: 'Our log shows 1.2 % of retries in that month, not a quarter.' },
    })
  }
  if (!again) return toAsk(undefined)
  const payment = await doneThen(past, now - 4n * DAY, 'payment/again', recordPayment, {
    ...{ customerId: again.customer_id, currency: again.currency, amount: again.total },
    ...{ reference: `${again.number} again`, receivedAt: now - 4n * DAY, allocations: [] },
  })
  return toAsk(payment.id)
}

/** Paid twice, sent back, and gone from the account. */
async function refunded(
  past: Past,
  invoice: { customer_id: string; currency: string; total: bigint; number: string | null },
  now: bigint,
): Promise<void> {
  const payment = await doneThen(past, now - 16n * DAY, 'payment/twice', recordPayment, {
    ...{ customerId: invoice.customer_id, currency: invoice.currency, amount: invoice.total, method: 'card' },
    ...{ reference: `${invoice.number} twice`, receivedAt: now - 16n * DAY, allocations: [] },
  })
  const { refund } = await doneThen(past, now - 13n * DAY, 'refund/twice', makeRefund, {
    ...{ from: { kind: 'payment', paymentId: payment.id }, amount: invoice.total },
    ...{ reason: 'Paid twice', requestedBy: past.actor.id },
  })
  await doneThen(past, now - 11n * DAY, 'refund/twice/paid', refundPaidOut, {
    ...{ refundId: refund!.id, paidOn: dayOf(now - 11n * DAY), reference: 'RF-20417' },
  })
}

async function paymentNamed(tx: Tx, reference: string): Promise<string | undefined> {
  const row = await tx.db
    .selectFrom('payments')
    .select('id')
    .where('reference', '=', reference)
    .executeTakeFirst()
  return row?.id
}
