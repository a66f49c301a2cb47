import { doubtsOf, weightOf } from '#engines/billing/doubts.ts'
import { type InvoiceSummary, summaryOf } from '#engines/billing/invoice-summary.ts'
import { type DigestedLine, invoiceDigest, totalsOf } from '#engines/billing/invoice-totals.ts'
import type { GeneratedLine } from '#engines/billing/model.ts'
import type { EarlierInvoice } from '#shared/contract/billing/close-facts.ts'
import type { Doubt } from '#shared/contract/billing/invoices.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { summaryFrom, summaryText } from './summary-text.ts'

/** A line with all that an invoice is made of. */
export type ComposedLine = DigestedLine & Pick<GeneratedLine, 'priceKey'>

export interface Composition {
  readonly invoiceId: string
  readonly customerId: string
  /** The customer's name. */
  readonly customer: string
  readonly period: string
  readonly span: Span
  readonly currency: string
  readonly plan: string
  readonly lines: readonly ComposedLine[]
  /** In the same currency, the newest first. */
  readonly earlier: readonly EarlierInvoice[]
  /** Somebody decided something about it before these lines came. */
  readonly reviewed: boolean
  /** VAT numbers that were found valid since its first lines were made. */
  readonly confirmed?: ReadonlySet<string>
}

/**
 * What follows from the lines of an invoice: totals, digest, doubts, and what later ones compare themselves
 * with. A draft that a close makes and one that it adds to are composed alike.
 */
export function compose(from: Composition) {
  const { invoiceId, customerId, period, span, currency, plan, lines, earlier, reviewed } = from
  const totals = totalsOf(lines)
  const kind: 'invoice' | 'credit-note' = totals.total < 0n ? 'credit-note' : 'invoice'
  const previous = previousOf(earlier)
  const doubts = withoutComparison(
    lines,
    doubtsOf({
      ...{ lines, plan, total: totals.total },
      places: findCurrency(currency)?.minorDigits ?? 2,
      history: byPeriod(earlier),
      ...(from.confirmed ? { confirmed: from.confirmed } : {}),
    }),
  )
  if (reviewed) doubts.push({ code: 'changed', about: null, now: null, usual: null, deviations: null })
  return {
    ...totals,
    kind,
    plan,
    title: titleOf(from.customer, plan, period),
    lines: BigInt(lines.length),
    previous_id: previous?.invoiceId ?? null,
    previous_total: previous?.total ?? null,
    doubts,
    doubt_weight: BigInt(weightOf(doubts)),
    digest: invoiceDigest({ invoiceId, customerId, currency, period, span, lines }),
    summary: summaryText(summaryOf(period, plan, lines)),
  }
}

/** What search finds an invoice by. */
export function titleOf(customer: string, plan: string, period: string, number?: string): string {
  return [customer, plan, period, number].filter(part => part).join(' · ')
}

/** An invoice that only corrects earlier ones is no less for lacking this month's prices: those are on another. */
function withoutComparison(lines: readonly ComposedLine[], doubts: Doubt[]): Doubt[] {
  if (lines.some(line => line.kind === 'fee' || line.kind === 'usage')) return doubts
  return doubts.filter(doubt => doubt.code !== 'gone-metric' && doubt.code !== 'plan-change')
}

/** The invoice of the month before; where that month has several, the one over the most. */
function previousOf(earlier: readonly EarlierInvoice[]): EarlierInvoice | null {
  let previous: EarlierInvoice | null = null
  for (const one of earlier) {
    if (previous !== null && one.period !== previous.period) break
    if (previous === null || one.total > previous.total) previous = one
  }
  return previous
}

/** Summaries by month, the newest first: a month with several invoices is one. */
function byPeriod(earlier: readonly EarlierInvoice[]): InvoiceSummary[] {
  const months: InvoiceSummary[] = []
  for (const one of earlier) {
    const summary = summaryFrom(one.summary)
    const last = months.at(-1)
    if (last?.period !== one.period) months.push(summary)
    else months[months.length - 1] = merged(last, summary)
  }
  return months
}

function merged(a: InvoiceSummary, b: InvoiceSummary): InvoiceSummary {
  const prices = new Map(a.prices.map(price => [price.key, price]))
  for (const price of b.prices) {
    const before = prices.get(price.key)
    const sum = before && {
      ...before,
      quantity: before.quantity + price.quantity,
      amount: before.amount + price.amount,
    }
    prices.set(price.key, sum ?? price)
  }
  return {
    period: a.period,
    plan: a.plan === '' ? b.plan : a.plan,
    total: a.total + b.total,
    prices: [...prices.values()],
    corrections: a.corrections + b.corrections,
  }
}
