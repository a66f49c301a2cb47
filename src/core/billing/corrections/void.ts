import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { approvalOf } from '#core/workspace/approvals/approval-rows.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { corrections as leaf } from '#shared/contract/billing/corrections.ts'
import { refuse } from '#shared/errors.ts'
import { bookTransfers } from '../balance/transfers.ts'
import { placed } from '../close/build-draft.ts'
import { noteHistory, noteInvoice } from '../invoices/history.ts'
import { getInvoice, linesOf, shownInvoice } from '../invoices/invoice-rows.ts'
import { refreshStandings } from '../subscriptions/standings.ts'
import { payBackWallets } from '../wallets/pay-invoice.ts'
import { demandAuthority } from './authority.ts'
import { subjectTitle } from './credit.ts'
import { correctionLimits } from './limits.ts'
import { digestOf, nextOrdinals, paged } from './lines.ts'
import { demandOpenPeriod } from './locked.ts'
import { settledOfInvoice, settledSubject } from './settled.ts'

/** A void above the limit of write-offs. */
export const voidKind = approvalKind({
  name: 'billing.correction.void',
  entity: 'invoice',
  leaf: leaf.makeVoid,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  subject: settledSubject,
})

/**
 * An invoice that nothing happened to but its issue. What wallets paid of it then is no obstacle: it goes back to them.
 * @throws Refusal that says what did
 */
async function voidable(tx: Tx, invoiceId: string): Promise<Voidable> {
  const invoice = await getInvoice(tx, invoiceId)
  const { settled, fromWallets } = await settledOfInvoice(tx, invoice)
  const byWallets = invoice.state === 'paid' && fromWallets === invoice.total && fromWallets > 0n
  if (invoice.kind !== 'invoice' || (invoice.state !== 'issued' && !byWallets))
    throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  if (settled !== fromWallets) throw refuse('BILLING_INVOICE_SETTLED', { settled })
  // Its month changes, and not the one in which somebody decides it.
  await demandOpenPeriod(tx, invoice.period)
  return { invoice, fromWallets }
}

interface Voidable {
  readonly invoice: Row<'invoices'>
  readonly fromWallets: bigint
}

export const voidInvoice = handle(leaf.void, async call => {
  const { tx, input, actor } = call
  const { invoice } = await voidable(tx, input.invoiceId)
  const inner = { ...input, requestedBy: byWhomOrNobody(actor) }
  const { writeOff } = await correctionLimits(tx, invoice.currency)
  if (invoice.total <= writeOff) {
    await demandAuthority(tx)
    return call.runById('billing.correction.makeVoid', inner, { trusted: true }) as never
  }
  const { currency } = invoice
  const approvalId = await requestApproval(call, voidKind, {
    rowId: invoice.id,
    title: await subjectTitle(tx, invoice),
    input: inner,
    reason: input.reason,
    money: { amount: invoice.total, currency },
    facts: [
      {
        name: 'invoice.total',
        before: { kind: 'money', minor: invoice.total, currency },
        after: { kind: 'money', minor: 0n, currency },
      },
      {
        name: input.reissue ? 'void.reissue' : 'void.final',
        before: null,
        after: { kind: 'text', text: invoice.period },
      },
    ],
  })
  return { approvalId, invoice: await shownInvoice(tx, invoice.id) }
})

/** Makes an invoice count for nothing. Its number stays, so that the series has no gap. */
export const makeVoid = handle(leaf.makeVoid, async call => {
  const { tx, input, receivedAt, commandId } = call
  const { invoice, fromWallets } = await voidable(tx, input.invoiceId)
  await payBackWallets(call, invoice, { paid: fromWallets, amount: fromWallets }, input.reason)
  const reissued = input.reissue ? await storeReissue(call, invoice) : null
  await tx.db
    .updateTable('invoices')
    .set({ state: 'void', note: input.reason, reviewed_at: receivedAt })
    .where('id', '=', invoice.id)
    .execute()
  await tx.db.deleteFrom('invoice_summaries').where('invoice_id', '=', invoice.id).execute()
  await refreshStandings(tx, [invoice.customer_id])
  await tx.db
    .insertInto('invoice_voids')
    .values({
      ...{ invoice_id: invoice.id, reason: input.reason, reissued_as: reissued },
      ...{ requested_by: input.requestedBy, voided_at: receivedAt },
      approval_id: await approvalOf(reading(tx), commandId),
    })
    .execute()
  if (invoice.total > 0n)
    await bookTransfers(
      call,
      {
        ...{ customerId: invoice.customer_id, currency: invoice.currency, reason: input.reason },
        ...{ source: 'invoice', sourceId: invoice.id },
      },
      [{ amount: invoice.total, debit: 'void', credit: 'receivable' }],
    )
  await noteInvoice(call, invoice.id, 'billing.correction.void', input.reason)
  return { approvalId: null, invoice: await shownInvoice(tx, invoice.id) }
})

/** A draft of the same lines: it gets the parties as they are when it is issued, and a number of its own. */
async function storeReissue(
  call: CommandCall<{ readonly reason: string }>,
  invoice: Row<'invoices'>,
): Promise<string> {
  const { tx, ids, now, actor, commandId } = call
  const id = ids.next()
  const before = await linesOf(tx, invoice.id)
  const items = [...new Set(before.map(row => row.item))]
  const next = await nextOrdinals(tx, items)
  const lines = before.map((row, position) => ({ ...row, ...placed(id, position), ordinal: next(row.item) }))
  const digest = digestOf({ ...invoice, id }, lines)
  await tx.db
    .insertInto('invoices')
    .values({
      ...invoice,
      ...{ id, state: 'draft', number: null, digest, note: `${invoice.number}: ${call.input.reason}` },
      ...{ assignee: null, approved_by: null, approved_at: null, issued_at: null, due_at: null },
      ...{ parties: null, document_id: null, document_digest: null, effect_id: null },
      ...{ reviewed_at: null, created_at: now },
    })
    .execute()
  for (const some of paged(lines)) await tx.db.insertInto('invoice_lines').values(some).execute()
  const summaries = await tx.db
    .selectFrom('invoice_summaries')
    .selectAll()
    .where('invoice_id', '=', invoice.id)
    .execute()
  for (const summary of summaries)
    await tx.db
      .insertInto('invoice_summaries')
      .values({ ...summary, invoice_id: id })
      .execute()
  await noteHistory(tx, {
    ...{ invoiceId: id, commandId, command: 'billing.correction.reissue', by: byWhom(actor) },
    ...{ at: now, note: invoice.number },
  })
  return id
}
