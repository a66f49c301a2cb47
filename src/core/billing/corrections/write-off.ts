import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { approvalOf } from '#core/workspace/approvals/approval-rows.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { reversed, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { corrections as leaf } from '#shared/contract/billing/corrections.ts'
import { refuse } from '#shared/errors.ts'
import { bookTransfers } from '../balance/transfers.ts'
import { noteInvoice } from '../invoices/history.ts'
import { getInvoice, shownInvoice } from '../invoices/invoice-rows.ts'
import { settleInvoice } from '../payments/settle.ts'
import { refreshStandings } from '../subscriptions/standings.ts'
import { demandAuthority } from './authority.ts'
import { subjectTitle } from './credit.ts'
import { correctionLimits } from './limits.ts'
import { demandOpenPeriod, monthOf } from './locked.ts'
import { settledOfInvoice, settledSubject } from './settled.ts'

/** A write-off above the limit. */
export const writeOffKind = approvalKind({
  name: 'billing.correction.writeOff',
  entity: 'invoice',
  leaf: leaf.bookWriteOff,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  subject: settledSubject,
})

/** What an invoice still asks for, where that can be given up. @throws Refusal `BILLING_INVOICE_STATE` */
async function givenUp(tx: Tx, invoiceId: string): Promise<{ invoice: Row<'invoices'>; open: bigint }> {
  const invoice = await getInvoice(tx, invoiceId)
  const { open } = await settledOfInvoice(tx, invoice)
  if (invoice.kind !== 'invoice' || invoice.state !== 'issued' || open <= 0n)
    throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  return { invoice, open }
}

export const writeOffInvoice = handle(leaf.writeOff, async call => {
  const { tx, input, actor, receivedAt } = call
  const { invoice, open } = await givenUp(tx, input.invoiceId)
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  const inner = { ...input, requestedBy: byWhomOrNobody(actor) }
  const { writeOff } = await correctionLimits(tx, invoice.currency)
  if (open <= writeOff) {
    await demandAuthority(tx)
    return call.runById('billing.correction.bookWriteOff', inner, { trusted: true }) as never
  }
  const { currency } = invoice
  const approvalId = await requestApproval(call, writeOffKind, {
    rowId: invoice.id,
    title: await subjectTitle(tx, invoice),
    input: inner,
    reason: input.reason,
    money: { amount: open, currency },
    facts: [
      { name: 'invoice.total', before: null, after: { kind: 'money', minor: invoice.total, currency } },
      {
        name: 'invoice.open',
        before: { kind: 'money', minor: open, currency },
        after: { kind: 'money', minor: 0n, currency },
      },
    ],
  })
  return { approvalId, invoice: await shownInvoice(tx, invoice.id) }
})

export const bookWriteOff = handle(leaf.bookWriteOff, async call => {
  const { tx, input, receivedAt } = call
  const { invoice, open } = await givenUp(tx, input.invoiceId)
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  await book(call, invoice, { amount: open, reverses: null, requestedBy: input.requestedBy })
  await tx.db.updateTable('invoices').set({ state: 'uncollectible' }).where('id', '=', invoice.id).execute()
  await refreshStandings(tx, [invoice.customer_id])
  await noteInvoice(call, invoice.id, 'billing.correction.writeOff', input.reason)
  return { approvalId: null, invoice: await shownInvoice(tx, invoice.id) }
})

/** Asks for money after all that was given up: in the workspace's favour, so nobody else has to allow it. */
export const reverseWriteOff = handle(leaf.reverseWriteOff, async call => {
  const { tx, input, actor, receivedAt } = call
  await demandAuthority(tx)
  const invoice = await getInvoice(tx, input.invoiceId)
  if (invoice.state !== 'uncollectible') throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  const last = await tx.db
    .selectFrom('write_offs')
    .selectAll()
    .where('invoice_id', '=', invoice.id)
    .where('reverses', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
  if (!last) throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  await tx.db.updateTable('invoices').set({ state: 'issued' }).where('id', '=', invoice.id).execute()
  await book(call, invoice, { amount: -last.amount, reverses: last.id, requestedBy: byWhomOrNobody(actor) })
  await refreshStandings(tx, [invoice.customer_id])
  await noteInvoice(call, invoice.id, 'billing.correction.reverseWriteOff', input.reason)
  return { approvalId: null, invoice: await shownInvoice(tx, invoice.id) }
})

async function book(
  call: CommandCall<{ readonly reason: string }>,
  invoice: Row<'invoices'>,
  given: { readonly amount: bigint; readonly reverses: string | null; readonly requestedBy: string },
): Promise<void> {
  const { tx, ids, input, receivedAt, commandId } = call
  const { amount, reverses, requestedBy } = given
  const { customer_id: customerId, currency } = invoice
  const id = ids.next()
  await tx.db
    .insertInto('write_offs')
    .values({
      ...{ id, invoice_id: invoice.id, customer_id: customerId, currency, amount, reverses },
      ...{ reason: input.reason, requested_by: requestedBy, created_at: receivedAt },
      approval_id: await approvalOf(reading(tx), commandId),
    })
    .execute()
  const lost: Transfer = {
    amount: amount < 0n ? -amount : amount,
    debit: 'bad-debt',
    credit: 'receivable',
  }
  await bookTransfers(
    call,
    { customerId, currency, reason: input.reason, source: 'write-off', sourceId: id },
    [amount < 0n ? reversed(lost) : lost],
  )
  await settleInvoice(call, {
    ...{ invoiceId: invoice.id, customerId, kind: 'write-off', sourceId: id, amount },
  })
}
