import type { InvoiceState } from '#shared/contract/billing/invoices.ts'

/** What an invoice's review is about. */
export interface ReviewedInvoice {
  readonly state: InvoiceState
  /** Over everything that an approval covers, as it is now. */
  readonly digest: string
  readonly assignee: string | null
  /** Why it is held, or why it was sent back. */
  readonly note: string | null
  readonly approvedBy: string | null
  readonly approvedAt: bigint | null
  readonly issuedAt: bigint | null
}

export type ReviewFailure =
  /** The invoice's state does not allow it. */
  | { readonly code: 'BILLING_INVOICE_STATE'; readonly state: InvoiceState }
  /** It is no longer what the person saw. */
  | { readonly code: 'BILLING_INVOICE_CHANGED'; readonly current: string }

export type ReviewDecision<Invoice extends ReviewedInvoice> =
  | { readonly ok: true; readonly invoice: Invoice }
  | { readonly ok: false; readonly failure: ReviewFailure }

type Action = 'approve' | 'unapprove' | 'hold' | 'release' | 'sendBack' | 'issue' | 'assign'

/** From which states what may be done: `draft ⇄ held`, `draft → approved → issued`, back from approved to draft. */
const ALLOWED: Readonly<Record<Action, readonly InvoiceState[]>> = {
  approve: ['draft'],
  unapprove: ['approved'],
  hold: ['draft'],
  release: ['held'],
  sendBack: ['draft', 'approved'],
  issue: ['approved'],
  assign: ['draft', 'held', 'approved'],
}

/** Whether an invoice's state allows something: what the interface shows as possible. */
export function isAllowed(action: Action, state: InvoiceState): boolean {
  return ALLOWED[action].includes(state)
}

/** Approves what the person saw: `seen` is its digest. A held invoice has to be released first. */
export function approve<Invoice extends ReviewedInvoice>(
  invoice: Invoice,
  by: string,
  seen: string,
  at: bigint,
): ReviewDecision<Invoice> {
  return asSeen('approve', invoice, seen, { state: 'approved', approvedBy: by, approvedAt: at, note: null })
}

/** Takes an approval back. */
export function unapprove<Invoice extends ReviewedInvoice>(invoice: Invoice): ReviewDecision<Invoice> {
  return change('unapprove', invoice, { state: 'draft', approvedBy: null, approvedAt: null })
}

/** Sets a draft aside, with the reason. */
export function hold<Invoice extends ReviewedInvoice>(
  invoice: Invoice,
  note: string,
): ReviewDecision<Invoice> {
  return change('hold', invoice, { state: 'held', note })
}

/** Puts a held invoice back among the drafts. */
export function release<Invoice extends ReviewedInvoice>(invoice: Invoice): ReviewDecision<Invoice> {
  return change('release', invoice, { state: 'draft', note: null })
}

/** Sends an approved invoice, or a draft that somebody prepared, back with a comment. */
export function sendBack<Invoice extends ReviewedInvoice>(
  invoice: Invoice,
  comment: string,
): ReviewDecision<Invoice> {
  return change('sendBack', invoice, { state: 'draft', note: comment, approvedBy: null, approvedAt: null })
}

/** Issues what was approved and seen. The number comes from the core, in the same transaction. */
export function issue<Invoice extends ReviewedInvoice>(
  invoice: Invoice,
  seen: string,
  at: bigint,
): ReviewDecision<Invoice> {
  return asSeen('issue', invoice, seen, { state: 'issued', issuedAt: at })
}

/** Gives an invoice to somebody for review, or to nobody. */
export function assign<Invoice extends ReviewedInvoice>(
  invoice: Invoice,
  personId: string | null,
): ReviewDecision<Invoice> {
  return change('assign', invoice, { assignee: personId })
}

function asSeen<Invoice extends ReviewedInvoice>(
  action: Action,
  invoice: Invoice,
  seen: string,
  changes: Partial<ReviewedInvoice>,
): ReviewDecision<Invoice> {
  const decision = change(action, invoice, changes)
  if (!decision.ok || seen === invoice.digest) return decision
  return { ok: false, failure: { code: 'BILLING_INVOICE_CHANGED', current: invoice.digest } }
}

function change<Invoice extends ReviewedInvoice>(
  action: Action,
  invoice: Invoice,
  changes: Partial<ReviewedInvoice>,
): ReviewDecision<Invoice> {
  if (!isAllowed(action, invoice.state))
    return { ok: false, failure: { code: 'BILLING_INVOICE_STATE', state: invoice.state } }
  return { ok: true, invoice: { ...invoice, ...changes } }
}
