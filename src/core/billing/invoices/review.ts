import type { Row } from '#core/database/schema.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import * as states from '#engines/billing/invoice-states.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { comments } from '#shared/contract/workspace/comments.ts'
import { refuse } from '#shared/errors.ts'
import { demandOpenPeriod } from '../corrections/locked.ts'
import { noteInvoice } from './history.ts'
import { getInvoice, shownInvoice } from './invoice-rows.ts'

type InvoiceRow = Row<'invoices'>
type Call = CommandCall<{ readonly invoiceId: string }>

/** An invoice as its review is decided. */
export function reviewedOf(row: InvoiceRow): states.ReviewedInvoice {
  return {
    state: row.state,
    digest: row.digest,
    assignee: row.assignee,
    note: row.note,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    issuedAt: row.issued_at,
  }
}

/** What a decision makes of an invoice, or the refusal that it is. */
export function settle<I extends states.ReviewedInvoice>(decision: states.ReviewDecision<I>): I {
  if (decision.ok) return decision.invoice
  const { code, ...data } = decision.failure
  throw refuse(code, data)
}

/** The columns that a decision changes. */
function columnsOf(after: states.ReviewedInvoice) {
  return {
    state: after.state,
    assignee: after.assignee,
    note: after.note,
    approved_by: after.approvedBy,
    approved_at: after.approvedAt,
    issued_at: after.issuedAt,
  }
}

/** Loads an invoice, decides, and stores what was decided. */
async function decide(
  call: Call,
  command: string,
  decision: (invoice: states.ReviewedInvoice) => states.ReviewDecision<states.ReviewedInvoice>,
  note: string | null = null,
): Promise<{ before: InvoiceRow; after: states.ReviewedInvoice }> {
  const { tx, input, now } = call
  const before = await getInvoice(tx, input.invoiceId)
  const after = settle(decision(reviewedOf(before)))
  await demandOpenPeriod(tx, before.period)
  await tx.db
    .updateTable('invoices')
    .set({ ...columnsOf(after), reviewed_at: now })
    .where('id', '=', before.id)
    .execute()
  await noteInvoice(call, before.id, command, note)
  return { before, after }
}

/** How a decision left an invoice: taking it back is refused where it is another one now. */
const left = (invoiceId: string, holds: Partial<InvoiceRow>) => leaves('invoices', { id: invoiceId }, holds)

export const approveInvoice = handle(leaf.approve, async call => {
  const { tx, input, actor, now, undoWith } = call
  const { invoiceId, digest } = input
  await decide(call, 'billing.invoice.approve', invoice =>
    states.approve(invoice, byWhomOrNobody(actor), digest, now),
  )
  undoWith(leaf.unapprove, { invoiceId }, [left(invoiceId, { state: 'approved', approved_at: now })])
  return shownInvoice(tx, invoiceId)
})

export const unapproveInvoice = handle(leaf.unapprove, async call => {
  const { tx, input, undoWith } = call
  const { invoiceId } = input
  const { before } = await decide(call, 'billing.invoice.unapprove', invoice => states.unapprove(invoice))
  undoWith(leaf.approve, { invoiceId, digest: before.digest }, [
    left(invoiceId, { state: 'draft', digest: before.digest }),
  ])
  return shownInvoice(tx, invoiceId)
})

export const holdInvoice = handle(leaf.hold, async call => {
  const { tx, input, undoWith } = call
  const { invoiceId, note } = input
  await decide(call, 'billing.invoice.hold', invoice => states.hold(invoice, note), note)
  undoWith(leaf.release, { invoiceId }, [left(invoiceId, { state: 'held', note })])
  return shownInvoice(tx, invoiceId)
})

export const releaseInvoice = handle(leaf.release, async call => {
  const { tx, input, undoWith } = call
  const { invoiceId } = input
  const { before } = await decide(call, 'billing.invoice.release', invoice => states.release(invoice))
  const expect = [left(invoiceId, { state: 'draft', note: null })]
  undoWith(leaf.hold, { invoiceId, note: before.note! }, expect)
  return shownInvoice(tx, invoiceId)
})

/** The comment is the invoice's note and stands among its comments, where people are mentioned and answer. */
export const sendBackInvoice = handle(leaf.sendBack, async call => {
  const { tx, input, run } = call
  const { invoiceId, comment } = input
  await decide(call, 'billing.invoice.sendBack', invoice => states.sendBack(invoice, comment), comment)
  await run(comments.add, { entity: 'invoice', rowId: invoiceId, body: comment })
  return shownInvoice(tx, invoiceId)
})

export const assignInvoice = handle(leaf.assign, async call => {
  const { tx, input, undoWith } = call
  const { invoiceId, personId } = input
  if (personId !== null) await assertActive(tx, personId)
  const { before } = await decide(call, 'billing.invoice.assign', invoice => states.assign(invoice, personId))
  undoWith(leaf.assign, { invoiceId, personId: before.assignee }, [left(invoiceId, { assignee: personId })])
  return shownInvoice(tx, invoiceId)
})

async function assertActive(tx: Call['tx'], personId: string): Promise<void> {
  const person = await tx.db
    .selectFrom('people')
    .select('active')
    .where('id', '=', personId)
    .executeTakeFirst()
  if (person?.active !== 1n) throw refuse('BILLING_ASSIGNEE_UNKNOWN', { personId })
}
