/** What an invoice still asks for. */
export interface OpenInvoice {
  readonly id: string
  readonly number: string
  readonly currency: string
  /** Minor units, more than zero. */
  readonly open: bigint
  readonly dueAt: bigint
}

/** A part of a payment that settles an invoice, in minor units. */
export interface Allocation {
  readonly invoiceId: string
  readonly amount: bigint
}

export type AllocationFailure =
  /** The invoice is not open, or of another customer. */
  | { readonly code: 'BILLING_INVOICE_NOT_OPEN'; readonly invoiceId: string }
  /** More than the invoice still asks for. */
  | { readonly code: 'BILLING_ALLOCATION_OVER_INVOICE'; readonly invoiceId: string; readonly open: bigint }
  /** More than is left of the payment. */
  | { readonly code: 'BILLING_ALLOCATION_OVER_PAYMENT'; readonly left: bigint; readonly asked: bigint }
  | {
      readonly code: 'BILLING_CURRENCY_DIFFERS'
      readonly payment: string
      readonly invoice: string
    }

export type AllocationDecision =
  | { readonly ok: true; readonly allocations: readonly Allocation[]; readonly rest: bigint }
  | { readonly ok: false; readonly failure: AllocationFailure }

/**
 * Where money goes when nobody says so: first to the invoices that the payer named, in that order, then to what is
 * due longest. What is left over is the rest. Invoices in another currency are passed over. The parts and the rest
 * add up to the amount, and no invoice gets more than it asks for.
 */
export function allocate(
  amount: bigint,
  currency: string,
  open: readonly OpenInvoice[],
  named: readonly string[] = [],
): { readonly allocations: readonly Allocation[]; readonly rest: bigint } {
  const rank = new Map(named.map((id, index) => [id, index]))
  const order = open
    .filter(invoice => invoice.currency === currency && invoice.open > 0n)
    .sort(
      (a, b) =>
        (rank.get(a.id) ?? named.length) - (rank.get(b.id) ?? named.length) ||
        compare(a.dueAt, b.dueAt) ||
        compare(a.number, b.number),
    )
  const allocations: Allocation[] = []
  let rest = amount
  for (const invoice of order) {
    if (rest <= 0n) break
    const part = rest < invoice.open ? rest : invoice.open
    allocations.push({ invoiceId: invoice.id, amount: part })
    rest -= part
  }
  return { allocations, rest }
}

/** Allocations as a person states them, checked against what is left of the payment and what invoices ask for. */
export function checkAllocations(
  left: bigint,
  currency: string,
  wanted: readonly Allocation[],
  open: readonly OpenInvoice[],
): AllocationDecision {
  const byId = new Map(open.map(invoice => [invoice.id, invoice]))
  const asked = new Map<string, bigint>()
  let total = 0n
  for (const { invoiceId, amount } of wanted) {
    const invoice = byId.get(invoiceId)
    if (invoice === undefined || invoice.open <= 0n || amount <= 0n)
      return no({ code: 'BILLING_INVOICE_NOT_OPEN', invoiceId })
    if (invoice.currency !== currency)
      return no({ code: 'BILLING_CURRENCY_DIFFERS', payment: currency, invoice: invoice.currency })
    const sum = (asked.get(invoiceId) ?? 0n) + amount
    if (sum > invoice.open)
      return no({ code: 'BILLING_ALLOCATION_OVER_INVOICE', invoiceId, open: invoice.open })
    asked.set(invoiceId, sum)
    total += amount
  }
  if (total > left) return no({ code: 'BILLING_ALLOCATION_OVER_PAYMENT', left, asked: total })
  const allocations = [...asked].map(([invoiceId, amount]) => ({ invoiceId, amount }))
  return { ok: true, allocations, rest: left - total }
}

function no(failure: AllocationFailure): AllocationDecision {
  return { ok: false, failure }
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
