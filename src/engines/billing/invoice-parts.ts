import { isMinimum } from './contracts/contract-item.ts'
import { isWorthInvoicing } from './invoice-totals.ts'
import type { GeneratedLine } from './model.ts'

/** Lines of a month that are an invoice of their own. */
export interface InvoicePart<Line> {
  /** The subscription that it is for; null for what is for no single one. */
  readonly subscriptionId: string | null
  readonly lines: readonly Line[]
}

/**
 * A month's lines in a currency as one invoice for each subscription, in the order of their first lines, and what is for
 * no single one behind them. No line is changed: what was rated, discounted and topped up was so over the whole month,
 * so that the invoices together come to the one that they are the parts of. Parts that are about no money are none.
 * @param owners the subscription of what lines are of: of itself, of a charge once, of a contract
 */
export function partsOfMonth<Line extends Pick<GeneratedLine, 'item' | 'subscriptionId' | 'amount' | 'tax'>>(
  lines: readonly Line[],
  owners: ReadonlyMap<string, string>,
): InvoicePart<Line>[] {
  // The minimum of a contract looks at all invoices of the month, also where the contract is for one subscription.
  const owner = (line: Line) => (isMinimum(line.item) ? null : (owners.get(line.subscriptionId) ?? null))
  const parts = [...Map.groupBy(lines, owner)].map(([subscriptionId, own]) => ({
    subscriptionId,
    lines: own,
  }))
  const worth = parts.filter(part => isWorthInvoicing(part.lines))
  return [
    ...worth.filter(part => part.subscriptionId !== null),
    ...worth.filter(part => part.subscriptionId === null),
  ]
}
