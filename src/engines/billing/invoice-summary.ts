import { totalsOf } from './invoice-totals.ts'
import type { GeneratedLine } from './model.ts'

/** What an invoice says of one price: its fee or usage, without corrections of earlier invoices. */
export interface SummarisedPrice {
  readonly key: string
  readonly name: string
  /** In units of the scale. */
  readonly quantity: bigint
  readonly scale: number
  /** Minor units, before tax. */
  readonly amount: bigint
}

/** What is kept of an invoice for the history of later ones. */
export interface InvoiceSummary {
  /** The month that was closed, `2026-10`. */
  readonly period: string
  /** The plan's name, or several. */
  readonly plan: string
  readonly total: bigint
  readonly prices: readonly SummarisedPrice[]
  /** Adjustments, credits, what is charged once and what coupons took off together, before tax. */
  readonly corrections: bigint
}

export type SummarisedLine = Pick<
  GeneratedLine,
  'kind' | 'priceKey' | 'name' | 'quantity' | 'scale' | 'amount' | 'tax'
>

/** The summary of an invoice: by price key, in the order of its lines. */
export function summaryOf(period: string, plan: string, lines: readonly SummarisedLine[]): InvoiceSummary {
  const prices = new Map<string, SummarisedPrice>()
  let corrections = 0n
  for (const { kind, priceKey, name, quantity, scale, amount } of lines) {
    if (kind === 'adjustment' || kind === 'credit' || kind === 'discount' || kind === 'one-off') {
      corrections += amount
      continue
    }
    const before = prices.get(priceKey)
    prices.set(priceKey, {
      key: priceKey,
      name,
      quantity: (before?.quantity ?? 0n) + quantity,
      scale,
      amount: (before?.amount ?? 0n) + amount,
    })
  }
  return { period, plan, total: totalsOf(lines).total, prices: [...prices.values()], corrections }
}
