import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { bank as leaf } from '#shared/contract/billing/bank.ts'
import { payments } from '#shared/contract/billing/payments.ts'
import { refunds } from '#shared/contract/billing/refunds.ts'
import { refuse } from '#shared/errors.ts'
import { beginOfDay } from '../payments/begin-of-day.ts'
import { getPayment, paymentDetail } from '../payments/payment-rows.ts'
import { insertPayment } from '../payments/record-payment.ts'
import { takeBack } from '../payments/take-back.ts'
import { usePayment } from '../payments/use-payment.ts'
import { getLine, shownLine } from './bank-rows.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'actor' | 'now'>

/** The payment came on the line's value date, by the workspace's calendar as its journal is, and names the line. */
export const matchLine = handle(leaf.match, async call => {
  const { tx, input } = call
  const line = openLine(await getLine(tx, input.lineId))
  if (line.amount <= 0n) throw refuse('BILLING_BANK_LINE_OUTGOING')
  const given = {
    ...{ customerId: input.customerId, currency: line.currency, amount: line.amount },
    ...{ method: 'bank-transfer' as const, reference: line.text.slice(0, 500) },
  }
  const received_at = await beginOfDay(tx, line.value_on)
  const payment = await insertPayment(call, given, {
    ...{ state: 'succeeded', received_at, bank_line_id: line.id },
  })
  await usePayment(call, payment, input.allocations)
  await decide(call, line, { state: 'matched', payment_id: payment.id })
  call.undoWith(leaf.reopen, { lineId: line.id }, [
    leaves('bank_lines', { id: line.id }, { state: 'matched', payment_id: payment.id }),
    leaves('payments', { id: payment.id }, { state: 'succeeded', refunded: 0n }),
  ])
  return paymentDetail(tx, payment.id)
})

/** A direct debit that came back is no payment any more; a refund that was sent is done. */
export const matchOutgoing = handle(leaf.matchOutgoing, async call => {
  const { tx, input, run } = call
  const line = openLine(await getLine(tx, input.lineId))
  if (line.amount >= 0n) throw refuse('BILLING_BANK_LINE_INCOMING')
  if (input.kind === 'return') {
    const payment = await getPayment(tx, input.rowId)
    sameAmount(line, payment)
    if (payment.state === 'pending') {
      await run(payments.fail, {
        paymentId: payment.id,
        code: line.return_code || 'returned',
        text: line.text,
      })
    } else {
      await takeBack(call, payment, { code: line.return_code || 'returned', text: line.text })
    }
    await decide(call, line, { state: 'matched', payment_id: payment.id })
  } else {
    const refund = await tx.db
      .selectFrom('refunds')
      .selectAll()
      .where('id', '=', input.rowId)
      .executeTakeFirst()
    if (!refund) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'refund', id: input.rowId })
    sameAmount(line, refund)
    await run(refunds.paidOut, { refundId: refund.id, paidOn: line.value_on, reference: line.reference })
    await decide(call, line, { state: 'matched', payment_id: refund.payment_id || null })
  }
  return shownLine(await getLine(tx, line.id))
})

export const ignoreLine = handle(leaf.ignore, async call => {
  const { tx, input, undoWith } = call
  const line = openLine(await getLine(tx, input.lineId))
  await decide(call, line, { state: 'ignored', note: input.note === '' ? null : input.note })
  undoWith(leaf.reopen, { lineId: line.id }, [leaves('bank_lines', { id: line.id }, { state: 'ignored' })])
  return shownLine(await getLine(tx, line.id))
})

/** What was made of an incoming line is taken back with it. What left the account cannot be taken back here. */
export const reopenLine = handle(leaf.reopen, async call => {
  const { tx, input, run } = call
  const line = await getLine(tx, input.lineId)
  if (line.state === 'open' || (line.state === 'matched' && line.amount < 0n))
    throw refuse('BILLING_BANK_LINE_STATE', { state: line.state })
  if (line.payment_id !== null) {
    const { state } = await getPayment(tx, line.payment_id)
    if (state !== 'reversed')
      await run(payments.reverse, { paymentId: line.payment_id, reason: 'matched by mistake' })
  }
  await decide(call, line, { state: 'open', payment_id: null, note: null })
  return shownLine(await getLine(tx, line.id))
})

function openLine(line: Row<'bank_lines'>): Row<'bank_lines'> {
  if (line.state !== 'open') throw refuse('BILLING_BANK_LINE_STATE', { state: line.state })
  return line
}

function sameAmount(
  line: Row<'bank_lines'>,
  row: { readonly amount: bigint; readonly currency: string },
): void {
  if (row.amount === -line.amount && row.currency === line.currency) return
  throw refuse('BILLING_BANK_AMOUNT_DIFFERS', { line: -line.amount, row: row.amount })
}

async function decide(
  { tx, actor, now }: Call,
  line: Row<'bank_lines'>,
  to: Partial<Pick<Row<'bank_lines'>, 'state' | 'payment_id' | 'note'>>,
): Promise<void> {
  await tx.db
    .updateTable('bank_lines')
    .set({ ...to, decided_by: byWhom(actor), decided_at: now })
    .where('id', '=', line.id)
    .execute()
}
