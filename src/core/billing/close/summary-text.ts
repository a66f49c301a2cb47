import type { InvoiceSummary } from '#engines/billing/invoice-summary.ts'
import { fromCanonical } from '#shared/canonical.ts'

type Price = readonly [key: string, name: string, quantity: string, scale: number, amount: string]
/** Version, then its members in this order. */
type Kept = readonly [2, string, string, total: string, corrections: string, ...Price[]]

/** Writes a summary for a row of `invoice_summaries`: lists of values, because each close writes one per invoice. */
export function summaryText({ period, plan, total, corrections, prices }: InvoiceSummary): string {
  const kept: Kept = [
    ...([2, period, plan, `${total}`, `${corrections}`] as const),
    ...prices.map(({ key, name, quantity, scale, amount }): Price => {
      return [key, name, `${quantity}`, scale, `${amount}`]
    }),
  ]
  return JSON.stringify(kept)
}

/** Reads a summary of a row. Rows of earlier versions are canonical JSON with every member spelled out. */
export function summaryFrom(text: string): InvoiceSummary {
  if (!text.startsWith('[')) return fromCanonical<InvoiceSummary>(text)
  const [, period, plan, total, corrections, ...prices] = JSON.parse(text) as Kept
  return {
    ...{ period, plan, total: BigInt(total), corrections: BigInt(corrections) },
    prices: prices.map(([key, name, quantity, scale, amount]) => {
      return { key, name, quantity: BigInt(quantity), scale, amount: BigInt(amount) }
    }),
  }
}
