import { canonicalJson } from '#shared/canonical.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { digestOf } from '#shared/ids.ts'
import type { GeneratedLine } from './model.ts'

/** In minor units. */
export interface Totals {
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
}

/** Sums of lines: net, tax as it was rounded on each line, and both together. */
export function totalsOf(lines: Iterable<{ readonly amount: bigint; readonly tax: bigint }>): Totals {
  let net = 0n
  let tax = 0n
  for (const line of lines) {
    net += line.amount
    tax += line.tax
  }
  return { net, tax, total: net + tax }
}

/** Whether lines make an invoice worth sending: one of them at least is about money. */
export function isWorthInvoicing(
  lines: Iterable<{ readonly amount: bigint; readonly tax: bigint }>,
): boolean {
  for (const { amount, tax } of lines) if (amount !== 0n || tax !== 0n) return true
  return false
}

/** What of a line an approval covers. Its steps are left out: they follow from the rest and its price. */
export type DigestedLine = Pick<
  GeneratedLine,
  | 'item'
  | 'ordinal'
  | 'kind'
  | 'priceId'
  | 'name'
  | 'unit'
  | 'service'
  | 'quantity'
  | 'scale'
  | 'exact'
  | 'amount'
  | 'taxRate'
  | 'tax'
  | 'taxBasis'
>

/** What an approval covers: whom, for when, in what, and every line. */
export interface DigestedInvoice {
  readonly invoiceId: string
  readonly customerId: string
  readonly currency: string
  /** The month that was closed, `2026-10`. */
  readonly period: string
  readonly span: Span
  readonly lines: readonly DigestedLine[]
}

/**
 * The digest that an approval names: SHA-256 over canonical JSON (RFC 8785). It depends neither on the order in
 * which lines are given nor on members that are not listed here.
 */
export function invoiceDigest({
  invoiceId,
  customerId,
  currency,
  period,
  span,
  lines,
}: DigestedInvoice): string {
  const sorted = [...lines].sort((a, b) =>
    a.item === b.item ? a.ordinal - b.ordinal : a.item < b.item ? -1 : 1,
  )
  return digestOf(
    canonicalJson({
      domain: 'quarterdeck/billing-invoice/1',
      ...{ invoiceId, customerId, currency, period },
      span: { from: span.from, to: span.to },
      lines: sorted.map(line => [
        ...[line.item, line.ordinal, line.kind, line.priceId, line.name, line.unit],
        ...[line.service.from, line.service.to, line.quantity, line.scale, line.exact],
        ...[line.amount, line.taxRate, line.tax],
        ...(line.taxBasis ? [line.taxBasis] : []),
      ]),
      ...totalsOf(lines),
    }),
  )
}
